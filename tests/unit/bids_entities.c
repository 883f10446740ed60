/* The parts of file names: examples of the BIDS specification 1.11, of PETPrep, Clinica and CAT12, with
 * the parts as read by eye. */
#include "unit/folder_fixture.h"

#include "bids/entities.h"

static vx_entities parsed(const char *name)
{
    vx_entities made;
    assert_int_equal(vx_entities_parse(name, &made, &error), VX_OK);
    return made;
}

/* Checks the parts of a name: pairs of key and value, ended by a null; a null value is a key that the name lacks. */
static void parts(const char *name, const char *const *pair)
{
    vx_entities made = parsed(name);
    for (; *pair; pair += 2) {
        const char *found = vx_entity_value(&made, pair[0]);
        if (!found != !pair[1] || (found && strcmp(found, pair[1])))
            fail_msg("%s: %s is '%s'", name, pair[0], found ? found : "(none)");
    }
    vx_entities_destroy(&made);
}
#define PARTS(name, ...) parts(name, (const char *const[]){__VA_ARGS__, NULL})

static void names(void **state)
{
    (void)state;
    PARTS("sub-01_ses-bl_trc-18FFDG_rec-acdyn_run-1_pet.nii.gz", "sub", "01", "ses", "bl", "trc", "18FFDG", "rec",
          "acdyn", "run", "1", "suffix", "pet", "extension", ".nii.gz", "prefix", NULL, "words", NULL, "space", NULL);
    PARTS("desc-preproc_space-mni305_sub-01_pvc-nopvc_pet.nii", "sub", "01", "desc", "preproc", "pvc", "nopvc",
          "space", "mni305", "prefix", NULL, "extension", ".nii");
    PARTS("sub-A_ses-M00_trc-18FFDG_pet_space-Ixi549Space_pvc-rbv_suvr-pons_mask-brain_fwhm-8mm_pet.nii.gz", "words",
          "pet", "suffix", "pet", "suvr", "pons", "fwhm", "8mm", "mask", "brain");
    PARTS("sub-A_T1w_segm-graymatter_space-Ixi549Space_modulated-on_fwhm-8mm_probability.nii.gz", "words", "T1w",
          "suffix", "probability", "modulated", "on");
    PARTS("s6mwp1rsub-01_ses-bl_T1w.nii", "prefix", "s6mwp1r", "sub", "01", "ses", "bl", "suffix", "T1w");
    PARTS("sub-01_acq-a-b_x-_fwhm-2.5mm_pet.nii.gz", "acq", "a-b", "x", "", "fwhm", "2.5mm", "extension", ".nii.gz");
    PARTS("pet.json", "suffix", "pet", "extension", ".json", "sub", NULL);
    PARTS("task-rest_bold.json", "task", "rest", "suffix", "bold");
    PARTS("sub-01_space-MNI_desc-brain.nii", "suffix", NULL, "desc", "brain", "extension", ".nii");
    PARTS("README", "suffix", "README", "extension", NULL);
    PARTS("a__b_.nii", "words", "a_b", "suffix", NULL);
    PARTS("", "suffix", NULL, "sub", NULL);
    PARTS("data_sub-01_pet.nii", "sub", "01", "prefix", NULL, "words", "data");
}

static void spaces_compare_without_case(void **state)
{
    (void)state;
    assert_true(vx_entity_same("space", "MNI305", "mni305"));
    assert_false(vx_entity_same("desc", "Preproc", "preproc"));
    assert_false(vx_entity_same("space", "MNI152NLin2009cAsym", "MNI152NLin6Asym"));
    assert_true(vx_entity_same("desc", NULL, NULL));
    assert_false(vx_entity_same("desc", NULL, "preproc"));
}

static bool inherits(const char *general, const char *specific)
{
    vx_entities a = parsed(general), b = parsed(specific);
    const bool yes = vx_entities_inherit(&a, &b);
    vx_entities_destroy(&a);
    vx_entities_destroy(&b);
    return yes;
}

/* "The Inheritance Principle" of the specification, rule 2. */
static void inheritance(void **state)
{
    (void)state;
    const char *image = "sub-01_ses-bl_trc-FDG_pet.nii.gz";
    assert_true(inherits("pet.json", image));
    assert_true(inherits("trc-FDG_pet.json", image));
    assert_true(inherits("sub-01_pet.json", image));
    assert_true(inherits("trc-FDG_ses-bl_sub-01_pet.json", image));
    assert_false(inherits("trc-PIB_pet.json", image));
    assert_false(inherits("sub-01_ses-bl_rec-acdyn_pet.json", image)); /* an entity that the image lacks */
    assert_false(inherits("sub-01_ses-bl_trc-FDG_blood.json", image));
    assert_true(inherits("sub-01_T1w.json", "mwp1sub-01_T1w.nii"));
    assert_false(inherits("rp1sub-01_T1w.json", "mwp1sub-01_T1w.nii"));
    assert_true(inherits("space-MNI305_pet.json", "sub-01_space-mni305_pet.nii.gz"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(spaces_compare_without_case),
        cmocka_unit_test(inheritance),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
