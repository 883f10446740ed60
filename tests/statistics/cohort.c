/* The simulated cohort: simulating it again gives sample_data, and each planted case has its intended effect. */
#include "base/memory.h"
#include "simulate/simulate.h"
#include "voxstat/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { N = 14 };

static char place[64];

static int make_place(void **state)
{
    (void)state;
    snprintf(place, sizeof place, "/tmp/voxstat-cohort-XXXXXX");
    return mkdtemp(place) ? 0 : -1;
}

static int remove_place(void **state)
{
    (void)state;
    char *command = vx_text("rm -rf '%s'", place);
    int failed = system(command);
    free(command);
    return failed;
}

/* Simulates a cohort in place/name; an existing one is replaced. */
static vx_status make(const char *name, vx_simulate_options options)
{
    char *out = vx_text("%s/%s", place, name);
    vx_error error = {0};
    options.out = out;
    options.force = true;
    vx_status status = vx_simulate(&options, &error);
    if (status)
        print_message("%s\n", error.message);
    free(out);
    return status;
}

static vx_image read_session(const char *folder, int participant, const char *session, const char *modality)
{
    char *path = vx_text("%s/sub-%02d_ses-%s_%s.nii.gz", folder, participant + 1, session, modality);
    vx_image image;
    vx_error error = {0};
    if (vx_image_read(path, VX_ANALYZE_REFUSE, &image, &error))
        fail_msg("%s", error.message);
    free(path);
    return image;
}

/* The column `rapa_level` of a cohort. */
static void read_level(const char *name, double *value)
{
    char *path = vx_text("%s/%s/participants.tsv", place, name), line[2048];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    int column = 0;
    const char *at = strstr(line, "\trapa_level\t");
    assert_non_null(at);
    for (const char *c = line; c <= at; c++)
        column += *c == '\t';
    for (int i = 0; i < N; i++) {
        assert_non_null(fgets(line, sizeof line, file));
        char *field = line;
        for (int k = 0; k < column; k++)
            field = strchr(field, '\t') + 1;
        value[i] = strtod(field, NULL);
    }
    fclose(file);
    free(path);
}

enum { LABELS_TSV_HIPPOCAMPUS_LEFT = 34, LABELS_TSV_PONS = 44, LABELS = 44 };

/* The percentage change of a label's mean, of every participant; label 0: the brain. */
static void modality_change(const char *name, const char *modality, int label, double *change)
{
    char *folder = vx_text("%s/%s", place, name), *path = vx_text("%s/labels.nii.gz", folder);
    vx_image labels;
    assert_int_equal(vx_image_read(path, VX_ANALYZE_REFUSE, &labels, NULL), VX_OK);
    int64_t size = labels.grid.dim[0] * labels.grid.dim[1] * labels.grid.dim[2];
    for (int i = 0; i < N; i++) {
        vx_image before = read_session(folder, i, "baseline", modality);
        vx_image after = read_session(folder, i, "followup", modality);
        double sum_before = 0, sum_after = 0;
        for (int64_t v = 0; v < size; v++)
            if (label ? labels.data[v] == (float)label : labels.data[v] > 0) {
                sum_before += before.data[v];
                sum_after += after.data[v];
            }
        change[i] = 100 * (sum_after / sum_before - 1);
        vx_image_destroy(&before);
        vx_image_destroy(&after);
    }
    vx_image_destroy(&labels);
    free(folder);
    free(path);
}

static void region_change(const char *name, int label, double *change)
{
    modality_change(name, "pet", label, change);
}

static double mean(const double *x)
{
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += x[i] / N;
    return sum;
}

/* Pearson correlation without participant `left_out` (N: with everybody). */
static double pearson(const double *x, const double *y, int left_out)
{
    double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    int n = 0;
    for (int i = 0; i < N; i++)
        if (i != left_out) {
            sx += x[i];
            sy += y[i];
            n++;
        }
    for (int i = 0; i < N; i++)
        if (i != left_out) {
            xx += (x[i] - sx / n) * (x[i] - sx / n);
            yy += (y[i] - sy / n) * (y[i] - sy / n);
            xy += (x[i] - sx / n) * (y[i] - sy / n);
        }
    return xy / sqrt(xx * yy);
}

static double spearman(const double *x, const double *y)
{
    double rank_x[N], rank_y[N];
    for (int i = 0; i < N; i++) {
        rank_x[i] = rank_y[i] = 0;
        for (int j = 0; j < N; j++) {
            rank_x[i] += x[j] < x[i];
            rank_y[i] += y[j] < y[i];
        }
    }
    return pearson(rank_x, rank_y, N);
}

static vx_simulate_options exact(unsigned plant)
{
    vx_simulate_options options = vx_simulate_defaults();
    options.exact_moments = true;
    options.plant = plant;
    return options;
}

/* PET alone, where nothing else is looked at. */
static vx_simulate_options exact_pet(unsigned plant)
{
    vx_simulate_options options = exact(plant);
    options.modalities = VX_SIMULATE_PET;
    return options;
}

/* The largest difference between two images of one session; -1 where neither folder has it. */
static float image_difference(const char *folder, const char *other, int participant, const char *session,
                              const char *modality)
{
    char *path = vx_text("%s/sub-%02d_ses-%s_%s.nii.gz", folder, participant + 1, session, modality);
    char *other_path = vx_text("%s/sub-%02d_ses-%s_%s.nii.gz", other, participant + 1, session, modality);
    const bool there = access(path, F_OK) == 0;
    assert_int_equal(access(other_path, F_OK) == 0, there);
    free(path);
    free(other_path);
    if (!there)
        return -1;
    vx_image a = read_session(folder, participant, session, modality);
    vx_image b = read_session(other, participant, session, modality);
    assert_true(vx_grid_same(&a.grid, &b.grid, 0, NULL, 0));
    int64_t size = a.grid.dim[0] * a.grid.dim[1] * a.grid.dim[2];
    float largest = 0;
    for (int64_t v = 0; v < size; v++)
        largest = fmaxf(largest, fabsf(a.data[v] - b.data[v]));
    vx_image_destroy(&a);
    vx_image_destroy(&b);
    return largest;
}

/* On one thread as on all; one step of the stored integers is allowed, for another LAPACK or libm. */
static void sample_data_is_what_the_command_makes(void **state)
{
    (void)state;
    static const struct { const char *name; float step; int images; } modality[] = {
        {"pet", 0x1p-12f, 28}, {"cbf", 0x1p-6f, 27}, {"gm", 0x1p-14f, 28}}; /* one CBF session is missing */
    const char *source = getenv("VOXSTAT_SOURCE");
    if (!source)
        skip();
    char *sample = vx_text("%s/sample_data", source), *made = vx_text("%s/sample", place);
    for (int threads = 0; threads < 2; threads++) {
        vx_simulate_options options = exact(0);
        options.threads = threads;
        options.modalities = threads ? 0 : VX_SIMULATE_CBF; /* every modality is made by the same code */
        assert_int_equal(make("sample", options), VX_OK);
        for (size_t m = 0; m < sizeof modality / sizeof *modality; m++) {
            int images = 0;
            if (!threads && strcmp(modality[m].name, "cbf"))
                continue;
            for (int i = 0; i < N; i++)
                for (int session = 0; session < 2; session++) {
                    float difference =
                        image_difference(sample, made, i, session ? "followup" : "baseline", modality[m].name);
                    images += difference >= 0;
                    assert_true(difference <= modality[m].step);
                }
            assert_int_equal(images, modality[m].images);
        }
    }
    free(sample);
    free(made);
}

/* What is drawn for one modality does not depend on the others. */
static void one_modality_alone_is_the_same(void **state)
{
    (void)state;
    vx_simulate_options all = vx_simulate_defaults(), one = all;
    all.participants = one.participants = 6;
    one.modalities = VX_SIMULATE_CBF;
    assert_int_equal(make("all", all), VX_OK);
    assert_int_equal(make("one", one), VX_OK);
    char *a = vx_text("%s/all", place), *b = vx_text("%s/one", place);
    char *pet = vx_text("%s/sub-01_ses-baseline_pet.nii.gz", b);
    for (int i = 0; i < 6; i++)
        assert_true(image_difference(a, b, i, "baseline", "cbf") == 0);
    assert_int_equal(access(pet, F_OK), -1);
    free(a);
    free(b);
    free(pet);
}

/* n = 14, two-sided 5 %: |r| >= .532 and |rho| >= .538; n = 13: |r| >= .553 (tables of the critical values; the first
 * and last by SciPy: t = stats.t.ppf(.975, n - 2); t / sqrt(n - 2 + t * t)). */
static void leverage_carries_pearson_alone(void **state)
{
    (void)state;
    double level[N], change[N];
    assert_int_equal(make("leverage", exact_pet(VX_PLANT_LEVERAGE)), VX_OK);
    read_level("leverage", level);
    region_change("leverage", LABELS_TSV_HIPPOCAMPUS_LEFT, change);
    assert_true(pearson(level, change, N) > 0.532);
    assert_true(fabs(spearman(level, change)) < 0.538);
    assert_true(fabs(pearson(level, change, N - 1)) < 0.553);
}

/* Raw uptake rises by 10 % everywhere, under session noise of 7 % a session: the mean over 14 of the logs' difference
 * has an SD of .07 sqrt(2 / 14) = 2.6 %; four of these. The regions, relative to the pons, have no mean. */
static void global_change_is_gone_over_the_pons(void **state)
{
    (void)state;
    double brain[N], pons[N], hippocampus[N];
    assert_int_equal(make("global", exact_pet(VX_PLANT_GLOBAL)), VX_OK);
    region_change("global", 0, brain);
    region_change("global", LABELS_TSV_PONS, pons);
    region_change("global", LABELS_TSV_HIPPOCAMPUS_LEFT, hippocampus);
    assert_true(fabs(mean(brain) - 10) < 4 * 2.6);
    for (int i = 0; i < N; i++)
        hippocampus[i] = 100 * ((100 + hippocampus[i]) / (100 + pons[i]) - 1);
    assert_true(fabs(mean(hippocampus)) < 0.02); /* steps of 1/1024 at SUV 3: as sample_data's at SUVR 1 */
}

/* Raw uptake of the pons rises by 5 %, so that every other SUVR falls to 1 / 1.05, by 4.762 %. Over the pons of the raw
 * images the same fall is found, and the raw pons itself rises under the session noise, argued above. */
static void reference_shifts_all_other_regions(void **state)
{
    (void)state;
    double level[N], change[N], pons[N];
    vx_simulate_options options = exact(VX_PLANT_REFERENCE);
    options.modalities = VX_SIMULATE_PET | VX_SIMULATE_GM;
    assert_int_equal(make("reference", options), VX_OK);
    read_level("reference", level);
    for (int i = 0; i < N; i++)
        level[i] = log(level[i]);
    for (int label = 18; label <= 36; label += 6) {
        region_change("reference", label, change);
        assert_true(fabs(mean(change) + 4.762) < 0.01); /* argued in test_cohort.py */
        assert_true(fabs(pearson(level, change, N)) < 0.003);
    }
    region_change("reference", LABELS_TSV_PONS, pons);
    for (int i = 0; i < N; i++)
        assert_true(fabs(pons[i]) < 0.02);
    modality_change("reference", "gm", LABELS_TSV_HIPPOCAMPUS_LEFT, change);
    assert_true(fabs(mean(change)) < 0.01);
    options.raw = true;
    options.modalities = VX_SIMULATE_PET;
    assert_int_equal(make("reference", options), VX_OK);
    region_change("reference", LABELS_TSV_PONS, pons);
    region_change("reference", LABELS_TSV_HIPPOCAMPUS_LEFT, change);
    assert_true(fabs(mean(pons) - 5) < 4 * 2.6 && fabs(mean(change)) < 4 * 2.6);
    for (int i = 0; i < N; i++)
        change[i] = 100 * ((100 + change[i]) / (100 + pons[i]) - 1);
    assert_true(fabs(mean(change) + 4.762) < 0.02); /* steps of 1/1024 at SUV 3: as sample_data's at SUVR 1 */
}

/* A stored step of grey matter is 2^-14 of 0.1 or more: 0.06 %, so that the mean of 14 voxels over 14 participants has
 * an SD below 0.002 %. */
static void atrophy_is_without_metabolic_change(void **state)
{
    (void)state;
    double level[N], change[N];
    assert_int_equal(make("atrophy", exact(VX_PLANT_ATROPHY)), VX_OK);
    read_level("atrophy", level);
    for (int i = 0; i < N; i++)
        level[i] = log(level[i]);
    for (int label = 1; label <= LABELS; label++) {
        modality_change("atrophy", "gm", label, change);
        assert_true(fabs(mean(change) + 5) < 0.01);
    }
    for (int label = 18; label <= 36; label += 6) {
        region_change("atrophy", label, change);
        assert_true(fabs(mean(change)) < 0.01); /* argued in test_cohort.py */
        assert_true(fabs(pearson(level, change, N)) < 0.003);
    }
}

static void shift_moves_the_covariate_alone(void **state)
{
    (void)state;
    double level[N], shifted[N], change[N], same[N];
    assert_int_equal(make("plain", exact_pet(0)), VX_OK);
    assert_int_equal(make("shift", exact_pet(VX_PLANT_SHIFT)), VX_OK);
    read_level("plain", level);
    read_level("shift", shifted);
    region_change("plain", LABELS_TSV_HIPPOCAMPUS_LEFT, change);
    region_change("shift", LABELS_TSV_HIPPOCAMPUS_LEFT, same);
    for (int i = 0; i < N; i++) {
        assert_true(fabs(shifted[i] - level[i] - 100) < 1e-9);
        assert_true(change[i] == same[i]);
    }
}

static void null_has_no_effect(void **state)
{
    (void)state;
    double level[N], change[N], log_level[N];
    assert_int_equal(make("null", exact(VX_PLANT_NULL)), VX_OK);
    read_level("null", level);
    for (int i = 0; i < N; i++)
        log_level[i] = log(level[i]);
    for (int label = 18; label <= 36; label += 6) { /* anterior cingulate, caudate, thalamus, amygdala */
        region_change("null", label, change);
        assert_true(fabs(mean(change)) < 0.01); /* argued in test_cohort.py */
        assert_true(fabs(pearson(log_level, change, N)) < 0.003);
        modality_change("null", "gm", label, change);
        assert_true(fabs(mean(change)) < 0.01);
    }
}

/* Without --exact-moments a mean of 14 with SD 6 has its own SD of 1.6: it is not 0 to a hundredth. */
static void drawn_moments_are_not_exact_unless_asked_for(void **state)
{
    (void)state;
    double change[N], other[N];
    vx_simulate_options options = vx_simulate_defaults();
    options.modalities = VX_SIMULATE_PET;
    assert_int_equal(make("drawn", options), VX_OK);
    region_change("drawn", LABELS_TSV_HIPPOCAMPUS_LEFT, change);
    assert_true(fabs(mean(change)) > 0.01 && fabs(mean(change)) < 5 * 1.6);
    options.seed = 1;
    assert_int_equal(make("drawn", options), VX_OK);
    region_change("drawn", LABELS_TSV_HIPPOCAMPUS_LEFT, other);
    assert_true(fabs(mean(change) - mean(other)) > 1e-3);
}

static void refuses_what_it_cannot_make(void **state)
{
    (void)state;
    unsigned plant = 0;
    vx_error error = {0};
    assert_int_equal(vx_simulate_plant("null", &plant, &error), VX_OK);
    assert_int_equal(plant, VX_PLANT_NULL);
    assert_int_equal(vx_simulate_plant("globall", &plant, &error), VX_USAGE);
    assert_non_null(strstr(error.message, "unknown"));
    assert_int_equal(make("refused", exact(VX_PLANT_NULL | VX_PLANT_LEVERAGE)), VX_USAGE);
    assert_int_equal(make("refused", exact(VX_PLANT_REFERENCE | VX_PLANT_ATROPHY)), VX_USAGE);
    vx_simulate_options few = exact(0);
    few.participants = 3;
    assert_int_equal(make("refused", few), VX_USAGE);
    vx_simulate_options there = exact(0);
    there.out = place;
    assert_int_equal(vx_simulate(&there, &error), VX_OUTPUT);
    char *refused = vx_text("%s/refused", place);
    assert_int_equal(access(refused, F_OK), -1);
    free(refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample_data_is_what_the_command_makes),
        cmocka_unit_test(one_modality_alone_is_the_same),
        cmocka_unit_test(leverage_carries_pearson_alone),
        cmocka_unit_test(global_change_is_gone_over_the_pons),
        cmocka_unit_test(reference_shifts_all_other_regions),
        cmocka_unit_test(atrophy_is_without_metabolic_change),
        cmocka_unit_test(shift_moves_the_covariate_alone),
        cmocka_unit_test(null_has_no_effect),
        cmocka_unit_test(drawn_moments_are_not_exact_unless_asked_for),
        cmocka_unit_test(refuses_what_it_cannot_make),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
