#include "image/means.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <omp.h>

typedef struct averaging {
    vx_sources *sources;
    const vx_voxel_set *region;
    int64_t elements;
    double *sum;      /* elements */
    int32_t *count;   /* elements: number of images that are finite there */
    vx_means *means;
} averaging;

static vx_status load(const averaging *s, vx_source *image, vx_loaded *volume, vx_error *error)
{
    if (vx_source_now_all(image) != VX_SOURCE_SAME)
        return vx_fail(error, VX_INPUT, "%s: changed before it was read again for the means", image->path);
    return vx_source_read(image, &s->sources->how, volume, error);
}

/* The means of one image over the regions, and its number of voxels. */
static void average(const averaging *s, int64_t image, const vx_loaded *volume)
{
    vx_means *means = s->means;
    const int64_t row = image / means->sessions, session = image % means->sessions;
    int64_t voxels = 0;
    for (size_t r = 0; r < means->regions; r++) {
        const vx_voxel_set *set = &s->region[r];
        double sum = 0, weights = 0;
        for (int64_t v = 0; v < set->voxels; v++) {
            const double weight = set->weight ? (double)set->weight[v] : 1;
            sum += weight * vx_loaded_value(volume, set->index[v]);
            weights += weight;
        }
        means->region[session][(size_t)row * means->regions + r] = sum / weights;
    }
    for (int64_t i = 0; i < s->elements; i++)
        voxels += isfinite(vx_loaded_value(volume, i)) && vx_loaded_value(volume, i) != 0;
    means->voxels[session][row] = voxels;
}

static void accumulate(averaging *s, const vx_loaded *volume)
{
    for (int64_t i = 0; i < s->elements; i++) {
        const double value = vx_loaded_value(volume, i);
        if (isfinite(value)) {
            s->sum[i] += value;
            s->count[i]++;
        }
    }
}

static void leave_out(vx_means *means, int64_t image)
{
    const int64_t row = image / means->sessions, session = image % means->sessions;
    for (size_t r = 0; r < means->regions; r++)
        means->region[session][(size_t)row * means->regions + r] = NAN;
    means->voxels[session][row] = 0;
}

static vx_status count_missing(vx_means *means, const vx_error *why, vx_error *error)
{
    if (!means->missing++ && !(means->first_missing = vx_copy_text(why->message)))
        return vx_fail_memory(error);
    return VX_OK;
}

static vx_status read_all(averaging *s, int threads, vx_error *error)
{
    const int64_t images = s->means->n * s->means->sessions;
    vx_status status = VX_OK;
#pragma omp parallel for ordered schedule(dynamic, 1) num_threads(threads)
    for (int64_t image = 0; image < images; image++) {
        vx_source *source = &s->sources->image[image];
        vx_loaded volume = {0};
        vx_error mine = {0};
        vx_status found = source->path ? load(s, source, &volume, &mine) : VX_OK;
        const bool there = source->path && !found;
        if (there)
            average(s, image, &volume);
        else
            leave_out(s->means, image);
#pragma omp ordered
        {
            if (there)
                accumulate(s, &volume);
            else if (found == VX_INPUT)
                found = count_missing(s->means, &mine, &mine);
            if (found && !status) {
                status = found;
                if (error)
                    *error = mine;
            }
        }
        vx_loaded_destroy(&volume);
    }
    return status;
}

static vx_status means_new(int64_t n, int64_t sessions, size_t regions, int64_t elements, vx_means **made,
                           vx_error *error)
{
    size_t cells;
    vx_means *means = *made = calloc(1, sizeof *means);
    if (!means || !vx_multiply((size_t)n, regions, &cells))
        return vx_fail_memory(error);
    *means = (vx_means){.n = n, .sessions = sessions, .regions = regions,
                        .region = vx_array_zero((size_t)sessions, sizeof *means->region),
                        .voxels = vx_array_zero((size_t)sessions, sizeof *means->voxels),
                        .image = vx_array((size_t)elements, sizeof *means->image)};
    if (!means->region || !means->voxels || !means->image)
        return vx_fail_memory(error);
    for (int64_t s = 0; s < sessions; s++) {
        means->region[s] = vx_array(cells, sizeof **means->region);
        means->voxels[s] = vx_array((size_t)n, sizeof **means->voxels);
        if (!means->region[s] || !means->voxels[s])
            return vx_fail_memory(error);
    }
    return VX_OK;
}

vx_status vx_means_read(vx_sources *sources, const vx_voxel_set *region, size_t regions, int threads, vx_means **means,
                        vx_error *error)
{
    averaging s = {.sources = sources, .region = region, .elements = (int64_t)vx_grid_elements(&sources->how.grid)};
    vx_status status = means_new(sources->n, sources->sessions, regions, s.elements, &s.means, error);
    s.sum = vx_array_zero((size_t)s.elements, sizeof *s.sum);
    s.count = vx_array_zero((size_t)s.elements, sizeof *s.count);
    if (!status)
        status = s.sum && s.count ? read_all(&s, threads > 0 ? threads : omp_get_max_threads(), error)
                                  : vx_fail_memory(error);
    for (int64_t i = 0; !status && i < s.elements; i++)
        s.means->image[i] = s.count[i] ? (float)(s.sum[i] / s.count[i]) : 0;
    free(s.sum);
    free(s.count);
    if (status)
        vx_means_free(s.means);
    else
        *means = s.means;
    return status;
}

void vx_means_free(vx_means *means)
{
    if (!means)
        return;
    for (int64_t s = 0; s < means->sessions; s++) {
        if (means->region)
            free(means->region[s]);
        if (means->voxels)
            free(means->voxels[s]);
    }
    free(means->region);
    free(means->voxels);
    free(means->image);
    free(means->first_missing);
    free(means);
}
