#include "infer/holm.h"

#include "base/memory.h"
#include "infer/quantity.h"

#include <math.h>

static double value(vx_share p, size_t times)
{
    return (double)(times * p.reached) / (double)p.count;
}

/* In the order of p, K - j + 1 tests stand at place j or behind it; of equal p the first place decides. */
double vx_holm_adjusted(const vx_share *p, size_t tests, size_t which)
{
    double adjusted = 0;
    for (size_t j = 0; j < tests; j++) {
        size_t behind = 0;
        if (value(p[j], 1) > value(p[which], 1))
            continue;
        for (size_t i = 0; i < tests; i++)
            behind += value(p[i], 1) >= value(p[j], 1);
        adjusted = fmax(adjusted, value(p[j], behind));
    }
    return fmin(adjusted, 1);
}

static vx_share share_of(const vx_result *result, double p)
{
    return (vx_share){(uint64_t)llround(p * (double)result->null.count), result->null.count};
}

/* The p of effect `which` in the place of the smallest one that it has. */
static double adjusted(vx_share *smallest, size_t results, size_t which, vx_share p)
{
    const vx_share own = smallest[which];
    smallest[which] = p;
    const double found = vx_holm_adjusted(smallest, results, which);
    smallest[which] = own;
    return found;
}

/* Adds to every result the map and the clusters' p of a kind that is over effects. */
static vx_status add_kind(vx_result *const *result, size_t results, vx_quantity kind, vx_error *error)
{
    const vx_quantity_row *about = vx_quantity_about(kind);
    vx_share *smallest = vx_array(results, sizeof *smallest);
    if (!smallest)
        return vx_fail_memory(error);
    for (size_t r = 0; r < results; r++) {
        double lowest = 1;
        for (int64_t v = 0; v < result[r]->voxels; v++)
            lowest = fmin(lowest, vx_result_map(result[r], about->of)->value[v]);
        smallest[r] = share_of(result[r], lowest);
    }
    for (size_t r = 0; r < results; r++) {
        const float *p = vx_result_map(result[r], about->of)->value;
        float *map = vx_array((size_t)result[r]->voxels, sizeof *map);
        if (!map) {
            free(smallest);
            return vx_fail_memory(error);
        }
        for (int64_t v = 0; v < result[r]->voxels; v++)
            map[v] = p[v] < 1 ? (float)adjusted(smallest, results, r, share_of(result[r], p[v])) : 1;
        result[r]->map[result[r]->maps++] = (vx_map){kind, about->units, map};
        for (size_t c = 0; c < result[r]->clusters; c++) {
            double *of_cluster = result[r]->cluster[c].p;
            of_cluster[kind] = adjusted(smallest, results, r, share_of(result[r], of_cluster[about->of]));
        }
    }
    free(smallest);
    return VX_OK;
}

vx_status vx_holm(vx_result *const *result, size_t results, vx_error *error)
{
    vx_status status = VX_OK;
    for (int kind = 0; !status && kind < VX_P_KINDS; kind++) {
        bool there = vx_quantity_about(kind)->of != VX_P_UNCORRECTED;
        for (size_t r = 0; r < results; r++)
            there = there && vx_result_map(result[r], vx_quantity_about(kind)->of);
        if (there)
            status = add_kind(result, results, kind, error);
    }
    return status;
}
