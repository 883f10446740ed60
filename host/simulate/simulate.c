#include "simulate/simulate.h"

#include "base/memory.h"
#include "output/manifest.h"
#include "output/output.h"
#include "simulate/draw.h"
#include "simulate/images.h"
#include "simulate/phantom.h"
#include "simulate/tables.h"

#include <omp.h>
#include <string.h>

vx_simulate_options vx_simulate_defaults(void)
{
    return (vx_simulate_options){.voxel_mm = 4, .participants = 14};
}

const vx_plant vx_plants[] = {
    {"global", VX_PLANT_GLOBAL}, {"leverage", VX_PLANT_LEVERAGE},   {"shift", VX_PLANT_SHIFT},
    {"null", VX_PLANT_NULL},     {"reference", VX_PLANT_REFERENCE}, {"atrophy", VX_PLANT_ATROPHY}};
const int vx_plants_count = sizeof vx_plants / sizeof vx_plants[0];

vx_status vx_simulate_plant(const char *name, unsigned *plant, vx_error *error)
{
    for (int k = 0; k < vx_plants_count; k++)
        if (!strcmp(name, vx_plants[k].name)) {
            *plant |= vx_plants[k].flag;
            return VX_OK;
        }
    return vx_fail(error, VX_USAGE, "unknown planted case '%s'; there are global, leverage, shift, null, reference and "
                   "atrophy", name);
}

bool vx_simulated(const vx_simulate_options *options, int modality)
{
    return !options->modalities || options->modalities >> modality & 1;
}

static vx_status check(const vx_simulate_options *options, vx_error *error)
{
    unsigned one = options->plant & ~(unsigned)VX_PLANT_SHIFT;
    if (options->participants < 6 || options->participants > 9999)
        return vx_fail(error, VX_USAGE, "%lld participants; 6 to 9999 can be simulated",
                       (long long)options->participants);
    if (one & (one - 1))
        return vx_fail(error, VX_USAGE, "the planted cases global, leverage, null, reference and atrophy exclude each "
                       "other");
    if (!options->out)
        return vx_fail(error, VX_USAGE, "no folder to write into");
    return VX_OK;
}

static vx_status write_label_volume(const vx_phantom *phantom, const char *folder, vx_error *error)
{
    char *path = vx_text("%s/labels.nii.gz", folder);
    if (!path)
        return vx_fail_memory(error);
    vx_status status = vx_image_write(path, &phantom->space.grid, phantom->label, VX_UINT8, VX_INTENT_LABEL,
                                      0, NULL, "voxstat simulate: true regions", error);
    free(path);
    return status;
}

static int images_count(const vx_simulate_options *options)
{
    int count = 0;
    for (int m = 0; m < VX_IMAGES; m++)
        count += vx_simulated(options, m);
    return count;
}

vx_status vx_simulate(const vx_simulate_options *asked, vx_error *error)
{
    vx_simulate_options effective = *asked;
    const vx_simulate_options *options = &effective;
    if (asked->plant & VX_PLANT_GLOBAL) /* a ratio to the pons would cancel a global change */
        effective.raw = true;
    vx_phantom *phantom = NULL;
    vx_cohort *cohort = NULL;
    vx_folder *folder = NULL;
    int threads_before = omp_get_max_threads();
    vx_status status = check(options, error);
    if (status)
        return status;
    if (options->threads > 0)
        omp_set_num_threads(options->threads);
    status = vx_phantom_new(options->voxel_mm, &phantom, error);
    if (status)
        goto cleanup;
    status = vx_cohort_new(options, phantom, &cohort, error);
    if (status)
        goto cleanup;
    uint64_t bytes = (uint64_t)(options->participants * VX_SESSIONS * phantom->space.elements) * sizeof(int16_t);
    bytes *= (uint64_t)images_count(options);
    const vx_folder_options place = {.out = options->out, .force = options->force, .kind = VX_KIND_COHORT,
                                     .bytes_needed = bytes};
    status = vx_folder_begin(&place, &folder, error);
    if (status)
        goto cleanup;
    if (images_count(options))
        status = vx_make_images(options, phantom, cohort, vx_folder_path(folder), error);
    if (!status)
        status = write_label_volume(phantom, vx_folder_path(folder), error);
    if (!status)
        status = vx_write_tables(vx_folder_path(folder), options, phantom, cohort, error);
    if (!status)
        status = vx_write_dictionary(vx_folder_path(folder), options, error);
    if (!status)
        status = vx_write_cohort_record(vx_folder_path(folder), options, phantom, error);
    if (!status) {
        vx_folder *complete = folder;
        folder = NULL;
        status = vx_folder_commit(complete, error);
    }
cleanup:
    if (folder)
        vx_folder_abandon(folder);
    vx_cohort_free(cohort);
    vx_phantom_free(phantom);
    omp_set_num_threads(threads_before);
    return status;
}
