#include "cli/commands.h"

#include "cli/foreign.h"
#include "cli/options.h"

#include <string.h>

/* clang-format off */
const vx_command vx_command_table[] = {
    {"bench", VX_BENCH, "[OPTION]...", NULL, "measure the speed of devices",
     "Measures every op, whole analyses and the reading of images, on every device, and prints a line for each.",
     vx_command_bench},
    {"devices", VX_DEVICES, "", NULL, "list the devices that permutations can run on",
     "Lists every device, the C backend first, with what matters for choosing one.", vx_command_devices},
    {"merge", 0, "", NULL, "join the parts of a run that was spread over machines", NULL, NULL},
    {"nidm", VX_NIDM, "DIR [OPTION]...", "DIR", "write results as NIDM-Results packs",
     "Writes a NIDM-Results 1.3 pack for every effect of the folder of results DIR: <modality>_<effect>.nidm.zip, with "
     "the maps and a graph of how they came about, for NeuroVault, nidmresults and other readers. Nothing is computed "
     "again.", vx_command_nidm},
    {"report", VX_REPORT, "DIR [OPTION]...", "DIR", "draw the report of results again",
     "Writes report.html and its pictures into the folder of results DIR, in place of those that `voxstat run` wrote: "
     "after an update, or over another image. Nothing is computed again.", vx_command_report},
    {"roi", 0, "", NULL, "test regional means", NULL, NULL},
    {"run", VX_RUN, "--design DESIGN [OPTION]...", NULL, "test images voxel by voxel by permutation (the default)",
     "Reads a table of participants, images and covariates, tests every voxel of every modality, and corrects for "
     "multiple testing by permutation. The change is always followup minus baseline.\n"
     "Effects: the mean (change, or mean of a onesample design), by sign flips; and every covariate, by permutation. "
     "Covariates and nuisance are mean-centred.\n"
     "Results go into a new folder: maps (NIfTI), tables of clusters (TSV), everything with the null distributions "
     "(results.h5), the record of the run (run.json) and a page to look at (report.html).", vx_command_run},
    {"scalars", 0, "", NULL, "test columns of the table", NULL, NULL},
    {"selftest", VX_SELFTEST, "[OPTION]...", NULL, "put devices through known answers",
     "Runs a tiny problem with a known answer on every device, or on the one that --device names.",
     vx_command_selftest},
    {"show", VX_SHOW, "DIR", "DIR", "print the tables of results",
     "Prints what the folder of results DIR holds: the effects, the clusters of each, and how much survives each "
     "correction. Nothing is computed again.", vx_command_show},
    {"simulate", VX_SIMULATE, "[OPTION]...", NULL, "make a trial cohort with known truth",
     "Writes a folder with a table, images of two sessions, the true regions and the effects that were put into them. "
     "The same seed makes the same cohort.", vx_command_simulate},
    {"translate", VX_TRANSLATE, "COMMAND...", "COMMAND...",
     "turn a command of FSL randomise or PALM into one of voxstat",
     "Reads a command of FSL's randomise or of PALM, in one quoted word or in many, and prints the voxstat command for "
     "the same test. Nothing is run. What differs, has no counterpart or must be done by hand is told on stderr, a "
     "note a line; a test that voxstat does not have is refused by name. The design, contrast and block files are read "
     "where they are there (FSL's text format, or plain numbers).", vx_command_translate},
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

bool vx_command_row_get(const vx_command *command, size_t i, vx_command_row *row)
{
    return command->flag == VX_TRANSLATE && vx_foreign_row(i, row);
}
