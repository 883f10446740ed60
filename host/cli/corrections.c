#include "cli/run.h"

#include "base/memory.h"
#include "infer/quantity.h"

#include <stdlib.h>
#include <string.h>

/* The kind of p that --primary names, or its default; it must be among the corrections. */
static vx_status read_primary(const vx_arguments *arguments, unsigned correct, vx_quantity *primary, vx_error *error)
{
    const int chosen = vx_argument_choice(arguments, VX_OPTION_PRIMARY);
    *primary = vx_primary_default(correct);
    if (!vx_argument_given(arguments, VX_OPTION_PRIMARY))
        return VX_OK;
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        if (vx_quantity_may_be_primary(kind) &&
            vx_choice(vx_option_table[VX_OPTION_PRIMARY].choices, vx_quantity_about(kind)->word) == chosen)
            *primary = kind;
    if (vx_quantity_about(*primary)->correct & correct)
        return VX_OK;
    return vx_fail(error, VX_USAGE, "--primary %s is not among the corrections of --correct %s",
                   vx_quantity_about(*primary)->word, vx_argument_text(arguments, VX_OPTION_CORRECT));
}

vx_status vx_corrections_read(const vx_arguments *arguments, unsigned *correct, vx_quantity *primary, vx_error *error)
{
    const unsigned given = vx_argument_choices(arguments, VX_OPTION_CORRECT);
    bool further = false, based = false;
    *correct = 0;
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        const vx_quantity_row *about = vx_quantity_about(kind);
        const char *word = about->choice ? about->choice : about->word;
        const int place = vx_choice(vx_option_table[VX_OPTION_CORRECT].choices, word);
        if (place < 0 || !(given >> place & 1))
            continue;
        *correct |= about->correct;
        further |= about->of != VX_P_UNCORRECTED;
        based |= about->of && *correct & vx_quantity_about(about->of)->correct; /* its row comes first */
    }
    if (further && !based)
        return vx_fail(error, VX_USAGE, "--correct bonferroni goes with family-wise corrections: voxel, extent, mass, "
                       "tfce");
    return read_primary(arguments, *correct, primary, error);
}

/* The results of a modality's effects: in a search volume, or without a name in the complete mask. Null where the
 * modality lacks the volume. */
static vx_result **results_of(const vx_run_modality *modality, const char *volume)
{
    for (size_t v = 0; volume && v < modality->volumes; v++)
        if (!strcmp(modality->volume[v].name, volume))
            return modality->volume[v].result;
    return volume ? NULL : modality->result;
}

static vx_status correct_over_effects(vx_run *run, const char *volume, vx_error *error)
{
    size_t results = 0, k = 0;
    for (size_t m = 0; m < run->study->modalities; m++)
        results += (size_t)run->modality[m].model->effects;
    vx_result **result = vx_array(results, sizeof(vx_result *));
    if (!result)
        return vx_fail_memory(error);
    for (size_t m = 0; m < run->study->modalities; m++) {
        vx_result **of = results_of(&run->modality[m], volume);
        for (int64_t e = 0; of && e < run->modality[m].model->effects; e++)
            result[k++] = of[e];
    }
    const vx_status status = vx_bonferroni(result, k, error);
    free(result);
    return status;
}

/* The effects count in a search volume as they do in the mask: those of every modality that has it. */
vx_status vx_corrections_over_effects(vx_run *run, vx_error *error)
{
    if (!(run->inference.correct & VX_CORRECT_BONFERRONI))
        return VX_OK;
    vx_status status = correct_over_effects(run, NULL, error);
    for (int64_t r = 0; !status && run->plan.path && r < run->plan.regions; r++) /* a map that is there stays */
        status = correct_over_effects(run, run->plan.region[r].family, error);
    return status;
}
