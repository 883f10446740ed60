/* Markers: which columns they are, values below quantification, derived markers, logarithms and areas under a curve.
 * The expected values are worked by hand from the tables here. */
#include "unit/study_fixture.h"

#include <math.h>

#define HEADER "participant_id\tpet_baseline\tpet_followup\tttau_baseline\tttau_followup\tptau_baseline\t" \
               "ptau_followup\trapa_baseline\trapa_followup\tage\n"
static const char fluid[] = HEADER "s4\tn/a\tn/a\t200\t220\t20\t33\t1\t4\t61\n"
                                   "s1\ta1.nii\ta2.nii\t100\t110\t10\t11\t<0.3\t5\t60\n"
                                   "s2\tb1.nii.gz\tb2.nii.gz\t300\tn/a\t30\t60\t0.5\t6\tn/a\n"
                                   "s3\tc1.hdr\tc2.img\t400\t480\t20\t24\t0.6\t7\t63\n";

static const char *const age[] = {"age"}, *const rapa_followup[] = {"rapa_followup"};

static const vx_study_marker *marker(const vx_study *study, const char *name)
{
    for (size_t m = 0; m < study->markers; m++) {
        if (!strcmp(study->marker[m].name, name))
            return study->marker + m;
    }
    fail_msg("no marker %s", name);
    return NULL;
}

/* The values of the four participants are `expected`; NaN is equal to NaN. */
static void expect_values(const vx_column *column, const double *expected)
{
    for (int i = 0; i < 4; i++) {
        const double value = column->value[i];
        if (!(value == expected[i] || (isnan(value) && isnan(expected[i]))))
            fail_msg("%s[%d] is %.17g, expected %.17g", column->name, i, value, expected[i]);
    }
}
#define EXPECT_VALUES(column, ...) expect_values(column, (const double[]){__VA_ARGS__})

static void pairs_of_numbers(void **state)
{
    (void)state;
    vx_study *study = read_good(STUDY(.nuisance = age, .nuisances = 1), fluid);
    assert_int_equal(study->modalities, 1);
    assert_int_equal(study->modality[0].n, 2);
    assert_int_equal(study->markers, 3);
    const vx_study_marker *ttau = study->marker;
    assert_string_equal(ttau->name, "ttau");
    assert_string_equal(ttau->column[0]->name, "ttau_baseline");
    assert_string_equal(ttau->column[1]->name, "ttau_followup");
    assert_int_equal(ttau->sessions, 2);
    assert_null(ttau->formula);
    assert_false(ttau->log_scale);
    EXPECT_VALUES(ttau->column[0], 100, 300, 400, 200); /* in the order of participant_id */
    EXPECT_VALUES(ttau->column[1], 110, NAN, 480, 220);
    assert_int_equal(ttau->n, 3); /* s4 has no images, but a marker */
    assert_int_equal(ttau->participant[0], 0);
    assert_int_equal(ttau->participant[1], 2);
    assert_int_equal(ttau->participant[2], 3);
    assert_int_equal(ttau->left_outs, 1);
    assert_string_equal(ttau->left_out[0].participant, "s2");
    assert_string_equal(ttau->left_out[0].reason, "no value in ttau_followup");
    assert_string_equal(marker(study, "ptau")->left_out[0].reason, "no value in age");
    assert_string_equal(study->marker[2].name, "rapa");
    vx_study_free(study);
}

static void a_covariate_is_no_marker(void **state)
{
    (void)state;
    static const char *const both[] = {"rapa", "pet"};
    vx_study *study = read_good(STUDY(.covariate = rapa_followup, .covariates = 1), fluid);
    assert_int_equal(study->markers, 2); /* rapa_baseline alone is not one */
    vx_study_free(study);
    study = read_good(STUDY(.covariate = rapa_followup, .covariates = 1, .modality = both, .modalities = 2), fluid);
    assert_int_equal(study->markers, 1); /* the options name it */
    assert_string_equal(study->marker[0].name, "rapa");
    assert_int_equal(study->modalities, 1);
    vx_study_free(study);
}

static void markers_alone(void **state)
{
    (void)state;
    static const char table[] = "participant_id\tnfl_followup\tnfl_baseline\trapa_1h\trapa_3h\tbody_weight\n"
                                "1\t9\t6\t1\t2\t70\n2\t8\t5\t1\t2\t80\n3\t7\t4\t1\t2\t90\n";
    static const char *const rapa[] = {"rapa_1h"}, *const nfl[] = {"nfl"};
    vx_study *study = read_good(STUDY(.covariate = rapa, .covariates = 1), table);
    assert_int_equal(study->modalities, 0);
    assert_int_equal(study->markers, 1);
    assert_string_equal(study->session[0], "baseline");
    assert_string_equal(study->session[1], "followup");
    vx_study_free(study);
    REFUSED(STUDY(), table, "more than two sessions", "baseline", "followup", "1h", "3h", "--sessions");
    study = read_good(STUDY(.modality = nfl, .modalities = 1), table);
    assert_string_equal(study->session[1], "followup");
    vx_study_free(study);
    study = read_good(STUDY(.sessions = {"1h", "3h"}), table);
    assert_string_equal(study->marker[0].name, "rapa");
    vx_study_free(study);
}

static void one_session(void **state)
{
    (void)state;
    static const char *const names[] = {"age", "pet_baseline"}, *const bmi[] = {"bmi = ttau_baseline / age"};
    vx_study *study = read_good(STUDY(.design = VX_ONESAMPLE), fluid);
    assert_int_equal(study->modalities, 2); /* the images of both sessions, and no marker that is not asked for */
    assert_int_equal(study->markers, 0);
    vx_study_free(study);
    study = read_good(STUDY(.design = VX_ONESAMPLE, .modality = names, .modalities = 2), fluid);
    assert_int_equal(marker(study, "age")->n, 3);
    assert_int_equal(marker(study, "age")->sessions, 1);
    assert_null(marker(study, "age")->column[1]);
    vx_study_free(study);
    study = read_good(STUDY(.design = VX_ONESAMPLE, .sessions = {"followup"}), fluid);
    assert_int_equal(study->markers, 3);
    EXPECT_VALUES(marker(study, "ptau")->column[0], 11, 60, 24, 33);
    vx_study_free(study);
    study = read_good(STUDY(.design = VX_ONESAMPLE, .derive = bmi, .derives = 1), fluid);
    EXPECT_VALUES(marker(study, "bmi")->column[0], 100.0 / 60, NAN, 400.0 / 63, 200.0 / 61);
    vx_study_free(study);
}

/* Half of 0.3, 0.3, and 0.3 over the square root of 2. */
static void below_quantification(void **state)
{
    (void)state;
    static const char *const baseline[] = {"rapa_baseline"};
    static const double expected[] = {0.15, 0.3, 0.21213203435596426};
    for (int rule = VX_BELOW_HALF; rule <= VX_BELOW_SQRT2; rule++) {
        vx_study *study = read_good(STUDY(.below = (vx_below_rule)rule), fluid);
        const vx_study_marker *rapa = marker(study, "rapa");
        assert_true(fabs(rapa->column[0]->value[0] - expected[rule]) < 1e-16);
        assert_true(rapa->column[0]->replaced[0] && !rapa->column[0]->replaced[1]);
        assert_int_equal(rapa->column[0]->below, 1);
        assert_true(rapa->column[0]->limit[0] == 0.3 && rapa->column[0]->limit[1] == 0.3);
        assert_true(rapa->column[0]->tied);
        assert_int_equal(rapa->column[1]->below, 0);
        assert_true(isnan(rapa->column[1]->limit[0]));
        assert_int_equal(rapa->n, 4);
        vx_study_free(study);
    }
    vx_study *study = read_good(STUDY(.covariate = baseline, .covariates = 1), fluid);
    assert_int_equal(study->covariate[0].below, 1);
    assert_true(study->covariate[0].value[0] == 0.15);
    vx_study_free(study);
}

/* Reads a covariate x with these cells of four participants. */
static vx_study *read_x(const char *cells)
{
    static const char *const x[] = {"x"};
    static const char *const image[] = {"a1.nii\ta2.nii", "b1.nii.gz\tb2.nii.gz", "c1.hdr\tc2.img", "n/a\tn/a"};
    char text[500] = "participant_id\tpet_baseline\tpet_followup\tx\n", copy[100], *rest = copy;
    snprintf(copy, sizeof copy, "%s", cells);
    for (int i = 0; i < 4; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "s%d\t%s\t%s\n", i, image[i], strsep(&rest, "|"));
    return read_good(STUDY(.covariate = x, .covariates = 1), text);
}

static void limits(void **state)
{
    (void)state;
    static const struct {
        const char *cells;
        bool tied;
    } good[] = {
        {"<0.3|<0.3|0.3|1", true},
        {"<0.3|<0.4|5|6", false},   /* two limits */
        {"<0.3|0.2|5|6", false},    /* a value below the limit */
        {"<0.3|< 0.3|n/a|1", true}, /* a blank */
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        vx_study *study = read_x(good[i].cells);
        if (study->covariate[0].tied != good[i].tied)
            fail_msg("%s", good[i].cells);
        vx_study_free(study);
    }
    vx_study *study = read_x("<0.4|<0.2|1|2");
    assert_true(study->covariate[0].limit[0] == 0.2 && study->covariate[0].limit[1] == 0.4);
    assert_int_equal(study->covariate[0].below, 2);
    vx_study_free(study);
    study = read_x("<65|>65|>65|<65"); /* two texts */
    assert_string_equal(study->covariate[0].level[0], "<65");
    EXPECT_VALUES(study->covariate, 0, 1, 1, 0);
    assert_int_equal(study->covariate[0].below, 0);
    vx_study_free(study);
}

static void derived(void **state)
{
    (void)state;
    static const char *const derive[] = {"ptau_ttau = ptau / ttau", "twice=2 \xc3\x97 \"ptau_ttau\"",
                                         "sum = rapa + ptau"};
    static const char *const names[] = {"twice"};
    vx_study *study = read_good(STUDY(.derive = derive, .derives = 3), fluid);
    assert_int_equal(study->markers, 6);
    assert_string_equal(study->marker[3].name, "ptau_ttau");
    const vx_study_marker *ratio = marker(study, "ptau_ttau");
    assert_string_equal(ratio->formula, "ptau / ttau");
    assert_true(ratio->log_scale);
    EXPECT_VALUES(ratio->column[0], 10.0 / 100, 30.0 / 300, 20.0 / 400, 20.0 / 200);
    EXPECT_VALUES(ratio->column[1], 11.0 / 110, NAN, 24.0 / 480, 33.0 / 220);
    assert_string_equal(ratio->column[1]->name, "ptau_ttau_followup");
    assert_int_equal(ratio->n, 3);
    assert_string_equal(ratio->left_out[0].reason, "no value in ttau_followup"); /* the column of the table */
    EXPECT_VALUES(marker(study, "twice")->column[0], 0.2, 0.2, 0.1, 0.2);
    assert_false(marker(study, "twice")->log_scale); /* its last operation multiplies */
    assert_int_equal(marker(study, "sum")->column[0]->below, 1); /* of rapa_baseline */
    assert_true(marker(study, "sum")->column[0]->replaced[0]);
    assert_false(marker(study, "sum")->column[0]->tied);
    vx_study_free(study);
    study = read_good(STUDY(.derive = derive, .derives = 3, .modality = names, .modalities = 1), fluid);
    assert_int_equal(study->markers, 1);
    assert_int_equal(study->modalities, 0);
    vx_study_free(study);
}

static void logarithms(void **state)
{
    (void)state;
    static const char *const log_marker[] = {"ttau"}, *const typed[] = {"ttua"};
    vx_study *study = read_good(STUDY(.log_marker = log_marker, .log_markers = 1), fluid);
    assert_true(marker(study, "ttau")->log_scale);
    assert_false(marker(study, "ptau")->log_scale);
    EXPECT_VALUES(marker(study, "ttau")->column[0], 100, 300, 400, 200); /* the scale of the table */
    vx_study_free(study);
    REFUSED(STUDY(.log_marker = typed, .log_markers = 1), fluid, "--log ttua", "did you mean ttau?");
    REFUSED(STUDY(.log_marker = log_marker, .log_markers = 1),
            "participant_id\tttau_baseline\tttau_followup\ns1\t1\t2\ns2\t0\t2\ns3\t1\t2\n", "s2", "ttau_baseline",
            "found 0", "no logarithm");
}

/* The area of 1.3, 20, 21 and 5.8 at 0, 1, 3 and 48: 10.65 + 41 + 603. */
static void areas(void **state)
{
    (void)state;
    static const char table[] = "participant_id\tx_baseline\tx_followup\tr_0\tr_1\tr,3\tr 48\n"
                                "s1\t1\t2\t1.3\t20\t21\t5.8\ns2\t1\t2\t<1\t2\t2\t2\ns3\t1\t2\t1\tn/a\t2\t2\n"
                                "s4\t1\t3\t0\t0\t0\t0\n";
    static const char *const auc[] = {"area = r_0@0 r_1@1,\"r,3\"@3 \"r 48\"@48", "first=r_0@-1 r_1@0.5"};
    static const char *const area[] = {"area", "first"}, *const typed[] = {"aera"};
    vx_study *study = read_good(STUDY(.auc = auc, .aucs = 2, .covariate = area, .covariates = 2), table);
    const vx_column *column = study->covariate;
    assert_string_equal(column->name, "area");
    assert_string_equal(column->formula, "r_0@0 r_1@1,\"r,3\"@3 \"r 48\"@48");
    assert_true(fabs(column->value[0] - 654.65) < 1e-12);
    assert_true(column->value[1] == 1.25 + 4 + 90);
    assert_true(isnan(column->value[2]));
    assert_true(column->value[3] == 0);
    assert_int_equal(column->below, 1);
    assert_true(column->replaced[1]);
    assert_true(study->covariate[1].value[1] == 1.5 * (0.5 + 2) / 2);
    assert_int_equal(study->markers, 1); /* the columns of the curve are none */
    vx_study_free(study);
    REFUSED(STUDY(.auc = auc, .aucs = 1, .covariate = typed, .covariates = 1), table, "no column aera",
            "did you mean area?");
}

static void bad_areas(void **state)
{
    (void)state;
    static const char table[] = "participant_id\tx_baseline\tx_followup\tr_0\tr_1\tsex\n"
                                "s1\t1\t2\t1.3\t20\tF\ns2\t1\t2\t1\t2\tM\ns3\t1\t2\t1\t1\tM\n";
    static const struct {
        const char *auc, *words;
    } bad[] = {
        {"a r_0@0 r_1@1", "has no '='"},
        {" = r_0@0 r_1@1", "has no name"},
        {"a = ", "has no formula"},
        {"a = r_0 r_1", "found 'r_0', expected COLUMN@TIME"},
        {"a = \"r_0\" r_1@1", "found 'r_0', expected COLUMN@TIME"},
        {"a = r_0@ r_1@1", "found 'r_0@', expected COLUMN@TIME"},
        {"a = r_0@one r_1@1", "found 'r_0@one', expected COLUMN@TIME"},
        {"a = r_0@0", "1 point"},
        {"a = r_0@0 r_1@0", "the time 0 of r_1 is not after the 0 of r_0"},
        {"a = r_0@2 r_1@1", "the time 1 of r_1 is not after the 2 of r_0"},
        {"a = r_0@0 r_0@1", "r_0 is there twice"},
        {"a = r_0@0 r_2@1", "no column r_2"},
        {"a = r_0@0 sex@1", "column sex holds text (F, M), expected numbers"},
        {"sex = r_0@0 r_1@1", "has a column sex already"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        REFUSED(STUDY(.auc = &bad[i].auc, .aucs = 1), table, "--auc", bad[i].auc, bad[i].words);
    static const char *const twice[] = {"a = r_0@0 r_1@1", "a = r_0@0 r_1@2"};
    REFUSED(STUDY(.auc = twice, .aucs = 2), table, "a is made twice");
}

static void bad_formulas(void **state)
{
    (void)state;
    static const char table[] = "participant_id\tp_baseline\tp_followup\tq_baseline\tq_followup\tsex_baseline\t"
                                "sex_followup\nsub-1\t1\t2\t1\t1\tF\tF\nsub-2\t0\t2\t1\t3\tM\tM\n"
                                "sub-3\t1\t2\t1\t1\tM\tF\n";
    static const struct {
        const char *derive, *words;
    } bad[] = {
        {"p / q", "has no '='"},
        {"r = p / ", "expected a name"},
        {"r = pp / q", "no column pp_baseline; did you mean p_baseline?"},
        {"r = r / q", "r refers to itself"},
        {"r = q / p", "participant sub-2: division by zero (q_baseline = 1, p_baseline = 0)"},
        {"r = p / q", "participant sub-2: the ratio is not above zero"},
        {"r = log(p)", "participant sub-2: log() of a value that is not above zero (p_baseline = 0)"},
        {"r = p * 1e308 * 10", "participant sub-1: the result is too large"},
        {"r = sex", "column sex_baseline holds text (F, M), expected numbers"},
        {"q = p", "has a column q_baseline already"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        REFUSED(STUDY(.derive = &bad[i].derive, .derives = 1), table, "--derive", bad[i].derive, bad[i].words);
    static const char *const cycle[] = {"r = s + 1", "s = r - 1"}, *const twice[] = {"r = p", "r = q"};
    static const char *const derive[] = {"r = p"}, *const log_marker[] = {"r"};
    REFUSED(STUDY(.derive = cycle, .derives = 2), table, "s is derived later");
    REFUSED(STUDY(.derive = twice, .derives = 2), table, "r_baseline is made twice");
    REFUSED(STUDY(.derive = derive, .derives = 1, .log_marker = log_marker, .log_markers = 1), table, "sub-2",
            "the value is not above zero", "p_baseline = 0");
}

static void bad_markers(void **state)
{
    (void)state;
    static const char *const names[] = {"note"};
#define PAIR "participant_id\tx_baseline\tx_followup\n"
    REFUSED(STUDY(), PAIR "s1\t1\t2\ns2\thaemolysed\t2\ns3\t1\t2\n", "line 3", "participant s2", "x_baseline",
            "'haemolysed'", "expected a number");
    REFUSED(STUDY(), PAIR "s1\t1\t2\ns2\t1,5\t2\ns3\t1\t2\n", "participant s2", "decimal comma");
    REFUSED(STUDY(), PAIR "s1\t1\t2\ns2\t>500\t2\ns3\t1\t2\n", "participant s2", "'>500'", "'<LIMIT'");
    REFUSED(STUDY(), PAIR "s1\t1\t2\ns2\t<0\t2\ns3\t1\t2\n", "participant s2", "'<0'", "above 0");
    REFUSED(STUDY(), PAIR "s1\t1\t2\ns2\tn/a\t2\ns3\t1\t2\n", "marker x has 2 complete participants",
            "at least 3 are needed", "s2 (no value in x_baseline)");
    REFUSED(STUDY(), PAIR "s1\ta1.nii\ta2.nii\ns2\t5\ta2.nii\n", "line 3", "participant s2", "x_baseline",
            "the number '5'", "images");
    REFUSED(STUDY(.sessions = {"baseline", "followup"}), PAIR "s1\ta1.nii\t1\ns2\ta1.nii\t2\n",
            "column x_baseline holds images and column x_followup numbers");
    REFUSED(STUDY(.sessions = {"baseline", "followup"}), PAIR "s1\t1\ta1.nii\ns2\t2\ta1.nii\n",
            "column x_followup holds images and column x_baseline numbers");
    REFUSED(STUDY(.modality = names, .modalities = 1), "participant_id\tnote_baseline\tnote_followup\ns1\tx\ty\n",
            "note_baseline holds");
    REFUSED(STUDY(.modality = names, .modalities = 1),
            "participant_id\tnote_baseline\tnote_followup\tz_baseline\tz_followup\ns1\tx\ty\t1\t2\n",
            "note_baseline holds neither images", "nor numbers", "'x'");
}

/* --covariate ptau is the change of ptau. The order of the sessions is that of their names, or of the option. A column
 * called ptau, or a third session, leaves the name to mean a column. */
static void the_change_of_a_measure(void **state)
{
    (void)state;
    static const char *const ptau[] = {"ptau"}, *const rapa[] = {"rapa"}, *const both[] = {"pet", "ttau"};
    vx_study *study = read_good(STUDY(.covariate = ptau, .covariates = 1, .nuisance = rapa, .nuisances = 1), fluid);
    EXPECT_VALUES(study->covariate, 1, 30, 4, 13); /* s1 to s4 */
    EXPECT_VALUES(study->nuisance, 5 - 0.15, 5.5, 6.4, 3);
    assert_string_equal(study->covariate->formula, "ptau_followup - ptau_baseline");
    assert_int_equal(study->nuisance->below, 1);
    assert_int_equal(study->markers, 1); /* the columns of a covariate are no marker */
    assert_string_equal(study->marker[0].name, "ttau");
    vx_study_free(study);
    study = read_good(STUDY(.covariate = ptau, .covariates = 1, .modality = both, .modalities = 2,
                            .sessions = {"followup", "baseline"}), fluid);
    EXPECT_VALUES(study->covariate, -1, -30, -4, -13);
    vx_study_free(study);
    REFUSED(STUDY(.design = VX_ONESAMPLE, .covariate = ptau, .covariates = 1), fluid, "no column ptau");
    REFUSED(STUDY(.covariate = ptau, .covariates = 1),
            "participant_id\tpet_bl\tpet_fu\tptau_bl\tptau_fu\tptau_fu2\nx\ta1.nii\ta2.nii\t1\t2\t3\n",
            "no column ptau");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_numbers),
        cmocka_unit_test(a_covariate_is_no_marker),
        cmocka_unit_test(markers_alone),
        cmocka_unit_test(one_session),
        cmocka_unit_test(below_quantification),
        cmocka_unit_test(limits),
        cmocka_unit_test(derived),
        cmocka_unit_test(logarithms),
        cmocka_unit_test(areas),
        cmocka_unit_test(bad_areas),
        cmocka_unit_test(bad_formulas),
        cmocka_unit_test(bad_markers),
        cmocka_unit_test(the_change_of_a_measure),
    };
    return cmocka_run_group_tests(tests, make_images, remove_folder);
}
