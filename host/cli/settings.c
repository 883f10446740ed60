/* The settings of a run, from its options. */
#include "cli/run.h"

static int64_t permutations(const vx_arguments *arguments)
{
    switch (vx_argument_choice(arguments, VX_OPTION_PERMUTATIONS)) {
    case 0: return VX_PERMUTATIONS_AUTO;
    case 1: return VX_PERMUTATIONS_ALL;
    default: return (int64_t)vx_argument_integer(arguments, VX_OPTION_PERMUTATIONS); /* 0 is VX_PERMUTATIONS_ALL */
    }
}

/* The tables below have the order of the choices in the option table. */
vx_status vx_run_settings(const vx_arguments *arguments, vx_run *run, vx_error *error)
{
    static const vx_design design[] = {VX_PAIRED, VX_ONESAMPLE};
    static const vx_correlation correlation[] = {VX_PEARSON, VX_SPEARMAN};
    static const int connectivity[] = {6, 18, 26};
    static const vx_tfce_preset preset[] = {VX_TFCE_EXACT, VX_TFCE_FSL, VX_TFCE_PALM, VX_TFCE_MRTRIX, VX_TFCE_NILEARN};
    static const vx_tails tails[] = {VX_TWO_TAILS, VX_POSITIVE, VX_NEGATIVE};
    static const vx_p_format p_format[] = {VX_P_LOG10, VX_P_PLAIN, VX_P_ONE_MINUS};
    static const vx_option_id of_mask[] = {VX_OPTION_KEEP_ZEROS, VX_OPTION_MASK_LEVEL};
    if (!vx_argument_given(arguments, VX_OPTION_DESIGN))
        return vx_fail(error, VX_USAGE, "--design is missing: paired or onesample; `voxstat --help` says more");
    if (vx_argument_given(arguments, VX_OPTION_CLUSTER_P) && vx_argument_given(arguments, VX_OPTION_CLUSTER_T))
        return vx_fail(error, VX_USAGE, "--cluster-p and --cluster-t exclude each other");
    for (size_t i = 0; i < sizeof of_mask / sizeof *of_mask; i++)
        if (vx_argument_given(arguments, of_mask[i]) && !vx_argument_given(arguments, VX_OPTION_MASK))
            return vx_fail(error, VX_USAGE, "--%s says how --mask is meant, which is not given",
                           vx_option_table[of_mask[i]].name);
    run->arguments = arguments;
    run->quiet = vx_argument_given(arguments, VX_OPTION_QUIET);
    run->verbose = vx_argument_given(arguments, VX_OPTION_VERBOSE);
    run->threads = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    run->design = design[vx_argument_choice(arguments, VX_OPTION_DESIGN)];
    run->out = vx_argument_text(arguments, VX_OPTION_OUT);
    run->p_format = p_format[vx_argument_choice(arguments, VX_OPTION_P_FORMAT)];
    run->model = VX_OPTIONS(
        vx_model_options,
        .mean_name = run->design == VX_PAIRED ? "change" : "mean",
        .joint = vx_argument_given(arguments, VX_OPTION_JOINT),
        .correlation = correlation[vx_argument_choice(arguments, VX_OPTION_CORRELATION)]);
    run->mask = VX_OPTIONS(
        vx_mask_options,
        .file = vx_argument_text(arguments, VX_OPTION_MASK),
        .level = vx_argument_real(arguments, VX_OPTION_MASK_LEVEL),
        .keep_zeros = vx_argument_given(arguments, VX_OPTION_KEEP_ZEROS),
        .grid_tolerance = vx_argument_real(arguments, VX_OPTION_GRID_TOLERANCE),
        .use_threshold = vx_argument_given(arguments, VX_OPTION_MASK_THRESHOLD),
        .threshold = vx_argument_real(arguments, VX_OPTION_MASK_THRESHOLD),
        .relative = vx_argument_real(arguments, VX_OPTION_MASK_RELATIVE),
        .analyze = 1 + vx_argument_choice(arguments, VX_OPTION_ORIENTATION) /* same order as the choices */);
    run->inference = vx_inference_defaults();
    run->inference.permutations = permutations(arguments);
    run->inference.seed = vx_argument_integer(arguments, VX_OPTION_SEED);
    vx_status status = vx_corrections_read(arguments, &run->inference.correct, &run->primary, error);
    if (!status)
        status = vx_run_check_expected(run, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_SCALE, &run->scale, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_REFERENCE, &run->reference, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_CHANGE, &run->change, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_PVC, &run->pvc, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_UNITS, &run->units, error);
    if (!status)
        status = vx_argument_names(arguments, VX_OPTION_SUV, &run->suv, error);
    if (status)
        return status;
    run->inference.cluster_p = vx_argument_real(arguments, VX_OPTION_CLUSTER_P);
    run->inference.cluster_t = vx_argument_real(arguments, VX_OPTION_CLUSTER_T);
    run->inference.connectivity = connectivity[vx_argument_choice(arguments, VX_OPTION_CONNECTIVITY)];
    run->inference.tails = tails[vx_argument_choice(arguments, VX_OPTION_TAILS)];
    run->inference.tfce_extent = vx_argument_real(arguments, VX_OPTION_TFCE_E);
    run->inference.tfce_height = vx_argument_real(arguments, VX_OPTION_TFCE_H);
    run->inference.tfce_preset = preset[vx_argument_choice(arguments, VX_OPTION_TFCE_PRESET)];
    run->inference.memory_limit = vx_argument_bytes(arguments, VX_OPTION_MEMORY_LIMIT);
    return VX_OK;
}
