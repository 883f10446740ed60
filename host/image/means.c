#include "image/means.h"

#include "base/memory.h"
#include "image/load.h"
#include "space/grid.h"

#include <math.h>
#include <omp.h>

typedef struct summing {
    const vx_volume_row *row;
    const vx_grid *grid;
    const vx_mask_options *reading;
    const vx_voxel_set *region;
    int64_t elements;
    double *sum;      /* elements */
    int32_t *count;   /* elements: images that are finite there */
    vx_means *means;
} summing;

static vx_status load(const summing *s, int64_t image, vx_loaded *volume, vx_error *error)
{
    const vx_volume_row *row = &s->row[image / VX_MEAN_SESSIONS];
    const char *path = image % VX_MEAN_SESSIONS == VX_MEAN_BASELINE ? row->baseline : row->followup;
    const vx_loading how = {.orientation = s->reading->analyze, .exact = true, .grid = s->grid,
                            .grid_path = "the results", .tolerance = s->reading->grid_tolerance};
    if (s->reading->source && vx_source_now_all(&s->reading->source[1 + image]) != VX_SOURCE_SAME)
        return vx_fail(error, VX_INPUT, "%s: not what it was any more when it was read for means", path);
    return vx_image_load(path, &how, volume, error);
}

/* What concerns one image alone. */
static void average(const summing *s, int64_t image, const vx_loaded *volume)
{
    vx_means *means = s->means;
    const int64_t row = image / VX_MEAN_SESSIONS, session = image % VX_MEAN_SESSIONS;
    int64_t voxels = 0;
    for (size_t r = 0; r < means->regions; r++) {
        double sum = 0;
        for (int64_t v = 0; v < s->region[r].voxels; v++)
            sum += vx_loaded_value(volume, s->region[r].index[v]);
        means->region[session][(size_t)row * means->regions + r] = sum / (double)s->region[r].voxels;
    }
    for (int64_t i = 0; i < s->elements; i++)
        voxels += isfinite(vx_loaded_value(volume, i)) && vx_loaded_value(volume, i) != 0;
    means->voxels[session][row] = voxels;
}

static void accumulate(summing *s, const vx_loaded *volume)
{
    for (int64_t i = 0; i < s->elements; i++) {
        const double value = vx_loaded_value(volume, i);
        if (isfinite(value)) {
            s->sum[i] += value;
            s->count[i]++;
        }
    }
}

static vx_status leave_out(vx_means *means, int64_t image, const vx_error *why, vx_error *error)
{
    const int64_t row = image / VX_MEAN_SESSIONS, session = image % VX_MEAN_SESSIONS;
    for (size_t r = 0; r < means->regions; r++)
        means->region[session][(size_t)row * means->regions + r] = NAN;
    means->voxels[session][row] = 0;
    if (!means->missing++ && !(means->first_missing = vx_copy_text(why->message)))
        return vx_fail_memory(error);
    return VX_OK;
}

static vx_status read_all(summing *s, int threads, vx_error *error)
{
    const int64_t images = s->means->n * VX_MEAN_SESSIONS;
    vx_status status = VX_OK;
#pragma omp parallel for ordered schedule(dynamic, 1) num_threads(threads)
    for (int64_t image = 0; image < images; image++) {
        const bool wanted = s->means->region[image % VX_MEAN_SESSIONS];
        vx_loaded volume = {0};
        vx_error mine = {0};
        vx_status found = wanted ? load(s, image, &volume, &mine) : VX_OK;
        if (wanted && !found)
            average(s, image, &volume);
#pragma omp ordered
        {
            if (wanted && !found)
                accumulate(s, &volume);
            else if (found == VX_INPUT)
                found = leave_out(s->means, image, &mine, &mine);
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

vx_status vx_means_read(const vx_volume_row *rows, int64_t n, const vx_grid *grid, const vx_mask_options *reading,
                        const vx_voxel_set *region, size_t regions, int threads, vx_means **means, vx_error *error)
{
    summing s = {.row = rows, .grid = grid, .reading = reading, .region = region,
                 .elements = (int64_t)vx_grid_elements(grid)};
    vx_status status = VX_OK;
    size_t cells;
    s.means = calloc(1, sizeof *s.means);
    s.sum = vx_array_zero((size_t)s.elements, sizeof *s.sum);
    s.count = vx_array_zero((size_t)s.elements, sizeof *s.count);
    if (!s.means || !s.sum || !s.count || !vx_multiply((size_t)n, regions, &cells)) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    s.means->n = n;
    s.means->regions = regions;
    s.means->image = vx_array((size_t)s.elements, sizeof *s.means->image);
    bool whole = s.means->image;
    const int first = n && rows[0].baseline ? VX_MEAN_BASELINE : VX_MEAN_FOLLOWUP;
    for (int session = first; session < VX_MEAN_SESSIONS; session++) {
        s.means->region[session] = vx_array(cells, sizeof(double));
        s.means->voxels[session] = vx_array((size_t)n, sizeof(int64_t));
        whole = whole && s.means->region[session] && s.means->voxels[session];
    }
    status = whole ? read_all(&s, threads > 0 ? threads : omp_get_max_threads(), error) : vx_fail_memory(error);
    for (int64_t i = 0; !status && i < s.elements; i++)
        s.means->image[i] = s.count[i] ? (float)(s.sum[i] / s.count[i]) : 0;
cleanup:
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
    for (int session = 0; session < VX_MEAN_SESSIONS; session++) {
        free(means->region[session]);
        free(means->voxels[session]);
    }
    free(means->image);
    free(means->first_missing);
    free(means);
}
