/* The image that maps are drawn over. */
#include "report/draw/sample.h"
#include "report/report.h"
#include "report/section.h"

#include <math.h>
#include <stdlib.h>

static vx_status load_template(const char *path, vx_analyze_orientation orientation, vx_image *image, vx_error *error)
{
    vx_status status = vx_image_read(path, orientation, image, error);
    return status ? vx_error_prefix(error, status, "template") : VX_OK;
}

vx_status vx_report_check(const vx_report_options *options, vx_source *source, vx_error *error)
{
    const vx_loading how = {.orientation = options->orientation, .hashed = true};
    vx_loaded image = {0};
    *source = (vx_source){.path = options->template};
    vx_status status = source->path ? vx_source_read(source, &how, &image, error) : VX_OK;
    vx_loaded_destroy(&image);
    return status ? vx_error_prefix(error, status, "template") : VX_OK;
}

/* Compares the template with the mask of a modality. */
static vx_status overlap_template(vx_report *report, const vx_results_modality *modality, vx_error *error)
{
    const vx_volume *template = &report->template_image;
    float *mask = NULL;
    vx_status status = vx_results_mask(report->results, modality, &mask, error);
    if (!status) {
        const double overlap = vx_sample_overlap(&modality->grid, mask, &template->grid, template->data);
        report->template_overlap = fmin(report->template_overlap, overlap);
        report->template_resampled |= !vx_grid_same(&modality->grid, &template->grid, VX_GRID_TOLERANCE, NULL, 0);
    }
    free(mask);
    return status;
}

vx_status vx_report_read_template(vx_report *report, vx_error *error)
{
    vx_image image = {0};
    if (!report->template || !report->results->modalities)
        return VX_OK;
    vx_status status = load_template(report->template, report->orientation, &image, error);
    if (status)
        return status;
    report->template_image = (vx_volume){image.grid, image.data};
    report->template_overlap = 1;
    for (size_t m = 0; !status && m < report->results->modalities; m++)
        status = overlap_template(report, &report->results->modality[m], error);
    if (!status && report->template_overlap < 0.5)
        status = vx_fail(error, VX_INPUT, "template: %s: only %.0f %% of the voxels analysed lie where it has an "
                         "image: it is not in the space of the results (MNI, or the participant's own?)",
                         report->template, 100 * report->template_overlap);
    return status;
}
