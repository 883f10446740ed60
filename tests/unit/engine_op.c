/* The table of ops against the kernels' texts: the parameters of each, their order, which are never written. A kernel
 * takes its arguments by position, so that a table in another order would give it other buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/op.h"

/* The parameters of a kernel, up to the closing parenthesis. */
static void read_parameters(const char *stem, char *text, size_t size)
{
    static char file[1 << 16];
    char path[4096], head[64];
    snprintf(path, sizeof path, "%s/kernels/%s.cl", getenv("VOXSTAT_SOURCE"), stem);
    FILE *from = fopen(path, "r");
    assert_non_null(from);
    file[fread(file, 1, sizeof file - 1, from)] = 0;
    fclose(from);
    snprintf(head, sizeof head, "\n%s(const vx_", stem);
    const char *start = strstr(file, head);
    assert_non_null(start);
    start += strlen(stem) + 2;
    snprintf(text, size, "%.*s", (int)strcspn(start, ")"), start);
}

/* The name that a parameter ends with. */
static const char *name_of(const char *parameter)
{
    const char *end = parameter + strlen(parameter);
    while (end > parameter && !strchr(" *", end[-1]))
        end--;
    return end;
}

static void kernels_take_what_the_table_says(void **state)
{
    (void)state;
    for (vx_op op = 0; op < VX_OPS; op++) {
        const vx_op_info *info = &vx_op_table[op];
        char text[2048], *rest;
        read_parameters(info->stem, text, sizeof text);
        assert_string_equal(name_of(strtok_r(text, ",", &rest)), "args");
        if (info->lanes)
            assert_non_null(strstr(strtok_r(NULL, ",", &rest), "__local vx_group "));
        if (info->tables) {
            assert_non_null(strstr(strtok_r(NULL, ",", &rest), "const int "));
            assert_non_null(strstr(strtok_r(NULL, ",", &rest), "__local "));
        }
        for (int b = 0; b < info->buffers; b++) {
            const char *parameter = strtok_r(NULL, ",", &rest);
            assert_non_null(parameter);
            assert_string_equal(name_of(parameter), vx_buffer_table[info->buffer[b].name].name);
            assert_int_equal(strstr(parameter, "__global const ") != NULL, info->buffer[b].use == VX_IN);
        }
        assert_null(strtok_r(NULL, ",", &rest));
    }
}

/* A row that was forgotten is all zeros. */
static void every_row_is_there(void **state)
{
    (void)state;
    for (vx_op op = 0; op < VX_OPS; op++) {
        assert_true(vx_op_table[op].buffers > 0 && vx_op_table[op].buffers <= VX_OP_BUFFERS_MAX);
        assert_true((vx_op_table[op].lanes != NULL) != (vx_op_table[op].groups != NULL));
    }
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++) {
        int users = 0;
        assert_non_null(vx_buffer_table[b].name);
        for (vx_op op = 0; op < VX_OPS; op++)
            for (int i = 0; i < vx_op_table[op].buffers; i++)
                users += vx_op_table[op].buffer[i].name == b;
        assert_true(users > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_take_what_the_table_says),
                                       cmocka_unit_test(every_row_is_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
