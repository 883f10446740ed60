/* The preparation of images: smoothing and regridding of volumes in memory, and reading, with which they compare. */
#include "bench/rows.h"

#include "base/memory.h"
#include "image/source.h"
#include "prepare/regrid.h"
#include "prepare/smooth.h"
#include "space/grid.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { IMAGES = 28 }; /* of 14 participants */
#define FWHM 8.0

/* An image as it is and with voxels of half the size, there in memory and in a file. */
typedef struct vx_bench_images {
    vx_worker *worker;
    vx_loaded coarse, fine;
    char *path; /* of the file; null: not written */
    vx_regrid_method method;
} vx_bench_images;

typedef vx_status (*vx_bench_step)(const vx_bench_images *b, vx_loaded *volume, vx_error *error);

/* Applies a step to IMAGES volumes, of which each thread has one at a time. */
static vx_status for_each(const vx_bench_images *b, vx_bench_step step, vx_error *error)
{
    vx_status status = VX_OK;
#pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < IMAGES; i++) {
        vx_loaded volume = {0};
        vx_error mine;
        const vx_status done = step(b, &volume, &mine);
        vx_loaded_destroy(&volume);
        if (done)
#pragma omp critical(vx_bench_images_failed)
        {
            status = done;
            if (error)
                *error = mine;
        }
    }
    return status;
}

static vx_status copy(const vx_loaded *from, vx_loaded *volume, vx_error *error)
{
    const size_t voxels = vx_grid_elements(&from->grid);
    *volume = *from;
    if (!(volume->data = vx_array(voxels, sizeof *volume->data)))
        return vx_fail_memory(error);
    memcpy(volume->data, from->data, voxels * sizeof *volume->data);
    return VX_OK;
}

static vx_status smooth_one(const vx_bench_images *b, vx_loaded *volume, vx_error *error)
{
    const vx_status status = copy(&b->coarse, volume, error);
    return status ? status : vx_smooth_volume(b->worker, volume, (const double[]){FWHM, FWHM, FWHM}, error);
}

static vx_status read_one(const vx_bench_images *b, vx_loaded *volume, vx_error *error)
{
    vx_source source = {.path = b->path};
    const vx_status status = vx_source_read(&source, &(vx_loading){.exact = true}, volume, error);
    vx_source_destroy(&source);
    return status;
}

static vx_status regrid_one(const vx_bench_images *b, vx_loaded *volume, vx_error *error)
{
    int64_t points;
    const vx_status status = copy(&b->fine, volume, error);
    return status ? status : vx_regrid_volume(b->worker, volume, &b->coarse.grid, b->method, &points, error);
}

static vx_status run_smooth(void *context, vx_error *error)
{
    return for_each(context, smooth_one, error);
}

static vx_status run_read(void *context, vx_error *error)
{
    return for_each(context, read_one, error);
}

static vx_status run_regrid(void *context, vx_error *error)
{
    return for_each(context, regrid_one, error);
}

static vx_status images_init(vx_bench_images *b, const char *path, vx_error *error)
{
    vx_source source = {.path = path};
    vx_grid grid;
    int64_t points;
    const char *parent = getenv("TMPDIR");
    vx_status status = vx_source_read(&source, &(vx_loading){0}, &b->coarse, error);
    vx_source_destroy(&source);
    if (!status && !(status = copy(&b->coarse, &b->fine, error)) &&
        !(status = vx_regrid_isotropic(&b->coarse.grid, vx_grid_step_mm(&b->coarse.grid, 0) / 2, &grid, error)))
        status = vx_regrid_volume(b->worker, &b->fine, &grid, VX_REGRID_LINEAR, &points, error);
    if (!status &&
        !(b->path = vx_text("%s/voxstat-bench-%ld.nii.gz", parent ? parent : "/tmp", (long)getpid())))
        status = vx_fail_memory(error);
    if (status)
        return status;
    return vx_image_write(b->path, &b->fine.grid, b->fine.data, VX_FLOAT32, VX_INTENT_NONE, 0, NULL, "", error);
}

static void images_destroy(vx_bench_images *b)
{
    vx_loaded_destroy(&b->coarse);
    vx_loaded_destroy(&b->fine);
    if (b->path)
        unlink(b->path);
    free(b->path);
}

/* The rows of one worker; `read` also that of reading. */
static vx_status measure(vx_bench_state *state, vx_bench_images *b, bool read, vx_error *error)
{
    const double mm = vx_grid_step_mm(&b->coarse.grid, 0);
    char name[96];
    const vx_bench_row row = {.part = "images", .name = name};
    const char *id = b->worker->device ? b->worker->device->info.id : "", *on = *id ? ", " : "";
    snprintf(name, sizeof name, "%d of %g mm, smoothed by %g mm%s%s", IMAGES, mm, FWHM, on, id);
    vx_status status = vx_bench_measure(state, &row, run_smooth, b, error);
    if (!status && read) {
        snprintf(name, sizeof name, "%d of %g mm, read", IMAGES, mm / 2);
        status = vx_bench_measure(state, &row, run_read, b, error);
    }
    for (b->method = VX_REGRID_LINEAR; b->method <= VX_REGRID_CUBIC && !status; b->method++) {
        snprintf(name, sizeof name, "%d of %g mm, to %g mm, %s%s%s", IMAGES, mm / 2, mm,
                 b->method == VX_REGRID_CUBIC ? "cubic" : "linear", on, id);
        status = vx_bench_measure(state, &row, run_regrid, b, error);
    }
    return status;
}

/* The steps on a device, to which several threads hand volumes, one at a time. */
static vx_status measure_device(vx_bench_state *state, const vx_bench_images *b, const char *name, vx_error *error)
{
    const vx_device_options options = VX_OPTIONS(vx_device_options, .threads = state->options->threads,
                                                 .uses = VX_USE_SMOOTHING | VX_USE_REGRIDDING);
    const unsigned ops = 1u << VX_OP_CONVOLVE | 1u << VX_OP_SPLINE | 1u << VX_OP_SAMPLE;
    vx_worker worker = {0};
    vx_bench_images on_device = *b;
    vx_device *device = NULL;
    on_device.worker = &worker;
    vx_status status = vx_device_open(name, &options, &device, NULL, 0, error);
    if (!status && !(status = vx_worker_init(device, ops, state->options->threads, &worker, error)) && worker.device) {
        state->device_name = vx_device_properties(device)->id;
        status = measure(state, &on_device, false, error);
        state->device_name = "-";
    }
    vx_worker_destroy(&worker);
    vx_device_free(device);
    return status;
}

vx_status vx_bench_image_rows(vx_bench_state *state, const char *path, vx_error *error)
{
    const vx_bench_options *options = state->options;
    vx_bench_images b = {0};
    vx_worker host = {0};
    vx_status status = vx_worker_init(NULL, 0, options->threads, &host, error);
    b.worker = &host;
    if (!status && !(status = images_init(&b, path, error)))
        status = measure(state, &b, true, error);
    for (size_t d = 0; d < options->devices && !status; d++)
        if (strcmp(options->device[d], "cpu") != 0)
            status = measure_device(state, &b, options->device[d], error);
    images_destroy(&b);
    vx_worker_destroy(&host);
    return status;
}
