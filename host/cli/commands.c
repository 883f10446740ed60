#include "cli/commands.h"

#include "cli/foreign.h"
#include "cli/options.h"
#include "results/level.h"

#include <string.h>

/* clang-format off */
const vx_command vx_command_table[] = {
    {"bench", VX_BENCH, "[OPTION]...", NULL, "measure the speed of devices",
     "Measures every op, complete analyses and the reading of images, on every device, and prints a line for each.",
     "voxstat bench --device cpu --repetitions 3\n"
     "voxstat bench --json figures.json\n"
     "voxstat bench --model 'RTX 3060'", vx_command_bench},
    {"devices", VX_DEVICES, "", NULL, "list the devices that permutations can run on",
     "Lists every device, the C backend first, with what matters for choosing one.",
     "voxstat devices", vx_command_devices},
    {"figure", VX_FIGURE, "[DIR] [OPTION]...", "[DIR]", "draw pictures of results for a paper",
     "Draws pictures of the report of the folder of results DIR again, for chosen effects, slices and thresholds, and "
     "in the size and format that a journal wants. Several become the panels of one figure. Their captions are "
     "printed. Nothing is computed again, and nothing in DIR is changed. Without DIR: voxstat-results, or this folder.",
     "voxstat figure --picture slices,glass --effect change -o figure1.png\n"
     "voxstat figure results --modality pet --picture slices,forest,scatter --panels --width 180 -o figure2.pdf\n"
     "voxstat figure results --slices 'axial:-20,0,12; sagittal:4' --threshold extent:" VX_LEVEL_TEXT
     " -o figure3.svg\n"
     "voxstat figure results --picture slices,null --format png,svg -o figures", vx_command_figure},
    {"merge", 0, "", NULL, "join the parts of a run that was spread over machines", NULL, NULL, NULL},
    {"nidm", VX_NIDM, "[DIR] [OPTION]...", "[DIR]", "write results as NIDM-Results packs",
     "Writes a NIDM-Results 1.3 pack for every effect of the folder of results DIR: <modality>_<effect>.nidm.zip, with "
     "the maps and a graph of how they came about, for NeuroVault, nidmresults and other readers. Nothing is computed "
     "again. Without DIR: voxstat-results, or this folder.",
     "voxstat nidm --instrument pet\n"
     "voxstat nidm results --modality pet --out packs", vx_command_nidm},
    {"report", VX_REPORT, "[DIR] [OPTION]...", "[DIR]", "draw the report of results again",
     "Writes report.html and its pictures into the folder of results DIR, in place of those that `voxstat run` wrote: "
     "after an update, or over another image. Nothing is computed again. Without DIR: voxstat-results, or this folder.",
     "voxstat report\n"
     "voxstat report results --template MNI152_T1_2mm.nii.gz", vx_command_report},
    {"run", VX_RUN, "--design DESIGN [OPTION]...", NULL,
     "test voxels, regions and markers by permutation (the default)",
     "Reads a table of participants, images, markers and covariates, tests every voxel of every modality, every region "
     "of --atlas and every marker under the same relabellings, and corrects for multiple testing by permutation. The "
     "change is always followup minus baseline.\n"
     "Effects: the mean (change, or mean of a onesample design), by sign flips; and every covariate, by permutation. "
     "Covariates and nuisance are mean-centred.\n"
     "Results go into a new folder: maps (NIfTI), tables of clusters, regions and markers (TSV), everything with the "
     "null distributions (results.h5), the record of the run (run.json) and a page to look at (report.html).",
     "voxstat --design paired --covariate rapa_level\n"
     "voxstat --design paired --covariate rapa_level --atlas labels.nii.gz --regions planned.tsv\n"
     "voxstat --design paired --modality ttau,nfl,ptau_ttau --derive 'ptau_ttau = ptau / ttau' --log nfl\n"
     "voxstat --design paired --covariate rapa_level --nuisance age,sex --mask brain.nii.gz --out results\n"
     "voxstat --design onesample --modality cbf --cluster-t 3.1 --tails pos -n exact", vx_command_run},
    {"selftest", VX_SELFTEST, "[OPTION]...", NULL, "put devices through known answers",
     "Tests every device, or the one that --device names: tiny problems with known answers, and small trials of which "
     "every result is computed again on the processor.",
     "voxstat selftest\n"
     "voxstat selftest --device opencl:0.0", vx_command_selftest},
    {"show", VX_SHOW, "[DIR]", "[DIR]", "print the tables of results",
     "Prints what the folder of results DIR holds: the effects, the regions and markers, the clusters of each effect, "
     "how much is significant by the primary correction, and what the others find. Nothing is computed again. Without "
     "DIR: voxstat-results, or this folder.",
     "voxstat show\n"
     "voxstat show results", vx_command_show},
    {"simulate", VX_SIMULATE, "[OPTION]...", NULL, "make a trial cohort with known truth",
     "Writes a folder with a table, images of two sessions, the true regions and the effects that were put into them. "
     "The same seed makes the same cohort.",
     "voxstat simulate --out cohort\n"
     "voxstat simulate --participants 40 --size 2 --seed 7 --out cohort", vx_command_simulate},
    {"translate", VX_TRANSLATE, "COMMAND...", "COMMAND...",
     "turn a command of FSL randomise or PALM into one of voxstat",
     "Reads a command of FSL's randomise or of PALM, in one quoted word or in many, and prints the voxstat command for "
     "the same test. Nothing is run. What differs, has no counterpart or must be done by hand is told on stderr, a "
     "note a line; a test that voxstat does not have is refused by name. The design, contrast and block files are read "
     "where they are there (FSL's text format, or plain numbers).",
     "voxstat translate 'randomise -i all_FA.nii.gz -o tbss -d design.mat -t design.con -n 5000 --T2'\n"
     "voxstat translate palm -i all_FA.nii.gz -d design.csv -t contrast.csv -T -logp", vx_command_translate},
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
