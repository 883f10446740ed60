#include "report/reading.h"

#include "base/memory.h"
#include "output/record.h"
#include "report/store.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const p_map[VX_P_KINDS] = {"p-uncorrected", "p-fdr",      "p-fwe-voxel",
                                              "p-fwe-extent",  "p-fwe-mass", "p-fwe-tfce"};
static const char *const session_name[VX_MEAN_SESSIONS] = {"baseline", "followup"};

const char *vx_p_kind_map(vx_p_kind kind)
{
    return p_map[kind];
}

void *vx_reading_room(vx_reading *r, size_t count, size_t size)
{
    void *memory = r->status ? NULL : vx_array_zero(count, size);
    if (!memory && !r->status)
        r->status = vx_fail_memory(r->error);
    return memory;
}

/* The dataset <root>/<place>/<name>, whose shape must be as given; a first dimension of 0 stands for any and is set. */
static double *numbers(vx_reading *r, const char *root, const char *place, const char *name, int rank, size_t *shape)
{
    double *value = NULL;
    size_t found[3] = {0};
    char *path = vx_text("/%s/%s/%s", root, place, name);
    if (!r->status)
        r->status = path ? vx_store_numbers(r->results->store, path, rank, found, &value, r->error)
                         : vx_fail_memory(r->error);
    if (!r->status && !shape[0])
        shape[0] = found[0];
    for (int k = 0; !r->status && k < rank; k++)
        if (found[k] != shape[k])
            r->status = vx_fail(r->error, VX_INPUT, "%s/results.h5: %s is not of the size that run.json implies: the "
                                "two are not of one run", r->results->folder, path);
    free(path);
    if (r->status) {
        free(value);
        value = NULL;
    }
    return value;
}

static bool has(const vx_reading *r, const char *root, const char *place, const char *name)
{
    char *path = vx_text("/%s/%s/%s", root, place, name);
    bool there = !r->status && path && vx_store_has(r->results->store, path);
    free(path);
    return there;
}

static void read_effect_store(vx_reading *r, vx_results_effect *effect)
{
    struct { const char *name; double **value; } null[] = {{"voxel", &effect->null.voxel},
                                                           {"extent", &effect->null.extent},
                                                           {"mass", &effect->null.mass},
                                                           {"tfce", &effect->null.tfce}};
    size_t design[2] = {(size_t)effect->n, (size_t)effect->columns}, count = (size_t)effect->relabellings;
    effect->design = numbers(r, "design", effect->place, "matrix", 2, design);
    effect->raw = numbers(r, "design", effect->place, "raw", 2, design);
    effect->null.count = count;
    for (size_t k = 0; k < sizeof null / sizeof *null; k++)
        if (k == 0 || has(r, "null", effect->place, null[k].name))
            *null[k].value = numbers(r, "null", effect->place, null[k].name, 1, &count);
    if (!effect->clusters)
        return;
    size_t values[2] = {0, (size_t)effect->n};
    effect->followup = numbers(r, "clusters", effect->place, "followup", 2, values);
    effect->measured = values[0] < effect->clusters ? values[0] : effect->clusters;
    if (r->results->design == VX_PAIRED)
        effect->baseline = numbers(r, "clusters", effect->place, "baseline", 2, values);
}

static void read_modality_store(vx_reading *r, vx_results_modality *modality)
{
    float *mean = NULL;
    size_t n = (size_t)modality->n;
    char *path = vx_text("/mean/%s", modality->stem);
    if (!r->status)
        r->status = path ? vx_store_volume(r->results->store, path, modality->grid.dim, modality->grid.affine, &mean,
                                           r->error)
                         : vx_fail_memory(r->error);
    free(mean);
    free(path);
    for (int k = 0; k < 3; k++)
        modality->grid.pixdim[k] = hypot(hypot(modality->grid.affine[0][k], modality->grid.affine[1][k]),
                                         modality->grid.affine[2][k]);
    for (int s = r->results->design == VX_PAIRED ? 0 : 1; s < VX_MEAN_SESSIONS; s++) {
        char *voxels = vx_text("%s_voxels", session_name[s]);
        modality->global[s] = numbers(r, "participants", modality->stem, session_name[s], 1, &n);
        double *count = voxels ? numbers(r, "participants", modality->stem, voxels, 1, &n) : NULL;
        modality->voxels[s] = vx_reading_room(r, n, sizeof(int64_t));
        for (size_t i = 0; count && modality->voxels[s] && i < n; i++)
            modality->voxels[s][i] = (int64_t)count[i];
        free(count);
        free(voxels);
    }
    for (size_t e = 0; e < modality->effects; e++)
        read_effect_store(r, &modality->effect[e]);
}

/* ---- the whole ---- */

vx_status vx_results_open(const char *folder, vx_results **results, vx_error *error)
{
    vx_results *opened = vx_array_zero(1, sizeof *opened);
    vx_reading r = {opened, VX_OK, error};
    char *path = vx_text("%s/results.h5", folder);
    if (!opened || !path || !(opened->folder = vx_copy_text(folder)))
        r.status = vx_fail_memory(error);
    vx_read_run(&r);
    if (!r.status)
        r.status = vx_store_open(path, &opened->store, error);
    for (size_t m = 0; !r.status && m < opened->modalities; m++) {
        read_modality_store(&r, &opened->modality[m]);
        for (size_t e = 0; !r.status && e < opened->modality[m].effects; e++)
            vx_read_clusters(&r, &opened->modality[m].effect[e]);
    }
    free(path);
    if (r.status)
        vx_results_close(opened);
    else
        *results = opened;
    return r.status;
}

static void destroy_effect(vx_results_effect *effect)
{
    free(effect->participant);
    free(effect->left_out);
    free(effect->column);
    free(effect->contrast);
    free(effect->design);
    free(effect->raw);
    free(effect->cluster);
    free(effect->null.voxel);
    free(effect->null.extent);
    free(effect->null.mass);
    free(effect->null.tfce);
    free(effect->baseline);
    free(effect->followup);
}

void vx_results_close(vx_results *results)
{
    if (!results)
        return;
    for (size_t m = 0; results->modality && m < results->modalities; m++) {
        vx_results_modality *modality = &results->modality[m];
        for (size_t e = 0; modality->effect && e < modality->effects; e++)
            destroy_effect(&modality->effect[e]);
        free(modality->effect);
        free(modality->left_out);
        for (int s = 0; s < VX_MEAN_SESSIONS; s++) {
            free(modality->global[s]);
            free(modality->voxels[s]);
        }
    }
    free(results->modality);
    vx_store_close(results->store);
    json_decref(results->run);
    free(results->folder);
    free(results);
}

const char *vx_results_option(const vx_results *results, const char *name)
{
    return json_string_value(json_object_get(json_object_get(results->run, "options"), name));
}

/* ---- volumes ---- */

static vx_status volume(const vx_results *results, const vx_grid *grid, float **data, vx_error *error,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));
static vx_status volume(const vx_results *results, const vx_grid *grid, float **data, vx_error *error,
                        const char *format, ...)
{
    vx_grid found;
    char path[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    vx_status status = vx_store_volume(results->store, path, found.dim, found.affine, data, error);
    if (!status && !vx_grid_same(grid, &found, VX_GRID_TOLERANCE, NULL, 0)) {
        free(*data);
        status = vx_fail(error, VX_INPUT, "%s/results.h5: %s lies on another grid than the mean image: it is damaged",
                         results->folder, path);
    }
    return status;
}

vx_status vx_results_map(const vx_results *results, const vx_results_effect *effect, const vx_grid *grid,
                         const char *map, float **data, vx_error *error)
{
    vx_status status = volume(results, grid, data, error, "/maps/%s/%s", effect->place, map);
    const size_t elements = vx_grid_elements(grid);
    if (status || strncmp(map, "p-", 2))
        return status;
    for (size_t i = 0; i < elements; i++)
        if (results->p_format == VX_P_LOG10)
            (*data)[i] = (float)pow(10, -(double)(*data)[i]);
        else if (results->p_format == VX_P_ONE_MINUS)
            (*data)[i] = 1 - (*data)[i];
    return VX_OK;
}

bool vx_results_has_map(const vx_results *results, const vx_results_effect *effect, const char *map)
{
    char path[1000];
    snprintf(path, sizeof path, "/maps/%s/%s", effect->place, map);
    return vx_store_has(results->store, path);
}

void vx_results_units(const vx_results *results, const vx_results_effect *effect, const char *map, char units[64])
{
    char path[1000];
    snprintf(path, sizeof path, "/maps/%s/%s", effect->place, map);
    vx_store_text(results->store, path, "units", units, 64);
}

vx_status vx_results_mean(const vx_results *results, const vx_results_modality *modality, float **data,
                          vx_error *error)
{
    return volume(results, &modality->grid, data, error, "/mean/%s", modality->stem);
}

vx_status vx_results_mask(const vx_results *results, const vx_results_modality *modality, float **data,
                          vx_error *error)
{
    if (modality->alone)
        return volume(results, &modality->grid, data, error, "/mask");
    return volume(results, &modality->grid, data, error, "/masks/%s", modality->stem);
}
