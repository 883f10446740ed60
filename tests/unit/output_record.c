/* results.h5, run.json and the tables of clusters, read back by their own libraries. */
#include "unit/output_fixture.h"

#include "output/record.h"

#include <errno.h>
#include <hdf5.h>
#include <jansson.h>
#include <signal.h>
#include <unistd.h>

static void write_or_fail(vx_status (*write)(const char *, const vx_record *, vx_error *), const vx_record *record)
{
    vx_error error;
    if (write(fixture_folder, record, &error))
        fail_msg("%s", error.message);
}

static void p_in_every_format(void **state)
{
    (void)state;
    assert_true(vx_p_formatted(0.001, VX_P_LOG10) == 3); /* log10 of a power of ten is exact in glibc */
    assert_true(vx_p_formatted(0.25, VX_P_PLAIN) == 0.25);
    assert_true(vx_p_formatted(0.25, VX_P_ONE_MINUS) == 0.75);
    assert_false(signbit(vx_p_formatted(1, VX_P_LOG10)));
}

static void names_are_safe_and_never_shared(void **state)
{
    (void)state;
    vx_effect effect[4];
    for (int e = 0; e < 4; e++)
        effect[e] = fixture_effects[0];
    effect[0].name = "../a b";
    effect[1].name = "../a/b";
    effect[2].name = "b_c";
    effect[3].name = "\xC3\xA9";
    vx_model one = {effect, 4}, other = {effect + 2, 1};
    vx_result *result[4] = {0};
    vx_effect c = fixture_effects[0];
    c.name = "c";
    other.effect = &c;
    vx_record_modality modality[3] = {fixture_modality, fixture_modality, fixture_modality};
    modality[0].name = "a", modality[0].model = &one, modality[0].result = result;
    modality[1].name = "a_b", modality[1].model = &other, modality[1].result = result;
    modality[2].name = "a", modality[2].model = &other, modality[2].result = result;
    vx_record record = {.modality = modality, .modalities = 3};
    vx_entry *entry = NULL;
    size_t entries = 0;
    assert_int_equal(vx_entries_new(&record, &entry, &entries, NULL), VX_OK);
    assert_int_equal(entries, 6);
    assert_string_equal(entry[0].stem, "a_-.-a-b");
    assert_string_equal(entry[1].stem, "a_-.-a-b-2");
    assert_string_equal(entry[2].stem, "a_b_c");
    assert_string_equal(entry[3].stem, "a_\xC3\xA9");
    assert_string_equal(entry[4].stem, "a_b_c-2"); /* modality a_b, effect c */
    assert_string_equal(entry[5].modality_name, "a-2");
    vx_entries_free(entry, entries);
}

/* The folders of modalities and effects. Windows and macOS take upper and lower case for the same, and voxstat's own
 * folders and files keep their names. */
static void folders_are_nobody_elses(void **state)
{
    (void)state;
    static const char *const modality_name[] = {"pet", "PET", "figures", "Prepared", "Results.h5", "x.tsv",
                                                "figures-2"};
    static const char *const expected[] = {"pet", "PET-2", "figures-2", "Prepared-2", "Results.h5-2", "x.tsv-2",
                                           "figures-2-2"};
    enum { COUNT = sizeof expected / sizeof *expected };
    vx_effect effect[3] = {fixture_effects[0], fixture_effects[0], fixture_effects[0]};
    effect[1].name = "Change";
    effect[2].name = "mask.nii.gz";
    vx_model model = {effect, 3};
    vx_result *result[3] = {0};
    vx_record_modality modality[COUNT];
    for (int m = 0; m < COUNT; m++) {
        modality[m] = fixture_modality;
        modality[m].name = modality_name[m], modality[m].model = &model, modality[m].result = result;
    }
    vx_record record = {.modality = modality, .modalities = COUNT};
    vx_entry *entry = NULL;
    size_t entries = 0;
    assert_int_equal(vx_entries_new(&record, &entry, &entries, NULL), VX_OK);
    for (int m = 0; m < COUNT; m++)
        assert_string_equal(entry[3 * m].modality_name, expected[m]);
    assert_string_equal(entry[0].place, "pet/change");
    assert_string_equal(entry[1].place, "pet/Change-2");
    assert_string_equal(entry[2].place, "pet/mask.nii.gz-2");
    assert_string_equal(entry[4].stem, "PET-2_Change-2");
    vx_entries_free(entry, entries);
}

static char *read_all(const char *name)
{
    static char text[1 << 14];
    FILE *file = fopen(fixture_path(name), "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void clusters_are_a_bids_table(void **state)
{
    (void)state;
    write_or_fail(vx_write_clusters, &fixture_record);
    assert_string_equal(
        read_all("pet/change/clusters.tsv"),
        "label\tsign\tvoxels\tmm3\tmass\tpeak_t\tpeak_x\tpeak_y\tpeak_z\tpeak_i\tpeak_j\tpeak_k\tp_extent\tp_mass\t"
        "p_tfce\tp_voxel\tp_uncorrected\tp_fdr\tcentre_x\tcentre_y\tcentre_z\tsub_peaks\n"
        "1\tpositive\t1\t12\t0.875\t4\t-10\t20.5\t-3\t1\t0\t1\t0.03125\tn/a\tn/a\t0.0625\t0.001\t0.25\t"
        "-10\t20.5\t-3\tn/a\n"
        "2\tnegative\t1\t12\t3.125\t-6.25\t-12\t23.5\t-7\t2\t1\t0\t0.5\tn/a\t0.5\t0.03125\t0.001\t0.125\t"
        "-12\t23.5\t-7\tn/a\n");
    const char *empty = read_all("pet/rapa-48-h/clusters.tsv");
    assert_int_equal(strchr(empty, '\n') - empty, strlen(empty) - 1);
}

static json_t *member(const json_t *json, const char *path) /* "modalities/0/name" */
{
    char copy[200];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *part = strtok(copy, "/"); part; part = strtok(NULL, "/")) {
        json = json_is_array(json) ? json_array_get(json, strtoul(part, NULL, 10)) : json_object_get(json, part);
        if (!json)
            fail_msg("run.json has no %s (%s)", path, part);
    }
    return (json_t *)json;
}

static void run_json_tells_the_run(void **state)
{
    (void)state;
    write_or_fail(vx_write_clusters, &fixture_record);
    write_or_fail(vx_write_json, &fixture_record);
    json_error_t reason;
    json_t *run = json_load_file(fixture_path("run.json"), 0, &reason);
    if (!run)
        fail_msg("run.json: %s", reason.text);
    const struct { const char *path, *text; } texts[] = {
        {"voxstat_version", "9.8.7"},
        {"options/p-format", "log10"},
        {"inputs/0/sha256", "00ff"},
        {"device/id", "cpu"},
        {"remarks/0", "the mask is not binary"},
        {"study/design", "paired"},
        {"study/sessions/1", "fu"},
        {"modalities/0/left_out/0/reason", "no image in pet_followup"},
        {"modalities/0/effects/0/participants/2", "sub-4"},
        {"modalities/0/effects/0/permutations/kind", "sign-flip"},
        {"modalities/0/effects/1/name", "rapa/48 h"},
        {"modalities/0/effects/1/files", "pet/rapa-48-h"},
        {"modalities/0/effects/1/figures", "pet_rapa-48-h"},
        {"modalities/0/effects/1/hdf5", "pet/rapa-48-h"},
        {"modalities/0/effects/1/left_out/0/participant", "sub-1"},
        {"modalities/0/effects/1/participants/0", "sub-2"},
        {"modalities/0/effects/1/columns/1", "rapa/48 h"},
        {"files/0", "pet/change/clusters.tsv"},
        {"files/2", "run.json"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(json_string_value(member(run, texts[i].path)), texts[i].text);
    const struct { const char *path; double number; } numbers[] = {
        {"seconds/total", 3.5},
        {"modalities/0/mask/voxels", VOXELS},
        {"modalities/0/mask/left_out_zero", 2},
        {"modalities/0/effects/0/n", 3},
        {"modalities/0/effects/0/df", 2},
        {"modalities/0/effects/0/peak/t", -6.25}, /* both tails: the largest |t|, at voxel (2, 1, 0) */
        {"modalities/0/effects/0/peak/voxel/0", 2},
        {"modalities/0/effects/0/peak/mm/0", -12}, /* -8 - 2 x 2 */
        {"modalities/0/effects/0/peak/mm/1", 23.5},
        {"modalities/0/effects/0/peak/mm/2", -7},
        {"modalities/0/effects/0/p/p_fwe_voxel/smallest", 0.03125},
        {"modalities/0/effects/0/p/p_fwe_voxel/voxels_below_0_05", 1},
        {"modalities/0/effects/0/clusters/number", 2},
        {"modalities/0/effects/0/clusters/extent_below_0_05", 1},
        {"modalities/0/effects/0/clusters/mass_below_0_05", 0},
        {"modalities/0/effects/0/permutations/possible", 8},
        {"modalities/0/effects/0/permutations/relabellings", 4},
        {"modalities/0/effects/0/permutations/seed", 42}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (json_number_value(member(run, numbers[i].path)) != numbers[i].number)
            fail_msg("%s is %g, not %g", numbers[i].path, json_number_value(member(run, numbers[i].path)),
                     numbers[i].number);
    assert_true(json_is_null(member(run, "modalities/0/effects/1/permutations/possible")));
    assert_true(json_is_null(member(run, "modalities/0/effects/1/peak"))); /* it has no map t */
    assert_true(json_is_null(member(run, "inputs/1/participant")));
    json_decref(run);
}

static void read_numbers(hid_t file, const char *path, int rank, const hsize_t *shape, double *value)
{
    hsize_t found[3] = {0};
    hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    if (dataset < 0)
        fail_msg("results.h5 has no %s", path);
    hid_t space = H5Dget_space(dataset);
    assert_int_equal(H5Sget_simple_extent_ndims(space), rank);
    H5Sget_simple_extent_dims(space, found, NULL);
    for (int k = 0; k < rank; k++)
        assert_int_equal(found[k], shape[k]);
    assert_true(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
}

static void attribute_is(hid_t file, const char *path, const char *name, const char *words)
{
    char *text = NULL;
    hid_t attribute = H5Aopen_by_name(file, path, name, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0)
        fail_msg("%s has no attribute %s", path, name);
    hid_t type = H5Aget_type(attribute);
    assert_true(H5Aread(attribute, type, &text) >= 0);
    assert_string_equal(text, words);
    H5free_memory(text);
    H5Tclose(type);
    H5Aclose(attribute);
}

static void text_is(hid_t file, const char *path, size_t place, const char *words)
{
    char *text[8] = {0};
    hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    if (dataset < 0)
        fail_msg("results.h5 has no %s", path);
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
    assert_string_equal(text[place], words);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, text);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
}

static void hdf5_holds_all_and_is_indexed_xyz(void **state)
{
    (void)state;
    write_or_fail(vx_write_hdf5, &fixture_record);
    hid_t file = H5Fopen(fixture_path("results.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);

    const hsize_t grid[3] = {4, 3, 2};
    double volume[4][3][2];
    read_numbers(file, "/maps/pet/change/t", 3, grid, &volume[0][0][0]);
    assert_true(volume[1][0][0] == 2.5 && volume[2][1][0] == -6.25 && volume[3][1][0] == 0.5);
    assert_true(volume[1][0][1] == 4 && volume[3][2][1] == -1 && volume[0][0][0] == 0);
    read_numbers(file, "/maps/pet/change/p-fwe-voxel", 3, grid, &volume[0][0][0]);
    assert_true(volume[2][1][0] == (float)-log10(0.03125) && volume[0][0][0] == 0); /* outside: p = 1 */
    attribute_is(file, "/maps/pet/change/p-fwe-voxel", "p_format", "log10");
    attribute_is(file, "/maps/pet/change/p-fwe-voxel", "units", "-log10 p");
    attribute_is(file, "/maps/pet/change/t", "p_format", "n/a");
    attribute_is(file, "/maps/pet/change/clusters", "units", "label");
    read_numbers(file, "/maps/pet/rapa-48-h/r", 3, grid, &volume[0][0][0]);
    assert_true(isnan(volume[3][2][1]));
    read_numbers(file, "/mask", 3, grid, &volume[0][0][0]);
    double inside = 0;
    for (int i = 0; i < 24; i++)
        inside += (&volume[0][0][0])[i];
    assert_true(inside == VOXELS && volume[3][2][1] == 1);

    double affine[4][4];
    hid_t attribute = H5Aopen_by_name(file, "/maps/pet/change/t", "affine", H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Aread(attribute, H5T_NATIVE_DOUBLE, affine) >= 0);
    assert_memory_equal(affine, fixture_matrix.space.grid.affine, sizeof affine);
    H5Aclose(attribute);

    double number[8];
    read_numbers(file, "/null/pet/change/voxel", 1, (hsize_t[]){4}, number);
    assert_memory_equal(number, fixture_voxel, sizeof fixture_voxel);
    read_numbers(file, "/null/pet/change/extent", 1, (hsize_t[]){4}, number);
    assert_memory_equal(number, fixture_extent, sizeof fixture_extent);
    assert_int_equal(H5Lexists(file, "/null/pet/change/mass", H5P_DEFAULT), 0);
    read_numbers(file, "/permutations/total", 0, NULL, number);
    assert_true(number[0] == 4);
    read_numbers(file, "/permutations/pet/change/seed", 0, NULL, number);
    assert_true(number[0] == 42);
    read_numbers(file, "/permutations/participant", 1, (hsize_t[]){3}, number); /* sub-3 is missing */
    assert_true(number[0] == 0 && number[1] == 1 && number[2] == 3);
    text_is(file, "/permutations/kind", 0, "sign-flip");
    text_is(file, "/permutations/pet/rapa-48-h/kind", 0, "permutation");
    read_numbers(file, "/design/pet/rapa-48-h/matrix", 2, (hsize_t[]){2, 2}, number);
    assert_true(number[0] == 1 && number[1] == -0.5 && number[2] == 1 && number[3] == 0.5);
    read_numbers(file, "/design/pet/rapa-48-h/contrasts", 2, (hsize_t[]){1, 2}, number);
    assert_true(number[0] == 0 && number[1] == 1);
    text_is(file, "/design/pet/rapa-48-h/participants", 1, "sub-4");
    text_is(file, "/design/pet/rapa-48-h/columns", 1, "rapa/48 h");
    text_is(file, "/design/participants", 2, "sub-4");
    attribute_is(file, "/", "options", "{\"seed\":\"42\",\"p-format\":\"log10\"}");
    attribute_is(file, "/", "voxstat_version", "9.8.7");
    attribute_is(file, "/", "started", "2026-01-02T03:04:05Z");
    assert_true(H5Fclose(file) >= 0);
    assert_int_not_equal(access("results.h5", F_OK), 0); /* it was made in memory, not in the working folder */
}

/* A second modality with the voxels 6, 7 and 20 shares 6 and 7. */
static void the_mask_of_two_modalities_is_what_they_share(void **state)
{
    (void)state;
    int64_t index[] = {6, 7, 20};
    vx_matrix matrix = fixture_matrix;
    matrix.space.index = index;
    matrix.space.elements = 3;
    vx_record_modality modality[2] = {fixture_modality, fixture_modality};
    modality[1].matrix = &matrix;
    uint8_t mask[24];
    assert_true(vx_mask_intersection(modality, 2, mask));
    for (int i = 0; i < 24; i++)
        assert_int_equal(mask[i], i == 6 || i == 7);
    matrix.space.grid.affine[0][3] += 5;
    assert_false(vx_mask_intersection(modality, 2, mask));
}

/* JSON holds only UTF-8: other bytes are replaced, and nothing is omitted. */
static void names_in_other_bytes_leave_nothing_out(void **state)
{
    (void)state;
    vx_effect effect[2] = {fixture_effects[0], fixture_effects[1]};
    effect[1].name = "caf\xE9"; /* Latin-1 */
    vx_model model = {effect, 2};
    vx_result result[2] = {fixture_results[0], fixture_results[1]}, *list[] = {&result[0], &result[1]};
    result[1].effect = &effect[1];
    vx_record_modality modality = fixture_modality;
    modality.model = &model;
    modality.result = list;
    vx_record record = fixture_record;
    record.modality = &modality;
    write_or_fail(vx_write_json, &record);
    json_t *run = json_load_file(fixture_path("run.json"), 0, NULL);
    assert_int_equal(json_array_size(member(run, "modalities/0/effects")), 2);
    assert_string_equal(json_string_value(member(run, "modalities/0/effects/1/name")), "caf?");
    json_decref(run);
}

/* A limit of file size simulates a full disk: the same write fails halfway. */
static void a_full_disk_is_told(void **state)
{
    (void)state;
    const struct { vx_status (*write)(const char *, const vx_record *, vx_error *); const char *name; } part[] = {
        {vx_write_clusters, "clusters.tsv: "}, {vx_write_hdf5, "results.h5: "}, {vx_write_json, "run.json: "}};
    struct rlimit before, little = {100, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &before);
    little.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        vx_error error = {0};
        setrlimit(RLIMIT_FSIZE, &little);
        vx_status status = part[i].write(fixture_folder, &fixture_record, &error);
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(status, VX_OUTPUT);
        if (!strstr(error.message, part[i].name) || !strstr(error.message, strerror(EFBIG)))
            fail_msg("\"%s\"", error.message);
        assert_int_equal(part[i].write("/nowhere", &fixture_record, &error), VX_OUTPUT);
        assert_non_null(strstr(error.message, "/nowhere"));
    }
    hid_t open_ids = H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL); /* and HDF5 is left as it was */
    assert_int_equal(open_ids, 0);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        test(p_in_every_format), test(names_are_safe_and_never_shared), test(folders_are_nobody_elses),
        test(clusters_are_a_bids_table),
        test(run_json_tells_the_run), test(hdf5_holds_all_and_is_indexed_xyz),
        test(the_mask_of_two_modalities_is_what_they_share), test(names_in_other_bytes_leave_nothing_out),
        test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
