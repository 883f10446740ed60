#include "results/calibration.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/sort.h"
#include "infer/quantiles.h"
#include "results/level.h"

#include <math.h>

/* RELABELLINGS: as many as the flips of 8 people. BEYOND: those that may reach the observed data in an alarm, itself
 * one of them. */
enum { RELABELLINGS = 256, BEYOND = 2 };

/* Where more reach it, the most relabellings would give no alarm either. */
void vx_calibration_ask(size_t effects, vx_inference_options *options)
{
    options->quantiles = RELABELLINGS;
    options->quantiles_most = (uint64_t)ceil(BEYOND * (double)effects / VX_LEVEL);
    options->quantiles_reach = BEYOND;
}

/* The middle 95 % of `count` values, which it sorts. */
static void middle_of(double *value, uint64_t count, double *low, double *high)
{
    const uint64_t outside = (uint64_t)(0.025 * (double)count);
    vx_sort_doubles(value, count);
    *low = value[outside];
    *high = value[count - 1 - outside];
}

vx_status vx_calibration_find(const vx_quantiles *q, size_t effects, vx_calibration *calibration, vx_error *error)
{
    vx_calibration found = {NAN, NAN, NAN, NAN, NAN, NAN, false};
    double *median = vx_array((size_t)q->count, sizeof *median);
    if (!median)
        return vx_fail_memory(error);
    if (q->count) {
        for (uint64_t k = 0; k < q->count; k++)
            median[k] = q->median[2 * k];
        found.median = median[0];
        found.middle_t = q->median[1];
        found.p = (double)vx_quantiles_reach(q) / (double)q->count;
        found.alarm = found.p <= VX_LEVEL / (double)effects;
        middle_of(median, q->count, &found.low, &found.high);
        const double middle = 0.5 * (median[(q->count - 1) / 2] + median[q->count / 2]);
        found.inflation = found.median * found.median / (middle * middle);
    }
    free(median);
    *calibration = found;
    return VX_OK;
}

vx_status vx_calibration_band(const vx_quantiles *q, double *low, double *high, vx_error *error)
{
    double *t = vx_array((size_t)q->count, sizeof *t);
    if (!t)
        return vx_fail_memory(error);
    for (size_t i = 0; i < q->ranks; i++) {
        for (uint64_t k = 0; k < q->count; k++)
            t[k] = q->t[k * q->ranks + i];
        middle_of(t, q->count, &low[i], &high[i]);
    }
    free(t);
    return VX_OK;
}

static const char *direction(const vx_calibration *c)
{
    if (fabs(c->middle_t) < 0.5 * c->median)
        return "much of the map rises and falls together";
    return c->middle_t > 0 ? "most of the map rises" : "most of the map falls";
}

char *vx_calibration_text(const vx_calibration *c, const char *covariate, bool paired)
{
    char p[32];
    if (!covariate && !paired)
        return vx_text("half of all voxels have a t beyond \xC2\xB1%.2f, and chance alone gives %.2f to %.2f (p = %s): "
                       "most of the map is %s zero, as images are that hold no differences. The p stay valid, but a "
                       "cluster says little of its place", c->median, c->low, c->high, vx_p_ascii(c->p, p),
                       c->middle_t > 0 ? "above" : "below");
    return vx_text("half of all voxels have a t beyond \xC2\xB1%.2f, and chance alone gives %.2f to %.2f (p = %s): "
                   "%s%s%s, by a global %s or by images that are not scaled alike. The p stay valid, but a cluster "
                   "says little of its place where all of the map moves", c->median, c->low, c->high,
                   vx_p_ascii(c->p, p), direction(c), covariate ? " with " : "", covariate ? covariate : "",
                   covariate ? "association" : "change");
}
