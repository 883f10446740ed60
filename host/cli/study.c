#include "cli/run.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The options of names and formulas. */
typedef struct study_names {
    vx_names modality, sessions, covariate, nuisance, missing, derive, log, auc, exclude;
} study_names;

static vx_status read_names(const vx_run *run, study_names *n, vx_error *error)
{
    const struct {
        vx_option_id id;
        vx_names *names;
    } option[] = {
        {VX_OPTION_MODALITY, &n->modality}, {VX_OPTION_SESSIONS, &n->sessions}, {VX_OPTION_COVARIATE, &n->covariate},
        {VX_OPTION_NUISANCE, &n->nuisance}, {VX_OPTION_MISSING, &n->missing},   {VX_OPTION_DERIVE, &n->derive},
        {VX_OPTION_LOG, &n->log},           {VX_OPTION_AUC, &n->auc},           {VX_OPTION_EXCLUDE, &n->exclude},
    };
    const size_t needed = run->design == VX_PAIRED ? 2 : 1;
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < sizeof option / sizeof *option; i++)
        status = vx_argument_names(run->arguments, option[i].id, option[i].names, error);
    if (!status && n->sessions.count && n->sessions.count != needed)
        status = vx_fail(error, VX_USAGE, "--sessions: found %zu names, expected %s", n->sessions.count,
                         needed == 2 ? "two, BASELINE,FOLLOWUP" : "one (a onesample design subtracts nothing)");
    return status;
}

static void names_destroy(study_names *n)
{
    vx_names_destroy(&n->modality);
    vx_names_destroy(&n->sessions);
    vx_names_destroy(&n->covariate);
    vx_names_destroy(&n->nuisance);
    vx_names_destroy(&n->missing);
    vx_names_destroy(&n->derive);
    vx_names_destroy(&n->log);
    vx_names_destroy(&n->auc);
    vx_names_destroy(&n->exclude);
}

/* Refuses options that do not go together. */
static vx_status check_source(const vx_arguments *arguments, vx_error *error)
{
    static const vx_option_id of_bids[] = {VX_OPTION_BIDS_FILTER, VX_OPTION_DERIVATIVES};
    const bool bids = vx_argument_given(arguments, VX_OPTION_BIDS);
    if (bids && vx_argument_given(arguments, VX_OPTION_TABLE))
        return vx_fail(error, VX_USAGE, "--bids and --table exclude each other; the tables of a BIDS folder are read "
                       "with it");
    for (size_t i = 0; i < sizeof of_bids / sizeof *of_bids; i++)
        if (!bids && vx_argument_given(arguments, of_bids[i]))
            return vx_fail(error, VX_USAGE, "--%s is about the folder of --bids, which is not given",
                           vx_option_table[of_bids[i]].name);
    return VX_OK;
}

vx_status vx_run_read_study(vx_run *run, vx_error *error)
{
    static const vx_below_rule below[] = {VX_BELOW_HALF, VX_BELOW_LIMIT, VX_BELOW_SQRT2}; /* as the choices */
    study_names n = {0};
    const bool bids = vx_argument_given(run->arguments, VX_OPTION_BIDS);
    const char *map[VX_TISSUE_MAPS];
    double frames[2] = {0, 0};
    vx_status status = check_source(run->arguments, error);
    if (!status)
        status = vx_run_read_psf(run, error);
    if (!status)
        status = read_names(run, &n, error);
    if (!status)
        status = vx_run_read_frames(run->arguments, frames, error);
    if (!status && bids)
        status = vx_run_read_bids(run, &n.modality, &n.sessions, error);
    vx_study_options options = VX_OPTIONS(
        vx_study_options,
        .table = vx_argument_text(run->arguments, bids ? VX_OPTION_BIDS : VX_OPTION_TABLE),
        .text = run->bids.table,
        .design = run->design,
        .modality = n.modality.name,
        .modalities = n.modality.count,
        .sessions = {n.sessions.count > 0 ? n.sessions.name[0] : NULL,
                     n.sessions.count > 1 ? n.sessions.name[1] : NULL},
        .covariate = n.covariate.name,
        .covariates = n.covariate.count,
        .nuisance = n.nuisance.name,
        .nuisances = n.nuisance.count,
        .missing = n.missing.name,
        .missings = n.missing.count,
        .derive = n.derive.name,
        .derives = n.derive.count,
        .log_marker = n.log.name,
        .log_markers = n.log.count,
        .auc = n.auc.name,
        .aucs = n.auc.count,
        .below = below[vx_argument_choice(run->arguments, VX_OPTION_BELOW_QUANTIFICATION)],
        .exclude = n.exclude.name,
        .excludes = n.exclude.count,
        .frames = {frames[0], frames[1]},
        .map = map,
        .maps = vx_run_pvc_maps(run, map));
    const bool named = bids || vx_argument_given(run->arguments, VX_OPTION_TABLE);
    if (!status && !named && lstat(options.table, &(struct stat){0}))
        status = vx_fail(error, VX_INPUT, "%s: cannot be read: %s. --table FILE names a table of another name or place "
                         "(`voxstat help run`); `voxstat simulate` makes a study to try", options.table,
                         strerror(errno));
    if (!status)
        status = vx_study_read(&options, &run->study, error);
    names_destroy(&n);
    return status;
}
