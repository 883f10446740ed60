/* vx_atlas_read: every form of names, labels above 255 and above 65,535, and every error by its message. */
#include "unit/atlas_fixture.h"

enum { VOXELS = 6 };

static const int32_t labels[VOXELS] = {0, 70000, 300, 300, 7, 0};

static vx_grid line(void)
{
    return vx_grid_new(VOXELS, 1, 1, 2, (const double[]){0, 0, 0});
}

static int make_atlas(void **state)
{
    const vx_grid grid = line();
    if (make_folder(state))
        return -1;
    put_labels("a.nii.gz", &grid, labels);
    return 0;
}

static void expect_regions(const vx_atlas *atlas)
{
    static const int64_t label[] = {7, 300, 70000};
    static const char *const name[] = {"caudate", "left putamen", "insula"};
    assert_int_equal(atlas->regions, 3);
    assert_false(atlas->probabilities);
    for (int r = 0; r < 3; r++) {
        assert_int_equal(atlas->label[r], label[r]);
        assert_string_equal(atlas->name[r], name[r]);
        assert_int_equal(vx_atlas_find(atlas, label[r]), r);
    }
    assert_int_equal(vx_atlas_find(atlas, 300 % 256), -1); /* label 44 is what 8 bits would make of 300 */
    assert_int_equal(vx_atlas_find(atlas, 70001), -1);
}

static void test_forms(void **state)
{
    static const char *const form[] = {
        "index\tname\tcolor\n0\tbackground\t#0\n300\tleft putamen\t#1\n7\tcaudate\t#2\n70000\tinsula\t#3\n",
        "name\tindex\r\ninsula\t70000\r\n\r\nleft putamen\t300\r\ncaudate\t7\r\n",
        "\xef\xbb\xbfROIid;ROIabbr;ROIname;ROIcolor\n7;lCau;caudate;1\n300;lPut;\"left putamen\";2\n70000;I;insula;3\n",
        "index,name\n7,caudate\n300,left putamen\n70000,insula\n",
        "#$Id: LUT\n\n0   Unknown  0 0 0 0\n7    caudate          1 2 3 0\n300  left putamen 1 2 3 0\n"
        "70000 insula 4 5 6 0\n",
        "7 caudate 2001\n7 caudate 2001\n300 left putamen 2002\n70000 insula 3001\n", /* one line twice */
        "CAU\tcaudate\t7\nPUT\tleft putamen\t300\nINS\tinsula\t70000\n",
        "<?xml version=\"1.0\"?>\n<atlas><header><type>Label</type></header><data>\n<label index=\"7\" x=\"1\">caudate"
        "</label>\n<label index=\"300\">left putamen</label><label index=\"70000\">insula</label></data></atlas>",
        "<atlas><header><type>Probabalistic</type></header><data><label index=\"6\">caudate</label>"
        "<label index=\"299\">left putamen</label><label index=\"69999\">insula</label></data></atlas>",
        "<atlas><data><label><index>7</index><name>caudate</name></label><label><index>300</index><name>left putamen"
        "</name></label><label> <index>70000</index> <name>insula</name> </label></data></atlas>",
    };
    (void)state;
    for (size_t k = 0; k < sizeof form / sizeof *form; k++) {
        vx_remarks remarks = {0};
        put_text("names", form[k]);
        vx_atlas atlas = read_atlas("a.nii.gz", "names", &remarks);
        expect_regions(&atlas);
        assert_int_equal(remarks.count, 0);
        assert_int_equal(strlen(atlas.names.sha256), 64);
        vx_atlas_destroy(&atlas);
    }
}

/* One line of names is for the labels 1, 2, ..., as Mindboggle's are. */
static void test_list(void **state)
{
    const vx_grid grid = line();
    (void)state;
    put_labels("l.nii", &grid, (const int32_t[]){0, 1, 2, 2, 3, 0});
    put_text("l.tsv", "caudate\tleft putamen\tinsula");
    vx_atlas atlas = read_atlas("l.nii", NULL, NULL);
    assert_int_equal(atlas.label[2], 3);
    assert_string_equal(atlas.name[2], "insula");
    vx_atlas_destroy(&atlas);
}

static void test_beside(void **state)
{
    static const char *const beside[] = {"a.txt", "a.xml", "a_dseg.tsv", "a.tsv"}; /* each goes before those before */
    vx_atlas atlas;
    (void)state;
    expect_error(vx_atlas_read("a.nii.gz", NULL, VX_ANALYZE_REFUSE, NULL, &atlas, &error),
                 "atlas: a.nii.gz: no names of its regions: there is neither a.tsv");
    put_text("labels.tsv", "index\tname\n7\tcaudate\n300\tleft putamen\n70000\tinsula\n");
    atlas = read_atlas("a.nii.gz", NULL, NULL);
    assert_string_equal(atlas.names.path, "labels.tsv");
    vx_atlas_destroy(&atlas);
    for (int k = 0; k < 4; k++) {
        put_text(beside[k], "index\tname\n7\tcaudate\n300\tleft putamen\n70000\tinsula\n");
        atlas = read_atlas("a.nii.gz", NULL, NULL);
        assert_string_equal(atlas.names.path, beside[k]);
        expect_regions(&atlas);
        vx_atlas_destroy(&atlas);
    }
}

static void test_names_without_a_voxel(void **state)
{
    vx_remarks remarks = {0};
    (void)state;
    put_text("names", "index\tname\n7\tcaudate\n8\tsubthalamic\n300\tleft putamen\n301\thabenula\n70000\tinsula\n");
    vx_atlas atlas = read_atlas("a.nii.gz", "names", &remarks);
    expect_regions(&atlas);
    assert_int_equal(remarks.count, 1);
    assert_string_equal(remarks.text[0], "2 names of labels that have no voxel in a.nii.gz: subthalamic, habenula");
    vx_remarks_destroy(&remarks);
    vx_atlas_destroy(&atlas);
}

static void test_bad_names(void **state)
{
    static const struct { const char *text, *words; } bad[] = {
        {"index\tname\n7\tcaudate\n300\tputamen\n", "atlas: a.nii.gz: 1 of 3 labels have no name in names: 70000"},
        {"index\tname\n9\tcaudate\n", "3 of 3 labels have no name in names: 7, 300, 70000"},
        {"index\tname\n7\tcaudate\n7\tputamen\n", "names: label 7 has two names, "},
        {"index\tname\n7\tthe same\n300\tthe same\n70000\tb\n", "names: two labels of a.nii.gz are called the same"},
        {"index\tname\n7.5\tcaudate\n", "names, line 2: the label 7.5; whole numbers"},
        {"index\tname\nseven\tcaudate\n", "names, line 2: \"seven\" is no label"},
        {"index\tname\n7\n", "names, line 2: a label and a name are needed"},
        {"index\tname\n\n7\t\n", "names, line 3: label 7 has no name"},
        {"index\tname\n", "names: holds no name of a label"},
        {"", "names: the file is empty"},
        {"index\tlabel\n7\tcaudate\n", "names: names of labels in no known form"},
        {"index\tname\n7\tcaud\xe9\n", "names: is no text in UTF-8"},
        {"<atlas><label index=\"7\">caudate</atlas>", "names, line 1: mismatched tag"},
        {"<atlas>\n<label>caudate</label></atlas>", "names, line 2: a label without an index"},
        {"<atlas><label index=\"7\"/></atlas>", "label 7 has no name"},
    };
    vx_atlas atlas;
    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        put_text("names", bad[k].text);
        expect_error(vx_atlas_read("a.nii.gz", "names", VX_ANALYZE_REFUSE, NULL, &atlas, &error), bad[k].words);
    }
    expect_error(vx_atlas_read("a.nii.gz", "gone", VX_ANALYZE_REFUSE, NULL, &atlas, &error), "gone");
}

static void test_bad_volumes(void **state)
{
    static const struct { float value[VOXELS]; const char *words; } bad[] = {
        {{0, 1, 2.5f, 1, 0, 0}, "atlas: bad.nii: the value 2.5 at voxel 2 0 0 is no label"},
        {{0, 1, -3, 1, 0, 0}, "the value -3 at voxel 2 0 0 is no label"},
        {{0, NAN, 0, 0, 0, 0}, "bad.nii: holds no label: all values are 0"},
    };
    const vx_grid grid = line();
    vx_atlas atlas;
    (void)state;
    put_text("names", "index\tname\n1\tcaudate\n");
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        put_image("bad.nii", &grid, bad[k].value);
        expect_error(vx_atlas_read("bad.nii", "names", VX_ANALYZE_REFUSE, NULL, &atlas, &error), bad[k].words);
    }
    expect_error(vx_atlas_read("gone.nii", "names", VX_ANALYZE_REFUSE, NULL, &atlas, &error), "gone.nii");
}

/* ---- planned regions ---- */

static void test_plan(void **state)
{
    vx_atlas atlas;
    vx_region_plan plan;
    (void)state;
    put_text("names", "index\tname\n7\tcaudate\n300\tleft+right\n70000\tinsula\n");
    atlas = read_atlas("a.nii.gz", "names", NULL);
    assert_int_equal(vx_region_plan_read(NULL, &atlas, &plan, &error), VX_OK);
    assert_int_equal(plan.regions, 3);
    assert_string_equal(plan.region[1].name, "left+right");
    assert_string_equal(plan.region[1].family, "exploratory");
    assert_true(plan.region[1].members == 1 && plan.region[1].member[0] == 1);
    vx_region_plan_destroy(&plan);
    put_text("planned.tsv", "family\tmembers\tregion\nprimary\tleft+right +  caudate\tstriatum\nmine\tn/a\tinsula\n");
    assert_int_equal(vx_region_plan_read("planned.tsv", &atlas, &plan, &error), VX_OK);
    assert_int_equal(plan.regions, 2);
    assert_string_equal(plan.region[0].name, "striatum");
    assert_string_equal(plan.region[0].family, "primary");
    assert_true(plan.region[0].members == 2 && plan.region[0].member[0] == 0 && plan.region[0].member[1] == 1);
    assert_string_equal(plan.region[1].family, "mine");
    assert_true(plan.region[1].members == 1 && plan.region[1].member[0] == 2);
    assert_int_equal(strlen(plan.sha256), 64);
    vx_region_plan_destroy(&plan);
    vx_atlas_destroy(&atlas);
}

static void test_bad_plans(void **state)
{
    static const struct { const char *text, *words; } bad[] = {
        {"region\tfamily\tmembers\nA\tprimary\tcaudat\n",
         "planned.tsv, line 2: region A: the atlas a.nii.gz has no region caudat; did you mean caudate?"},
        {"region\tfamily\tmembers\nA\tprimary\tcaudate\nA\tsecondary\tinsula\n",
         "planned.tsv, line 3: region A is in two families, primary and secondary"},
        {"region\tfamily\tmembers\nA\tprimary\tcaudate\nA\tprimary\tinsula\n", "line 3: region A stands twice"},
        {"region\tfamily\tmembers\nA\tprimary\tcaudate + caudate\n", "caudate stands twice among its members"},
        {"region\tfamily\tmembers\nA\tprimary\tcaudate + \n", "has no region "},
        {"region\tfamily\nA\tprimary\n", "the atlas a.nii.gz has no region A"},
        {"region\tfamily\tmembers\nA\tn/a\tcaudate\n", "line 2: a family is missing"},
        {"region\tfamily\tmembers\nn/a\tprimary\tcaudate\n", "line 2: a region's name is missing"},
        {"region\tfamily\tmembers\n", "planned.tsv: the table is empty"},
        {"region\tmembers\nA\tcaudate\n", "family"},
    };
    vx_region_plan plan;
    (void)state;
    put_text("names", "index\tname\n7\tcaudate\n300\tputamen\n70000\tinsula\n");
    vx_atlas atlas = read_atlas("a.nii.gz", "names", NULL);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        put_text("planned.tsv", bad[k].text);
        expect_error(vx_region_plan_read("planned.tsv", &atlas, &plan, &error), bad[k].words);
    }
    vx_atlas_destroy(&atlas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms), cmocka_unit_test(test_list), cmocka_unit_test(test_beside),
        cmocka_unit_test(test_names_without_a_voxel), cmocka_unit_test(test_bad_names),
        cmocka_unit_test(test_bad_volumes), cmocka_unit_test(test_plan), cmocka_unit_test(test_bad_plans),
    };
    return cmocka_run_group_tests(tests, make_atlas, remove_folder);
}
