#include "model/residual.h"

#include "model/orthonormal.h"

/* A residual is rounding error where it is shorter than this share of the data: float32 data are rounded to 1e-7. */
static const double RESIDUAL_RATIO_MIN = 1e-12;

double vx_residual(const vx_effect *effect, const float *data, int64_t voxels, int64_t v, double *y,
                   vx_ranked *scratch)
{
    int64_t n = effect->n;
    for (int64_t i = 0; i < n; i++)
        y[i] = data[effect->row[i] * voxels + v];
    if (effect->ranks)
        vx_midranks(y, n, 0.0, scratch);
    double before = vx_dot(y, y, n);
    vx_project_out(effect->z, effect->z_columns, n, y);
    double after = vx_dot(y, y, n);
    return after > RESIDUAL_RATIO_MIN * RESIDUAL_RATIO_MIN * before ? after : 0.0;
}
