/* The option table: the options of every command, sorted by name.
 *
 * Parsing, --help, the manual page and shell completion derive from it; tests/unit/options_table.c compares them. A
 * name has a row per command where commands differ in its meaning. */
#ifndef VX_CLI_OPTIONS_H
#define VX_CLI_OPTIONS_H

#include <stdbool.h>

/* Flags of the commands that take an option. */
enum {
    VX_RUN = 1, VX_DEVICES = 2, VX_SELFTEST = 4, VX_SIMULATE = 8, VX_BENCH = 16, VX_REPORT = 32, VX_SHOW = 64,
    VX_TRANSLATE = 128, VX_NIDM = 256, VX_FIGURE = 512, VX_EVERY_COMMAND = 1023
};

typedef enum vx_option_kind {
    VX_SWITCH,   /* no argument */
    VX_TEXT,     /* any text */
    VX_NAMES,    /* NAME[,NAME...]; repeated options add names; no duplicates; "\," is a comma within a name */
    VX_FORMULAS, /* NAME = FORMULA[; NAME = FORMULA...]; repeated options add formulas; no ";" within one */
    VX_FILTERS,  /* NAME:KEY=VALUE[,KEY=VALUE...][; ...] or other texts between ";"; repeated options add filters */
    VX_CHOICE,   /* one of `choices` */
    VX_CHOICES,  /* some of `choices`, separated by commas */
    VX_INTEGER,  /* an integer, low <= x <= high */
    VX_REAL,     /* a number, low < x < high */
    VX_BYTES,    /* 64M, 2G, 500K, plain bytes; also MB, MiB: all are powers of 1024 */
} vx_option_kind;

/* The rows of the table. */
typedef enum vx_option_id {
    VX_OPTION_ATLAS, VX_OPTION_ATLAS_NAMES, VX_OPTION_AUC, VX_OPTION_BELOW_QUANTIFICATION, VX_OPTION_BIDS,
    VX_OPTION_BIDS_FILTER, VX_OPTION_CHANGE, VX_OPTION_CLUSTER_P, VX_OPTION_CLUSTER_T, VX_OPTION_CONNECTIVITY,
    VX_OPTION_CORRECT, VX_OPTION_CORRELATION, VX_OPTION_COVARIATE, VX_OPTION_COVERAGE, VX_OPTION_DATA,
    VX_OPTION_DERIVATIVES, VX_OPTION_DERIVE, VX_OPTION_DESIGN, VX_OPTION_DEVICE, VX_OPTION_BENCH_DEVICE,
    VX_OPTION_DPI, VX_OPTION_EFFECT, VX_OPTION_EXACT_MOMENTS, VX_OPTION_EXCLUDE, VX_OPTION_EXPECTED,
    VX_OPTION_FONT_SIZE, VX_OPTION_FORCE, VX_OPTION_FIGURE_FORCE, VX_OPTION_FORMAT, VX_OPTION_FRAMES,
    VX_OPTION_GRID_TOLERANCE, VX_OPTION_HELP, VX_OPTION_INSTRUMENT, VX_OPTION_INTERVAL_WEEKS, VX_OPTION_JOINT,
    VX_OPTION_JSON, VX_OPTION_KEEP_PREPARED, VX_OPTION_KEEP_ZEROS, VX_OPTION_LEFTOVERS, VX_OPTION_LOG,
    VX_OPTION_MAP, VX_OPTION_MASK, VX_OPTION_MASK_LEVEL, VX_OPTION_MASK_RELATIVE, VX_OPTION_MASK_THRESHOLD,
    VX_OPTION_MEMORY_LIMIT, VX_OPTION_MISSING, VX_OPTION_MODALITY, VX_OPTION_NIDM_MODALITY,
    VX_OPTION_SIMULATE_MODALITY, VX_OPTION_FIGURE_MODALITY, VX_OPTION_MODEL, VX_OPTION_NUISANCE,
    VX_OPTION_ORIENTATION, VX_OPTION_OUT, VX_OPTION_SIMULATE_OUT, VX_OPTION_NIDM_OUT, VX_OPTION_FIGURE_OUT,
    VX_OPTION_P_FORMAT, VX_OPTION_PANELS, VX_OPTION_PARTICIPANTS, VX_OPTION_PEAK_DISTANCE, VX_OPTION_PERMUTATIONS,
    VX_OPTION_PICTURE, VX_OPTION_PLANT, VX_OPTION_PRIMARY, VX_OPTION_PROGRESS, VX_OPTION_PSF, VX_OPTION_PVC,
    VX_OPTION_PVC_GREY, VX_OPTION_PVC_WHITE, VX_OPTION_QUIET, VX_OPTION_RAW, VX_OPTION_REFERENCE,
    VX_OPTION_REFERENCE_ERODE, VX_OPTION_REGIONS, VX_OPTION_REGRID, VX_OPTION_REGRID_METHOD, VX_OPTION_REPETITIONS,
    VX_OPTION_SCALE, VX_OPTION_SCALING, VX_OPTION_SEED, VX_OPTION_SENSITIVITY, VX_OPTION_SESSIONS, VX_OPTION_SIZE,
    VX_OPTION_SLICES, VX_OPTION_SMOOTH, VX_OPTION_SMOOTH_TO, VX_OPTION_SUV, VX_OPTION_TABLE, VX_OPTION_TAILS,
    VX_OPTION_TEMPLATE, VX_OPTION_TFCE_E, VX_OPTION_TFCE_H, VX_OPTION_TFCE_PRESET, VX_OPTION_THREADS,
    VX_OPTION_THRESHOLD, VX_OPTION_UNITS, VX_OPTION_VERBOSE, VX_OPTION_VERSION, VX_OPTION_VOXELS, VX_OPTION_WIDTH,
    VX_OPTION_WILCOXON_ZEROS, VX_OPTIONS
} vx_option_id;

typedef struct vx_option {
    const char *name;     /* without the dashes */
    char letter;          /* the short form; 0: none */
    vx_option_kind kind;
    unsigned commands;
    const char *argument; /* its name in the help; null for a switch */
    const char *initial;  /* the default, as typed; null: none */
    const char *choices;  /* "a|b|c"; of a number: words accepted instead */
    const char *later;    /* choices of a later version, refused as such; "*": the option itself */
    double low, high;
    const char *help;     /* one or more sentences */
} vx_option;

extern const vx_option vx_option_table[VX_OPTIONS];

/* The index of `word` in "a|b|c", or -1. */
int vx_choice(const char *choices, const char *word);

/* Whether repeated options add to one another: VX_NAMES, VX_FORMULAS and VX_FILTERS. */
bool vx_option_adds(const vx_option *option);

/* Whether the option itself is of a later version. */
bool vx_option_later(const vx_option *option);

#endif
