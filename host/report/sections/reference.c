/* Reference regions that the data chose: where their voxels are. */
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/brain.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

/* The volumes for the picture of a region. */
typedef struct region_volumes {
    vx_image region;
    float *background, *mask; /* mask: the voxels analysed and those of the region */
} region_volumes;

static char *region_path(const vx_results *results, const vx_results_modality *modality)
{
    return vx_modality_path(results->folder, modality->alone ? NULL : modality->stem, VX_REFERENCE_FILE);
}

/* Whether run.json lists the file of the region. */
static bool has_region(const vx_results *results, const vx_results_modality *modality)
{
    char *path = region_path(results, modality);
    const char *name = path ? path + strlen(results->folder) + 1 : "";
    const json_t *one;
    size_t i;
    bool has = !path; /* without memory the reading of the file says so */
    json_array_foreach(json_object_get(results->run, VX_KEY_FILES), i, one)
        has = has || (json_is_string(one) && !strcmp(json_string_value(one), name));
    free(path);
    return has;
}

static bool applies(const vx_report *report)
{
    bool any = false;
    for (size_t m = 0; m < report->results->modalities; m++)
        any = any || has_region(report->results, &report->results->modality[m]);
    return any;
}

static vx_status read_volumes(vx_report *report, const vx_results_modality *modality, region_volumes *v)
{
    const vx_results *results = report->results;
    char *path = region_path(results, modality);
    vx_status status = path ? vx_image_read(path, report->orientation, &v->region, report->error)
                            : vx_fail_memory(report->error);
    if (!status && !vx_grid_same(&modality->grid, &v->region.grid, VX_GRID_TOLERANCE, NULL, 0))
        status = vx_fail(report->error, VX_INPUT, "%s: another grid than that of the results", path);
    if (!status)
        status = vx_results_mask(results, modality, &v->mask, report->error);
    if (!status && !report->template)
        status = vx_results_mean(results, modality, &v->background, report->error);
    free(path);
    return status;
}

/* The number of voxels; `at` becomes the place of the one nearest to their centre of mass. */
static int64_t find_centre(const vx_image *region, double at[3])
{
    const size_t places = vx_grid_elements(&region->grid);
    double centre[3] = {0}, nearest = INFINITY, mm[3];
    int64_t voxels = 0;
    for (size_t i = 0; i < places; i++)
        if (region->data[i] > 0) {
            vx_grid_mm(&region->grid, (int64_t)i, mm);
            voxels++;
            for (int k = 0; k < 3; k++)
                centre[k] += mm[k];
        }
    for (size_t i = 0; i < places; i++)
        if (region->data[i] > 0) {
            double distance = 0;
            vx_grid_mm(&region->grid, (int64_t)i, mm);
            for (int k = 0; k < 3; k++)
                distance += (mm[k] - centre[k] / (double)voxels) * (mm[k] - centre[k] / (double)voxels);
            if (distance < nearest)
                memcpy(at, mm, sizeof mm);
            nearest = fmin(nearest, distance);
        }
    return voxels;
}

static void put_picture(vx_report *report, const vx_results_modality *modality, const vx_brain *brain, int64_t voxels)
{
    const double *mm = modality->grid.pixdim;
    char text[32];
    vx_slices *slices = vx_slices_new(brain, &(vx_brain_layout){0});
    char *name = vx_text("%s_reference", modality->stem);
    char *alt = vx_text("Axial slices with the %s voxels of the reference region of %s.",
                        vx_count_text((uint64_t)voxels, text), modality->name);
    char *caption = vx_text("%s: coloured are the %s voxels (%.1f cm³) whose baseline varies least among the "
                            "participants, relative to the global mean. Every image was divided by its mean over them. "
                            "No follow-up image was looked at to choose them. Drawn over %s; the sagittal and the "
                            "coronal slice pass through the voxel nearest to their centre.", modality->name, text,
                            1e-3 * (double)voxels * mm[0] * mm[1] * mm[2],
                            report->template ? "the template" : "the mean of all images");
    if (slices && name && alt && caption)
        vx_report_picture(report, &(vx_picture){name, vx_slices_drawing(slices), false, alt, caption});
    else
        report->status = vx_fail_memory(report->error);
    vx_slices_free(slices);
    free(name);
    free(alt);
    free(caption);
}

static void put_region(vx_report *report, const vx_results_modality *modality)
{
    region_volumes v = {0};
    const vx_grid *grid = &modality->grid;
    report->status = read_volumes(report, modality, &v);
    if (report->status)
        goto cleanup;
    vx_brain brain = {.map = vx_sampler_new(grid, v.region.data), .mask = vx_sampler_new(grid, v.mask),
                      .background = report->template
                                        ? vx_sampler_new(&report->template_image.grid, report->template_image.data)
                                        : vx_sampler_new(grid, v.background),
                      .threshold = 0.5, .limit = 1, .positive = true, .units = "region"};
    const int64_t voxels = find_centre(&v.region, brain.peak);
    for (size_t i = 0; i < vx_grid_elements(grid); i++)
        v.mask[i] = v.mask[i] > 0 || v.region.data[i] > 0;
    if (voxels && vx_brain_frame(&brain, grid))
        put_picture(report, modality, &brain, voxels);
    else
        report->status = voxels ? vx_fail_memory(report->error)
                                : vx_fail(report->error, VX_INPUT, "%s: the reference region of %s holds no voxel",
                                          report->results->folder, modality->name);
cleanup:
    vx_image_destroy(&v.region);
    free(v.background);
    free(v.mask);
}

static void write(vx_report *report)
{
    for (size_t m = 0; !report->status && m < report->results->modalities; m++)
        if (has_region(report->results, &report->results->modality[m]))
            put_region(report, &report->results->modality[m]);
}

const vx_section vx_section_reference = {"reference", "Reference region", applies, write, NULL};
