#include "prepare/stable.h"

#include "base/sort.h"
#include "image/global.h"
#include "space/grid.h"

#include <math.h>
#include <omp.h>

enum { ROWS_MIN = 3, CANDIDATES_MIN = 100 };
static const double share = 0.1;

/* Sums over the participants, of every voxel of the grid. */
typedef struct stable_sums {
    int64_t elements;
    double *sum, *square;
    int32_t *count; /* images in which the voxel is a candidate */
} stable_sums;

/* Images come in the order of the rows, so that rounding does not depend on threads. */
static void add_image(stable_sums *s, const vx_loaded *volume, const vx_global *global)
{
    for (int64_t v = 0; v < s->elements; v++) {
        const double x = vx_loaded_value(volume, v);
        if (!(isfinite(x) && x > global->level))
            continue;
        s->sum[v] += x / global->mean;
        s->square[v] += x / global->mean * (x / global->mean);
        s->count[v]++;
    }
}

static vx_status read_image(vx_sources *sources, vx_source *image, vx_loaded *volume, vx_global *global,
                            vx_error *error)
{
    vx_status status = vx_source_read(image, &sources->how, volume, error);
    if (!status)
        *global = vx_global_of(volume);
    if (!status && !(global->mean > 0))
        status = vx_fail(error, VX_INPUT, "the image has no global mean above 0: the mean of all its voxels is %g",
                         8 * global->level);
    return status ? vx_source_prefix(image, status, error) : VX_OK;
}

static vx_status read_baselines(vx_sources *sources, int threads, stable_sums *s, vx_error *error)
{
    vx_status status = VX_OK;
#pragma omp parallel for ordered schedule(dynamic, 1) num_threads(threads)
    for (int64_t i = 0; i < sources->n; i++) {
        vx_loaded volume = {0};
        vx_error mine = {0};
        vx_global global = {0};
        const vx_status found = read_image(sources, vx_sources_image(sources, i, 0), &volume, &global, &mine);
#pragma omp ordered
        {
            if (!found)
                add_image(s, &volume, &global);
            else if (!status) {
                status = found;
                if (error)
                    *error = mine;
            }
        }
        vx_loaded_destroy(&volume);
    }
    return status;
}

/* The coefficient of variation of a candidate; infinity for other voxels. */
static float variation(const stable_sums *s, int64_t n, int64_t v)
{
    const double mean = s->sum[v] / (double)n;
    if (s->count[v] != n)
        return INFINITY;
    return (float)(sqrt(fmax(s->square[v] - s->sum[v] * mean, 0) / (double)(n - 1)) / mean);
}

/* Voxels that vary as little as the last one of the tenth all belong to it. */
static vx_status choose(const stable_sums *s, int64_t n, vx_candidates *region, vx_error *error)
{
    float *sorted = vx_array((size_t)s->elements, sizeof *sorted);
    size_t candidates = 0;
    vx_candidates chosen = {0};
    if (!sorted)
        return vx_fail_memory(error);
    for (int64_t v = 0; v < s->elements; v++)
        if (s->count[v] == n)
            sorted[candidates++] = variation(s, n, v);
    vx_sort_floats(sorted, candidates);
    const float limit = candidates ? sorted[(size_t)ceil(share * (double)candidates) - 1] : 0;
    free(sorted);
    if (candidates < CANDIDATES_MIN)
        return vx_fail(error, VX_INPUT, "only %zu voxels are above an eighth of the mean in every baseline image, and "
                       "a reference from the data is chosen among %d or more", candidates, CANDIDATES_MIN);
    for (int64_t v = 0; v < s->elements; v++)
        chosen.count += variation(s, n, v) <= limit;
    if (!(chosen.index = vx_array((size_t)chosen.count, sizeof *chosen.index)))
        return vx_fail_memory(error);
    chosen.count = 0;
    for (int64_t v = 0; v < s->elements; v++)
        if (variation(s, n, v) <= limit)
            chosen.index[chosen.count++] = v;
    *region = chosen;
    return VX_OK;
}

vx_status vx_stable_voxels_find(vx_sources *sources, int threads, vx_candidates *region, vx_error *error)
{
    stable_sums s = {.elements = (int64_t)vx_grid_elements(&sources->how.grid)};
    if (sources->n < ROWS_MIN)
        return vx_fail(error, VX_INPUT, "%lld participants: a reference from the data needs %d, whose baseline images "
                       "it compares", (long long)sources->n, ROWS_MIN);
    s.sum = vx_array_zero((size_t)s.elements, sizeof *s.sum);
    s.square = vx_array_zero((size_t)s.elements, sizeof *s.square);
    s.count = vx_array_zero((size_t)s.elements, sizeof *s.count);
    vx_status status = s.sum && s.square && s.count ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = read_baselines(sources, threads > 0 ? threads : omp_get_max_threads(), &s, error);
    if (!status)
        status = choose(&s, sources->n, region, error);
    free(s.sum);
    free(s.square);
    free(s.count);
    return status ? vx_error_prefix(error, status, "reference region") : VX_OK;
}
