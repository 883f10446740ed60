#include "model/residual.h"

/* A residual below this share of the data's own length is rounding: float32 data carry about 1e-7. */
static const double NOTHING_LEFT = 1e-12;

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

double vx_residual(const vx_effect *effect, const float *data, int64_t voxels, int64_t v, double *y,
                   vx_ranked *scratch)
{
    int64_t n = effect->n;
    for (int64_t i = 0; i < n; i++)
        y[i] = data[effect->row[i] * voxels + v];
    if (effect->ranks)
        vx_midranks(y, n, scratch);
    double before = dot(y, y, n);
    /* A second pass removes what rounding left of the first (Giraud et al. 2005, Numer. Math. 101:87). */
    for (int pass = 0; pass < 2; pass++)
        for (int64_t j = 0; j < effect->z_columns; j++) {
            double c = dot(effect->z + j * n, y, n);
            for (int64_t i = 0; i < n; i++)
                y[i] -= c * effect->z[j * n + i];
        }
    double after = dot(y, y, n);
    return after > NOTHING_LEFT * NOTHING_LEFT * before ? after : 0.0;
}
