/* The table and who is used: the rules and errors of include/voxstat/study.h for images and covariates. */
#include "unit/study_fixture.h"

#include "base/nearest.h"

#include <math.h>

static const char *const rapa[] = {"rapa"}, *const age[] = {"age"};

#define HEADER "participant_id\tpet_baseline\tpet_followup\trapa\tage\n"
static const char good[] = HEADER "sub-03\tc1.hdr\tc2.img\t3.5\t70\n"
                                  "sub-01\ta1.nii\ta2.nii\t1.5\tn/a\n"
                                  "sub-02\tb1.nii.gz\tb2.nii.gz\tn/a\t65\n";

static void rows_are_sorted(void **state)
{
    (void)state;
    char path[100];
    vx_study *study = read_good(STUDY(.covariate = rapa, .covariates = 1), good);
    assert_int_equal(study->participants, 3);
    assert_string_equal(study->participant[0], "sub-01");
    assert_string_equal(study->participant[2], "sub-03");
    assert_string_equal(study->session[0], "baseline");
    assert_string_equal(study->session[1], "followup");
    assert_string_equal(study->covariate[0].name, "rapa");
    assert_true(study->covariate[0].value[0] == 1.5 && study->covariate[0].value[2] == 3.5);
    assert_true(isnan(study->covariate[0].value[1]));
    assert_int_equal(study->modalities, 1);
    const vx_study_modality *pet = study->modality;
    assert_string_equal(pet->name, "pet");
    assert_int_equal(pet->n, 3); /* a missing covariate of interest keeps its participant */
    assert_int_equal(pet->left_outs, 0);
    assert_int_equal(pet->participant[2], 2);
    snprintf(path, sizeof path, "%s/c1.hdr", folder);
    assert_int_equal(pet->row[2].sessions, 2);
    assert_string_equal(pet->row[2].session[0].path, path);
    assert_string_equal(pet->row[2].session[0].column, "pet_baseline");
    assert_string_equal(pet->row[2].session[1].column, "pet_followup");
    assert_true(pet->row[2].session[0].weight == -1 && pet->row[2].session[1].weight == 1);
    assert_string_equal(pet->row[2].participant, "sub-03");
    vx_study_free(study);
}

static void a_missing_nuisance_leaves_out(void **state)
{
    (void)state;
    vx_study *study = read_good(STUDY(.nuisance = age, .nuisances = 1), good);
    const vx_study_modality *pet = study->modality;
    assert_int_equal(pet->n, 2);
    assert_int_equal(pet->participant[0], 1);
    assert_int_equal(pet->left_outs, 1);
    assert_string_equal(pet->left_out[0].participant, "sub-01");
    assert_string_equal(pet->left_out[0].reason, "no value in age");
    vx_study_free(study);
}

/* Excluded participants stay in the study, but in no modality; their images need not be there. */
static void the_excluded_are_left_out(void **state)
{
    static const char *const one[] = {"sub-01"}, *const nobody[] = {"sub-01", "sub-04"};
    (void)state;
    vx_study *study = read_good(STUDY(.exclude = one, .excludes = 1), HEADER "sub-03\tc1.hdr\tc2.img\t3.5\t70\n"
                                "sub-01\tgone.nii\ta2.nii\t1.5\tn/a\nsub-02\tb1.nii.gz\tb2.nii.gz\tn/a\t65\n");
    const vx_study_modality *pet = study->modality;
    assert_int_equal(study->participants, 3);
    assert_true(study->excluded[0] && !study->excluded[1] && !study->excluded[2]);
    assert_int_equal(pet->n, 2);
    assert_int_equal(pet->participant[0], 1);
    assert_int_equal(pet->left_outs, 1);
    assert_string_equal(pet->left_out[0].participant, "sub-01");
    assert_string_equal(pet->left_out[0].reason, "excluded by --exclude");
    vx_study_free(study);
    REFUSED(STUDY(.exclude = nobody, .excludes = 2), good, "participants.tsv", "--exclude sub-04",
            "did you mean sub-0");
}

static void an_empty_cell_is_missing(void **state)
{
    (void)state;
    vx_study *study = read_good(STUDY(), HEADER "s1\ta1.nii\ta2.nii\t\t\n"
                                                              "s2\tb1.nii.gz\t\t1\t2\n"
                                                              "s3\tc1.hdr\tc2.img\t1\t2\n");
    assert_int_equal(study->modality[0].n, 2);
    assert_string_equal(study->modality[0].left_out[0].reason, "no image in pet_followup");
    vx_study_free(study);
}

static void windows_text(void **state)
{
    (void)state;
    vx_study *study = read_good(STUDY(.covariate = rapa, .covariates = 1),
                                "\xef\xbb\xbfparticipant_id\tpet_baseline\tpet_followup\trapa\r\n"
                                "s1\ta1.nii\ta2.nii\t1e1\r\n\r\n s2 \tb1.nii.gz\tb2.nii.gz\t-2\r\n");
    assert_int_equal(study->participants, 2);
    assert_string_equal(study->participant[1], "s2");
    assert_true(study->covariate[0].value[0] == 10 && study->covariate[0].value[1] == -2);
    vx_study_free(study);
}

static void quotes_are_letters(void **state)
{
    (void)state;
    vx_study *study = read_good(STUDY(), "participant_id\tpet_baseline\tpet_followup\tnote\n"
                                                       "s1\ta1.nii\ta2.nii\t5\" scar\n"
                                                       "s2\tb1.nii.gz\tb2.nii.gz\t\"\n");
    assert_int_equal(study->participants, 2);
    vx_study_free(study);
}

static void sessions(void **state)
{
    (void)state;
    static const char three[] = "participant_id\tpet_suvr_v1\tpet_suvr_v2\tpet_suvr_v3\tgm_v1\tgm_v2\n"
                                "s1\ta1.nii\ta2.nii\tb1.nii.gz\ta1.nii\ta2.nii\n"
                                "s2\tb1.nii.gz\tb2.nii.gz\ta1.nii\tb1.nii.gz\tb2.nii.gz\n";
    static const char *const gm[] = {"gm"};
    REFUSED(STUDY(), three, "v1, v2, v3", "--sessions");
    vx_study *study = read_good(STUDY(.sessions = {"v1", "v3"}), three);
    assert_int_equal(study->modalities, 1); /* gm has no v3 */
    assert_string_equal(study->modality[0].name, "pet_suvr");
    assert_string_equal(study->modality[0].row[0].session[1].column, "pet_suvr_v3");
    vx_study_free(study);
    study = read_good(STUDY(.modality = gm, .modalities = 1), three); /* gm alone has two sessions */
    assert_string_equal(study->modality[0].row[0].session[0].column, "gm_v1");
    vx_study_free(study);
    study = read_good(STUDY(), "participant_id\tpet_after\tpet_baseline\ns1\ta2.nii\ta1.nii\n"
                                             "s2\tb1.nii.gz\tb2.nii.gz\n");
    assert_string_equal(study->session[0], "baseline");
    vx_study_free(study);
    REFUSED(STUDY(), "participant_id\tpet_v1\ns1\ta1.nii\ns2\ta2.nii\n", "two sessions", "v1");
    REFUSED(STUDY(), "participant_id\tage\ns1\t1\ns2\t2\n", "none");
    REFUSED(STUDY(.modality = gm, .modalities = 1, .sessions = {"v1", "v22"}), three, "gm_v22",
            "did you mean gm_v2?");
}

static void one_sample(void **state)
{
    (void)state;
    static const char text[] = "participant_id\tcon\tpet_v1\tage\ns1\ta1.nii\ta2.nii\t5\ns2\tb1.nii.gz\tn/a\t6\n"
                               "s3\tc1.hdr\tc2.img\t7\n";
    static const char *const con[] = {"con"};
    vx_study *study = read_good(STUDY(.design = VX_ONESAMPLE), text);
    assert_int_equal(study->modalities, 2);
    assert_string_equal(study->modality[0].name, "con");
    assert_string_equal(study->modality[1].name, "pet_v1");
    assert_int_equal(study->modality[1].n, 2);
    assert_int_equal(study->modality[0].row[0].sessions, 1);
    assert_true(study->modality[0].row[0].session[0].weight == 1);
    assert_null(study->session[0]);
    vx_study_free(study);
    study = read_good(STUDY(.design = VX_ONESAMPLE, .sessions = {"v1"}), text);
    assert_int_equal(study->modalities, 1);
    assert_string_equal(study->modality[0].name, "pet");
    vx_study_free(study);
    study = read_good(STUDY(.design = VX_ONESAMPLE, .modality = con, .modalities = 1), text);
    assert_int_equal(study->modality[0].n, 3);
    vx_study_free(study);
    REFUSED(STUDY(.design = VX_ONESAMPLE), "participant_id\tage\ns1\t5\ns2\t6\ns3\t7\n", "no column holds images",
            "--modality");
}

static void bad_tables(void **state)
{
    (void)state;
    vx_study *study;
    vx_study_options options = STUDY(.table = "nowhere/participants.tsv");
    static const char *const rapaa[] = {"rapa_levle"}, *const other[] = {"zzz"};
    static const char level[] = "participant_id\tpet_baseline\tpet_followup\trapa_level\ns1\ta1.nii\ta2.nii\t1\n";
    assert_int_equal(vx_study_read(&options, &study, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "nowhere/participants.tsv"));
    assert_non_null(strstr(error.message, "No such file"));
    options.table = folder;
    assert_int_equal(vx_study_read(&options, &study, &error), VX_INPUT);
    assert_int_equal(read_with(STUDY(), "a\0b", 3, &study), VX_INPUT);
    assert_non_null(strstr(error.message, "plain text"));
    REFUSED(STUDY(), "", "empty");
    REFUSED(STUDY(), "\n", "empty");
    REFUSED(STUDY(), HEADER, "empty", "no participants");
    REFUSED(STUDY(), "participant_id,pet_baseline\ns1,a1.nii\n", "tab", "','");
    REFUSED(STUDY(), "id\tpet_baseline\ns1\ta1.nii\n", "participant_id");
    REFUSED(STUDY(), "participant_id\tage\tage\n", "two columns", "age");
    REFUSED(STUDY(), HEADER "s1\ta1.nii\n", "line 2", "s1", "2 cells", "5");
    REFUSED(STUDY(), HEADER "s1\ta1.nii\ta2.nii\t1\t2\n\ns1\tb1.nii.gz\tb2.nii.gz\t1\t2\n", "s1", "twice",
            "lines 2 and 4");
    REFUSED(STUDY(), HEADER "n/a\ta1.nii\ta2.nii\t1\t2\n", "line 2", "no participant_id");
    REFUSED(STUDY(.covariate = rapaa, .covariates = 1), level, "rapa_levle", "did you mean rapa_level?");
    REFUSED(STUDY(.covariate = other, .covariates = 1), level, "no column zzz", "rapa_level");
}

static void bad_cells(void **state)
{
    (void)state;
    static const char *const text[] = {"high", "5,8", "1 2", "nan", "inf"};
    char table[300];
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        snprintf(table, sizeof table, HEADER "s1\ta1.nii\ta2.nii\t1\t2\ns2\tb1.nii.gz\tb2.nii.gz\t%s\t2\n", text[i]);
        REFUSED(STUDY(.covariate = rapa, .covariates = 1), table, "participants.tsv", "line 3", "s2",
                "rapa", text[i], "expected a number");
    }
    REFUSED(STUDY(), HEADER "s1\ta1.nii\tgone.nii\t1\t2\ns2\tb1.nii.gz\tb2.nii.gz\t1\t2\n", "line 2",
            "s1", "pet_followup", "gone.nii", "does not exist");
    REFUSED(STUDY(), HEADER "s1\ta1.nii\tnotes.txt\t1\t2\ns2\tb1.nii.gz\tb2.nii.gz\t1\t2\n", "notes.txt",
            "an image is expected");
    REFUSED(STUDY(), HEADER "s1\ta1.nii\ta2.nii\t1\t2\ns2\tb1.nii.gz\tn/a\t1\t2\n", "pet",
            "1 complete participant;", "at least 2", "s2 (no image in pet_followup)");
}

/* Images that go with others: a column for each session, or one of both. They are no modality unless asked for. */
static void maps(void **state)
{
    static const char *const map[] = {"gm", "wm"}, *const none[] = {"grey"}, *const modality[] = {"gm", "pet"};
    static const char text[] = "participant_id\tgm_baseline\tgm_followup\twm\tpet_baseline\tpet_followup\n"
                               "s2\ta1.nii\tn/a\tc1.hdr\tb1.nii.gz\tb2.nii.gz\n"
                               "s1\tb2.nii.gz\ta2.nii[3]\tc2.hdr\ta1.nii\ta2.nii\n";
    (void)state;
    vx_study *study = read_good(STUDY(.map = map, .maps = 2), text);
    assert_int_equal(study->modalities, 1);
    assert_int_equal(study->maps, 2);
    const vx_session_image *gm = study->map[0].image, *wm = study->map[1].image; /* of s1, then of s2 */
    assert_non_null(strstr(gm[0].path, "/b2.nii.gz"));
    assert_non_null(strstr(gm[1].path, "/a2.nii"));
    assert_int_equal(gm[1].frames.first, 3);
    assert_int_equal(gm[1].frames.count, 1);
    assert_null(gm[3].path);
    assert_string_equal(gm[3].column, "gm_followup");
    assert_string_equal(wm[2].path, wm[3].path);
    assert_non_null(strstr(wm[2].path, "/c1.hdr"));
    vx_study_free(study);
    REFUSED(STUDY(.map = map, .maps = 2, .modality = modality, .modalities = 1), text, "gm", "1 complete participant");
    REFUSED(STUDY(.map = none, .maps = 1, .modality = modality + 1, .modalities = 1), text, "no column grey_baseline");
    static const char gone[] = "participant_id\tgm\tpet_baseline\tpet_followup\n"
                               "s2\tgone.nii\tb1.nii.gz\tb2.nii.gz\ns1\ta1.nii\ta1.nii\ta2.nii\n";
    REFUSED(STUDY(.map = map, .maps = 1), gone, "line 2", "s2", "column gm", "gone.nii", "does not exist");
}

/* Distances by hand: "covariat" lacks one letter; "n" and "mask" share nothing; a swap counts one. */
static void nearest_names(void **state)
{
    (void)state;
    static const char *const name[] = {"covariate", "mask", "mask-threshold"};
    assert_string_equal(vx_nearest("covariat", name, 3), "covariate");
    assert_string_equal(vx_nearest("MAKS", name, 3), "mask");
    assert_string_equal(vx_nearest("mask-treshhold", name, 3), "mask-threshold");
    assert_null(vx_nearest("n", name, 3));
    assert_null(vx_nearest("something-else", name, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted),
        cmocka_unit_test(a_missing_nuisance_leaves_out),
        cmocka_unit_test(the_excluded_are_left_out), cmocka_unit_test(an_empty_cell_is_missing),
        cmocka_unit_test(windows_text),
        cmocka_unit_test(quotes_are_letters),
        cmocka_unit_test(sessions),
        cmocka_unit_test(one_sample),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(bad_cells),
        cmocka_unit_test(maps),
        cmocka_unit_test(nearest_names),
    };
    return cmocka_run_group_tests(tests, make_images, remove_folder);
}
