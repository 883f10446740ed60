#include "cli/foreign.h"

#include <stdio.h>
#include <string.h>

enum { R = VX_RANDOMISE, P = VX_PALM, B = R | P };

#define F_TESTS "F tests are not supported yet; t contrasts are translated without it."
#define BLOCKS "Exchangeability blocks are not supported yet."
#define COMBINED "Combining modalities or contrasts into one statistic is not supported."
#define GROUPS "Variance groups are not supported."
#define SURFACES "Surfaces are not supported: images must be volumes."
#define MULTIVARIATE "Multivariate tests are not supported."
#define TABLES "Tables of data are not supported: images must be volumes."
#define MISSING "Missing data are not modelled: write n/a into the table, and such participants are left out."
#define DEMEANED "Every model has a mean, and covariates are mean-centred."

/* clang-format off */
static const vx_foreign_option table[] = {
    /* what is tested */
    {"-i", B, 1, VX_KEEP, VX_KEEP_INPUT, NULL, "The images go into a table, one 3-D file a participant."},
    {"-d", B, 1, VX_KEEP, VX_KEEP_DESIGN, NULL,
        "Read: the column that is tested becomes --covariate (or is the mean), the others --nuisance. Its rows become "
        "those of the table."},
    {"-t", B, 1, VX_KEEP, VX_KEEP_CONTRASTS, NULL, "Read: the columns that are tested, and --tails."},
    {"-1", R, 0, VX_KEEP, VX_KEEP_ONE_SAMPLE, NULL, "--design onesample --tails pos."},
    {"-m", B, 1, VX_TAKE, VX_OPTION_MASK, NULL, NULL},
    {"-D", R, 0, VX_KEEP, VX_KEEP_DEMEAN, NULL, DEMEANED},
    {"-demean", P, 0, VX_KEEP, VX_KEEP_DEMEAN, NULL, DEMEANED},
    {"-e", R, 1, VX_KEEP, VX_KEEP_BLOCKS, NULL, BLOCKS " A file with one block is passed over."},
    {"-eb", P, 1, VX_KEEP, VX_KEEP_BLOCKS, NULL, BLOCKS " A file with one block is passed over."},
    {"-f", B, 1, VX_REFUSE, 0, NULL, F_TESTS},
    {"-F", R, 1, VX_REFUSE, 0, NULL, F_TESTS},
    {"-S", R, 1, VX_REFUSE, 0, NULL, F_TESTS},
    {"--fonly", R, 0, VX_REFUSE, 0, NULL, F_TESTS},
    {"-fonly", P, 0, VX_REFUSE, 0, NULL, F_TESTS},
    {"-tonly", P, 0, VX_SAME, 0, NULL, "As always."},
    {"-con", P, VX_WORDS, VX_REFUSE, 0, NULL, "General contrasts are not supported yet."},
    {"--skipTo", R, 1, VX_KEEP, VX_KEEP_SKIP, NULL, "Only this contrast is read."},
    {"-conskipcount", P, 1, VX_SAME, 0, NULL, "Files are named by effects, not numbers."},
    {"--permuteBlocks", R, 0, VX_REFUSE, 0, NULL, BLOCKS},
    {"-within", P, 0, VX_REFUSE, 0, NULL, BLOCKS},
    {"-whole", P, 0, VX_REFUSE, 0, NULL, BLOCKS},
    {"-vg", P, 1, VX_UNLESS, 0, "single", GROUPS},
    {"-ev4vg", P, 0, VX_REFUSE, 0, NULL, GROUPS},
    {"-vgdemean", P, 0, VX_REFUSE, 0, NULL, GROUPS},
    {"-removevgbysize", P, 1, VX_REFUSE, 0, NULL, GROUPS},
    {"--vxl", R, 1, VX_REFUSE, 0, NULL, "Covariates that differ by voxel are not supported yet."},
    {"--vxf", R, 1, VX_REFUSE, 0, NULL, "Covariates that differ by voxel are not supported yet."},
    {"-evperdat", P, VX_WORDS, VX_REFUSE, 0, NULL, "Covariates that differ by voxel are not supported yet."},
    {"-designperinput", P, 0, VX_REFUSE, 0, NULL, "One design a run; translate one input at a time."},
    {"-erie", P, 0, VX_REFUSE, 0, NULL, "One design a run; translate one input at a time."},
    {"--multi", R, 1, VX_UNLESS, 0, "1", MULTIVARIATE},
    {"-mv", P, VX_WORDS, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-inputmv", P, 0, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-Cmv", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-Tmv", P, 0, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-noranktest", P, 0, VX_SAME, 0, NULL, "Of multivariate tests only."},
    {"-npc", P, VX_WORDS, VX_REFUSE, 0, NULL, COMBINED},
    {"-npcmethod", P, VX_WORDS, VX_REFUSE, 0, NULL, COMBINED},
    {"-npcmod", P, 0, VX_REFUSE, 0, NULL, COMBINED},
    {"-npccon", P, 0, VX_REFUSE, 0, NULL, COMBINED},
    {"-concordant", P, 0, VX_REFUSE, 0, NULL, COMBINED},
    {"-Cnpc", P, 1, VX_REFUSE, 0, NULL, COMBINED},
    {"-Tnpc", P, 0, VX_REFUSE, 0, NULL, COMBINED},
    {"-cca", P, VX_WORDS, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-pls", P, 0, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-cacic", P, 0, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-x", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-y", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-z", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-w", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-semipartial", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-part", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-theil", P, VX_WORDS, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-zevperdat", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-wevperdat", P, 1, VX_REFUSE, 0, NULL, MULTIVARIATE},
    {"-swe", P, 0, VX_REFUSE, 0, NULL, "Sandwich estimators of the variance are not supported."},
    {"-imiss", P, 1, VX_REFUSE, 0, NULL, MISSING},
    {"-dmiss", P, 1, VX_REFUSE, 0, NULL, MISSING},
    {"-mcar", P, 0, VX_SAME, 0, NULL, "Of missing data only."},
    {"-s", P, VX_WORDS, VX_REFUSE, 0, NULL, SURFACES},
    {"-surf", P, VX_WORDS, VX_REFUSE, 0, NULL, SURFACES},
    {"-tableasvolume", P, 0, VX_REFUSE, 0, NULL, TABLES},
    {"-forceintersectionmask", P, 0, VX_DIFFERS, 0, NULL, "Every modality has its own mask, unless --mask is given."},
    {"-transposedata", P, 0, VX_REFUSE, 0, NULL, TABLES},
    {"-inormal", P, VX_WORDS, VX_REFUSE, 0, NULL, "Values are not transformed; --correlation spearman goes by ranks."},
    {"-probit", P, 0, VX_REFUSE, 0, NULL, "Values are not transformed."},
    {"-reversemasks", P, 0, VX_REFUSE, 0, NULL, "Write the inverted mask first, and give that with -m."},
    {"-subjidx", P, 1, VX_DIFFERS, 0, NULL, "Only the participants that it names belong into the table."},
    /* relabellings */
    {"-n", B, 1, VX_TAKE, VX_OPTION_PERMUTATIONS, NULL, NULL},
    {"--seed", R, 1, VX_KEEP, VX_KEEP_SEED, NULL, "--seed, of another generator: other permutations."},
    {"-seed", P, 1, VX_KEEP, VX_KEEP_SEED, NULL, "--seed, of another generator: other permutations."},
    {"-ee", P, 0, VX_KEEP, VX_KEEP_EXCHANGEABLE, NULL, "As always for covariates."},
    {"-ise", P, 0, VX_KEEP, VX_KEEP_SYMMETRIC, NULL, "As always for a mean; covariates are permuted."},
    {"-accel", P, VX_WORDS, VX_DIFFERS, 0, NULL,
        "Nothing is approximated: every relabelling of -n is computed, and no tail or curve is fitted."},
    {"-approx", P, VX_WORDS, VX_DIFFERS, 0, NULL,
        "Nothing is approximated: every relabelling of -n is computed, and no tail or curve is fitted."},
    {"-draft", P, 1, VX_DIFFERS, 0, NULL, "Nothing is approximated: every relabelling of -n is computed."},
    {"-U", R, 1, VX_DIFFERS, 0, NULL, "Nuisance is always treated after Freedman and Lane, FSL's -U 1."},
    {"-rmethod", P, 1, VX_DIFFERS, 0, NULL, "Nuisance is always treated after Freedman and Lane."},
    {"-pmethodp", P, 1, VX_SAME, 0, NULL, "Columns are not recombined: no partition is needed."},
    {"-pmethodr", P, 1, VX_SAME, 0, NULL, "Columns are not recombined: no partition is needed."},
    {"-cmcp", P, 0, VX_SAME, 0, NULL, "As always: random relabellings may repeat."},
    {"-cmcx", P, 0, VX_SAME, 0, NULL, "As always: rows count as different."},
    {"-syncperms", P, 0, VX_SAME, 0, NULL, "As always: the same relabellings for every modality."},
    {"--detectNull", R, 0, VX_DIFFERS, 0, NULL, "Every row is permuted."},
    {"--effective_design", R, 1, VX_REFUSE, 0, NULL, "Relabellings of another design are not supported."},
    {"-q", R, 0, VX_DIFFERS, 0, NULL, "How many relabellings there are stands in the plan that a run prints first."},
    {"-Q", R, 0, VX_DIFFERS, 0, NULL, "A run is not spread over machines yet; it uses every core or the GPU."},
    /* statistics and corrections */
    {"-x", R, 0, VX_ADD, 0, "voxel", NULL},
    {"-T", B, 0, VX_ADD, 0, "tfce", NULL},
    {"-Tuni", P, 0, VX_ADD, 0, "tfce", NULL},
    {"-Tstat", P, 1, VX_UNLESS, 0, "tfce", "Other statistics than TFCE itself are not supported."},
    {"--T2", R, 0, VX_KEEP, VX_KEEP_TFCE_2D, NULL, "--correct tfce --tfce-e 1 --connectivity 26."},
    {"-tfce2D", P, 0, VX_KEEP, VX_KEEP_TFCE_2D, NULL, "--tfce-e 1 --connectivity 26."},
    {"-tfce2d", P, 0, VX_KEEP, VX_KEEP_TFCE_2D, NULL, "--tfce-e 1 --connectivity 26."},
    {"-tfce1D", P, 0, VX_KEEP, VX_KEEP_TFCE_1D, NULL, "--tfce-e 2 --connectivity 6."},
    {"-tfce1d", P, 0, VX_KEEP, VX_KEEP_TFCE_1D, NULL, "--tfce-e 2 --connectivity 6."},
    {"--tfce_H", R, 1, VX_TAKE_REAL, VX_OPTION_TFCE_H, NULL, NULL},
    {"-tfce_H", P, 1, VX_TAKE_REAL, VX_OPTION_TFCE_H, NULL, NULL},
    {"-tfce_h", P, 1, VX_TAKE_REAL, VX_OPTION_TFCE_H, NULL, NULL},
    {"--tfce_E", R, 1, VX_TAKE_REAL, VX_OPTION_TFCE_E, NULL, NULL},
    {"-tfce_E", P, 1, VX_TAKE_REAL, VX_OPTION_TFCE_E, NULL, NULL},
    {"-tfce_e", P, 1, VX_TAKE_REAL, VX_OPTION_TFCE_E, NULL, NULL},
    {"--tfce_C", R, 1, VX_TAKE_REAL, VX_OPTION_CONNECTIVITY, NULL, NULL},
    {"-tfce_C", P, 1, VX_TAKE_REAL, VX_OPTION_CONNECTIVITY, NULL, NULL},
    {"-tfce_c", P, 1, VX_TAKE_REAL, VX_OPTION_CONNECTIVITY, NULL, NULL},
    {"--tfce_D", R, 1, VX_DIFFERS, 0, NULL, "The step is a hundredth of the observed maximum, FSL's own."},
    {"-tfce_dh", P, 1, VX_DIFFERS, 0, NULL, "The step is a hundredth of each map's maximum, PALM's own."},
    {"-c", R, 1, VX_KEEP, VX_KEEP_EXTENT, NULL, "--cluster-t, with --correct extent."},
    {"-C", R, 1, VX_KEEP, VX_KEEP_MASS, NULL,
        "--cluster-t, with --correct mass. Mass is the sum of |t| less the threshold here, of t itself in FSL."},
    {"-C", P, 1, VX_KEEP, VX_KEEP_CLUSTER, NULL, "--cluster-p, the same threshold: PALM's is a z."},
    {"-Cuni", P, 1, VX_KEEP, VX_KEEP_CLUSTER, NULL, "--cluster-p, the same threshold: PALM's is a z."},
    {"-Cstat", P, 1, VX_KEEP, VX_KEEP_CLUSTER_STATISTIC, NULL,
        "--correct extent or mass. Mass is the sum of |t| less the threshold here, of t itself in PALM."},
    {"--twopass", R, 0, VX_DIFFERS, 0, NULL, "Clusters are not normalised by the size expected at their place."},
    {"-v", R, 1, VX_DIFFERS, 0, NULL,
        "Variances are not smoothed: t is an ordinary t, and its p are not those of FSL's pseudo-t."},
    {"-pearson", P, 0, VX_DIFFERS, 0, NULL,
        "r is written beside t, with the same p; clusters and TFCE are those of t."},
    {"-zstat", P, 0, VX_DIFFERS, 0, NULL,
        "z is written beside t, with the same p; clusters and TFCE are those of t."},
    {"-twotail", P, 0, VX_FIX, VX_OPTION_TAILS, "two", NULL},
    {"-corrcon", P, 0, VX_KEEP, VX_KEEP_OVER_CONTRASTS, NULL,
        "Both directions of one column: --tails two. p of different columns are not corrected over one another."},
    {"-corrmod", P, 0, VX_DIFFERS, 0, NULL,
        "Every modality's p are corrected over its own voxels only; times the number of modalities is safe."},
    {"-fdr", P, VX_WORDS, VX_ADD, 0, "fdr", "The step-up of Benjamini and Hochberg."},
    /* files */
    {"-o", B, 1, VX_TAKE, VX_OPTION_OUT, NULL, NULL},
    {"-logp", P, 0, VX_FIX, VX_OPTION_P_FORMAT, "log10", NULL},
    {"-save1-p", P, 0, VX_FIX, VX_OPTION_P_FORMAT, "1-p", NULL},
    {"-savecdf", P, 0, VX_FIX, VX_OPTION_P_FORMAT, "1-p", NULL},
    {"-R", R, 0, VX_SAME, 0, NULL, "t and tfce are always written."},
    {"--uncorrp", R, 0, VX_SAME, 0, NULL, "p-uncorrected is always written."},
    {"-saveuncorrected", P, 0, VX_SAME, 0, NULL, "p-uncorrected is always written."},
    {"-nouncorrected", P, 0, VX_SAME, 0, NULL, "p-uncorrected is always written."},
    {"-nounivariate", P, 0, VX_SAME, 0, NULL, "Of multivariate tests only."},
    {"-P", R, 0, VX_SAME, 0, NULL, "results.h5 holds everything to reproduce each relabelling."},
    {"-N", R, 0, VX_SAME, 0, NULL, "results.h5 holds the complete null distributions."},
    {"-savemax", P, 0, VX_SAME, 0, NULL, "results.h5 holds the complete null distributions."},
    {"--glm_output", R, 0, VX_SAME, 0, NULL, "Estimate, standard error and interval are always written."},
    {"-saveglm", P, 0, VX_SAME, 0, NULL, "Estimate, standard error and interval are always written."},
    {"-savedof", P, 0, VX_SAME, 0, NULL, "They stand in the header of t and in run.json."},
    {"-savemask", P, 0, VX_SAME, 0, NULL, "mask.nii.gz."},
    {"-saveparametric", P, 0, VX_SAME, 0, NULL, "z is of the parametric p of t."},
    {"-savemetrics", P, 0, VX_DIFFERS, 0, NULL, "No metrics of the relabellings are written."},
    {"--permout", R, 0, VX_DIFFERS, 0, NULL, "Maps of relabelled data are not written."},
    {"-saveperms", P, 0, VX_DIFFERS, 0, NULL, "Maps of relabelled data are not written."},
    {"--norcmask", R, 0, VX_DIFFERS, 0, NULL, "Voxels that are the same in everybody always leave the mask."},
    {"--film", R, 0, VX_DIFFERS, 0, NULL, "Files are not named as those of film."},
    {"-verbosefilenames", P, 0, VX_SAME, 0, NULL, "Files are named by modality and effect."},
    {"-noniiclass", P, 0, VX_SAME, 0, NULL, "Of Matlab only."},
    {"-nonifticlass", P, 0, VX_SAME, 0, NULL, "Of Matlab only."},
    {"-precision", P, 1, VX_SAME, 0, NULL, "Images are held in single precision, sums in double."},
    {"-quiet", P, 0, VX_FIX, VX_OPTION_QUIET, "yes", NULL},
    {"--quiet", R, 0, VX_FIX, VX_OPTION_QUIET, "yes", NULL},
    {"-V", R, 0, VX_SAME, 0, NULL, "As always."},
    {"--debug", R, 0, VX_SAME, 0, NULL, "Of randomise only."},
    {"-h", R, 0, VX_SAME, 0, NULL, "Of randomise's help only."},
    {"--help", R, 0, VX_SAME, 0, NULL, "Of randomise's help only."},
    {"-help", P, 0, VX_SAME, 0, NULL, "Of PALM's help only."},
    {"-?", P, 0, VX_SAME, 0, NULL, "Of PALM's help only."},
    {"-basic", P, 0, VX_SAME, 0, NULL, "Of PALM's help only."},
    {"-advanced", P, 0, VX_SAME, 0, NULL, "Of PALM's help only."},
};
/* clang-format on */

enum { ROWS = sizeof table / sizeof *table };

const vx_foreign_option *vx_foreign_find(const char *name, unsigned tool)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].tools & tool && !strcmp(table[i].name, name))
            return table + i;
    }
    return NULL;
}

/* ---- help ---- */

/* Describes the translation of an option. */
static void describe(const vx_foreign_option *option, char *text, size_t size)
{
    const char *note = option->note ? option->note : "";
    const char *space = option->note ? " " : "", *name = vx_option_table[option->what].name;
    switch (option->act) {
    case VX_TAKE:
    case VX_TAKE_REAL: snprintf(text, size, "--%s.%s%s", name, space, note); break;
    case VX_FIX:
        snprintf(text, size, "--%s%s%s.%s%s", name, vx_option_table[option->what].argument ? " " : "",
                 vx_option_table[option->what].argument ? option->value : "", space, note);
        break;
    case VX_ADD: snprintf(text, size, "--correct %s.%s%s", option->value, space, note); break;
    case VX_REFUSE: snprintf(text, size, "Refused. %s", note); break;
    case VX_UNLESS: snprintf(text, size, "Refused, unless it is %s. %s", option->value, note); break;
    default: snprintf(text, size, "%s", note);
    }
}

bool vx_foreign_row(size_t i, vx_command_row *row)
{
    static const struct {
        unsigned tool;
        const char *title;
    } part[] = {{VX_RANDOMISE, "options of randomise"}, {VX_PALM, "options of PALM"}};
    for (size_t p = 0; p < sizeof part / sizeof *part; p++) {
        size_t place = 0;
        for (size_t r = 0; r < ROWS; r++) {
            if (!(table[r].tools & part[p].tool))
                continue;
            if (place++ == i) {
                row->title = i ? NULL : part[p].title;
                snprintf(row->term, sizeof row->term, "%s", table[r].name);
                describe(table + r, row->text, sizeof row->text);
                return true;
            }
        }
        i -= place;
    }
    return false;
}
