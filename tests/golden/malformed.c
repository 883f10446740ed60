/* Every file under $VOXSTAT_REAL_DATA/malformed, the text files among them too, is read or is refused as input with its
 * name; under the dev preset also without a finding of the sanitizers.
 *
 * With a path and an orientation (0, 1, 2) as arguments it prints that one image for test_malformed.py: a line of
 * dimensions and affine, then the raw floats; or the message, with the status as exit status. */
#include "voxstat/image.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static int seen, accepted;

static void try_file(const char *path, vx_analyze_orientation analyze)
{
    vx_image image = {0};
    vx_error error = {0};
    vx_status status = vx_image_read(path, analyze, &image, &error);
    const char *stem = strrchr(path, '/') + 1;
    char bare[256]; /* for a pair the message may name the other file */
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(stem, "."), stem);
    if (status == VX_OK) {
        assert_non_null(image.data);
        assert_true(image.grid.dim[0] > 0 && image.grid.dim[1] > 0 && image.grid.dim[2] > 0);
        accepted++;
    } else {
        if (status != VX_INPUT || !strstr(error.message, bare))
            fail_msg("%s: status %d, message '%s'", path, status, error.message);
        assert_null(image.data);
        assert_int_equal(error.status, status);
    }
    vx_image_destroy(&image);
    seen++;
}

static int visit(const char *path, const struct stat *about, int kind)
{
    (void)about;
    if (kind == FTW_F) {
        try_file(path, VX_ANALYZE_REFUSE);
        try_file(path, VX_ANALYZE_RADIOLOGICAL);
    }
    return 0;
}

static void test_every_file(void **state)
{
    char folder[1024];
    const char *data = getenv("VOXSTAT_REAL_DATA");
    (void)state;
    snprintf(folder, sizeof folder, "%s/malformed", data ? data : "");
    if (ftw(folder, visit, 16) != 0) {
        printf("SKIP: no %s\n", folder);
        exit(77);
    }
    assert_true(seen > 200);  /* 131 files, twice */
    assert_true(accepted > 120); /* the 48 orientations and some 20 more, twice: not everything is refused */
}

static int print_image(const char *path, vx_analyze_orientation analyze)
{
    vx_image image;
    vx_error error;
    vx_status status = vx_image_read(path, analyze, &image, &error);
    if (status) {
        fprintf(stderr, "%s\n", error.message);
        return status;
    }
    const int64_t *dim = image.grid.dim;
    printf("%d %d %d", (int)dim[0], (int)dim[1], (int)dim[2]);
    for (int k = 0; k < 12; k++)
        printf(" %.17g", image.grid.affine[k / 4][k % 4]);
    printf("\n");
    fwrite(image.data, sizeof *image.data, (size_t)(dim[0] * dim[1] * dim[2]), stdout);
    vx_image_destroy(&image);
    return 0;
}

int main(int count, char **argument)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_file)};
    if (count == 3)
        return print_image(argument[1], (vx_analyze_orientation)atoi(argument[2]));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
