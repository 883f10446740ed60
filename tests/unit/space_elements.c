/* Elements: voxels of a grid and names, their places in a written map, and which voxels touch which. */
#include "space/lattice.h"
#include "space/space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static vx_error error;

static vx_grid box(void)
{
    return vx_grid_new(5, 4, 3, 2, (double[]){0, 0, 0});
}

static void voxels_are_checked_and_copied(void **state)
{
    const vx_grid grid = box();
    int64_t index[] = {1, 13, 59};
    const int64_t twice[] = {1, 1, 2}, outside[] = {1, 13, 60}, negative[] = {-1, 13, 59};
    const int64_t *const bad[] = {twice, outside, negative};
    vx_space space = {.elements = -7}, copy;
    (void)state;
    for (int k = 0; k < 3; k++)
        assert_int_equal(vx_space_on_grid(&grid, 3, bad[k], &space, &error), VX_INPUT);
    assert_int_equal(vx_space_on_grid(&grid, 0, index, &space, &error), VX_INPUT);
    vx_grid huge = grid;
    huge.dim[0] = huge.dim[1] = huge.dim[2] = INT64_C(1) << 40;
    assert_int_equal(vx_space_on_grid(&huge, 3, index, &space, &error), VX_INPUT);
    assert_int_equal(space.elements, -7);
    assert_int_equal(vx_space_on_grid(&grid, 3, index, &space, &error), VX_OK);
    index[1] = 0;
    assert_int_equal(vx_space_copy(&space, &copy, &error), VX_OK);
    vx_space_destroy(&space);
    assert_true(copy.elements == 3 && copy.index[1] == 13 && copy.index[2] == 59 && !copy.name);
    assert_string_equal(copy.singular, "voxel");
    assert_string_equal(copy.plural, "voxels");
    assert_int_equal(vx_space_places(&copy), 60);
    assert_int_equal(vx_space_place(&copy, 1), 13);
    assert_int_equal(vx_space_find(&copy, (int64_t[]){3, 2, 0}), 1);
    assert_int_equal(vx_space_find(&copy, (int64_t[]){4, 3, 2}), 2);
    vx_space_destroy(&copy);
}

static void names_are_checked_and_copied(void **state)
{
    char hippocampus[] = "hippocampus";
    const char *name[] = {hippocampus, "pons"};
    vx_space space = {.elements = -7}, copy;
    vx_lattice lattice;
    (void)state;
    assert_int_equal(vx_space_of_names("region", "regions", 0, name, &space, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "0 regions"));
    assert_int_equal(vx_space_of_names("", "regions", 2, name, &space, &error), VX_INPUT);
    assert_int_equal(vx_space_of_names("region", "regions of thirty-two characters", 2, name, &space, &error),
                     VX_INPUT);
    assert_int_equal(space.elements, -7);
    assert_int_equal(vx_space_of_names("region", "regions of thirty-one character", 2, name, &space, &error), VX_OK);
    vx_space_destroy(&space);
    assert_int_equal(vx_space_of_names("region", "regions", 2, name, &space, &error), VX_OK);
    hippocampus[0] = 'H';
    assert_int_equal(vx_space_copy(&space, &copy, &error), VX_OK);
    vx_space_destroy(&space);
    assert_true(copy.elements == 2 && !copy.index);
    assert_string_equal(copy.name[0], "hippocampus");
    assert_string_equal(copy.name[1], "pons");
    assert_string_equal(copy.singular, "region");
    assert_int_equal(vx_space_places(&copy), 2);
    assert_int_equal(vx_space_place(&copy, 1), 1);
    assert_int_equal(vx_lattice_init(&copy, &lattice, &error), VX_USAGE);
    assert_non_null(strstr(error.message, "regions have no neighbours"));
    vx_space_destroy(&copy);
}

static void digest(const vx_space *space, char text[VX_SHA256_TEXT])
{
    vx_sha256 sha = {0};
    vx_sha256_begin(&sha);
    vx_space_digest(space, &sha);
    assert_true(vx_sha256_end_text(&sha, text));
}

/* The same letters in other names are other elements. `printf 'ab\0c\0' | sha256sum` gives the digest. */
static void digests_tell_names_apart(void **state)
{
    const char *name[][2] = {{"ab", "c"}, {"a", "bc"}};
    char text[2][VX_SHA256_TEXT];
    (void)state;
    for (int k = 0; k < 2; k++) {
        vx_space space;
        assert_int_equal(vx_space_of_names("region", "regions", 2, name[k], &space, &error), VX_OK);
        digest(&space, text[k]);
        vx_space_destroy(&space);
    }
    assert_string_equal(text[0], "629c2f14f654f026086f2aefe1855533d0897f49df86a19073be17b237361b09");
    assert_string_not_equal(text[0], text[1]);
}

/* Whether two voxels touch, by their coordinates alone: by a face (6), an edge too (18), or a corner too (26). */
static bool touch(int64_t a, int64_t b, int connectivity)
{
    const int64_t x = llabs(a % 5 - b % 5), y = llabs(a / 5 % 4 - b / 5 % 4), z = llabs(a / 20 - b / 20);
    const int64_t most = connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3;
    return x <= 1 && y <= 1 && z <= 1 && x + y + z > 0 && x + y + z <= most;
}

/* Every pair of voxels of some masks: all, every third, one line across the box, one voxel. */
static void neighbours_are_those_that_touch(void **state)
{
    static const int connectivities[] = {6, 18, 26};
    const vx_grid grid = box();
    (void)state;
    for (int mask = 0; mask < 4; mask++) {
        int64_t index[60], voxels = 0;
        vx_space space;
        vx_lattice lattice;
        for (int64_t v = 0; v < 60; v++)
            if (mask == 0 || (mask == 1 && v % 3 == 1) || (mask == 2 && v % 20 == 7) || (mask == 3 && v == 59))
                index[voxels++] = v;
        assert_int_equal(vx_space_on_grid(&grid, voxels, index, &space, &error), VX_OK);
        assert_int_equal(vx_lattice_init(&space, &lattice, &error), VX_OK);
        const size_t places = vx_lattice_places(&lattice);
        for (int c = 0; c < 3; c++) {
            int32_t offset[VX_NEIGHBOURS_MAX];
            const int count = vx_neighbours(connectivities[c], lattice.stride_y, lattice.stride_z, offset);
            assert_int_equal(count, connectivities[c]);
            for (int k = 0; k < count; k++)
                assert_true((k < count / 2) == (offset[k] < 0));
            for (int64_t a = 0; a < voxels; a++)
                for (int64_t b = 0; b < voxels; b++) {
                    bool found = false;
                    for (int k = 0; k < count; k++) {
                        const int64_t place = (int64_t)lattice.position[a] + offset[k];
                        assert_true(place >= 0 && (size_t)place < places);
                        found |= place == lattice.position[b];
                    }
                    assert_int_equal(found, touch(index[a], index[b], connectivities[c]));
                }
        }
        vx_lattice_destroy(&lattice);
        vx_space_destroy(&space);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(voxels_are_checked_and_copied),
        cmocka_unit_test(names_are_checked_and_copied),
        cmocka_unit_test(digests_tell_names_apart),
        cmocka_unit_test(neighbours_are_those_that_touch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
