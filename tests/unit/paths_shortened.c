/* Absolute paths in texts of the page become their last part; everything else stays. */
#include "base/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void of_a_path_the_last_part_stays(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"/home/me/study/participants.tsv", "participants.tsv"},
        {"voxstat --table /home/me/p.tsv --out /tmp/r", "voxstat --table p.tsv --out r"},
        {"--mask=/home/me/mask.nii.gz", "--mask=mask.nii.gz"},
        {"'/home/my name/p.tsv' -n 20", "'p.tsv' -n 20"},
        {"\"/a/b\" and '/c/d'", "\"b\" and 'd'"},
        {"pet=/a/b.nii,/c/d.nii", "pet=b.nii,d.nii"},
        {"/home/me/study/", "study/"},
        {"/data/mask.nii.gz: 30 % lie outside (/data/grid.nii)", "mask.nii.gz: 30 % lie outside (grid.nii)"},
        /* and no paths, or none that tell of a computer */
        {"", ""},
        {"/", "/"},
        {"//", "//"},
        {"/min", "/min"},
        {"mg/100 g/min", "mg/100 g/min"},
        {"study/participants.tsv", "study/participants.tsv"},
        {"../study/p.tsv", "../study/p.tsv"},
        {"https://doi.org/10.1/2", "https://doi.org/10.1/2"},
        {"a / b / c", "a / b / c"},
        {"bids::sub-1/pet/a.nii", "bids::sub-1/pet/a.nii"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *made = vx_paths_shortened(texts[i][0]);
        assert_string_equal(made, texts[i][1]);
        free(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_a_path_the_last_part_stays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
