/* Foreign commands: translation of the options and designs of FSL's randomise and of PALM.
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
    VX_SAME,      /* the only behaviour here: no action, no note */
    VX_DIFFERS,   /* no exact counterpart: a note */
    VX_REFUSE,    /* ignoring it would change the test */
    VX_UNLESS,    /* refused unless its argument is `value` */
    VX_TAKE,      /* our option `what` takes its value */
    VX_TAKE_REAL, /* the same for a number: "26.00" is 26 */
    VX_FIX,       /* our option `what` takes `value` */
    VX_ADD,       /* `value` is added to --correct */
    VX_KEEP,      /* kept as `what` for vx_translation_settle */
} vx_foreign_act;

/* Options that vx_translation_settle evaluates together. */
typedef enum vx_foreign_keep {
    VX_KEEP_INPUT, VX_KEEP_DESIGN, VX_KEEP_CONTRASTS, VX_KEEP_BLOCKS, VX_KEEP_SKIP, VX_KEEP_ONE_SAMPLE, VX_KEEP_DEMEAN,
    VX_KEEP_SEED, VX_KEEP_EXTENT, VX_KEEP_MASS, VX_KEEP_CLUSTER, VX_KEEP_CLUSTER_STATISTIC, VX_KEEP_TFCE_1D,
    VX_KEEP_TFCE_2D, VX_KEEP_EXCHANGEABLE, VX_KEEP_SYMMETRIC, VX_KEEP_OVER_CONTRASTS, VX_KEEPS
} vx_foreign_keep;

enum { VX_WORDS = -1 }; /* all following words that do not begin with a dash */

typedef struct vx_foreign_option {
    const char *name;
    unsigned tools;
    int arguments;      /* the number of arguments, or VX_WORDS */
    vx_foreign_act act;
    int what;           /* a vx_option_id or a vx_foreign_keep */
    const char *value;
    const char *note;   /* sentences, printed as a note; null: no note */
} vx_foreign_option;

/* The option of a tool by name, or null. */
const vx_foreign_option *vx_foreign_find(const char *name, unsigned tool);

/* Row i of both tools' options in the help; false beyond the last. */
bool vx_foreign_row(size_t i, vx_command_row *row);

/* The effects that the contrasts of a design test. vx_foreign_test_destroy frees the texts. */
typedef struct vx_foreign_test {
    bool mean;             /* tests the mean given the nuisance, else the covariates */
    char *covariate;       /* "ev2,ev3": EVs count from 1, as in FSL; null: none */
    char *nuisance;
    size_t covariates;
    bool positive, negative; /* the directions tested */
    bool uneven;             /* the directions differ between covariates */
    char *off_centre;        /* nuisance whose mean is not 0, where the mean is tested; null: none */
} vx_foreign_test;

/* `only`: the only contrast to use, from 1; 0: all. `demeaned`: the data are demeaned, so the model contains the mean.
 * Errors: VX_USAGE for an unsupported test (a contrast of several columns, groups, a model without a mean, the mean and
 * covariates at once), VX_INPUT for matrices that do not fit together. */
vx_status vx_foreign_test_read(const vx_vest *design, const vx_vest *contrasts, size_t only, bool demeaned,
                               vx_foreign_test *test, vx_error *error);
void vx_foreign_test_destroy(vx_foreign_test *test);

#endif
