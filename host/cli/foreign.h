/* Foreign commands: the options of FSL's randomise and of PALM, and the designs they are given, in this program's
 * terms.
 *
 * Sources: randomise's ranopts.h and randomise.cc (2.9) and its user guide; PALM's user guide, palm_takeargs.m and
 * palm_defaults.m, as of its commit 04095fe (2025-12-19). Options that older versions had are kept. */
#ifndef VX_CLI_FOREIGN_H
#define VX_CLI_FOREIGN_H

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/vest.h"

#include <stddef.h>

enum { VX_RANDOMISE = 1, VX_PALM = 2 };

typedef enum vx_foreign_act {
    VX_SAME,      /* always so here: nothing to do or say */
    VX_DIFFERS,   /* no counterpart, or another: told */
    VX_REFUSE,    /* without it the test would be another one */
    VX_UNLESS,    /* refused, unless what it is given is `value`, as always here */
    VX_TAKE,      /* our option `what` takes its value */
    VX_TAKE_REAL, /* likewise, a number: "26.00" is 26 */
    VX_FIX,       /* our option `what` takes `value` */
    VX_ADD,       /* --correct gets `value` too */
    VX_KEEP,      /* as `what`, to be weighed with the others */
} vx_foreign_act;

/* What is kept, and translate.c weighs. */
typedef enum vx_foreign_keep {
    VX_KEEP_INPUT, VX_KEEP_DESIGN, VX_KEEP_CONTRASTS, VX_KEEP_BLOCKS, VX_KEEP_SKIP, VX_KEEP_ONE_SAMPLE, VX_KEEP_DEMEAN,
    VX_KEEP_SEED, VX_KEEP_EXTENT, VX_KEEP_MASS, VX_KEEP_CLUSTER, VX_KEEP_CLUSTER_STATISTIC, VX_KEEP_TFCE_1D,
    VX_KEEP_TFCE_2D, VX_KEEP_EXCHANGEABLE, VX_KEEP_SYMMETRIC, VX_KEEP_OVER_CONTRASTS, VX_KEEPS
} vx_foreign_keep;

enum { VX_WORDS = -1 }; /* every word that follows without a dash */

typedef struct vx_foreign_option {
    const char *name;
    unsigned tools;
    int arguments;      /* how many follow, or VX_WORDS */
    vx_foreign_act act;
    int what;           /* a vx_option_id or a vx_foreign_keep */
    const char *value;
    const char *note;   /* a sentence or more: told where something is taken, fixed, added or differs */
} vx_foreign_option;

/* The option of that name of a tool, or null. */
const vx_foreign_option *vx_foreign_find(const char *name, unsigned tool);

/* Row i of the options of both tools, as the help tells them; false beyond the last. */
bool vx_foreign_row(size_t i, vx_command_row *row);

/* Which of our effects the contrasts of a design test. The texts are freed with vx_foreign_test_destroy. */
typedef struct vx_foreign_test {
    bool mean;             /* the mean, given the nuisance; else the covariates */
    char *covariate;       /* "ev2,ev3": EVs count from 1, as in FSL; null: none */
    char *nuisance;
    size_t covariates;
    bool positive, negative; /* directions asked for */
    bool uneven;             /* not the same ones of every covariate */
    char *off_centre;        /* nuisance whose mean is not 0, where the mean is tested; null: none */
} vx_foreign_test;

/* `only`: the one contrast to take, from 1; 0: all. `demeaned`: the data are, so the mean is in the model.
 * Errors: VX_USAGE for a test that there is none of here (contrasts over several columns, groups, no mean in the model,
 * mean and covariates at once), VX_INPUT for matrices that do not fit. */
vx_status vx_foreign_test_read(const vx_vest *design, const vx_vest *contrasts, size_t only, bool demeaned,
                               vx_foreign_test *test, vx_error *error);
void vx_foreign_test_destroy(vx_foreign_test *test);

#endif
