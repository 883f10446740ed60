/* What is done to the images before their changes are tested, by the options. */
#include "cli/run.h"

#include "base/memory.h"
#include "base/number.h"
#include "image/change.h"
#include "results/change.h"
#include "results/level.h"
#include "results/schema.h"

#include <math.h>
#include <string.h>

/* Where --scale says nothing of a modality, --reference does. The choices have the order of the enum. */
static vx_status read_scale(const vx_run *run, size_t m, vx_preparation_options *options, vx_error *error)
{
    const char *name = run->study->modality[m].name;
    int scale = VX_SCALE_NONE;
    vx_status status = vx_by_modality_value(&run->reference, run->study, name, &options->reference, error);
    if (!status)
        status = vx_by_modality_choice(&run->scale, run->study, name,
                                       options->reference ? VX_SCALE_REFERENCE : VX_SCALE_NONE, &scale, error);
    options->scale = (vx_scale)scale;
    return status;
}

static bool names_modality(const vx_names *names, const char *modality)
{
    bool found = false;
    for (size_t i = 0; i < names->count && !found; i++)
        found = !strcmp(names->name[i], modality);
    return found;
}

static bool reference_is_used(const vx_run *run)
{
    vx_preparation_options options = {0};
    for (size_t m = 0; m < run->study->modalities; m++)
        if (read_scale(run, m, &options, NULL) || options.scale == VX_SCALE_REFERENCE)
            return true;
    return false;
}

vx_status vx_run_preparation(const vx_run *run, size_t m, vx_preparation_options *o, vx_error *error)
{
    const char *modality = run->study->modality[m].name;
    *o = (vx_preparation_options){.suv = names_modality(&run->suv, modality),
                                  .body_weight = run->modality[m].body_weight,
                                  .reference_erosion = vx_argument_real(run->arguments, VX_OPTION_REFERENCE_ERODE),
                                  .atlas = &run->atlas,
                                  .tissue = run->modality[m].tissue,
                                  .psf = run->psf.text};
    bool gtm;
    vx_status status = read_scale(run, m, o, error);
    if (!status)
        status = vx_run_pvc_of(run, modality, &o->pvc, &gtm, error);
    if (status)
        return status;
    if (o->scale == VX_SCALE_REFERENCE && !o->reference)
        return vx_fail(error, VX_USAGE, "--scale reference: %s needs a reference region; --reference names its mask or "
                       "regions of the atlas", modality);
    if (o->scale == VX_SCALE_REFERENCE && vx_reference_of_atlas(o->reference) && !run->atlas.path)
        return vx_fail(error, VX_USAGE, "--reference %s names regions of --atlas, which is not given", o->reference);
    if (o->scale == VX_SCALE_REFERENCE && vx_reference_is_of_data(o->reference) && run->design != VX_PAIRED)
        return vx_fail(error, VX_USAGE, "--reference data chooses voxels by the baseline images, and a onesample "
                       "design has none");
    if (gtm && !run->atlas.path)
        return vx_fail(error, VX_USAGE, "--pvc gtm corrects the means of the regions of --atlas, which is not given");
    if (!run->choice && !reference_is_used(run) && (o->reference || o->reference_erosion > 0))
        return vx_fail(error, VX_USAGE, "--%s is given, but no image is divided by a reference region: --scale says "
                       "something else, or --reference is missing",
                       o->reference ? "reference" : "reference-erode");
    return vx_run_read_grid(run->arguments, o, error);
}

/* The choices have the order of vx_change. */
vx_status vx_run_change(const vx_run *run, size_t m, vx_change *change, vx_error *error)
{
    int choice;
    vx_status status = vx_by_modality_choice(&run->change, run->study, run->study->modality[m].name,
                                             VX_CHANGE_DIFFERENCE, &choice, error);
    *change = (vx_change)choice;
    if (!status && *change != VX_CHANGE_DIFFERENCE && run->design != VX_PAIRED)
        status = vx_fail(error, VX_USAGE, "--change %s: a onesample design has one session, so there is no change",
                         vx_change_names[choice]);
    return status;
}

vx_status vx_run_prepare(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    const vx_preparation_options *options = &modality->preparation.options;
    const bool heavy = vx_preparation_smooths(options) || vx_preparation_regrids(options);
    const vx_device_info *device = vx_device_properties(run->device);
    modality->preparation.options.device = run->device;
    vx_status status = vx_preparation_add_steps(&modality->preparation, &modality->sources, error);
    if (status)
        return vx_error_prefix(error, status, "%s", modality->study->name);
    size_t steps;
    const vx_step *step = vx_sources_steps(&modality->sources, &steps);
    for (size_t k = 0; k < steps; k++)
        vx_say(run, "  %s: every image is %s\n", modality->study->name, step[k].words);
    if (!heavy || device->has_double)
        return VX_OK;
    return vx_run_remark(run, error, "%s computes no double precision: images are smoothed and brought to another grid "
                         "by the processor (cpu)", device->id);
}

static vx_status remark_global(vx_run *run, const char *name, vx_scale scale, vx_error *error)
{
    if (scale == VX_SCALE_GLOBAL)
        return vx_run_remark(run, error, "%s is divided by its global mean: a change of much of the brain is lost in "
                             "part, and tissue that did not change seems to change the other way (Borghammer et al. "
                             "2009, NeuroImage 45:1249)", name);
    if (scale == VX_SCALE_ANCOVA)
        vx_say(run, "  %s: its global mean is a nuisance, mean-centred: the mean change stays as it is\n", name);
    return VX_OK;
}

/* Says a test, and remarks on it where it is significant: `why` tells what that means. */
static vx_status say_test(vx_run *run, const char *name, const char *what, const vx_scaling_test *test, const char *why,
                          vx_error *error)
{
    char p[32];
    if (isnan(test->p))
        return VX_OK;
    vx_say(run, "  %s: %s: %.4g (SD %.3g), then %.4g (SD %.3g): %+.2f %%, t(%.0f) = %.2f, p = %s\n", name, what,
           test->mean[0], test->sd[0], test->mean[1], test->sd[1], test->percent, test->df, test->t,
           vx_p_ascii(test->p, p));
    if (!vx_significant(test->p))
        return VX_OK;
    return vx_run_remark(run, error, "%s: %s changed by %+.2f %% (paired t, p = %s): %s", name, what, test->percent,
                         p, why);
}

/* The regressor is on the scale of the outcome: the change of the global means of the kind that is tested. */
vx_status vx_run_adjust(vx_run_modality *modality, vx_error *error)
{
    const vx_sources *sources = &modality->sources;
    if (modality->preparation.options.scale != VX_SCALE_ANCOVA)
        return VX_OK;
    double *value = vx_array((size_t)sources->n, sizeof *value);
    if (!value)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < sources->n; i++) {
        const double first = vx_scaling_mean(sources, i, 0);
        value[i] = sources->sessions < 2 ? first
                                         : vx_change_of(sources->change, first, vx_scaling_mean(sources, i, 1));
    }
    modality->adjust = (vx_regressor){VX_COLUMN_GLOBAL, value};
    return VX_OK;
}

vx_status vx_run_say_scaling(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    const char *name = modality->study->name;
    const vx_scale scale = modality->preparation.options.scale;
    const bool reference = scale == VX_SCALE_REFERENCE;
    vx_scaling *s = &modality->scaling;
    vx_status status = remark_global(run, name, scale, error);
    if (!status)
        status = vx_scaling_find(&modality->sources, s, error);
    if (!status && s->divided_before)
        status = vx_run_remark(run, error, "%s: the %s is 1 in every image: they came divided by it", name,
                               reference ? "mean over the reference region" : "global mean");
    if (!status && !s->divided_before)
        status = say_test(run, name,
                          reference                   ? "the reference region before scaling"
                          : scale == VX_SCALE_GLOBAL ? "the global mean before scaling"
                                                     : "the global mean", &s->own,
                          scale == VX_SCALE_ANCOVA ? "the mean change keeps it, as nuisance is mean-centred"
                                                   : "after scaling, such a change appears the other way round in the "
                                                     "rest of the brain, unless it is one of dose, scanner or units",
                          error);
    return status ? status
                  : say_test(run, name, "the reference region over the global mean", &s->relative, "the reference "
                             "itself changed, or the rest of the brain did the other way; another reference tells "
                             "(--reference, --scale)", error);
}
