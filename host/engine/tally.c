#include "engine/tally.h"

#include "base/memory.h"

#include <string.h>

vx_status vx_tally_make(const vx_tally_shape *shape, vx_tally **tally, vx_error *error)
{
    size_t places = (size_t)shape->evaluations;
    vx_tally *t = vx_array_zero(1, sizeof *t);
    if (!t)
        return vx_fail_memory(error);
    t->evaluations = shape->evaluations;
    t->voxels = shape->voxels;
    t->high = vx_array(places, sizeof *t->high);
    t->low = vx_array(places, sizeof *t->low);
    t->extent = shape->clusters ? vx_array_zero(places, sizeof *t->extent) : NULL;
    t->mass = shape->clusters ? vx_array_zero(places, sizeof *t->mass) : NULL;
    t->tfce = shape->tfce ? vx_array_zero(places, sizeof *t->tfce) : NULL;
    size_t scores = 0;
    bool fits = vx_multiply(places, (size_t)shape->voxels, &scores);
    t->score = shape->scores && fits ? vx_array(scores, sizeof *t->score) : NULL;
    t->exceed = shape->counts ? vx_array_zero((size_t)shape->voxels, sizeof *t->exceed) : NULL;
    if (!t->high || !t->low || (shape->clusters && (!t->extent || !t->mass)) || (shape->tfce && !t->tfce) ||
        (shape->scores && !t->score) || (shape->counts && !t->exceed)) {
        vx_tally_free(t);
        return vx_fail_memory(error);
    }
    *tally = t;
    return VX_OK;
}

vx_tally_shape vx_tally_shape_of(const vx_problem *problem, uint64_t places)
{
    return (vx_tally_shape){.evaluations = places,
                            .voxels = problem->voxels,
                            .clusters = problem->options.clusters,
                            .tfce = problem->options.tfce,
                            .counts = problem->options.count,
                            .scores = problem->options.statistics};
}

vx_status vx_tally_new(const vx_problem *problem, uint64_t places, vx_tally **tally, vx_error *error)
{
    const vx_tally_shape shape = vx_tally_shape_of(problem, places);
    return vx_tally_make(&shape, tally, error);
}

static vx_tally_shape shape_of(const vx_tally *t)
{
    return (vx_tally_shape){.evaluations = t->evaluations,
                            .voxels = t->voxels,
                            .clusters = t->extent != NULL,
                            .tfce = t->tfce != NULL,
                            .counts = t->exceed != NULL,
                            .scores = t->score != NULL};
}

void vx_tally_free(vx_tally *tally)
{
    if (!tally)
        return;
    free(tally->range);
    free(tally->high);
    free(tally->low);
    free(tally->extent);
    free(tally->mass);
    free(tally->tfce);
    free(tally->score);
    free(tally->exceed);
    free(tally->weights);
    free(tally);
}

vx_status vx_tally_keep_weights(vx_tally *tally, vx_error *error)
{
    tally->weights = vx_array_zero((size_t)tally->evaluations, sizeof *tally->weights);
    return tally->weights ? VX_OK : vx_fail_memory(error);
}

const vx_range *vx_tally_ranges(const vx_tally *tally, size_t *count)
{
    *count = tally->ranges;
    return tally->range;
}

static vx_status check_shape(const vx_tally *tally, const vx_tally_shape *expected, vx_error *error)
{
    const vx_tally_shape found = shape_of(tally);
    const struct {
        const char *name;
        bool found, expected;
    } part[] = {{"clusters", found.clusters, expected->clusters},
                {"TFCE", found.tfce, expected->tfce},
                {"counts", found.counts, expected->counts},
                {"statistics", found.scores, expected->scores}};
    if (found.evaluations != expected->evaluations || found.voxels != expected->voxels)
        return vx_fail(error, VX_INPUT,
                       "the tally is of %llu relabellings of %lld elements instead of %llu of %lld, and does not "
                       "belong here",
                       (unsigned long long)found.evaluations, (long long)found.voxels,
                       (unsigned long long)expected->evaluations, (long long)expected->voxels);
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        if (part[k].found != part[k].expected)
            return vx_fail(error, VX_INPUT, "the tally %s %s, and does not belong here",
                           part[k].found ? "has" : "lacks", part[k].name);
    return VX_OK;
}

vx_status vx_tally_check(const vx_tally *tally, const vx_fingerprint *expected, const vx_tally_shape *shape,
                         vx_error *error)
{
    static const char *const part[] = {[VX_OF_VERSION] = "another version of voxstat", [VX_OF_DATA] = "other data",
                                       [VX_OF_EFFECT] = "another effect", [VX_OF_OPTIONS] = "other options",
                                       [VX_OF_SEED] = "another seed"};
    for (int k = 0; k < VX_OF_PARTS; k++)
        if (memcmp(tally->of.digest[k], expected->digest[k], sizeof expected->digest[k]) != 0)
            return vx_fail(error, VX_INPUT, "the tally is of %s, and does not belong here", part[k]);
    return check_shape(tally, shape, error);
}

vx_status vx_ranges_with(const vx_range *range, size_t ranges, vx_range added, vx_range **all, size_t *count,
                         vx_error *error)
{
    vx_range *to = vx_array(ranges + 1, sizeof *to);
    size_t used = 0, place = 0;
    if (!to)
        return vx_fail_memory(error);
    while (place < ranges && range[place].first < added.first)
        place++;
    for (size_t i = 0; i <= ranges; i++) {
        vx_range next = i < place ? range[i] : i > place ? range[i - 1] : added;
        if (used && next.first < to[used - 1].last) {
            free(to);
            return vx_fail(error, VX_INPUT, "relabelling %llu is in the tally already", (unsigned long long)next.first);
        }
        if (used && next.first == to[used - 1].last)
            to[used - 1].last = next.last;
        else
            to[used++] = next;
    }
    *all = to;
    *count = used;
    return VX_OK;
}

void vx_tally_add_counts(vx_tally *tally, const vx_tally *from)
{
    for (int64_t v = 0; tally->exceed && v < tally->voxels; v++)
        tally->exceed[v] += from->exceed[v];
    tally->overflows += from->overflows;
}

/* The union of both tallies' ranges. */
static vx_status join_ranges(const vx_tally *into, const vx_tally *from, vx_range **all, size_t *count, vx_error *error)
{
    vx_range *joined = NULL;
    size_t used = into->ranges;
    vx_status status = VX_OK;
    for (size_t i = 0; i < from->ranges && !status; i++) {
        vx_range *more;
        if ((status = vx_ranges_with(joined ? joined : into->range, used, from->range[i], &more, &used, error)))
            break;
        free(joined);
        joined = more;
    }
    if (status) {
        free(joined);
        return status;
    }
    *all = joined;
    *count = used;
    return VX_OK;
}

vx_status vx_tally_merge(vx_tally *into, const vx_tally *from, vx_error *error)
{
    vx_range *all = NULL;
    size_t count = 0;
    const vx_tally_shape shape = shape_of(into);
    vx_status status = vx_tally_check(from, &into->of, &shape, error);
    if (status || !from->ranges || (status = join_ranges(into, from, &all, &count, error)))
        return status;
    for (size_t k = 0; k < from->ranges; k++) {
        size_t first = (size_t)from->range[k].first, size = (size_t)(from->range[k].last - from->range[k].first);
        memcpy(into->high + first, from->high + first, size * sizeof *into->high);
        memcpy(into->low + first, from->low + first, size * sizeof *into->low);
        if (into->extent) {
            memcpy(into->extent + first, from->extent + first, size * sizeof *into->extent);
            memcpy(into->mass + first, from->mass + first, size * sizeof *into->mass);
        }
        if (into->tfce)
            memcpy(into->tfce + first, from->tfce + first, size * sizeof *into->tfce);
        if (into->score) {
            const size_t voxels = (size_t)into->voxels;
            memcpy(into->score + first * voxels, from->score + first * voxels, size * voxels * sizeof *into->score);
        }
    }
    vx_tally_add_counts(into, from);
    free(into->range);
    into->range = all;
    into->ranges = count;
    return VX_OK;
}
