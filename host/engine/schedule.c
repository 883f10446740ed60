#include "engine/schedule.h"

#include "base/distribution.h"

#include <string.h>

enum {
    BATCH_SMALL = 64,        /* below this a launch no longer pays for its overhead: cut other things first */
    SLAB_TILES_SMALL = 64,
    MAPS_BYTES = 64 << 20,   /* whole maps are kept for TFCE: as many at a time as take this */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

vx_demand vx_demand_of(const vx_problem *p)
{
    return (vx_demand){
        .voxels = p->voxels,
        .row_bytes = (size_t)p->effect->n * sizeof(float),
        .weights = vx_weights_size(p),
        .evaluations = p->relabellings->evaluations,
        .count = p->options.count,
        .clusters = p->options.clusters,
        .tfce = p->options.tfce,
        .threshold_p = vx_t_upper(p->options.threshold_t, p->effect->df),
        .slab_size = p->slab_size,
    };
}

/* Bytes of every kind of buffer; the sum, and the largest single one. */
static size_t add_up(const vx_demand *d, vx_schedule *s, size_t *largest)
{
    size_t voxels = (size_t)d->voxels + VX_TILE, slab = (size_t)s->slab_tiles * VX_TILE, batch = (size_t)s->batch;
    size_t batches = (size_t)s->batches;
    s->list_entries = d->clusters ? (size_t)larger(s->batch * s->capacity, d->voxels) : 0;
    s->work_entries = d->clusters ? (size_t)larger(s->label_slabs * s->capacity, d->voxels) : 0;
    struct {
        size_t bytes, times;
    } buffer[] = {
        {batch * d->weights, batches},                                  /* W or flip */
        {batch * (2 + 1 + 2 + 4 + 4) * 4, batches},                     /* maxima, list sizes, extents, masses, TFCE */
        {(d->tfce ? batch : 1) * voxels * 4, batches},                  /* scores: the observed ones, or every map's */
        {s->list_entries * 4, 2 * batches},                             /* list_voxel, list_score */
        {slab * d->row_bytes, 1},                                       /* Y */
        {d->count ? 3 * voxels * 4 : 0, 1},                             /* bounds and counts */
        {d->clusters ? (size_t)(s->label_slabs * d->slab_size) * 4 : 0, 1},
        {s->work_entries * 16, 1},                                      /* parent, size, sum */
        {d->clusters || d->tfce ? voxels * 4 : 0, 1},                   /* places in the grid */
        {d->tfce ? (size_t)s->maps * s->map_words * 4 : 0, 1},          /* TFCE: scratch */
        {d->tfce ? voxels * 8 : 0, 1},                                  /* and the table of powers */
    };
    size_t sum = 0;
    *largest = 0;
    for (size_t i = 0; i < sizeof buffer / sizeof *buffer; i++) {
        sum += buffer[i].bytes * buffer[i].times;
        *largest = buffer[i].bytes > *largest ? buffer[i].bytes : *largest;
    }
    return sum;
}

/* Cuts what costs least first; false where nothing is left to cut. */
static bool cut_down(const vx_demand *d, vx_schedule *s)
{
    if (s->batch > BATCH_SMALL || (d->tfce && s->batch > 2 * s->maps))
        s->batch /= 2;
    else if (s->batches > 1)
        s->batches = 1;
    else if (s->label_slabs > 1)
        s->label_slabs /= 2;
    else if (s->maps > 1)
        s->maps /= 2;
    else if (s->slab_tiles > SLAB_TILES_SMALL)
        s->slab_tiles = (s->slab_tiles + 1) / 2;
    else if (s->batch > 1)
        s->batch /= 2;
    else
        return false;
    return true;
}

vx_status vx_schedule_make(const vx_demand *d, const vx_backend *backend, size_t limit, vx_schedule *schedule,
                           vx_error *error)
{
    int64_t tiles = (d->voxels + VX_TILE - 1) / VX_TILE;
    /* Lists with room for four times what chance alone puts above the threshold in both tails, and a little more;
     * a relabelling that needs more is computed again. */
    int64_t expected = (int64_t)((double)d->voxels * (8.0 * d->threshold_p + 1.0 / 64.0)) + VX_TILE;
    vx_schedule s = {
        .batch = d->evaluations < VX_BATCH_MAX ? (int64_t)d->evaluations : VX_BATCH_MAX,
        .batches = backend->queues,
        .capacity = d->clusters ? smaller(expected, d->voxels) : 0,
        .slab_tiles = tiles,
    };
    if (d->tfce) {
        s.maps = larger(1, smaller(backend->maps_preferred, s.batch));
        s.batch = smaller(s.batch, larger(s.maps, larger(BATCH_SMALL, MAPS_BYTES / s.batches / (4 * d->voxels))));
        s.map_words = VX_TFCE_GRID_WORDS * (size_t)d->slab_size + VX_TFCE_VOXEL_WORDS * (size_t)tiles * VX_TILE;
    }
    s.label_slabs = d->clusters ? larger(1, smaller(backend->slabs_preferred, s.batch)) : 0;
    s.batches = (int)smaller(s.batches, ((int64_t)d->evaluations + s.batch - 1) / s.batch);
    size_t largest, most = backend->info.allocation_max;
    while ((s.bytes = add_up(d, &s, &largest)) > limit || (most && largest > most))
        if (!cut_down(d, &s))
            return vx_fail(error, VX_USAGE, "--memory-limit of %zu MiB; this analysis needs at least %zu MiB",
                           limit >> 20, (s.bytes >> 20) + 1);
    s.voxel_slabs = (tiles + s.slab_tiles - 1) / s.slab_tiles;
    *schedule = s;
    return VX_OK;
}
