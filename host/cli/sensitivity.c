/* The alternatives of --sensitivity. Each is a run of its own on the same study, atlas and device, with the options of
 * one choice, which says nothing. It goes through the stages of the run for the modalities whose images the choice
 * changes, one at a time: all are read once before the permutations of the run, so that what is wrong with one of them
 * is said before the long work, and again for their own permutations. */
#include "cli/choices.h"
#include "cli/run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "results/change.h"
#include "results/level.h"

#include <string.h>

typedef struct vx_alternative {
    vx_run run;
    bool *changes;        /* modalities: whether their images are prepared in another way than in the run */
    uint64_t evaluations; /* relabellings to compute */
} vx_alternative;

struct vx_alternatives {
    vx_choices choices;
    vx_alternative *of;   /* count: those of `choices` that change something */
    size_t count;
};

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_mask(const vx_mask_options *a, const vx_mask_options *b)
{
    return same_text(a->file, b->file) && a->level == b->level && a->keep_zeros == b->keep_zeros &&
           a->use_threshold == b->use_threshold && (!a->use_threshold || a->threshold == b->threshold) &&
           a->relative == b->relative;
}

/* Fills alternative->changes; *any is whether there is one. */
static vx_status compare(const vx_run *run, vx_alternative *alternative, bool *any, vx_error *error)
{
    const size_t modalities = run->study->modalities;
    const bool mask = same_mask(&run->mask, &alternative->run.mask);
    *any = false;
    if (!(alternative->changes = vx_array_zero(modalities, sizeof *alternative->changes)))
        return vx_fail_memory(error);
    for (size_t m = 0; m < modalities; m++) {
        const vx_run_modality *a = &run->modality[m], *b = &alternative->run.modality[m];
        alternative->changes[m] = !mask || a->sources.change != b->sources.change ||
                                  !vx_preparation_same(&a->preparation.options, &b->preparation.options);
        *any |= alternative->changes[m];
    }
    return VX_OK;
}

/* Lists what an alternative reads and the run does not. */
static vx_status list_sources(vx_run *run, const vx_run *alternative, vx_error *error)
{
    vx_source **source = vx_array(run->sources + alternative->sources, sizeof *source);
    if (!source)
        return vx_fail_memory(error);
    memcpy(source, run->source, run->sources * sizeof *source);
    free(run->source);
    run->source = source;
    for (size_t k = 0; k < alternative->sources; k++) {
        bool listed = false;
        for (size_t i = 0; i < run->sources && !listed; i++)
            listed = same_text(run->source[i]->path, alternative->source[k]->path);
        if (!listed)
            run->source[run->sources++] = alternative->source[k];
    }
    return VX_OK;
}

static vx_status begin(vx_run *run, const vx_choice_made *choice, vx_alternative *alternative, vx_error *error)
{
    vx_run *made = &alternative->run;
    made->study = run->study; /* this, and what is copied below, belong to the run */
    made->choice = choice->name;
    made->atlas = run->atlas;
    made->plan = run->plan;
    made->bids = run->bids;
    made->psf = run->psf;
    vx_status status = vx_run_settings(&choice->arguments, made, error);
    made->quiet = true;
    if (!status)
        status = vx_inputs_list(made, error);
    return status ? status : vx_run_find_units(made, error);
}

static void alternative_destroy(vx_alternative *alternative)
{
    vx_run_destroy(&alternative->run);
    free(alternative->changes);
    *alternative = (vx_alternative){0};
}

vx_status vx_run_find_alternatives(vx_run *run, vx_error *error)
{
    if (!vx_argument_given(run->arguments, VX_OPTION_SENSITIVITY) && !vx_run_corrects(run))
        return VX_OK;
    if (!run->study->modalities)
        return vx_fail(error, VX_USAGE, "--sensitivity varies the preparation of images, and this run has markers "
                       "alone");
    struct vx_alternatives *all = run->alternatives = vx_array_zero(1, sizeof *all);
    vx_status status = all ? vx_choices_read(run, &all->choices, error) : vx_fail_memory(error);
    if (!status && !(all->of = vx_array_zero(all->choices.count, sizeof *all->of)))
        status = vx_fail_memory(error);
    for (size_t k = 0; !status && k < all->choices.count; k++) {
        vx_alternative *alternative = &all->of[all->count++];
        bool any = false;
        if ((status = begin(run, &all->choices.made[k], alternative, error)))
            return vx_error_prefix(error, status, "--sensitivity %s", all->choices.made[k].name);
        status = compare(run, alternative, &any, error);
        if (!status && any)
            status = list_sources(run, &alternative->run, error);
        if (!status && !any) {
            status = vx_run_remark(run, error, "--sensitivity %s: the run prepares its images so already, and there is "
                                   "nothing to compare", all->choices.made[k].name);
            alternative_destroy(alternative);
            all->count--;
        }
    }
    return status;
}

unsigned vx_run_alternatives_use(const vx_run *run)
{
    for (size_t k = 0; run->alternatives && k < run->alternatives->count; k++)
        for (size_t m = 0; m < run->study->modalities; m++)
            if (run->alternatives->of[k].run.modality[m].preparation.options.scale == VX_SCALE_ANCOVA)
                return VX_USE_NUISANCE;
    return 0;
}

/* The name of the choice stands in front of what is wrong with it. */
static vx_status of_choice(const vx_run *made, vx_status status, vx_error *error)
{
    return status && status != VX_INTERRUPTED ? vx_error_prefix(error, status, "--sensitivity %s", made->choice)
                                              : status;
}

static vx_status read_and_plan(vx_run *made, vx_run_modality *modality, vx_error *error)
{
    vx_status status = vx_run_read_modality(made, modality, error);
    return status ? status : vx_run_plan_modality(made, modality, error);
}

static vx_status check(vx_run *run, vx_alternative *alternative, size_t m, vx_error *error)
{
    vx_run *made = &alternative->run;
    vx_run_modality *modality = &made->modality[m];
    char text[32];
    made->device = run->device;
    made->model = run->model; /* with the participants over whom all relabel */
    vx_status status = vx_run_prepare(made, modality, error);
    if (!status)
        status = read_and_plan(made, modality, error);
    if (!status) {
        alternative->evaluations += vx_run_evaluations(modality);
        if (run->verbose)
            vx_say(run, "  %s: %s: mask of %s voxels\n", made->choice, modality->study->name,
                   vx_count_text((uint64_t)modality->matrix->space.elements, text));
    }
    vx_run_release(modality);
    return status ? of_choice(made, status, error) : vx_run_stopped(error);
}

vx_status vx_run_check_alternatives(vx_run *run, uint64_t *evaluations, vx_error *error)
{
    struct vx_alternatives *all = run->alternatives;
    const double start = vx_seconds();
    vx_status status = VX_OK;
    size_t analyses = 0;
    if (!all || !all->count)
        return VX_OK;
    for (size_t k = 0; k < all->count; k++)
        for (size_t m = 0; m < run->study->modalities; m++)
            analyses += all->of[k].changes[m];
    vx_say(run, "sensitivity: %zu alternative%s to the preparation, each with the model and the relabellings of the "
           "run and one change:", all->count, all->count == 1 ? "" : "s");
    for (size_t k = 0; k < all->count; k++)
        vx_say(run, "%s %s", k ? "," : "", all->of[k].run.choice);
    vx_say(run, "; %zu more analys%s of a modality beside the run's %zu\n", analyses, analyses == 1 ? "is" : "es",
           run->study->modalities);
    for (size_t k = 0; !status && k < all->count; k++) {
        for (size_t m = 0; !status && m < run->study->modalities; m++)
            if (all->of[k].changes[m])
                status = check(run, &all->of[k], m, error);
        *evaluations += all->of[k].evaluations;
    }
    run->seconds_alternatives += vx_seconds() - start;
    return status;
}

/* ---- rows ---- */

static vx_status add_effect(vx_run *run, const vx_run_modality *modality, int64_t e, const vx_sensitivity_key *key,
                            vx_error *error)
{
    const vx_regions *atlas = run->atlas.path ? &modality->atlas : NULL;
    vx_sensitivity *to = &run->sensitivity;
    vx_status status = vx_sensitivity_add_result(to, key, NULL, modality->result[e], &modality->matrix->space, atlas,
                                                 run->primary, VX_LEVEL, error);
    for (size_t v = 0; !status && v < modality->volumes; v++) {
        const vx_record_volume *volume = &modality->volume[v];
        status = vx_sensitivity_add_result(to, key, volume->name, volume->result[e], &volume->matrix->space, atlas,
                                           run->primary, VX_LEVEL, error);
    }
    return status;
}

static vx_status add_regions(vx_run *run, const vx_outcome_tests *tests, const vx_sensitivity_key *key,
                             vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t i = 0; tests && i < tests->tests && !status; i++) {
        const vx_outcome *outcome = tests->test[i].outcome;
        if (outcome->kind == VX_OUTCOME_REGION && same_text(outcome->modality, key->modality) &&
            same_text(tests->test[i].effect, key->effect))
            status = vx_sensitivity_add_region(&run->sensitivity, key, &tests->test[i], VX_LEVEL, error);
    }
    return status;
}

/* The rows of a modality of `from`, which is the run itself or an alternative. */
static vx_status add_rows(vx_run *run, size_t choice, const vx_run *from, size_t m, vx_error *error)
{
    const vx_run_modality *modality = &from->modality[m];
    const vx_source *image = vx_sources_image(&modality->sources, 0, 0);
    vx_sensitivity_key key = {.choice = choice, .modality = modality->study->name,
                              .units = vx_change_units(modality->sources.change, modality->units)};
    vx_status status = vx_sensitivity_add_preparation(&run->sensitivity, choice, key.modality, key.units,
                                                      modality->matrix->space.elements, image->step, image->steps,
                                                      &modality->scaling, error);
    for (int64_t e = 0; !status && e < modality->model->effects; e++) {
        key.effect = modality->model->effect[e].name;
        status = add_effect(run, modality, e, &key, error);
        if (!status)
            status = add_regions(run, from->outcome_tests, &key, error);
    }
    return status;
}

static vx_status try_modality(vx_run *run, size_t k, size_t m, vx_progress_state *progress, vx_error *error)
{
    vx_run *made = &run->alternatives->of[k].run;
    vx_run_modality *modality = &made->modality[m];
    char name[200];
    snprintf(name, sizeof name, "%s: %s", made->choice, modality->study->name);
    progress->modality = name;
    if (run->verbose)
        vx_say(run, "alternative %s\n", name);
    vx_status status = read_and_plan(made, modality, error);
    if (!status)
        status = vx_run_test_outcomes(made, error);
    if (!status)
        status = vx_run_infer_modality(made, modality, progress, error);
    if (!status)
        status = add_rows(run, k + 1, made, m, error);
    vx_run_outcomes_destroy(made);
    vx_run_release(modality);
    return status ? of_choice(made, status, error) : vx_run_stopped(error);
}

vx_status vx_run_try_alternatives(vx_run *run, vx_progress_state *progress, vx_error *error)
{
    const struct vx_alternatives *all = run->alternatives;
    const double start = vx_seconds();
    vx_sensitivity *table = &run->sensitivity;
    if (!all || !all->count)
        return VX_OK;
    vx_status status = vx_sensitivity_add_choice(table, VX_CHOICE_AS_RUN, error);
    for (size_t m = 0; !status && m < run->study->modalities; m++)
        status = add_rows(run, 0, run, m, error);
    for (size_t k = 0; !status && k < all->count; k++) {
        status = vx_sensitivity_add_choice(table, all->of[k].run.choice, error);
        for (size_t m = 0; !status && m < run->study->modalities; m++)
            if (all->of[k].changes[m])
                status = try_modality(run, k, m, progress, error);
    }
    if (!status)
        status = vx_sensitivity_finish(table, run->plan.path, error);
    run->seconds_alternatives += vx_seconds() - start;
    return status;
}

void vx_run_alternatives_destroy(vx_run *run)
{
    struct vx_alternatives *all = run ? run->alternatives : NULL;
    if (!all)
        return;
    for (size_t k = 0; k < all->count; k++)
        alternative_destroy(&all->of[k]);
    free(all->of);
    vx_choices_destroy(&all->choices);
    free(all);
    run->alternatives = NULL;
}
