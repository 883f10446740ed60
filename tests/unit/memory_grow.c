/* vx_array_grow: arrays that grow keep their elements, and no size wraps around. */
#include "base/memory.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct element {
    uint64_t number, square;
} element;

static void elements_stay(void **state)
{
    element *array = NULL;
    (void)state;
    for (size_t count = 0; count < 5000; count++) {
        element *grown = vx_array_grow(array, count, 1, sizeof *grown);
        assert_non_null(grown);
        assert_true(malloc_usable_size(grown) >= (count + 1) * sizeof *grown);
        array = grown;
        array[count] = (element){count, count * count};
    }
    for (size_t i = 0; i < 5000; i++)
        assert_true(array[i].number == i && array[i].square == i * i);
    free(array);
}

/* 1000 appended blocks of 0 to 200 bytes against the same bytes in an array that was large enough from the start; each
 * step must leave the bytes that it promised, here written to the last one. */
static void blocks_of_any_length(void **state)
{
    unsigned char *array = NULL, *plain = malloc(1000 * 200);
    size_t count = 0;
    (void)state;
    assert_non_null(plain);
    for (size_t block = 0; block < 1000; block++) {
        const size_t more = block * 7919 % 201;
        unsigned char *grown = vx_array_grow(array, count, more, 1);
        assert_non_null(grown);
        assert_true(malloc_usable_size(grown) >= count + more);
        array = grown;
        memset(array + count, (int)(block % 251), more);
        memset(plain + count, (int)(block % 251), more);
        count += more;
    }
    assert_memory_equal(array, plain, count);
    free(array);
    free(plain);
}

/* Appending n elements one by one moves the array O(log n) times. */
static void growth_is_geometric(void **state)
{
    size_t size = 0;
    int changes = 0;
    char *array = NULL;
    (void)state;
    for (size_t count = 0; count < 1 << 20; count++) {
        char *grown = vx_array_grow(array, count, 1, 1);
        assert_non_null(grown);
        array = grown;
        changes += malloc_usable_size(array) != size;
        size = malloc_usable_size(array);
    }
    assert_true(changes <= 20);
    free(array);
}

/* Sizes whose sum or product wraps around to a size that could be allocated. */
static void no_size_wraps(void **state)
{
    const size_t half = SIZE_MAX / 2 + 1;
    char *array = vx_array_grow(NULL, 0, 5, 1);
    (void)state;
    assert_non_null(array);
    memcpy(array, "text", 5);
    assert_null(vx_array_grow(array, 5, SIZE_MAX, 1));
    assert_null(vx_array_grow(array, 5, SIZE_MAX - 5, 1));
    assert_null(vx_array_grow(array, 5, SIZE_MAX / 4, 8));
    assert_null(vx_array_grow(array, half, half, 1));
    assert_null(vx_array_grow(array, half / 8, 1, 16));
    assert_string_equal(array, "text");
    free(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_stay),
        cmocka_unit_test(blocks_of_any_length),
        cmocka_unit_test(growth_is_geometric),
        cmocka_unit_test(no_size_wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
