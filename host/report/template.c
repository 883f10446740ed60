/* The image that maps are drawn over: one that is given, else a template of MNI's space that is installed, where the
 * images are in that space; else the mean of all images. */
#include "base/memory.h"
#include "report/draw/sample.h"
#include "report/report.h"
#include "report/section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a template may be: the value of an environment variable, or a folder, in HOME for "~". */
static const struct { const char *variable, *folder, *file; } place[] = {
    {"FSLDIR", "/usr/local/fsl", "data/standard/MNI152_T1_2mm_brain.nii.gz"},
    {NULL, "/usr/share/fsl", "data/standard/MNI152_T1_2mm_brain.nii.gz"},
    {NULL, "/usr/share/data/fsl-mni152-templates", "MNI152_T1_2mm_brain.nii.gz"},
    {"TEMPLATEFLOW_HOME", "~/.cache/templateflow",
     "tpl-MNI152NLin2009cAsym/tpl-MNI152NLin2009cAsym_res-02_desc-brain_T1w.nii.gz"},
    {"TEMPLATEFLOW_HOME", "~/.cache/templateflow",
     "tpl-MNI152NLin6Asym/tpl-MNI152NLin6Asym_res-02_desc-brain_T1w.nii.gz"},
    {"NILEARN_DATA", "~/nilearn_data",
     "icbm152_2009/mni_icbm152_nlin_sym_09a/mni_icbm152_t1_tal_nlin_sym_09a.nii.gz"},
    {NULL, "/usr/share/mricron/templates", "ch2bet.nii.gz"},
    {"SPM_HOME", "/opt/spm12", "canonical/avg152T1.nii"},
};

/* The least share of the voxels analysed that a template covers: of one that is given, which may be of a part of the
 * brain, and of one that was found. */
static const double GIVEN_COVERS = 0.5, FOUND_COVERS = 0.9;

static bool is_none(const char *template)
{
    return template && !strcmp(template, "none");
}

vx_status vx_report_check(const vx_report_options *options, vx_source *source, vx_error *error)
{
    const vx_loading how = {.orientation = options->orientation, .hashed = true};
    vx_loaded image = {0};
    *source = (vx_source){.path = is_none(options->template) ? NULL : options->template};
    vx_status status = source->path ? vx_source_read(source, &how, &image, error) : VX_OK;
    vx_loaded_destroy(&image);
    return status ? vx_error_prefix(error, status, "template") : VX_OK;
}

/* The path of an installed template; null: none, or no memory. */
static char *path_of(size_t k)
{
    const char *set = place[k].variable ? getenv(place[k].variable) : NULL, *home = getenv("HOME");
    const char *folder = set && *set ? set : place[k].folder;
    const bool at_home = *folder == '~';
    if (at_home && !home)
        return NULL;
    return vx_text("%s%s/%s", at_home ? home : "", at_home ? folder + 1 : folder, place[k].file);
}

/* Finds a template; *found is null without one. VOXSTAT_TEMPLATE names one, or is "none". */
static vx_status find_template(char **found, vx_error *error)
{
    const char *own = getenv("VOXSTAT_TEMPLATE");
    *found = NULL;
    if (is_none(own))
        return VX_OK;
    if (own && *own) {
        *found = vx_copy_text(own);
        return *found ? VX_OK : vx_fail_memory(error);
    }
    for (size_t k = 0; k < sizeof place / sizeof *place; k++) {
        char *path = path_of(k);
        if (path && !access(path, R_OK)) {
            *found = path;
            return VX_OK;
        }
        free(path);
    }
    return VX_OK;
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

/* Refuses a template whose header names another space than those of the images do. */
static vx_status check_space(const vx_report *report, const char *path, vx_error *error)
{
    const int code = vx_grid_space_code(&report->template_image.grid);
    const bool named = code == VX_SPACE_MNI || code == VX_SPACE_TALAIRACH;
    for (size_t m = 0; named && m < report->results->modalities; m++) {
        const vx_results_modality *modality = &report->results->modality[m];
        if (modality->grid.sform_code && modality->grid.sform_code != code)
            return vx_fail(error, VX_INPUT, "template: %s: by its header it is in the space of %s, and the images of "
                           "%s are in that of %s", path, code == VX_SPACE_MNI ? "MNI" : "Talairach", modality->name,
                           code == VX_SPACE_MNI ? "Talairach" : "MNI");
    }
    return VX_OK;
}

/* Reads a template that covers at least `least` of the voxels analysed of every modality. */
static vx_status use_template(vx_report *report, const char *path, double least, vx_error *error)
{
    vx_image image = {0};
    vx_status status = vx_image_read(path, report->orientation, &image, error);
    if (status)
        return vx_error_prefix(error, status, "template");
    report->template_image = (vx_volume){image.grid, image.data};
    report->template_overlap = 1;
    status = check_space(report, path, error);
    for (size_t m = 0; !status && m < report->results->modalities; m++)
        status = overlap_template(report, &report->results->modality[m], error);
    if (!status && report->template_overlap < least)
        status = vx_fail(error, VX_INPUT, "template: %s: only %.0f %% of the voxels analysed lie where it has an "
                         "image: it is not in the space of the results (MNI, or the participant's own?)", path,
                         100 * report->template_overlap);
    return status;
}

static bool are_in_mni(const vx_results *results)
{
    for (size_t m = 0; m < results->modalities; m++)
        if (results->modality[m].grid.sform_code != VX_SPACE_MNI)
            return false;
    return results->modalities;
}

vx_status vx_report_read_template(vx_report *report, vx_error *error)
{
    vx_error unfit;
    if (is_none(report->template))
        report->template = NULL;
    else if (report->template)
        return report->results->modalities ? use_template(report, report->template, GIVEN_COVERS, error) : VX_OK;
    else if (are_in_mni(report->results)) {
        vx_status status = find_template(&report->template_found, error);
        if (status || !report->template_found)
            return status;
        if (use_template(report, report->template_found, FOUND_COVERS, &unfit) == VX_OK) {
            report->template = report->template_found;
        } else { /* it was not asked for: the page says why it is not used */
            free(report->template_image.data);
            report->template_image = (vx_volume){0};
            report->template_unfit = true;
        }
    }
    return VX_OK;
}

void vx_report_free_template(vx_report *report)
{
    if (!report)
        return;
    free(report->template_image.data);
    free(report->template_found);
    report->template_image = (vx_volume){0};
    report->template_found = NULL;
}

const char *vx_report_template_name(const vx_report *report)
{
    const char *path = report->template ? report->template : report->template_found;
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}
