/* Names and sources of derivatives: by the rules of the BIDS specification 1.11 (entity table, BIDS URI), worked out by
 * hand. */
#include "unit/folder_fixture.h"

#include "bids/derivative.h"
#include "bids/uri.h"

#include <limits.h>

static void check_name(const char *const *image, size_t images, const char *modality, const char *place,
                       const char *stem)
{
    const vx_derivative_of of = {.participant = "01", .modality = modality, .description = "change", .image = image,
                                 .images = images};
    vx_derivative made;
    assert_int_equal(vx_derivative_name(&of, &made, &error), VX_OK);
    assert_string_equal(made.folder, place);
    assert_string_equal(made.stem, stem);
    vx_derivative_destroy(&made);
}
#define NAME(modality, folder, stem, ...) \
    check_name((const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), modality, \
               folder, stem)

static void names(void **state)
{
    (void)state;
    /* The order is that of BIDS, not of the source; pvc and acq are no entities of PET; ses differs. */
    NAME("pet", "sub-01/pet", "sub-01_task-rest_trc-FDG_rec-acdyn_run-1_space-MNI305_res-2_desc-change_pet",
         "/a/sub-01_ses-1_res-2_space-MNI305_run-1_rec-acdyn_trc-FDG_task-rest_acq-x_pvc-GTM_desc-preproc_pet.nii",
         "/a/sub-01_ses-2_res-2_space-mni305_run-1_rec-acdyn_trc-FDG_task-rest_acq-x_pvc-GTM_desc-preproc_pet.nii");
    NAME("pet", "sub-01/pet", "sub-01_trc-FDG_desc-change_pet", "sub-01_trc-FDG_run-1_pet.nii",
         "sub-01_trc-FDG_run-2_pet.nii");
    NAME("pet", "sub-01/pet", "sub-01_trc-FDG_desc-change_pet", "sub-01_trc-FDG_rec-a_pet.nii",
         "sub-01_trc-FDG_pet.nii");
    NAME("gm", "sub-01/anat", "sub-01_acq-ir_space-MNI_desc-change_gm", "sub-01_acq-ir_trc-FDG_space-MNI_probseg.nii");
    NAME("cbf", "sub-01/perf", "sub-01_desc-change_cbf", "image.nii", "other.nii");
    NAME("ki", "sub-01/ki", "sub-01_desc-change_ki", "x_y-_z.nii", "x_y-_z.nii"); /* a label is empty */
    NAME("pet", "sub-01/pet", "sub-01_space-My2mm_desc-change_pet", "sub-01_space-My.2mm_pet.nii");
}

static void labels(void **state)
{
    static const char *const text[] = {"sub-01", "01", "sub-0-1", "sub-", "\xc3\xa9", "x"};
    static const char *const expected[] = {"01", "012", "013", "x", "x2", "x3"};
    char *label[6] = {0};
    (void)state;
    assert_int_equal(vx_bids_labels("sub", text, 6, label, &error), VX_OK);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(label[i], expected[i]);
        free(label[i]);
    }
}

/* Makes a file and the folders that it is in. */
static void make_file(const char *path, const char *content)
{
    char command[200];
    snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s')\"", path);
    assert_int_equal(system(command), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void check_uri(vx_datasets *datasets, const char *path, const char *expected)
{
    char *uri;
    assert_int_equal(vx_source_uri(datasets, path, &uri, &error), VX_OK);
    assert_string_equal(uri, expected);
    free(uri);
}

static void uris(void **state)
{
    vx_datasets datasets;
    (void)state;
    make_file("set/dataset_description.json", "{\"DatasetDOI\": \"10.1/2\", \"DatasetVersion\": 3}");
    make_file("set/sub-01/a b%.nii", "");
    make_file("more/set/dataset_description.json", "not JSON");
    make_file("more/set/c.nii", "");
    make_file("loose/d e.nii", "");
    make_file("out/x", "");
    assert_int_equal(vx_datasets_init("out", "prepared", &datasets, &error), VX_OK);
    check_uri(&datasets, "set/sub-01/a b%.nii", "bids:set:sub-01/a%20b%25.nii");
    check_uri(&datasets, "more/set/c.nii", "bids:set2:c.nii");
    check_uri(&datasets, "set/sub-01/../sub-01/f.nii", "bids:set:sub-01/f.nii");
    check_uri(&datasets, "loose/d e.nii", "../../loose/d e.nii");
    check_uri(&datasets, "out/x", "../x");
    assert_int_equal(datasets.count, 2);

    char top[PATH_MAX], expected[PATH_MAX + 40];
    assert_non_null(realpath("set", top));
    json_t *links = vx_datasets_links(&datasets), *sources = vx_datasets_sources(&datasets);
    snprintf(expected, sizeof expected, "file://%s", top);
    assert_string_equal(json_string_value(json_object_get(links, "set")), expected);
    assert_int_equal(json_array_size(sources), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(sources, 0), "DOI")), "10.1/2");
    assert_null(json_object_get(json_array_get(sources, 0), "Version")); /* of another type than BIDS gives it */
    assert_int_equal(json_object_size(json_array_get(sources, 1)), 1);
    json_decref(links);
    json_decref(sources);
    vx_datasets_destroy(&datasets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(labels), cmocka_unit_test(uris)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
