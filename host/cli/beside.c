/* The means of regions in other forms than those that are tested: without partial-volume correction, and by the
 * geometric transfer matrix. The images are read again for them. */
#include "cli/run.h"

#include "base/memory.h"
#include "prepare/gtm.h"

#include <math.h>

/* The images of a modality with another preparation. */
typedef struct other_images {
    vx_sources sources;
    vx_preparation preparation;
} other_images;

static void other_release(other_images *other)
{
    vx_sources_destroy(&other->sources);
    vx_preparation_destroy(&other->preparation);
}

static vx_status other_open(const vx_run *run, const vx_run_modality *modality, const vx_preparation_options *options,
                            other_images *other, vx_error *error)
{
    vx_preparation_init(options, &other->preparation);
    vx_status status = vx_sources_init(modality->study->row, modality->study->n, &run->mask, false, &other->sources,
                                       error);
    return status ? status : vx_preparation_add_steps(&other->preparation, &other->sources, error);
}

static vx_status beside_new(vx_run_modality *modality, vx_beside beside, size_t tested, double **values,
                            vx_error *error)
{
    size_t cells;
    const bool fits = vx_multiply(2 * (size_t)modality->study->n, tested, &cells);
    *values = modality->beside[beside] = fits ? vx_array(cells, sizeof **values) : NULL;
    return *values ? VX_OK : vx_fail_memory(error);
}

/* The place of a value: that of one session is the second. */
static size_t place_of(const vx_run_modality *modality, size_t region, int64_t session, int64_t row)
{
    const int64_t n = modality->study->n;
    return (2 * region + (size_t)(session + 2 - modality->sources.sessions)) * (size_t)n + (size_t)row;
}

/* The images are scaled and smoothed as the others are. Their steps keep what they were scaled by. */
static vx_status read_uncorrected(const vx_run *run, vx_run_modality *modality, const vx_voxel_set *set, size_t tested,
                                  other_images *other, vx_error *error)
{
    vx_preparation_options options = modality->preparation.options;
    vx_means *means = NULL;
    double *values;
    options.pvc = VX_PVC_NONE;
    vx_status status = other_open(run, modality, &options, other, error);
    if (!status)
        status = vx_sources_find_grid(&other->sources, error);
    if (!status)
        status = vx_means_read(&other->sources, set, tested, run->threads, &means, error);
    if (!status && means->missing)
        status = vx_fail(error, VX_INPUT, "the means of regions need the images again: %s", means->first_missing);
    if (!status)
        status = beside_new(modality, VX_BESIDE_NOPVC, tested, &values, error);
    for (int64_t s = 0; !status && s < means->sessions; s++)
        for (int64_t i = 0; i < means->n; i++)
            for (size_t r = 0; r < tested; r++)
                values[place_of(modality, r, s, i)] = means->region[s][(size_t)i * tested + r];
    vx_means_free(means);
    return status;
}

/* What an image is divided by: the corrected mean of the reference region, where this is of the atlas, else the mean of
 * its uncorrected image; 1 where nothing is divided. */
static double divisor(const vx_run_modality *modality, const vx_gtm *gtm, const vx_planned_region *reference,
                      const vx_sources *scaled, int64_t row, int64_t session)
{
    const vx_scale scale = modality->preparation.options.scale;
    if (scale != VX_SCALE_REFERENCE && scale != VX_SCALE_GLOBAL)
        return 1;
    return reference->members ? vx_gtm_mean(gtm, row * modality->sources.sessions + session, reference)
                              : vx_scaling_mean(scaled, row, session);
}

static void say_kinds(const vx_run *run, const char *modality, const vx_gtm *gtm)
{
    int kinds = 0;
    vx_say(run, "%s: tissue of the regions: ", modality);
    for (int kind = 0; vx_gtm_kinds[kind]; kind++) {
        int64_t regions = 0;
        for (int64_t a = 0; a < gtm->regions; a++) {
            if (gtm->kind[a] != kind)
                continue;
            if (!regions++)
                vx_say(run, "%s%s ", kinds++ ? "; " : "", vx_gtm_kinds[kind]);
            vx_say(run, "%s%s", regions > 1 ? ", " : "", run->atlas.name[a]);
        }
    }
    vx_say(run, "\n");
}

static vx_status check_tissue(const vx_run *run, const vx_run_modality *modality, vx_error *error)
{
    const vx_sources *sources = &modality->sources;
    for (int64_t i = 0; i < sources->n * sources->sessions; i++) {
        vx_status status = sources->image[i].path ? vx_tissue_check(&modality->tissue[i], run->psf.text, error) : VX_OK;
        if (status)
            return vx_source_prefix(&sources->image[i], status, error);
    }
    return VX_OK;
}

/* The images have their steps up to the place of partial-volume correction. */
static vx_status read_gtm(const vx_run *run, vx_run_modality *modality, size_t tested, const vx_sources *scaled,
                          vx_error *error)
{
    const vx_preparation_options *own = &modality->preparation.options;
    const vx_preparation_options options = {.suv = own->suv, .body_weight = own->body_weight};
    const bool of_atlas = own->scale == VX_SCALE_REFERENCE && vx_reference_of_atlas(own->reference);
    vx_planned_region reference = {.name = (char *)own->reference};
    other_images other = {0};
    vx_gtm *gtm = NULL;
    double *values;
    vx_status status = check_tissue(run, modality, error);
    if (!status)
        status = other_open(run, modality, &options, &other, error);
    if (!status && of_atlas)
        status = vx_planned_region_add(&reference, &run->atlas, vx_reference_of_atlas(own->reference), error);
    if (!status)
        status = vx_gtm_read(&other.sources, modality->tissue, &run->atlas, run->threads, &gtm, error);
    if (!status)
        say_kinds(run, modality->study->name, gtm);
    if (!status)
        status = beside_new(modality, VX_BESIDE_GTM, tested, &values, error);
    for (int64_t i = 0; !status && i < other.sources.n; i++)
        for (int64_t s = 0; s < other.sources.row[i].sessions; s++) {
            const double by = divisor(modality, gtm, &reference, scaled, i, s);
            for (int64_t r = 0, t = 0; r < modality->regions.count; r++)
                if (modality->regions.region[r].tested)
                    values[place_of(modality, (size_t)t++, s, i)] =
                        vx_gtm_mean(gtm, i * other.sources.sessions + s, &run->plan.region[r]) / by;
        }
    free(reference.member);
    vx_gtm_free(gtm);
    other_release(&other);
    return status;
}

vx_status vx_run_find_beside(vx_run *run, vx_run_modality *modality, const vx_voxel_set *set, size_t tested,
                             vx_error *error)
{
    const char *name = modality->study->name;
    other_images uncorrected = {0};
    vx_pvc_method method;
    bool gtm;
    vx_status status = vx_run_pvc_of(run, name, &method, &gtm, error);
    if (status || run->choice || (method == VX_PVC_NONE && !gtm)) /* an alternative has no tables of its own */
        return status;
    if (method != VX_PVC_NONE)
        status = read_uncorrected(run, modality, set, tested, &uncorrected, error);
    if (!status && gtm)
        status = read_gtm(run, modality, tested, method == VX_PVC_NONE ? &modality->sources : &uncorrected.sources,
                          error);
    other_release(&uncorrected);
    if (status)
        return vx_error_prefix(error, status, "%s", name);
    vx_say(run, "%s: beside the means of the regions stand those%s%s%s\n", name,
           method == VX_PVC_NONE ? "" : " without partial-volume correction",
           method != VX_PVC_NONE && gtm ? " and" : "", gtm ? " by the geometric transfer matrix" : "");
    return VX_OK;
}
