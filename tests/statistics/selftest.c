/* The self-test on devices that compute wrongly in launches of more than 8 relabellings, which the answers worked by
 * hand do not have: every fault must be found by the trials, though it be of one relabelling or one voxel. */
#include "faulty.h"

#include "base/clock.h"

static vx_status test(const faulty *how, bool exact, unsigned ops, vx_error *error)
{
    faulty *f = faulty_new(how, exact, 2);
    vx_status status = vx_backend_selftest(&f->backend, ops, error);
    f->backend.free(&f->backend);
    return status;
}

/* Every OpenCL device of the machine in both forms of the kernels. Prints how long the self-test takes. */
static void every_device(void **state)
{
    static const char *const forms[] = {"cpu", "gpu"};
    vx_device_info *list = NULL;
    size_t count = 0;
    char note[512];
    vx_error error = {0};
    (void)state;
    check(vx_opencl_list(&list, &count, note, sizeof note, &error), error);
    if (!count)
        print_message("[  SKIPPED ] opencl: %s\n", note);
    for (size_t d = 0; d < 2 * count; d++) {
        vx_backend *backend;
        int platform, device;
        if (*list[d / 2].unusable)
            continue;
        assert_int_equal(sscanf(list[d / 2].id, "opencl:%d.%d", &platform, &device), 2);
        setenv("VOXSTAT_KERNEL_FORM", forms[d % 2], 1);
        check(vx_opencl_open(platform, device, &backend, &error), error);
        double start = vx_seconds();
        check(vx_backend_selftest(backend, VX_OPS_ALL, &error), error);
        print_message("%s, kernels as for a %s: %.2f s\n", list[d / 2].id, forms[d % 2], vx_seconds() - start);
        backend->free(backend);
    }
    unsetenv("VOXSTAT_KERNEL_FORM");
    free(list);
}

static void right_ones(void **state)
{
    vx_error error = {0};
    (void)state;
    check(test(&(faulty){.fault = NONE}, true, VX_OPS_ALL, &error), error);
    check(test(&(faulty){.fault = NONE}, false, VX_OPS_ALL, &error), error);
    check(test(&(faulty){.fault = R_OFF, .much = 0x1p-23, .late = true}, false, VX_OPS_ALL, &error), error);
}

/* Bits of downloads are the business of tests/statistics/faults.c: each is a fault of a transfer. */
static void wrong_ones(void **state)
{
    (void)state;
    for (fault which = LAST_TILE; which < FAULTS; which++) {
        const faulty how = {.fault = which, .much = 1e-3, .late = true};
        vx_error error = {0};
        if (which == FLIP || which == FLIPS)
            continue;
        if (test(&how, true, VX_OPS_ALL, &error) != VX_DEVICE)
            fail_msg("%s: accepted", fault_name[which]);
        if (!strstr(error.message, "opencl:7.3: the self-test failed: "))
            fail_msg("%s: %s", fault_name[which], error.message);
    }
}

/* A fault of an op is found with every op that may come before it, and only where the op is tested. */
static void ops_by_themselves(void **state)
{
    static const struct {
        fault fault;
        vx_op op, with;
        int variant; /* of `with` */
    } cases[] = {{R_OFF, VX_OP_RELABEL, VX_OP_CORRELATION, 0},
                 {R_OFF, VX_OP_RELABEL, VX_OP_CORRELATION, 1},
                 {ONE_MASS_UNIT, VX_OP_CLUSTERS, VX_OP_SIGNFLIP, 0},
                 {ONE_MASS_UNIT, VX_OP_CLUSTERS, VX_OP_CORRELATION, 0},
                 {LISTS_CUT, VX_OP_CLUSTERS, VX_OP_CORRELATION, 0},
                 {LISTS_CUT, VX_OP_CLUSTERS, VX_OP_CORRELATION, 1},
                 {ONE_TFCE, VX_OP_TFCE, VX_OP_SIGNFLIP, 0},
                 {ONE_TFCE, VX_OP_TFCE, VX_OP_CORRELATION, 0},
                 {ONE_TFCE, VX_OP_TFCE, VX_OP_CORRELATION, 1}};
    vx_error error = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const faulty how = {.fault = cases[i].fault, .much = 1e-3, .late = true};
        const unsigned ops = vx_op_bit(cases[i].op, 0) | vx_op_bit(cases[i].with, cases[i].variant);
        assert_int_equal(test(&how, true, ops, &error), VX_DEVICE);
    }
    const faulty wrong = {.fault = TFCE_OFF};
    check(test(&wrong, true, VX_OPS_ALL & ~(1u << VX_OP_TFCE), &error), error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_device), cmocka_unit_test(right_ones),
                                       cmocka_unit_test(wrong_ones), cmocka_unit_test(ops_by_themselves)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
