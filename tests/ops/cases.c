/* The bench's cases of single ops, on a small problem: every op has a case, and every backend gives the same. What each
 * op must give stands in the other files of this folder. */
#include "backends.h"

#include "bench/micro.h"
#include "bench/rows.h"

enum { PARTICIPANTS = 8, VOXELS = 700 }; /* 40,320 orders, and a last tile that is not full */

static vx_matrix *matrix;
static vx_model *model;

static int set_up(void **state)
{
    vx_error error;
    must(vx_bench_matrix(PARTICIPANTS, VOXELS, &matrix, &error), &error);
    must(vx_bench_model(PARTICIPANTS, &model, &error), &error);
    return open_backends(state);
}

static int tear_down(void **state)
{
    vx_matrix_free(matrix);
    vx_model_free(model);
    return free_backends(state);
}

static void test_every_op_has_a_case(void **state)
{
    (void)state;
    for (vx_op op = 0; op < VX_OPS; op++) {
        int cases = 0;
        for (int c = 0; c < VX_MICRO_CASES; c++)
            cases += vx_micro_cases[c].op == op;
        if (!cases)
            fail_msg("the bench has no case of %s", vx_op_table[op].stem);
    }
}

/* The entries of a list stand in no particular order. */
static bool is_list(vx_buffer_name name)
{
    return name == VX_B_LIST_VOXEL || name == VX_B_LIST_HEIGHT;
}

/* What the case left in the buffers that its op writes, one after the other. */
static char *outputs(const vx_micro *m, const vx_micro_case *tested, size_t *bytes)
{
    const vx_op_info *op = &vx_op_table[tested->op];
    char *all = vx_array(64 << 20, 1);
    *bytes = 0;
    for (int b = 0; b < op->buffers; b++) {
        vx_buffer_name name = op->buffer[b].name;
        bool wanted = !vx_buffer_table[name].need || vx_buffer_table[name].need & tested->flags ||
                      tested->op == VX_OP_CLUSTERS || tested->op == VX_OP_TFCE;
        if (op->buffer[b].use == VX_IN || op->buffer[b].use == VX_SCRATCH || is_list(name) || !wanted)
            continue;
        assert_true(*bytes + m->schedule.buffer[name] <= 64 << 20);
        device_read(m->backend, m->buffer[name], all + *bytes, m->schedule.buffer[name]);
        *bytes += m->schedule.buffer[name];
    }
    assert_true(*bytes > 0);
    return all;
}

/* Every case in its order, on one backend; into `found` on the first, and against it on the others. */
static void run_cases(vx_backend *backend, const char *name, char **found, size_t *size)
{
    vx_micro problem[VX_MICRO_PROBLEMS] = {{.backend = backend}, {.backend = backend}, {.backend = backend},
                                            {.backend = backend}};
    vx_error error;
    for (int c = 0; c < VX_MICRO_CASES; c++) {
        const vx_micro_case *tested = &vx_micro_cases[c];
        vx_micro *m = &problem[tested->problem];
        if (tested->problem >= VX_MICRO_MAPS && !vx_backend_supports(backend, VX_OP_TFCE))
            continue;
        if (!m->made)
            must(vx_micro_init(m, backend, matrix, model, tested->problem, &error), &error);
        must(vx_micro_run(m, tested, &error), &error);
        size_t bytes;
        char *now = outputs(m, tested, &bytes);
        if (!found[c]) {
            found[c] = now;
            size[c] = bytes;
            continue;
        }
        if (bytes != size[c] || memcmp(now, found[c], bytes) != 0)
            fail_msg("%s, %s: not as on %s", name, tested->name, backend_names[0]);
        free(now);
    }
    for (int i = 0; i < VX_MICRO_PROBLEMS; i++)
        vx_micro_destroy(&problem[i]);
}

static void test_backends_agree(void **state)
{
    char *found[VX_MICRO_CASES] = {0};
    size_t size[VX_MICRO_CASES] = {0};
    (void)state;
    for (int b = 0; b < backend_count; b++)
        if (backends[b]->info.exact_division) /* without it the last bits of a correlation may differ */
            run_cases(backends[b], backend_names[b], found, size);
    for (int c = 0; c < VX_MICRO_CASES; c++) {
        assert_non_null(found[c]);
        free(found[c]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_op_has_a_case),
        cmocka_unit_test(test_backends_agree),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
