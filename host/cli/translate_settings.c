#include "cli/translate.h"

#include "base/memory.h"
#include "cli/arguments.h"
#include "cli/values.h"
#include "image/files.h"
#include "results/schema.h"
#include "voxstat/result.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

void vx_translation_set(vx_translation *t, vx_option_id id, const char *value)
{
    free(t->value[id]);
    t->value[id] = vx_copy_text(value);
    t->short_of_memory |= !t->value[id];
}

void vx_translation_set_real(vx_translation *t, vx_option_id id, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", value);
    vx_translation_set(t, id, text);
}

void vx_translation_add(vx_translation *t, const char *correction)
{
    t->correct[vx_choice(vx_option_table[VX_OPTION_CORRECT].choices, correction)] = true;
}

/* Whether the command uses a correction. */
static bool corrects(const vx_translation *t, const char *correction)
{
    return t->correct[vx_choice(vx_option_table[VX_OPTION_CORRECT].choices, correction)];
}

/* ---- the test ---- */

/* Accepts a file of exchangeability blocks only if all rows are in one block. */
static vx_status check_blocks(const vx_translation *t, vx_error *error)
{
    const char *path = t->kept[VX_KEEP_BLOCKS];
    vx_vest blocks = {0};
    if (!path)
        return VX_OK;
    vx_status status = vx_vest_read(path, &blocks, error);
    for (size_t i = 0; !status && i < blocks.rows * blocks.columns; i++) {
        if (blocks.value[i] != blocks.value[0])
            status = vx_fail(error, VX_USAGE, "%s: exchangeability blocks are not supported yet; two scans of "
                             "everybody are --design paired here", path);
    }
    vx_vest_destroy(&blocks);
    return status;
}

static void ask_for_columns(vx_translation *t, const char *path, int reason)
{
    vx_translation_set(t, VX_OPTION_COVARIATE, "COLUMN");
    fprintf(t->notes, "note: %s: %s, so what is tested is not known: in place of COLUMN write the columns of the table "
            "that the contrasts name, and the others with --nuisance\n", path, strerror(reason));
}

static vx_status read_test(vx_translation *t, vx_error *error)
{
    const char *design_path = t->kept[VX_KEEP_DESIGN], *contrasts_path = t->kept[VX_KEEP_CONTRASTS];
    const char *skip = t->kept[VX_KEEP_SKIP];
    uint64_t only = 0;
    vx_vest design = {0}, contrasts = {0};
    if (skip && !vx_value_integer(skip, &only))
        return vx_fail(error, VX_USAGE, "--skipTo: found '%s', expected a whole number", skip);
    for (int i = 0; i < 2; i++) {
        const char *path = i ? contrasts_path : design_path;
        if (lstat(path, &(struct stat){0})) { /* reading reports files that exist but cannot be read */
            ask_for_columns(t, path, errno);
            return VX_OK;
        }
    }
    vx_status status = vx_vest_read(design_path, &design, error);
    if (!status)
        status = vx_vest_read(contrasts_path, &contrasts, error);
    if (!status)
        status = vx_foreign_test_read(&design, &contrasts, only, t->kept[VX_KEEP_DEMEAN], &t->test, error);
    t->rows = design.rows;
    vx_vest_destroy(&design);
    vx_vest_destroy(&contrasts);
    return status ? vx_error_prefix(error, status, "%s, %s", design_path, contrasts_path) : VX_OK;
}

static vx_status decide_test(vx_translation *t, vx_error *error)
{
    bool design = t->kept[VX_KEEP_DESIGN], contrasts = t->kept[VX_KEEP_CONTRASTS];
    vx_translation_set(t, VX_OPTION_DESIGN, "onesample");
    if (design && contrasts)
        return read_test(t, error);
    if (design && t->tool == VX_PALM)
        return vx_fail(error, VX_USAGE, "-d without -t: PALM then tests all columns by F. F tests are not "
                       "supported yet");
    if (design || contrasts || (t->tool == VX_RANDOMISE && !t->kept[VX_KEEP_ONE_SAMPLE]))
        return vx_fail(error, VX_USAGE, "%s: found neither -1 nor both of -d and -t, so what is tested is not said",
                       t->program);
    /* randomise -1 tests a rise; PALM without a design a rise and a fall */
    t->test = (vx_foreign_test){.mean = true, .positive = true, .negative = t->tool == VX_PALM};
    return VX_OK;
}

static void set_test(vx_translation *t)
{
    const vx_foreign_test *test = &t->test;
    bool both = test->positive && test->negative, one = test->positive != test->negative;
    if (test->covariate)
        vx_translation_set(t, VX_OPTION_COVARIATE, test->covariate);
    if (test->covariates > 1)
        vx_translation_set(t, VX_OPTION_JOINT, "yes");
    if (test->nuisance)
        vx_translation_set(t, VX_OPTION_NUISANCE, test->nuisance);
    if (!t->value[VX_OPTION_TAILS])
        vx_translation_set(t, VX_OPTION_TAILS,
                           vx_tails_names[!one ? VX_TWO_TAILS : test->positive ? VX_POSITIVE : VX_NEGATIVE]);
    else if (both)
        both = false; /* -twotail */
    if (both && !t->kept[VX_KEEP_OVER_CONTRASTS])
        fprintf(t->notes, "note: --tails two corrects over both directions, %s each by itself: p are about twice as "
                "large here. For its own, run --tails pos and --tails neg\n", t->program);
    if (test->uneven)
        fprintf(t->notes, "note: --tails two is for every covariate; the contrasts ask different directions of them\n");
    if (t->kept[VX_KEEP_OVER_CONTRASTS] && test->covariates > 1)
        fprintf(t->notes, "note: -corrcon: p of different covariates are not corrected over one another\n");
    if (t->value[VX_OPTION_COVARIATE])
        fprintf(t->notes, "note: the mean is tested too, by sign flips; those are the files named _mean_\n");
    if (test->off_centre)
        fprintf(t->notes, "note: %s not of mean 0: %s tests the mean where they are 0, voxstat at their average\n",
                test->off_centre, t->program);
    if (t->kept[VX_KEEP_SYMMETRIC] && t->value[VX_OPTION_COVARIATE])
        fprintf(t->notes, "note: -ise: covariates are permuted, their signs are not flipped\n");
    if (t->kept[VX_KEEP_EXCHANGEABLE] && test->mean)
        fprintf(t->notes, "note: -ee: the signs of a mean are flipped, its rows are not permuted\n");
}

/* ---- statistics and corrections ---- */

static vx_status set_clusters(vx_translation *t, vx_error *error)
{
    const char *extent = t->kept[VX_KEEP_EXTENT], *mass = t->kept[VX_KEEP_MASS], *z = t->kept[VX_KEEP_CLUSTER];
    const char *statistic = t->kept[VX_KEEP_CLUSTER_STATISTIC], *given = extent ? extent : mass ? mass : z;
    double value = 0, other = 0;
    if (!given)
        return VX_OK;
    if (!vx_value_real(given, &value) || value <= 0.0)
        return vx_fail(error, VX_USAGE, "a cluster-forming threshold: found '%s', expected a number above 0", given);
    if (extent && mass && (!vx_value_real(mass, &other) || other != value))
        return vx_fail(error, VX_USAGE, "-c %s and -C %s: there is one cluster-forming threshold a run here; translate "
                       "them one at a time", extent, mass);
    if (z)
        vx_translation_set_real(t, VX_OPTION_CLUSTER_P, 0.5 * erfc(value * M_SQRT1_2));
    else
        vx_translation_set_real(t, VX_OPTION_CLUSTER_T, value);
    bool by_mass = mass || (z && statistic && !strcasecmp(statistic, "mass"));
    if (extent || (z && !by_mass))
        vx_translation_add(t, "extent");
    if (by_mass)
        vx_translation_add(t, "mass");
    if (z && statistic && !by_mass && strcasecmp(statistic, "extent"))
        return vx_fail(error, VX_USAGE, "-Cstat %s: clusters go by extent or mass here", statistic);
    if (z && !statistic)
        fprintf(t->notes, "note: -C without -Cstat: taken as extent; a PALM so old that it has no -Cstat means mass\n");
    if (by_mass)
        fprintf(t->notes, "note: mass is the sum of |t| less the threshold here, of the statistic itself in %s\n",
                t->program);
    return VX_OK;
}

/* Both tools use 6 neighbours for TFCE by default, and 26 for clusters. */
static void set_tfce(vx_translation *t)
{
    bool clusters = corrects(t, "extent") || corrects(t, "mass");
    if (t->kept[VX_KEEP_TFCE_2D] && t->tool == VX_RANDOMISE) /* PALM's only sets parameters; -T enables TFCE */
        vx_translation_add(t, "tfce");
    if (t->kept[VX_KEEP_TFCE_2D] || t->kept[VX_KEEP_TFCE_1D]) {
        vx_translation_set(t, VX_OPTION_TFCE_E, t->kept[VX_KEEP_TFCE_2D] ? "1" : "2");
        vx_translation_set(t, VX_OPTION_CONNECTIVITY, t->kept[VX_KEEP_TFCE_2D] ? "26" : "6");
    }
    if (!corrects(t, "tfce")) {
        const vx_option_id unused[] = {VX_OPTION_TFCE_E, VX_OPTION_TFCE_H, VX_OPTION_CONNECTIVITY};
        for (size_t i = 0; i < sizeof unused / sizeof *unused; i++) {
            free(t->value[unused[i]]);
            t->value[unused[i]] = NULL;
        }
        if (clusters)
            vx_translation_set(t, VX_OPTION_CONNECTIVITY, "26");
        return;
    }
    if (!t->value[VX_OPTION_CONNECTIVITY])
        vx_translation_set(t, VX_OPTION_CONNECTIVITY, "6");
    if (clusters && strcmp(t->value[VX_OPTION_CONNECTIVITY], "26"))
        fprintf(t->notes, "note: one neighbourhood a run: %s is that of the TFCE; %s joins clusters by 26, so "
                "translate them one at a time for the same figures\n", t->value[VX_OPTION_CONNECTIVITY], t->program);
    const char *height = t->value[VX_OPTION_TFCE_H];
    if (!height || !strcmp(height, "2"))
        vx_translation_set(t, VX_OPTION_TFCE_PRESET, t->tool == VX_PALM ? "palm" : "fsl");
    else
        fprintf(t->notes, "note: TFCE of H = %s is integrated exactly, not in %s's steps\n", height, t->program);
}

static void set_corrections(vx_translation *t)
{
    const char *choices = vx_option_table[VX_OPTION_CORRECT].choices;
    char list[64] = "";
    if (t->tool == VX_PALM)
        vx_translation_add(t, "voxel"); /* always */
    if (!t->correct[0] && !t->correct[1] && !t->correct[2] && !t->correct[3] && !t->correct[4]) {
        vx_translation_add(t, "voxel");
        fprintf(t->notes, "note: none of -x, -T, -c and -C: randomise would write t alone; here it is corrected by "
                "voxel\n");
    }
    for (size_t i = 0; i < sizeof t->correct / sizeof *t->correct; i++) {
        size_t length = strcspn(choices, "|");
        if (t->correct[i])
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%.*s", *list ? "," : "", (int)length, choices);
        choices += length + (choices[length] == '|');
    }
    vx_translation_set(t, VX_OPTION_CORRECT, list);
}

static bool is_file(const char *path)
{
    struct stat found;
    return !stat(path, &found) && S_ISREG(found.st_mode);
}

/* Finds the mask's file: FSL accepts names without an ending, or with another one than the file's. */
static void find_mask(vx_translation *t)
{
    const char *mask = t->value[VX_OPTION_MASK];
    vx_image_files files = {0};
    vx_error ignored;
    if (!mask || is_file(mask))
        return;
    char *stem = vx_text("%.*s", (int)vx_image_stem(mask), mask);
    const vx_status status = stem ? vx_image_files_find(stem, &files, &ignored) : VX_INTERNAL;
    if (!status)
        vx_translation_set(t, VX_OPTION_MASK, files.header);
    t->short_of_memory |= status == VX_INTERNAL;
    vx_image_files_destroy(&files);
    free(stem);
}

/* -o of both tools is a prefix of file names, but --out of voxstat is a new folder. */
static void choose_folder(vx_translation *t)
{
    struct stat found;
    const char *out = t->value[VX_OPTION_OUT];
    if (!out || lstat(out, &found))
        return;
    size_t length = strlen(out);
    while (length > 1 && out[length - 1] == '/')
        length--;
    char *other = vx_text("%.*s-voxstat", (int)length, out);
    t->short_of_memory |= !other;
    fprintf(t->notes, "note: -o: %s is there already, and results go into a new folder\n", out);
    if (other)
        vx_translation_set(t, VX_OPTION_OUT, other);
    free(other);
}

static void set_rest(vx_translation *t)
{
    const char *seed = t->kept[VX_KEEP_SEED];
    uint64_t number;
    if (!t->value[VX_OPTION_PERMUTATIONS])
        vx_translation_set(t, VX_OPTION_PERMUTATIONS, t->tool == VX_PALM ? "10000" : "5000");
    if (strcmp(t->value[VX_OPTION_PERMUTATIONS], "0"))
        fprintf(t->notes, "note: -n: %s counts the data as observed among its relabellings, here they come on top\n",
                t->program);
    if (!t->value[VX_OPTION_P_FORMAT])
        vx_translation_set(t, VX_OPTION_P_FORMAT, t->tool == VX_PALM ? "p" : "1-p");
    if (!t->value[VX_OPTION_OUT])
        vx_translation_set(t, VX_OPTION_OUT, t->program);
    if (seed && vx_value_integer(seed, &number))
        vx_translation_set(t, VX_OPTION_SEED, seed);
    else if (seed)
        fprintf(t->notes, "note: the seed %s has no counterpart; 0 is taken\n", seed);
    if (!t->value[VX_OPTION_MASK])
        fprintf(t->notes, "note: no -m: voxels are analysed that are finite and not zero in every image\n");
    else
        fprintf(t->notes, "note: -m: voxels that are exactly zero in some image leave the mask; %s analyses them, as "
                "does --keep-zeros\n", t->program);
    find_mask(t);
    choose_folder(t);
}

/* ---- the table ---- */

/* PALM also accepts surfaces and tables. */
static vx_status check_inputs(const vx_translation *t, vx_error *error)
{
    static const char *const other[] = {".csv", ".txt", ".mat", ".gii", ".mgh", ".mgz", ".dpv", ".dpf", ".dpx", ".dpxx",
                                        ".srf", ".asc", ".curv", ".area", ".thickness"};
    for (size_t i = 0; i < t->inputs; i++)
        for (size_t e = 0; e < sizeof other / sizeof *other; e++)
            if (vx_image_ends(t->input[i], other[e]))
                return vx_fail(error, VX_USAGE, "-i %s: tables and surfaces are not supported: images must be volumes",
                               t->input[i]);
    return VX_OK;
}

/* The name of a modality: the file's, without folder and endings, with the characters of a column name. */
static void name_modality(const vx_translation *t, size_t i, char *name, size_t size)
{
    const char *slash = strrchr(t->input[i], '/');
    snprintf(name, size, "%s", slash ? slash + 1 : t->input[i]);
    name[vx_image_stem(name)] = '\0';
    for (char *c = name; *c; c++)
        *c = isalnum((unsigned char)*c) || *c == '_' || *c == '-' ? *c : '-';
    for (size_t before = 0; before < i; before++) { /* dir1/fa.nii and dir2/fa.nii */
        const char *other = strrchr(t->input[before], '/');
        if (!strcmp(other ? other + 1 : t->input[before], slash ? slash + 1 : t->input[i])) {
            snprintf(name + strlen(name), size - strlen(name), "%zu", i + 1);
            break;
        }
    }
}

static void say_split(vx_translation *t, size_t i)
{
    char name[100], stem[sizeof name + 1];
    name_modality(t, i, name, sizeof name);
    snprintf(stem, sizeof stem, "%s_", name);
    char *split = vx_quoted_line(4, (char *const[]){"fslsplit", (char *)t->input[i], stem, "-t"});
    fprintf(t->notes, "note: -i %s: images come from a table, one of three dimensions a participant: cut the file up, "
            "with FSL by `%s`\n", t->input[i], split ? split : "fslsplit");
    free(split);
}

static void set_table(vx_translation *t)
{
    char name[100], list[VX_INPUTS * 100] = "", columns[VX_INPUTS * 100] = "";
    for (size_t i = 0; i < t->inputs; i++) {
        name_modality(t, i, name, sizeof name);
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? "," : "", name);
        snprintf(columns + strlen(columns), sizeof columns - strlen(columns), " %s", name);
    }
    vx_translation_set(t, VX_OPTION_MODALITY, list);
    const vx_option_id regressors[] = {VX_OPTION_COVARIATE, VX_OPTION_NUISANCE};
    for (size_t r = 0; r < 2; r++) {
        for (const char *c = t->value[regressors[r]]; c && *c; c += strcspn(c, ",") + (c[strcspn(c, ",")] == ','))
            snprintf(columns + strlen(columns), sizeof columns - strlen(columns), " %.*s", (int)strcspn(c, ","), c);
    }
    for (size_t i = 0; i < t->inputs; i++)
        say_split(t, i);
    fprintf(t->notes, "note: write participants.tsv, tabs between its columns: participant_id%s", columns);
    if (t->rows)
        fprintf(t->notes, "; %zu lines, in the order of %s, where ev1 is the first column", t->rows,
                t->kept[VX_KEEP_DESIGN]);
    fputc('\n', t->notes);
    if (t->test.mean)
        fprintf(t->notes, "note: differences of two scans need no images of their own: with both in the table, "
                "--design paired takes them\n");
}

vx_status vx_translation_settle(vx_translation *t, vx_error *error)
{
    vx_status status = check_inputs(t, error);
    if (!status)
        status = check_blocks(t, error);
    if (!status)
        status = decide_test(t, error);
    if (!status)
        status = set_clusters(t, error);
    if (status)
        return status;
    set_tfce(t);
    set_corrections(t);
    set_test(t);
    set_rest(t);
    set_table(t);
    return t->short_of_memory ? vx_fail_memory(error) : VX_OK;
}
