/* The image that maps are drawn over: one that is given, else a template of MNI's space that is installed, where the
 * images are in that space; else the mean of all images. */
#include "base/memory.h"
#include "report/draw/sample.h"
#include "report/report.h"
#include "report/section.h"
#include "report/template_space.h"

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

/* ---- spaces ---- */

/* Compares a template with the images of every modality: the relation to the one that it fits least, whose label and
 * name the caller gets, who frees the label. */
static vx_status compare_spaces(const vx_results *results, const vx_space_label *template, vx_space_relation *relation,
                                vx_space_label *images, const char **modality, vx_error *error)
{
    vx_status status = VX_OK;
    *relation = VX_SPACES_AGREE;
    *images = (vx_space_label){0};
    for (size_t m = 0; !status && m < results->modalities; m++) {
        vx_space_label own = {0};
        status = vx_space_of_images(results, &results->modality[m], &own, error);
        const vx_space_relation to = status ? VX_SPACES_AGREE : vx_space_compare(template, &own);
        if (to > *relation) {
            free(images->name);
            *images = own;
            *relation = to;
            *modality = results->modality[m].name;
        } else {
            free(own.name);
        }
    }
    return status;
}

static vx_status are_in_mni(const vx_results *results, bool *all, vx_error *error)
{
    vx_status status = VX_OK;
    *all = results->modalities;
    for (size_t m = 0; !status && m < results->modalities; m++) {
        vx_space_label label;
        status = vx_space_of_images(results, &results->modality[m], &label, error);
        *all &= !status && vx_space_is_mni(&label);
        free(label.name);
    }
    return status;
}

/* ---- the template that is found ---- */

/* Whether the name of a file tells no other space than that of the images. */
static vx_status is_matching(const vx_results *results, const char *path, bool *matching, vx_error *error)
{
    const vx_grid nothing = {0};
    const char *modality;
    vx_space_label label, images = {0};
    vx_space_relation relation = VX_SPACES_DIFFER;
    vx_status status = vx_space_of_template(path, &nothing, &label, error);
    if (!status)
        status = compare_spaces(results, &label, &relation, &images, &modality, error);
    *matching = relation == VX_SPACES_AGREE;
    free(label.name);
    free(images.name);
    return status;
}

/* Finds a template; *found is null without one. VOXSTAT_TEMPLATE names one, or is "none". One of the images' own
 * variant of MNI's space comes before others. */
static vx_status find_template(const vx_results *results, char **found, vx_error *error)
{
    const char *own = getenv("VOXSTAT_TEMPLATE");
    bool matching = false;
    vx_status status = VX_OK;
    *found = NULL;
    if (is_none(own))
        return VX_OK;
    if (own && *own) {
        *found = vx_copy_text(own);
        return *found ? VX_OK : vx_fail_memory(error);
    }
    for (size_t k = 0; !status && !matching && k < sizeof place / sizeof *place; k++) {
        char *path = path_of(k);
        if (path && !access(path, R_OK)) {
            status = is_matching(results, path, &matching, error);
            if (matching || !*found) {
                free(*found);
                *found = path;
                path = NULL;
            }
        }
        free(path);
    }
    return status;
}

/* ---- whether it fits ---- */

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

/* Refuses a template for a reason, of which it takes ownership. */
static vx_status refuse(vx_report *report, const char *path, char *reason, vx_error *error)
{
    free(report->template_unfit);
    report->template_unfit = reason;
    return reason ? vx_fail(error, VX_INPUT, "template: %s: %s", path, reason) : vx_fail_memory(error);
}

static const char *by(const vx_space_label *label)
{
    return label->by_header ? "header" : "name";
}

/* Refuses a template of another space than that of the images; one of another variant of MNI's gets a remark. */
static vx_status check_space(vx_report *report, const char *path, vx_error *error)
{
    const char *modality = "";
    vx_space_label own, images = {0};
    vx_space_relation relation = VX_SPACES_AGREE;
    vx_status status = vx_space_of_template(path, &report->template_image.grid, &own, error);
    if (!status)
        status = compare_spaces(report->results, &own, &relation, &images, &modality, error);
    if (!status && relation == VX_SPACES_DIFFER)
        status = refuse(report, path, vx_text("by its %s it is in the space %s, and the images of %s by their %ss are "
                                              "in %s", by(&own), own.name, modality, by(&images), images.name), error);
    if (!status && relation == VX_SPACES_VARIANTS) {
        report->template_remark = vx_text("the template is of %s, and the images of %s are of %s: both are MNI's, and "
                                          "places differ by some millimetres", own.name, modality, images.name);
        if (!report->template_remark)
            status = vx_fail_memory(error);
        else if (report->say)
            report->say(report->template_remark);
    }
    free(own.name);
    free(images.name);
    return status;
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
        status = refuse(report, path, vx_text("only %.0f %% of the voxels analysed lie where it has an image: it is "
                                              "not in the space of the results (MNI, or the participant's own?)",
                                              100 * report->template_overlap), error);
    return status;
}

/* Uses a template that was found, where it fits. It was not asked for: the page says why it is not used. */
static vx_status use_found(vx_report *report, vx_error *error)
{
    bool mni = false;
    vx_status status = are_in_mni(report->results, &mni, error);
    if (!status && mni)
        status = find_template(report->results, &report->template_found, error);
    if (status || !report->template_found)
        return status;
    status = use_template(report, report->template_found, FOUND_COVERS, error);
    if (!status)
        report->template = report->template_found;
    if (status != VX_INPUT)
        return status;
    free(report->template_image.data);
    report->template_image = (vx_volume){0};
    free(report->template_remark);
    report->template_remark = NULL;
    if (!report->template_unfit)
        report->template_unfit = vx_copy_text("it cannot be read");
    return report->template_unfit ? VX_OK : vx_fail_memory(error);
}

vx_status vx_report_read_template(vx_report *report, vx_error *error)
{
    if (is_none(report->template))
        report->template = NULL;
    else if (report->template)
        return report->results->modalities ? use_template(report, report->template, GIVEN_COVERS, error) : VX_OK;
    else
        return use_found(report, error);
    return VX_OK;
}

void vx_report_free_template(vx_report *report)
{
    if (!report)
        return;
    free(report->template_image.data);
    free(report->template_found);
    free(report->template_unfit);
    free(report->template_remark);
    report->template_image = (vx_volume){0};
    report->template_found = report->template_unfit = report->template_remark = NULL;
}

const char *vx_report_template_name(const vx_report *report)
{
    const char *path = report->template ? report->template : report->template_found;
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}
