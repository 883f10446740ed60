#include "infer/estimate.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "model/residual.h"
#include "univariate/effect_size.h"

#include <math.h>

/* Lower bound of RSS / ||y_z||^2, so that a perfect fit gives a large t and not infinity. */
static const double RESIDUAL_SHARE_MIN = 1e-30;

static vx_status new_maps(const vx_effect *effect, size_t voxels, vx_estimates *m, vx_error *error)
{
    bool mean = effect->kind == VX_MEAN;
    struct {
        float **map;
        bool wanted;
    } maps[] = {
        {&m->estimate, !effect->ranks}, {&m->se, !effect->ranks}, {&m->low, !effect->ranks}, {&m->high, !effect->ranks},
        {&m->t, true},                  {&m->z, true},            {&m->r, !mean},            {&m->dz, mean},
        {&m->g, mean},
    };
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (maps[i].wanted && !(*maps[i].map = vx_array(voxels, sizeof(float))))
            return vx_fail_memory(error);
    return VX_OK;
}

/* Least squares in one voxel: b = x~'y_z / norm, s^2 = RSS / df, se = s / norm, t = b / se. `square` is ||y_z||^2. */
static void estimate_voxel(const vx_effect *effect, const double *y, double square, double quantile, double correction,
                           int64_t v, vx_estimates *m)
{
    double d = 0.0, rss = 0.0;
    for (int64_t i = 0; i < effect->n; i++)
        d += effect->x[i] * y[i];
    for (int64_t i = 0; i < effect->n; i++) { /* summed as squares, because square - d^2 cancels at large t */
        double residual = y[i] - d * effect->x[i];
        rss += residual * residual;
    }
    if (rss < RESIDUAL_SHARE_MIN * square)
        rss = RESIDUAL_SHARE_MIN * square;
    double s = sqrt(rss / effect->df), t = square > 0.0 ? d / s : 0.0;
    double estimate = d / effect->norm, se = s / effect->norm;
    m->t[v] = (float)t;
    if (m->estimate) {
        m->estimate[v] = (float)estimate;
        m->se[v] = (float)se;
        m->low[v] = (float)(estimate - quantile * se);
        m->high[v] = (float)(estimate + quantile * se);
    }
    if (m->r)
        m->r[v] = (float)(t / sqrt(effect->df + t * t));
    if (m->dz) { /* Cohen's d_z: the mean in units of the residual SD */
        m->dz[v] = (float)(square > 0.0 ? estimate / s : 0.0);
        m->g[v] = (float)(correction * (square > 0.0 ? estimate / s : 0.0));
    }
}

vx_status vx_estimate(const vx_matrix *matrix, const vx_effect *effect, vx_estimates *estimates, vx_error *error)
{
    vx_estimates m = {0};
    vx_status status = new_maps(effect, (size_t)matrix->space.elements, &m, error);
    if (status) {
        vx_estimates_destroy(&m);
        return status;
    }
    double quantile = vx_t_quantile_upper(0.025, effect->df), correction = vx_hedges_correction(effect->df);
    int64_t varying = 0;
    bool short_of_memory = false;
#pragma omp parallel reduction(+ : varying)
    {
        double *y = vx_array((size_t)effect->n, sizeof *y);
        vx_ranked *scratch = vx_array((size_t)effect->n, sizeof *scratch);
        bool ready = y && scratch;
        if (!ready)
#pragma omp atomic write
            short_of_memory = true;
#pragma omp for schedule(static)
        for (int64_t v = 0; v < matrix->space.elements; v++) {
            if (!ready)
                continue;
            double square = vx_residual(effect, matrix->data, matrix->space.elements, v, y, scratch);
            varying += square > 0.0;
            estimate_voxel(effect, y, square, quantile, correction, v, &m);
        }
        free(y);
        free(scratch);
    }
    if (short_of_memory)
        status = vx_fail_memory(error);
    else if (!varying)
        status = vx_fail(error, VX_INPUT, "effect %s: no %s varies between participants", effect->name,
                         matrix->space.singular);
    if (status) {
        vx_estimates_destroy(&m);
        return status;
    }
    for (int64_t v = 0; v < matrix->space.elements; v++) /* one thread: nifticdf is behind a lock */
        m.z[v] = (float)vx_z_from_t(m.t[v], effect->df);
    *estimates = m;
    return VX_OK;
}

void vx_estimates_destroy(vx_estimates *m)
{
    if (!m)
        return;
    float *map[] = {m->estimate, m->se, m->low, m->high, m->t, m->z, m->r, m->dz, m->g};
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        free(map[i]);
    *m = (vx_estimates){0};
}
