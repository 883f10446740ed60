#include "infer/extreme.h"

#include <math.h>

double vx_extremity(vx_tails tails, double t)
{
    return tails == VX_TWO_TAILS ? fabs(t) : tails == VX_POSITIVE ? t : -t;
}

int64_t vx_extreme_t(const vx_result *result)
{
    const vx_map *t = vx_result_map(result, VX_MAP_T);
    int64_t at = -1;
    double highest = -INFINITY;
    for (int64_t v = 0; t && v < result->voxels; v++) {
        const double value = vx_extremity(result->options.tails, t->value[v]);
        if (value > highest) {
            highest = value;
            at = v;
        }
    }
    return at;
}

int64_t vx_extreme_p(const vx_result *result, const vx_map *p)
{
    const vx_map *t = vx_result_map(result, VX_MAP_T);
    const vx_tails tails = result->options.tails;
    int64_t at = -1;
    for (int64_t v = 0; v < result->voxels; v++) {
        if (isnan(p->value[v]) || (at >= 0 && p->value[v] > p->value[at]))
            continue;
        if (at < 0 || p->value[v] < p->value[at] ||
            (t && vx_extremity(tails, t->value[v]) > vx_extremity(tails, t->value[at])))
            at = v;
    }
    return at;
}
