#include "cli/commands.h"

#include "cli/options.h"

#include <string.h>

/* clang-format off */
const vx_command vx_command_table[] = {
    {"bench", VX_BENCH, "[OPTION]...", "measure the speed of devices",
     "Measures every op, whole analyses and the reading of images, on every device, and prints a line for each.",
     vx_command_bench},
    {"devices", VX_DEVICES, "", "list the devices that permutations can run on",
     "Lists every device, the C backend first, with what matters for choosing one.", vx_command_devices},
    {"merge", 0, "", "join the parts of a run that was spread over machines", NULL, NULL},
    {"report", 0, "", "draw a report of results", NULL, NULL},
    {"roi", 0, "", "test regional means", NULL, NULL},
    {"run", VX_RUN, "--design DESIGN [OPTION]...", "test images voxel by voxel by permutation (the default)",
     "Reads a table of participants, images and covariates, tests every voxel of every modality, and corrects for "
     "multiple testing by permutation. The change is always followup minus baseline.\n"
     "Effects: the mean (change, or mean of a onesample design), by sign flips; and every covariate, by permutation. "
     "Covariates and nuisance are mean-centred.\n"
     "Results go into a new folder: maps (NIfTI), tables of clusters (TSV), everything with the null distributions "
     "(results.h5) and the record of the run (run.json).", vx_command_run},
    {"scalars", 0, "", "test columns of the table", NULL, NULL},
    {"selftest", VX_SELFTEST, "[OPTION]...", "put devices through known answers",
     "Runs a tiny problem with a known answer on every device, or on the one that --device names.",
     vx_command_selftest},
    {"simulate", VX_SIMULATE, "[OPTION]...", "make a trial cohort with known truth",
     "Writes a folder with a table, images of two sessions, the true regions and the effects that were put into them. "
     "The same seed makes the same cohort.", vx_command_simulate},
};
/* clang-format on */
const size_t vx_commands = sizeof vx_command_table / sizeof *vx_command_table;

const vx_command *vx_command_find(const char *name)
{
    for (size_t i = 0; i < vx_commands; i++) {
        if (!strcmp(vx_command_table[i].name, name))
            return vx_command_table + i;
    }
    return NULL;
}
