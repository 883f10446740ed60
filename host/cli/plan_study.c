/* The plan of a run before its images are read: the design, the participants, the markers. */
#include "cli/run.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- who is left out ---- */

enum { NAMED_MAX = 10 }; /* participants that a line names; -v names all */

/* Why a participant is left out of all `markers`: the reason of each, or that which they have in common. */
static const char *reason_of(const vx_study_marker *const *marker, size_t markers, size_t place)
{
    const char *reason = marker[0]->left_out[place].reason;
    for (size_t k = 1; k < markers; k++)
        if (strcmp(marker[k]->left_out[place].reason, reason) != 0)
            return "no value in a session";
    return reason;
}

/* Prints "left out: sub-06, sub-12 (no image in pet_followup)", those with the same reason together; nothing where all
 * are used. `lead` stands before each such list. */
static void say_reasons(const vx_run *run, const char *lead, const vx_left_out *left_out, const char *const *reason,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        for (size_t k = 0; k < i; k++)
            same += !strcmp(reason[k], reason[i]);
        if (same)
            continue;
        for (size_t k = i; k < count; k++) {
            if (strcmp(reason[k], reason[i]) != 0)
                continue;
            if (same++ < NAMED_MAX || run->verbose)
                vx_say(run, "%s%s", same == 1 ? lead : ", ", left_out[k].participant);
        }
        if (same > NAMED_MAX && !run->verbose)
            vx_say(run, " and %zu more", same - NAMED_MAX);
        vx_say(run, " (%s)\n", reason[i]);
    }
}

static vx_status say_left_out(const vx_run *run, const char *name, const vx_left_out *left_out, size_t count,
                              vx_error *error)
{
    const char **reason = vx_array(count, sizeof *reason);
    char *lead = vx_text("%s: left out: ", name);
    if (!reason || !lead) {
        free(reason);
        free(lead);
        return vx_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++)
        reason[i] = left_out[i].reason;
    say_reasons(run, lead, left_out, reason, count);
    free(reason);
    free(lead);
    return VX_OK;
}

/* A participant without the value of a covariate takes part in the other effects. */
static void say_without_covariate(const vx_run *run)
{
    const vx_study *study = run->study;
    for (size_t c = 0; c < study->covariates; c++) {
        const vx_column *column = &study->covariate[c];
        size_t count = 0;
        for (int64_t i = 0; i < study->participants; i++) {
            if (!isnan(column->value[i]))
                continue;
            if (!count++)
                vx_say(run, "left out of %s: ", run->model.joint ? "the covariates' effects" : column->name);
            if (count <= NAMED_MAX || run->verbose)
                vx_say(run, "%s%s", count > 1 ? ", " : "", study->participant[i]);
        }
        if (count > NAMED_MAX && !run->verbose)
            vx_say(run, " and %zu more", count - NAMED_MAX);
        if (count)
            vx_say(run, " (no value in %s)\n", column->name);
    }
}

/* ---- markers ---- */

/* What values below quantification count as, and whether ranks depend on it. The caller frees. */
static char *below_text(const vx_run *run, const vx_column *column)
{
    const char *rule = vx_argument_text(run->arguments, VX_OPTION_BELOW_QUANTIFICATION);
    static const char *const counts[] = {"half of the limit", "the limit", "the limit over the square root of 2"};
    const char *as = counts[vx_argument_choice(run->arguments, VX_OPTION_BELOW_QUANTIFICATION)];
    const bool differ = column->limit[0] < column->limit[1];
    char limits[64];
    if (column->formula)
        return vx_text("%s: %lld value%s made from values below quantification, which count as %s "
                       "(--below-quantification %s)", column->name, (long long)column->below,
                       column->below == 1 ? " is" : "s are", as, rule);
    snprintf(limits, sizeof limits, differ ? "<%.6g to <%.6g" : "<%.6g", column->limit[0], column->limit[1]);
    return vx_text("%s: %lld value%s below quantification (%s) count%s as %s (--below-quantification %s); ranks %s",
                   column->name, (long long)column->below, plural(column->below), limits,
                   column->below == 1 ? "s" : "", as, rule,
                   column->tied ? "do not depend on it" : differ ? "depend on it, because the limits differ"
                   : "depend on it, because a measured value is below the limit");
}

/* What readers of the results need, too, becomes a remark. */
static vx_status remark_marker(vx_run *run, const vx_study_marker *marker, vx_error *error)
{
    vx_status status = VX_OK;
    for (int64_t s = 0; s < marker->sessions && !status; s++) {
        if (!marker->column[s]->below)
            continue;
        char *text = below_text(run, marker->column[s]);
        status = text ? vx_run_remark(run, error, "%s", text) : vx_fail_memory(error);
        free(text);
    }
    return status;
}

static bool same_people(const vx_study_marker *a, const vx_study_marker *b)
{
    bool same = a->left_outs == b->left_outs;
    for (size_t i = 0; same && i < a->left_outs; i++)
        same = !strcmp(a->left_out[i].participant, b->left_out[i].participant);
    return same;
}

/* Prints on one line the markers that the same people have. `marker` is an array for all of them. */
static vx_status say_group(const vx_run *run, size_t first, const vx_study_marker **marker, vx_error *error)
{
    const vx_study *study = run->study;
    size_t markers = 0;
    for (size_t m = first; m < study->markers; m++)
        if (same_people(&study->marker[first], &study->marker[m]))
            marker[markers++] = &study->marker[m];
    const char **reason = vx_array(marker[0]->left_outs, sizeof *reason);
    if (!reason)
        return vx_fail_memory(error);
    for (size_t k = 0; k < markers; k++)
        vx_say(run, "%s%s", k ? ", " : "", marker[k]->name);
    vx_say(run, ": %lld of %lld participants\n", (long long)marker[0]->n, (long long)study->participants);
    for (size_t i = 0; i < marker[0]->left_outs; i++)
        reason[i] = reason_of(marker, markers, i);
    say_reasons(run, "  left out: ", marker[0]->left_out, reason, marker[0]->left_outs);
    free(reason);
    return VX_OK;
}

static vx_status say_markers(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    const vx_study_marker **group = vx_array(study->markers, sizeof *group);
    vx_status status = group ? VX_OK : vx_fail_memory(error);
    size_t logs = 0;
    for (size_t m = 0; !status && m < study->markers; m++) {
        bool said = false;
        for (size_t k = 0; k < m; k++)
            said |= same_people(&study->marker[k], &study->marker[m]);
        status = said ? VX_OK : say_group(run, m, group, error);
    }
    for (size_t m = 0; !status && m < study->markers; m++)
        if (study->marker[m].formula)
            vx_say(run, "  %s = %s in each session\n", study->marker[m].name, study->marker[m].formula);
    for (size_t m = 0; !status && m < study->markers; m++)
        if (study->marker[m].log_scale)
            vx_say(run, "%s%s", logs++ ? ", " : "  tested as logarithms: ", study->marker[m].name);
    if (logs)
        vx_say(run, "\n");
    for (size_t m = 0; !status && m < study->markers; m++)
        status = remark_marker(run, &study->marker[m], error);
    free(group);
    return status;
}

/* ---- the study ---- */

static void say_columns(const vx_run *run, const vx_column *column, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        vx_say(run, "%s%s", i ? ", " : "", column[i].name);
}

/* States the meaning of the intercept with centred columns. */
static void say_intercept(const vx_run *run)
{
    const vx_study *study = run->study;
    if (!run->verbose || (!study->covariates && !study->nuisances))
        return;
    vx_say(run, "covariates are mean-centred (");
    say_columns(run, study->covariate, study->covariates);
    if (study->covariates && study->nuisances)
        vx_say(run, ", ");
    say_columns(run, study->nuisance, study->nuisances);
    vx_say(run, "): the intercept is the %s at the average covariate\n",
           run->design == VX_PAIRED ? "mean change" : "mean");
}

/* A low threshold joins nearly all voxels of the mask into one cluster. */
static vx_status remark_threshold(vx_run *run, vx_error *error)
{
    const double t = run->inference.cluster_t, p = run->inference.cluster_p;
    if (vx_argument_given(run->arguments, VX_OPTION_CLUSTER_T) ? t >= 1 : p <= 0.15)
        return VX_OK;
    if (vx_argument_given(run->arguments, VX_OPTION_CLUSTER_T))
        return vx_run_remark(run, error, "--cluster-t %g: so much of any map lies above it that nearly all of the "
                             "mask is one cluster; 2 to 5 is usual", t);
    return vx_run_remark(run, error, "--cluster-p %g: so much of any map lies above it that nearly all of the mask is "
                         "one cluster; 0.001 to 0.01 is usual", p);
}

/* Remarks on the table that readers of the results need. */
static vx_status remark_study(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    const char *const *session = (const char *const *)study->session;
    vx_status status = VX_OK;
    if (study->direction == VX_DIRECTION_AGAINST_NAMES)
        status = vx_run_remark(run, error, "change = %s minus %s as --sessions says, though the names tell that %s "
                               "came before %s", session[1], session[0], session[1], session[0]);
    if (!status && vx_argument_given(run->arguments, VX_OPTION_EXCLUDE))
        status = vx_run_remark(run, error, "excluded from everything by --exclude: %s",
                               vx_argument_text(run->arguments, VX_OPTION_EXCLUDE));
    for (size_t i = 0; !status && i < study->covariates + study->nuisances; i++) {
        const vx_column *column = i < study->covariates ? study->covariate + i
                                                        : study->nuisance + (i - study->covariates);
        if (column->level[0])
            status = vx_run_remark(run, error, "%s counts as a number: %s = 0, %s = 1", column->name, column->level[0],
                                   column->level[1]);
        char *below = !status && column->below ? below_text(run, column) : NULL;
        if (below)
            status = vx_run_remark(run, error, "%s", below);
        else if (!status && column->below)
            status = vx_fail_memory(error);
        free(below);
    }
    for (size_t i = 0; !status && i < study->codeds; i++)
        status = vx_run_remark(run, error, "%lld cell%s of %s taken as missing (--missing %s)",
                               (long long)study->coded[i].cells, study->coded[i].cells == 1 ? "" : "s",
                               study->coded[i].name, vx_argument_text(run->arguments, VX_OPTION_MISSING));
    for (size_t i = 0; !status && i < study->unpaireds; i++)
        status = vx_run_remark(run, error, "the images of %s are not analysed: there are none of the other session",
                               study->unpaired[i]);
    return status;
}

vx_status vx_plan_say_study(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    vx_say(run, "voxstat %s, %s design, %s: %lld participant%s\n", VOXSTAT_VERSION,
           run->design == VX_PAIRED ? "paired" : "one-sample", study->table, (long long)study->participants,
           plural(study->participants));
    if (run->design == VX_PAIRED)
        vx_say(run, "change = %s minus %s (%s)\n", study->session[1], study->session[0],
               study->direction == VX_DIRECTION_NAMES ? "told from their names" : "as --sessions says");
    else
        vx_say(run, "mean of the images as they are: nothing is subtracted\n");
    for (size_t i = 0; i < study->covariates + study->nuisances; i++) {
        const vx_column *column = i < study->covariates ? study->covariate + i
                                                        : study->nuisance + (i - study->covariates);
        if (column->formula)
            vx_say(run, "%s = %s\n", column->name, column->formula);
    }
    say_intercept(run);
    vx_status status = VX_OK;
    for (size_t m = 0; !status && m < study->modalities; m++)
        status = say_left_out(run, study->modality[m].name, study->modality[m].left_out, study->modality[m].left_outs,
                              error);
    if (!status)
        status = say_markers(run, error);
    say_without_covariate(run);
    if (!status)
        status = remark_study(run, error);
    return status ? status : remark_threshold(run, error);
}
