#include "simulate/simulate.h"

#include "cli/run.h"
#include "cli/terminal.h"
#include "output/manifest.h"

#include <stdio.h>
#include <stdlib.h>

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
    vx_simulate_options options = vx_simulate_defaults();
    options.out = vx_argument_text(arguments, VX_OPTION_SIMULATE_OUT);
    options.voxel_mm = size[vx_argument_choice(arguments, VX_OPTION_SIZE)];
    options.seed = vx_argument_integer(arguments, VX_OPTION_SEED);
    options.participants = (int64_t)vx_argument_integer(arguments, VX_OPTION_PARTICIPANTS);
    options.exact_moments = vx_argument_given(arguments, VX_OPTION_EXACT_MOMENTS);
    options.raw = vx_argument_given(arguments, VX_OPTION_RAW);
    options.command = arguments->command_line;
    options.threads = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    options.force = vx_argument_given(arguments, VX_OPTION_FORCE);
    /* Both in the order of the choices. */
    options.plant = vx_argument_choices(arguments, VX_OPTION_PLANT);
    options.modalities = vx_argument_choices(arguments, VX_OPTION_SIMULATE_MODALITY);
    vx_stop_catch();
    char *recover = NULL;
    vx_folder *folder = NULL;
    vx_folder_options place = {.out = options.out, .force = options.force, .kind = VX_KIND_COHORT};
    vx_status status = vx_place_leftovers(&place, vx_argument_choice(arguments, VX_OPTION_LEFTOVERS), false, &recover,
                                          error);
    place.recover = recover;
    if (!status)
        status = recover ? vx_folder_begin(&place, &folder, error) : vx_simulate(&options, error);
    if (folder)
        status = vx_folder_commit(folder, error);
    if (!status) {
        fprintf(stderr, "cohort: %s\n", options.out);
        say_next(options.out);
    }
    free(recover);
    return status;
}
