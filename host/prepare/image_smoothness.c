#include "prepare/image_smoothness.h"

#include "base/memory.h"
#include "prepare/smoothness.h"
#include "space/grid.h"

#include <math.h>
#include <omp.h>

/* The group, and where results go. */
typedef struct image_group {
    vx_sources *sources;
    size_t voxels;
    double *sum;    /* voxels: of the values */
    int32_t *count; /* voxels: number of images that have data there */
    int32_t images;
    vx_differences *differences; /* of every image from the mean */
} image_group;

/* What a reading does with an image: `each` runs in parallel, `in_order` one image after the other. */
typedef struct reading {
    vx_status (*each)(const image_group *group, int64_t image, vx_loaded *volume, vx_error *error);
    void (*in_order)(image_group *group, const vx_loaded *volume);
} reading;

static vx_status read_one(const image_group *group, const reading *what, int64_t image, vx_loaded *volume,
                          vx_error *error)
{
    vx_source *source = &group->sources->image[image];
    vx_status status = vx_source_read(source, &group->sources->how, volume, error);
    if (!status && what->each)
        status = what->each(group, image, volume, error);
    return status ? vx_source_prefix(source, status, error) : VX_OK;
}

/* Of several errors the one of the first image is kept. */
static vx_status read_all(image_group *group, const reading *what, int threads, vx_error *error)
{
    const int64_t images = group->sources->n * group->sources->sessions;
    vx_status status = VX_OK;
#pragma omp parallel for ordered schedule(dynamic, 1) num_threads(threads)
    for (int64_t image = 0; image < images; image++) {
        vx_loaded volume = {0};
        vx_error mine;
        const bool there = group->sources->image[image].path;
        const vx_status done = there ? read_one(group, what, image, &volume, &mine) : VX_OK;
#pragma omp ordered
        {
            if (there && !done && what->in_order)
                what->in_order(group, &volume);
            if (done && !status) {
                status = done;
                if (error)
                    *error = mine;
            }
        }
        vx_loaded_destroy(&volume);
    }
    return status;
}

static void add_up(image_group *group, const vx_loaded *volume)
{
    for (size_t v = 0; v < group->voxels; v++) {
        const double x = vx_loaded_value(volume, (int64_t)v);
        if (!vx_has_data(x))
            continue;
        group->sum[v] += x;
        group->count[v]++;
    }
    group->images++;
}

static vx_status compare(const image_group *group, int64_t image, vx_loaded *volume, vx_error *error)
{
    vx_loaded d = {.grid = volume->grid, .slope = 1, .data = vx_array(group->voxels, sizeof *d.data)};
    if (!d.data)
        return vx_fail_memory(error);
    for (size_t v = 0; v < group->voxels; v++) {
        const double mean = group->sum[v] / group->images, x = vx_loaded_value(volume, (int64_t)v);
        d.data[v] = group->count[v] == group->images ? (float)(x - mean) : NAN;
    }
    group->differences[image] = vx_differences_of_volume(&d);
    vx_loaded_destroy(&d);
    return VX_OK;
}

/* D_i of the header from the E_i of all images; `e` is one of them, `total` their sum. */
static double without_others(const image_group *group, double e, double total)
{
    const double n = group->images;
    const double own = (e - total / (1 - 1 / n) / (n * n)) / (1 - 2 / n);
    return own > 0 ? own : NAN;
}

/* Sums of images that are not there are 0. */
static void tell(const image_group *group, double (*fwhm)[3])
{
    const int64_t images = group->sources->n * group->sources->sessions;
    vx_differences total = {0};
    for (int64_t i = 0; i < images; i++)
        for (int k = 0; k < 3; k++) {
            total.first[k] += group->differences[i].first[k];
            total.second[k] += group->differences[i].second[k];
        }
    for (int64_t i = 0; i < images; i++) {
        vx_differences *own = &group->differences[i];
        for (int k = 0; k < 3; k++) {
            own->first[k] = without_others(group, own->first[k], total.first[k]);
            own->second[k] = without_others(group, own->second[k], total.second[k]);
        }
        vx_smoothness_of_differences(own, &group->sources->how.grid, fwhm[i]);
    }
}

vx_status vx_image_smoothness_find(vx_sources *sources, int threads, double (*fwhm)[3], vx_error *error)
{
    vx_status status = vx_sources_find_grid(sources, error);
    if (status)
        return status;
    image_group group = {.sources = sources, .voxels = vx_grid_elements(&sources->how.grid)};
    threads = threads > 0 ? threads : omp_get_max_threads();
    group.sum = vx_array_zero(group.voxels, sizeof *group.sum);
    group.count = vx_array_zero(group.voxels, sizeof *group.count);
    group.differences = vx_array_zero((size_t)(sources->n * sources->sessions), sizeof *group.differences);
    status = group.sum && group.count && group.differences
                 ? read_all(&group, &(reading){.in_order = add_up}, threads, error)
                 : vx_fail_memory(error);
    if (!status && group.images < VX_IMAGES_TO_COMPARE)
        status = vx_fail(error, VX_INPUT, "%d images are too few to tell the smoothness of each from the others; %d "
                         "are needed, and --smooth needs none", (int)group.images, VX_IMAGES_TO_COMPARE);
    if (!status)
        status = read_all(&group, &(reading){.each = compare}, threads, error);
    if (!status)
        tell(&group, fwhm);
    free(group.sum);
    free(group.count);
    free(group.differences);
    return status;
}
