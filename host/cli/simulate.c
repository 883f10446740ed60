#include "simulate/simulate.h"

#include "cli/run.h"
#include "cli/terminal.h"
#include "output/manifest.h"

#include <stdio.h>
#include <stdlib.h>

/* A whole cohort that a killed run left. */
static vx_status put_in_place(const vx_simulate_options *options, const char *recover, vx_error *error)
{
    const vx_folder_options place = {.out = options->out, .force = options->force, .kind = VX_KIND_COHORT,
                                     .recover = recover};
    vx_folder *folder = NULL;
    vx_status status = vx_folder_begin(&place, &folder, error);
    return status ? status : vx_folder_commit(folder, error);
}

static void say_next(const char *out)
{
    char *enter = vx_quoted_line(2, (char *const[]){"cd", (char *)out});
    if (enter)
        fprintf(stderr, "next: %s && voxstat --design paired --covariate rapa_level\n", enter);
    free(enter);
}

vx_status vx_command_simulate(const vx_arguments *arguments, vx_error *error)
{
    static const int size[] = {4, 2, 1};
    static const unsigned plant[] = {VX_PLANT_GLOBAL, VX_PLANT_LEVERAGE, VX_PLANT_SHIFT, VX_PLANT_NULL};
    unsigned planted = vx_argument_choices(arguments, VX_OPTION_PLANT);
    vx_simulate_options options = vx_simulate_defaults();
    options.out = vx_argument_text(arguments, VX_OPTION_SIMULATE_OUT);
    options.voxel_mm = size[vx_argument_choice(arguments, VX_OPTION_SIZE)];
    options.seed = vx_argument_whole(arguments, VX_OPTION_SEED);
    options.participants = (int64_t)vx_argument_whole(arguments, VX_OPTION_PARTICIPANTS);
    options.exact_moments = vx_argument_given(arguments, VX_OPTION_EXACT_MOMENTS);
    options.raw = vx_argument_given(arguments, VX_OPTION_RAW);
    options.command = arguments->command_line;
    options.threads = (int)vx_argument_whole(arguments, VX_OPTION_THREADS);
    options.force = vx_argument_given(arguments, VX_OPTION_FORCE);
    for (size_t i = 0; i < sizeof plant / sizeof *plant; i++)
        options.plant |= planted >> i & 1 ? plant[i] : 0;
    vx_stop_catch();
    char *recover = NULL;
    vx_status status = vx_place_leftovers(options.out, vx_argument_choice(arguments, VX_OPTION_LEFTOVERS), true, false,
                                          &recover, error);
    if (!status)
        status = recover ? put_in_place(&options, recover, error) : vx_simulate(&options, error);
    if (!status) {
        fprintf(stderr, "cohort: %s\n", options.out);
        say_next(options.out);
    }
    free(recover);
    return status;
}
