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

static vx_image read_session(const char *folder, int participant, const char *session)
{
    char *path = vx_text("%s/sub-%02d_ses-%s_pet.nii.gz", folder, participant + 1, session);
    vx_image image;
    vx_error error = {0};
    if (vx_image_read(path, VX_ANALYZE_REFUSE, &image, &error))
        fail_msg("%s", error.message);
    free(path);
    return image;
}

/* The column `rapa_level` of a cohort, or another by its place. */
static void read_column(const char *name, int column, double *value)
{
    char *path = vx_text("%s/%s/participants.tsv", place, name), line[1024];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
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

enum { RAPA_LEVEL = 3, LABELS_TSV_HIPPOCAMPUS_LEFT = 34 };

/* The percentage change of a label's mean, of every participant; label 0: the brain. */
static void region_change(const char *name, int label, double *change)
{
    char *folder = vx_text("%s/%s", place, name), *path = vx_text("%s/labels.nii.gz", folder);
    vx_image labels;
    assert_int_equal(vx_image_read(path, VX_ANALYZE_REFUSE, &labels, NULL), VX_OK);
    int64_t size = labels.grid.dim[0] * labels.grid.dim[1] * labels.grid.dim[2];
    for (int i = 0; i < N; i++) {
        vx_image before = read_session(folder, i, "baseline"), after = read_session(folder, i, "followup");
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

/* On one thread as on all; one step of the stored integers is allowed, for another LAPACK or libm. */
static void sample_data_is_what_the_command_makes(void **state)
{
    (void)state;
    const char *source = getenv("VOXSTAT_SOURCE");
    if (!source)
        skip();
    char *sample = vx_text("%s/sample_data", source), *made = vx_text("%s/sample", place);
    for (int threads = 0; threads < 2; threads++) {
        vx_simulate_options options = exact(0);
        options.threads = threads;
        assert_int_equal(make("sample", options), VX_OK);
        for (int i = 0; i < N; i++)
            for (int session = 0; session < 2; session++) {
                vx_image a = read_session(sample, i, session ? "followup" : "baseline");
                vx_image b = read_session(made, i, session ? "followup" : "baseline");
                assert_true(vx_grid_same(&a.grid, &b.grid, 0, NULL, 0));
                int64_t size = a.grid.dim[0] * a.grid.dim[1] * a.grid.dim[2];
                float worst = 0;
                for (int64_t v = 0; v < size; v++)
                    worst = fmaxf(worst, fabsf(a.data[v] - b.data[v]));
                assert_true(worst <= 0x1p-12f);
                vx_image_destroy(&a);
                vx_image_destroy(&b);
            }
    }
    free(sample);
    free(made);
}

/* n = 14, two-sided 5 %: |r| >= .532 and |rho| >= .538; n = 13: |r| >= .553 (tables of the critical values; the first
 * and last by SciPy: t = stats.t.ppf(.975, n - 2); t / sqrt(n - 2 + t * t)). */
static void leverage_carries_pearson_alone(void **state)
{
    (void)state;
    double level[N], change[N];
    assert_int_equal(make("leverage", exact(VX_PLANT_LEVERAGE)), VX_OK);
    read_column("leverage", RAPA_LEVEL, level);
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
    assert_int_equal(make("global", exact(VX_PLANT_GLOBAL)), VX_OK);
    region_change("global", 0, brain);
    region_change("global", 44, pons);
    region_change("global", LABELS_TSV_HIPPOCAMPUS_LEFT, hippocampus);
    assert_true(fabs(mean(brain) - 10) < 4 * 2.6);
    for (int i = 0; i < N; i++)
        hippocampus[i] = 100 * ((100 + hippocampus[i]) / (100 + pons[i]) - 1);
    assert_true(fabs(mean(hippocampus)) < 0.02); /* steps of 1/1024 at SUV 3: as sample_data's at SUVR 1 */
}

static void shift_moves_the_covariate_alone(void **state)
{
    (void)state;
    double level[N], shifted[N], change[N], same[N];
    assert_int_equal(make("plain", exact(0)), VX_OK);
    assert_int_equal(make("shift", exact(VX_PLANT_SHIFT)), VX_OK);
    read_column("plain", RAPA_LEVEL, level);
    read_column("shift", RAPA_LEVEL, shifted);
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
    read_column("null", RAPA_LEVEL, level);
    for (int i = 0; i < N; i++)
        log_level[i] = log(level[i]);
    for (int label = 18; label <= 36; label += 6) { /* anterior cingulate, caudate, thalamus, amygdala */
        region_change("null", label, change);
        assert_true(fabs(mean(change)) < 0.01); /* argued in test_cohort.py */
        assert_true(fabs(pearson(log_level, change, N)) < 0.003);
    }
}

/* Without --exact-moments a mean of 14 with SD 6 has its own SD of 1.6: it is not 0 to a hundredth. */
static void drawn_moments_are_not_exact_unless_asked_for(void **state)
{
    (void)state;
    double change[N], other[N];
    vx_simulate_options options = vx_simulate_defaults();
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
    assert_int_equal(vx_simulate_plant("reference", &plant, &error), VX_USAGE);
    assert_non_null(strstr(error.message, "later version"));
    assert_int_equal(vx_simulate_plant("globall", &plant, &error), VX_USAGE);
    assert_non_null(strstr(error.message, "unknown"));
    assert_int_equal(make("refused", exact(VX_PLANT_NULL | VX_PLANT_LEVERAGE)), VX_USAGE);
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
        cmocka_unit_test(leverage_carries_pearson_alone),
        cmocka_unit_test(global_change_is_gone_over_the_pons),
        cmocka_unit_test(shift_moves_the_covariate_alone),
        cmocka_unit_test(null_has_no_effect),
        cmocka_unit_test(drawn_moments_are_not_exact_unless_asked_for),
        cmocka_unit_test(refuses_what_it_cannot_make),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
