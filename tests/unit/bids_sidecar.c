/* What sidecars say about an image: the inheritance principle of BIDS on folders that the test writes, with the answers
 * worked out by hand from the specification. */
#include "unit/folder_fixture.h"

#include "bids/sidecar.h"

#include <math.h>

/* Writes a file, with its folders. */
static void put(const char *path, const char *text)
{
    char command[300];
    snprintf(command, sizeof command, "mkdir -p $(dirname %s)", path);
    assert_int_equal(system(command), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static vx_sidecar sidecar_of(const char *image)
{
    vx_sidecar made;
    if (vx_sidecar_read(image, &made, &error))
        fail_msg("%s", error.message);
    return made;
}

static void expect_text(const char *found, const char *expected)
{
    if (expected)
        assert_string_equal(found ? found : "(none)", expected);
    else
        assert_null(found);
}

static void beside_a_plain_image(void **state)
{
    (void)state;
    put("plain/pet.json", "{\"Units\": \"Bq/mL\"}");
    put("plain/scan 1.json", "\xef\xbb\xbf{\"Units\": \"SUV\", \"SkullStripped\": true, \"FrameDuration\": []}");
    vx_sidecar made = sidecar_of("plain/scan 1.nii.gz");
    expect_text(made.units, "SUV");
    expect_text(strrchr(made.path, '/'), "/scan 1.json");
    assert_int_equal(made.skull_stripped, 1);
    assert_int_equal(made.frames, 0);
    expect_text(made.scanner, NULL);
    assert_true(isnan(made.dose) && isnan(made.weight));
    vx_sidecar_destroy(&made);
    made = sidecar_of("plain/other_pet.nii.gz"); /* pet.json would be inherited in a dataset only */
    expect_text(made.units, NULL);
    expect_text(made.path, NULL);
    assert_int_equal(json_object_size(made.fields), 0);
    assert_int_equal(made.skull_stripped, -1);
    vx_sidecar_destroy(&made);
    made = sidecar_of("no/such/folder/a_pet.nii");
    expect_text(made.path, NULL);
    vx_sidecar_destroy(&made);
}

static void inherited(void **state)
{
    (void)state;
    put("set/dataset_description.json", "{}");
    put("pet.json", "{\"Units\": \"outside the dataset\"}");
    put("set/pet.json", "{\"Manufacturer\": \"Siemens\", \"Units\": \"Bq/mL\", \"TracerName\": \"FDG\"}");
    put("set/trc-FDG_pet.json", "{\"Units\": \"kBq/mL\", \"ManufacturersModelName\": \"Biograph mMR\"}");
    put("set/trc-PIB_pet.json", "{\"Units\": \"not this one\"}");
    put("set/sub-1/sub-1_pet.json", "{\"ReconMethodName\": \"OSEM\", \"ReconMethodParameterValues\": [3, 21], "
        "\"ReconFilterType\": \"none\", \"TracerName\": 5}");
    put("set/sub-1/ses-a/pet/sub-1_ses-a_trc-FDG_pet.json",
        "{\"InjectedRadioactivity\": 5, \"InjectedRadioactivityUnits\": \"mCi\", \"PatientWeight\": 71.5, "
        "\"FrameTimesStart\": [0, 300], \"FrameDuration\": [300, 600]}");
    vx_sidecar made = sidecar_of("set/sub-1/ses-a/pet/sub-1_ses-a_trc-FDG_pet.nii.gz");
    expect_text(made.units, "kBq/mL"); /* two entities less than none: trc-FDG is nearer than no entity */
    expect_text(made.scanner, "Siemens, Biograph mMR");
    expect_text(made.reconstruction, "OSEM, [3, 21], none");
    expect_text(made.tracer, NULL); /* the nearer file decides, and its value is no text */
    assert_true(made.dose == 185 && made.weight == 71.5);
    assert_int_equal(made.frames, 2);
    assert_true(made.start[1] == 300 && made.duration[1] == 600);
    expect_text(strrchr(made.path, '/'), "/sub-1_ses-a_trc-FDG_pet.json");
    vx_sidecar_destroy(&made);
    assert_int_equal(chdir("set/sub-1"), 0);
    made = sidecar_of("ses-a/pet/../pet/sub-1_ses-a_trc-FDG_pet.nii.gz");
    expect_text(made.scanner, "Siemens, Biograph mMR");
    vx_sidecar_destroy(&made);
    assert_int_equal(chdir(folder), 0);
}

/* A derivative has the fields of its raw image, unless it says otherwise. */
static void of_the_raw_image(void **state)
{
    (void)state;
    put("raw/dataset_description.json", "{}");
    put("raw/pet.json", "{\"Manufacturer\": \"GE\"}");
    put("raw/sub-1/ses-a/pet/sub-1_ses-a_trc-FDG_pet.nii.gz", "");
    put("raw/sub-1/ses-a/pet/sub-1_ses-a_trc-FDG_pet.json", "{\"Units\": \"Bq/mL\", \"InjectedRadioactivity\": 185, "
        "\"InjectedRadioactivityUnits\": \"MBq\"}");
    put("raw/sub-1/ses-a/perf/sub-1_ses-a_asl.nii.gz", "");
    put("raw/sub-1/ses-a/perf/sub-1_ses-a_asl.json", "{\"Manufacturer\": \"Philips\"}");
    put("raw/derivatives/petprep/dataset_description.json", "{}");
    put("raw/derivatives/petprep/sub-1_ses-a_space-MNI_desc-preproc_pet.json", "{\"Units\": \"SUV\"}");
    vx_sidecar made = sidecar_of("raw/derivatives/petprep/sub-1_ses-a_space-MNI_desc-preproc_pet.nii.gz");
    expect_text(made.units, "SUV");
    expect_text(made.scanner, "GE");
    assert_true(made.dose == 185);
    vx_sidecar_destroy(&made);
    made = sidecar_of("raw/derivatives/petprep/sub-1_ses-a_space-MNI_cbf.nii.gz");
    expect_text(made.scanner, "Philips");
    vx_sidecar_destroy(&made);
    put("raw/sub-1/ses-a/pet/sub-1_ses-a_trc-PIB_pet.nii.gz", ""); /* which tracer the derivative is of is unknown */
    made = sidecar_of("raw/derivatives/petprep/sub-1_ses-a_space-MNI_desc-preproc_pet.nii.gz");
    expect_text(made.scanner, NULL);
    expect_text(made.units, "SUV");
    vx_sidecar_destroy(&made);
    made = sidecar_of("raw/derivatives/petprep/sub-1_ses-a_trc-FDG_space-MNI_pet.nii.gz");
    expect_text(made.scanner, "GE");
    vx_sidecar_destroy(&made);
}

static void refused(const char *json, const char *const *words)
{
    vx_sidecar made;
    put("bad/x.json", json);
    assert_int_equal(vx_sidecar_read("bad/x.nii", &made, &error), VX_INPUT);
    assert_null(made.fields);
    expect_words(words);
}
#define REFUSED(json, ...) refused(json, (const char *const[]){"x.json", __VA_ARGS__, NULL})

static void refusals(void **state)
{
    (void)state;
    REFUSED("{\n\"Units\": }", "line 2", "not JSON");
    REFUSED("[1]", "a JSON object is expected");
    REFUSED("{\"FrameTimesStart\": [0, 5], \"FrameDuration\": [5]}", "2 frames", "FrameDuration 1");
    REFUSED("{\"FrameTimesStart\": 0, \"FrameDuration\": [5]}", "FrameTimesStart is not a list");
    REFUSED("{\"FrameTimesStart\": [0, \"5\"], \"FrameDuration\": [5, 5]}", "FrameTimesStart, frame 1", "number");
    REFUSED("{\"FrameTimesStart\": [0, 0], \"FrameDuration\": [5, 5]}", "frame 1", "0 s is not after");
    REFUSED("{\"FrameTimesStart\": [0], \"FrameDuration\": [0]}", "frame 0", "more than 0");
    assert_int_equal(symlink(".git/annex/objects/x", "bad/y.json"), 0);
    vx_sidecar made;
    assert_int_equal(vx_sidecar_read("bad/y.nii", &made, &error), VX_INPUT);
    EXPECT_WORDS("bad/y.json", "git-annex", "datalad get");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beside_a_plain_image),
        cmocka_unit_test(inherited),
        cmocka_unit_test(of_the_raw_image),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
