/* Rows of the sensitivity table, worked by hand: what a map, a search volume and a region conclude, where p is
 * smallest, which rows are compared, in which order they stand; and what the files hand back, or are refused for. */
#include "unit/outcome_fixture.h"

#include "outcome/sensitivity.h"
#include "results/results.h"
#include "space/grid.h"

static const double level = 0.05;

/* Five voxels of the fixture's mask. p of voxels 1 and 3 are equal; t is more extreme at 3. */
static float t_both[VOXELS] = {1, 4, -2, -6, 0.5f}, p_both[VOXELS] = {0.5f, 0.01f, 0.2f, 0.01f, 1};
static float p_none[VOXELS] = {0.5f, 0.05f, 0.2f, 0.06f, 1}; /* 0.05 itself is not below the level */
static float estimate[VOXELS] = {10, 40, -20, -60, 5};

static void add(vx_sensitivity *s, size_t choice, const char *volume, float *p, float *t, vx_quantity primary)
{
    vx_error error;
    vx_map map[] = {{VX_MAP_T, "", t}, {VX_P_FWE_VOXEL, "", p}, {VX_P_UNCORRECTED, "", p}, {VX_MAP_MEAN, "", estimate}};
    vx_cluster cluster[2] = {{.voxels = 7, .p = {[VX_P_FWE_VOXEL] = 0.01}},
                             {.voxels = 2, .p = {[VX_P_FWE_VOXEL] = 0.3}}};
    const vx_result result = {.effect = &fixture_effects[0], .map = map, .maps = 4, .voxels = VOXELS,
                              .cluster = cluster, .clusters = 2, .options = {.tails = VX_TWO_TAILS}};
    const vx_sensitivity_key key = {choice, "pet", "change", "SUVR"};
    if (vx_sensitivity_add_result(s, &key, volume, &result, &fixture_matrix.space, NULL, primary, level, &error))
        fail_msg("%s", error.message);
}

static void add_region(vx_sensitivity *s, size_t choice, const char *name, double t, double p)
{
    vx_error error;
    const vx_outcome outcome = {.name = name};
    const vx_sensitivity_key key = {choice, "pet", "change", NULL};
    vx_outcome_test test = {.outcome = &outcome};
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        test.value[k] = 100 + k;
    test.value[VX_OUTCOME_T] = t;
    test.value[VX_OUTCOME_P_FWE] = p;
    assert_int_equal(vx_sensitivity_add_region(s, &key, &test, level, &error), VX_OK);
}

static void add_choices(vx_sensitivity *s)
{
    assert_int_equal(vx_sensitivity_add_choice(s, VX_CHOICE_AS_RUN, NULL), VX_OK);
    assert_int_equal(vx_sensitivity_add_choice(s, "scale=none", NULL), VX_OK);
    assert_int_equal(vx_sensitivity_add_choice(s, "smooth=8", NULL), VX_OK);
}

static void a_map_concludes_by_every_significant_voxel(void **state)
{
    (void)state;
    vx_sensitivity s = {0};
    float rise[VOXELS] = {1, 4, 2, 6, 0.5f}, fall[VOXELS] = {-1, -4, -2, -6, -0.5f};
    double mm[3];
    add(&s, 0, NULL, p_both, t_both, VX_P_FWE_VOXEL);
    add(&s, 0, NULL, p_both, rise, VX_P_FWE_VOXEL);
    add(&s, 0, NULL, p_both, fall, VX_P_FWE_VOXEL);
    add(&s, 0, NULL, p_none, t_both, VX_P_FWE_VOXEL);
    add(&s, 0, NULL, p_both, t_both, VX_P_UNCORRECTED); /* nothing was corrected, so nothing is significant */
    const vx_conclusion expected[] = {VX_CONCLUDES_BOTH, VX_CONCLUDES_RISE, VX_CONCLUDES_FALL, VX_CONCLUDES_NOTHING,
                                      VX_CONCLUDES_NOTHING};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(s.row[i].conclusion, expected[i]);
    const double *value = s.row[0].value;
    assert_true(value[VX_SENSITIVITY_T] == -6 && value[VX_SENSITIVITY_ESTIMATE] == -60);
    assert_true(value[VX_SENSITIVITY_P] == 0.01f && value[VX_SENSITIVITY_VOXELS] == VOXELS);
    assert_true(isnan(value[VX_SENSITIVITY_SE])); /* there is no such map */
    vx_grid_mm(&fixture_matrix.space.grid, fixture_index[3], mm);
    for (int k = 0; k < 3; k++)
        assert_true(value[VX_SENSITIVITY_X + k] == mm[k]);
    assert_true(value[VX_SENSITIVITY_CLUSTERS] == 2 && value[VX_SENSITIVITY_CLUSTERS_BELOW] == 1 &&
                value[VX_SENSITIVITY_LARGEST] == 7);
    assert_true(s.row[4].value[VX_SENSITIVITY_CLUSTERS_BELOW] == 0);
    vx_sensitivity_destroy(&s);
}

/* The run: mask, volume, a (rise), b, c, e (none). scale=none: mask, volume, a (none), b (none with another sign), d
 * (fall), which the run lacks. smooth=8: a (fall), c (none), e (rise). */
static void fill(vx_sensitivity *s)
{
    add_choices(s);
    add(s, 0, NULL, p_none, t_both, VX_P_FWE_VOXEL);
    add(s, 0, "v", p_both, t_both, VX_P_FWE_VOXEL);
    add_region(s, 0, "a", 3, 0.04);
    add_region(s, 0, "b", 1, 0.4);
    add_region(s, 0, "c", 1, 0.4);
    add_region(s, 0, "e", 1, 0.4);
    add(s, 1, NULL, p_none, t_both, VX_P_FWE_VOXEL);
    add(s, 1, "v", p_none, t_both, VX_P_FWE_VOXEL);
    add_region(s, 1, "a", 2, 0.05);
    add_region(s, 1, "b", -1, 0.4);
    add_region(s, 1, "d", -3, 0.01);
    add_region(s, 2, "a", -3, 0.04);
    add_region(s, 2, "c", 1, 0.4);
    add_region(s, 2, "e", 3, 0.04);
}

typedef struct expected_row {
    size_t choice;
    const char *name; /* null: the mask */
    bool compared, changes;
} expected_row;

static void rows_are(vx_sensitivity *s, bool planned, const expected_row *row, size_t rows)
{
    fill(s);
    assert_int_equal(vx_sensitivity_finish(s, planned, NULL), VX_OK);
    assert_int_equal(s->rows, rows);
    for (size_t i = 0; i < rows; i++) {
        assert_int_equal(s->row[i].choice, row[i].choice);
        assert_true(row[i].name ? !strcmp(s->row[i].name, row[i].name) : !s->row[i].name);
        assert_int_equal(s->row[i].compared, row[i].compared);
        assert_int_equal(s->row[i].changes, row[i].changes);
    }
    vx_sensitivity_destroy(s);
}

static void rows_of_one_result_follow_each_other(void **state)
{
    (void)state;
    static const expected_row all[] = {
        {0, NULL, false, false}, {1, NULL, true, false}, {0, "v", false, false}, {1, "v", true, true},
        {0, "a", false, false},  {1, "a", true, true},   {2, "a", true, true},   {0, "b", false, false},
        {1, "b", true, false},   {0, "c", false, false}, {2, "c", true, false},  {0, "e", false, false},
        {2, "e", true, true},    {1, "d", false, false}};
    static const expected_row found[] = { /* b and c are significant under no choice, and nobody planned them */
        {0, NULL, false, false}, {1, NULL, true, false}, {0, "v", false, false}, {1, "v", true, true},
        {0, "a", false, false},  {1, "a", true, true},   {2, "a", true, true},   {0, "e", false, false},
        {2, "e", true, true},    {1, "d", false, false}};
    vx_sensitivity s = {0};
    rows_are(&s, true, all, sizeof all / sizeof *all);
    rows_are(&s, false, found, sizeof found / sizeof *found);
}

static void a_result_that_no_choice_changes_is_left_out(void **state)
{
    (void)state;
    vx_sensitivity s = {0};
    add_choices(&s);
    add_region(&s, 0, "a", 3, 0.04);
    add_region(&s, 0, "b", 3, 0.04);
    add_region(&s, 2, "b", 3, 0.04);
    assert_int_equal(vx_sensitivity_finish(&s, true, NULL), VX_OK);
    assert_int_equal(s.rows, 2);
    assert_string_equal(s.row[0].name, "b");
    assert_true(s.row[0].value[VX_SENSITIVITY_ESTIMATE] == 100 + VX_OUTCOME_CHANGE &&
                s.row[0].value[VX_SENSITIVITY_CI_HIGH] == 100 + VX_OUTCOME_CI_HIGH);
    assert_true(isnan(s.row[0].value[VX_SENSITIVITY_X]));
    vx_sensitivity_destroy(&s);
}

/* ---- files ---- */

static void write_or_fail(const vx_sensitivity *s)
{
    vx_error error;
    vx_record record = fixture_outcome_record();
    record.sensitivity = s;
    record.version = VOXSTAT_VERSION;
    record.modalities = 0;
    if (vx_write_results(fixture_folder, &record, &error))
        fail_msg("%s", error.message);
}

static vx_status reopen(vx_results **results, vx_error *error)
{
    *results = NULL;
    return vx_results_open(fixture_folder, results, error);
}

static void rows_come_back(void **state)
{
    (void)state;
    vx_sensitivity s = {0};
    vx_results *results;
    vx_error error;
    fill(&s);
    assert_int_equal(vx_sensitivity_finish(&s, true, NULL), VX_OK);
    write_or_fail(&s);
    if (reopen(&results, &error))
        fail_msg("%s", error.message);
    assert_int_equal(results->choices, 3);
    assert_string_equal(results->choice[2], "smooth=8");
    assert_int_equal(results->sensitivities, s.rows);
    for (size_t i = 0; i < s.rows; i++) {
        const vx_results_sensitivity *found = &results->sensitivity[i];
        assert_int_equal(found->choice, s.row[i].choice);
        assert_int_equal(found->conclusion, s.row[i].conclusion);
        assert_true(found->compared == s.row[i].compared && found->changes == s.row[i].changes);
        for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++)
            assert_true(isnan(s.row[i].value[k]) ? isnan(found->value[k]) : found->value[k] == s.row[i].value[k]);
    }
    assert_int_equal(vx_results_sensitivity_end(results, 0), 2);
    assert_int_equal(vx_results_sensitivity_end(results, 4), 7);
    assert_false(vx_results_sensitivity_changes(results, 0));
    assert_true(vx_results_sensitivity_changes(results, 4));
    assert_int_equal(vx_results_sensitivity_end(results, 13), 14);
    vx_results_close(results);
    vx_sensitivity_destroy(&s);
}

static void a_damaged_one_is_refused(void **state)
{
    (void)state;
    static const struct {
        vx_sensitivity_column column;
        double value;
        const char *words;
    } damage[] = {{VX_SENSITIVITY_P, 1.5, "/sensitivity/p holds 1.5: it is damaged"},
                  {VX_SENSITIVITY_CLUSTERS, -1, "/sensitivity/clusters holds -1: it is damaged"}};
    vx_sensitivity s = {0};
    vx_results *results;
    vx_error error;
    fill(&s);
    assert_int_equal(vx_sensitivity_finish(&s, true, NULL), VX_OK);
    for (size_t i = 0; i < 2; i++) {
        const double before = s.row[0].value[damage[i].column];
        s.row[0].value[damage[i].column] = damage[i].value;
        write_or_fail(&s);
        assert_int_equal(reopen(&results, &error), VX_INPUT);
        assert_non_null(strstr(error.message, damage[i].words));
        s.row[0].value[damage[i].column] = before;
    }
    free(s.row[2].name);
    s.row[2].name = NULL; /* a search volume without a name */
    write_or_fail(&s);
    assert_int_equal(reopen(&results, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "has no name"));
    vx_sensitivity_destroy(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_concludes_by_every_significant_voxel),
        cmocka_unit_test(rows_of_one_result_follow_each_other),
        cmocka_unit_test(a_result_that_no_choice_changes_is_left_out),
        cmocka_unit_test_setup_teardown(rows_come_back, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_one_is_refused, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
