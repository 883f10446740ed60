/* Search volumes of planned regions made by hand: unions in the order of the plan, overlaps, probabilities; and the
 * matrix of their voxels. */
#include "atlas/volumes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static vx_error error;

static void expect_error(vx_status status, const char *words)
{
    if (status != VX_INPUT || !strstr(error.message, words))
        fail_msg("expected '%s', found status %d: %s", words, status, error.message);
}

static char a[] = "a", b[] = "b", primary[] = "primary", others[] = "others";

static void expect_volume(const vx_search_volume *volume, const char *family, int64_t voxels, const int64_t *index)
{
    assert_string_equal(volume->family, family);
    assert_int_equal(volume->voxels, voxels);
    for (int64_t v = 0; v < voxels; v++)
        assert_int_equal(volume->index[v], index[v]);
}

/* Regions of one family may overlap and need not stand together; one that is not tested counts. */
static void unions_of_families(void **state)
{
    static int64_t one[] = {5, 9, 20}, two[] = {1, 2}, three[] = {2, 5, 30};
    vx_region region[] = {{.name = a, .family = primary, .index = one, .voxels = 3, .tested = true},
                          {.name = b, .family = others, .index = two, .voxels = 2, .tested = true},
                          {.name = b, .family = primary, .index = three, .voxels = 3}};
    const vx_regions regions = {region, 3};
    vx_search_volumes volumes;
    (void)state;
    assert_int_equal(vx_search_volumes_find(&regions, &volumes, &error), VX_OK);
    assert_int_equal(volumes.count, 2);
    expect_volume(&volumes.volume[0], "primary", 5, (const int64_t[]){2, 5, 9, 20, 30});
    expect_volume(&volumes.volume[1], "others", 2, (const int64_t[]){1, 2});
    vx_search_volumes_destroy(&volumes);
}

static void probabilities_from_a_half_on(void **state)
{
    static int64_t index[] = {3, 4, 5, 6};
    static float weight[] = {0.49f, 0.5f, 1, 0.1f}, low[] = {0.1f, 0.2f, 0.3f, 0.4f};
    vx_region region[] = {{.name = a, .family = primary, .index = index, .weight = weight, .voxels = 4},
                          {.name = b, .family = others, .index = index, .weight = low, .voxels = 4}};
    const vx_regions regions = {region, 2};
    vx_search_volumes volumes;
    (void)state;
    assert_int_equal(vx_search_volumes_find(&regions, &volumes, &error), VX_OK);
    expect_volume(&volumes.volume[0], "primary", 2, (const int64_t[]){4, 5});
    expect_volume(&volumes.volume[1], "others", 0, NULL);
    vx_search_volumes_destroy(&volumes);
}

enum { ROWS = 2, VOXELS = 4 };

static vx_matrix *matrix_of(const vx_space *space)
{
    static const float data[ROWS * VOXELS] = {1, 2, 3, 4, 5, 6, 7, 8};
    vx_matrix *matrix;
    assert_int_equal(vx_matrix_new(space, ROWS, data, &matrix, &error), VX_OK);
    return matrix;
}

static vx_matrix *voxel_matrix(void)
{
    static const int64_t index[VOXELS] = {2, 5, 6, 11};
    const vx_grid grid = vx_grid_new(3, 2, 2, 2, (const double[]){-6, -4, -2});
    vx_space space;
    assert_int_equal(vx_space_on_grid(&grid, VOXELS, index, &space, &error), VX_OK);
    vx_matrix *matrix = matrix_of(&space);
    vx_space_destroy(&space);
    return matrix;
}

static void restricted_matrix(void **state)
{
    vx_matrix *matrix = voxel_matrix(), *some;
    (void)state;
    assert_int_equal(vx_matrix_restrict(matrix, 2, (const int64_t[]){5, 11}, &some, &error), VX_OK);
    assert_int_equal(some->n, ROWS);
    assert_int_equal(some->space.elements, 2);
    assert_int_equal(some->space.index[0], 5);
    assert_int_equal(some->space.index[1], 11);
    assert_true(vx_grid_same(&some->space.grid, &matrix->space.grid, 0, NULL, 0));
    assert_memory_equal(some->data, ((const float[]){2, 4, 6, 8}), 4 * sizeof(float));
    vx_matrix_free(some);
    vx_matrix_free(matrix);
}

static void what_cannot_be_restricted(void **state)
{
    vx_matrix *matrix = voxel_matrix(), *some;
    vx_space names;
    (void)state;
    expect_error(vx_matrix_restrict(matrix, 2, (const int64_t[]){5, 7}, &some, &error),
                 "grid index 7 is no voxel of the matrix");
    expect_error(vx_matrix_restrict(matrix, 1, (const int64_t[]){0}, &some, &error), "grid index 0 is no voxel");
    expect_error(vx_matrix_restrict(matrix, 2, (const int64_t[]){11, 5}, &some, &error), "ascending");
    expect_error(vx_matrix_restrict(matrix, 0, NULL, &some, &error), "at least one is needed");
    vx_matrix_free(matrix);
    assert_int_equal(vx_space_of_names("region", "regions", VOXELS, (const char *const[]){"a", "b", "c", "d"}, &names,
                                       &error), VX_OK);
    matrix = matrix_of(&names);
    expect_error(vx_matrix_restrict(matrix, 1, (const int64_t[]){0}, &some, &error),
                 "a matrix of regions has no voxels");
    vx_matrix_free(matrix);
    vx_space_destroy(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unions_of_families), cmocka_unit_test(probabilities_from_a_half_on),
        cmocka_unit_test(restricted_matrix), cmocka_unit_test(what_cannot_be_restricted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
