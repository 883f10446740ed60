#include "prepare/scaling.h"

#include "base/memory.h"
#include "univariate/t_test.h"

#include <math.h>
#include <string.h>

static const double divided_width = 1e-3, alpha = 0.05;

static double figure_of(const vx_step *step, const char *name)
{
    for (int f = 0; f < step->figures; f++)
        if (!strcmp(step->figure[f].name, name))
            return step->figure[f].value;
    return NAN;
}

/* The last step of an image that found a mean; null without one. */
static const vx_step *find_step(const vx_source *image)
{
    for (size_t k = image ? image->steps : 0; k-- > 0;)
        if (!isnan(figure_of(&image->step[k], VX_FIGURE_MEAN)))
            return &image->step[k];
    return NULL;
}

double vx_scaling_mean(const vx_sources *sources, int64_t row, int64_t session)
{
    const vx_step *step = find_step(vx_sources_image(sources, row, session));
    return step ? figure_of(step, VX_FIGURE_MEAN) : NAN;
}

/* The mean of an image over its global mean. */
static double relative_mean(const vx_sources *sources, int64_t row, int64_t session)
{
    const vx_step *step = find_step(vx_sources_image(sources, row, session));
    return step ? figure_of(step, VX_FIGURE_MEAN) / figure_of(step, VX_FIGURE_GLOBAL) : NAN;
}

static vx_status test(const vx_sources *sources, double value_of(const vx_sources *, int64_t, int64_t),
                      vx_scaling_test *result, vx_error *error)
{
    const int64_t n = sources->n;
    double *value = vx_array((size_t)n, sizeof *value), *change = vx_array_zero((size_t)n, sizeof *change);
    vx_status status = value && change ? VX_OK : vx_fail_memory(error);
    for (int s = 0; s < 2 && !status; s++) {
        for (int64_t i = 0; i < n; i++) {
            value[i] = value_of(sources, i, s);
            change[i] = value[i] - change[i];
        }
        const vx_t_test of = vx_t_test_of(value, n, VX_TWO_TAILS, alpha);
        result->mean[s] = of.mean;
        result->sd[s] = of.sd;
    }
    if (!status) {
        const vx_t_test paired = vx_t_test_of(change, n, VX_TWO_TAILS, alpha);
        result->percent = 100 * (result->mean[1] / result->mean[0] - 1);
        result->t = paired.t;
        result->df = paired.df;
        result->p = paired.p;
    }
    free(value);
    free(change);
    return status;
}

vx_status vx_scaling_find(const vx_sources *sources, vx_scaling *scaling, vx_error *error)
{
    static const vx_scaling_test none = {{NAN, NAN}, {NAN, NAN}, NAN, NAN, NAN, NAN};
    const vx_step *step = find_step(vx_sources_image(sources, 0, 0));
    *scaling = (vx_scaling){.own = none, .relative = none, .divided_before = step};
    if (!step)
        return VX_OK;
    for (int64_t i = 0; i < sources->n; i++)
        for (int64_t s = 0; s < sources->row[i].sessions; s++)
            scaling->divided_before &= fabs(vx_scaling_mean(sources, i, s) - 1) <= divided_width;
    if (sources->sessions != 2)
        return VX_OK;
    scaling->step = step->name;
    vx_status status = test(sources, vx_scaling_mean, &scaling->own, error);
    if (!status && !isnan(figure_of(step, VX_FIGURE_GLOBAL)))
        status = test(sources, relative_mean, &scaling->relative, error);
    return status;
}
