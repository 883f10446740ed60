/* The op spline on every backend: the spline of its coefficients runs through the values; and SciPy's coefficients. */
#include "volumes.h"

typedef struct spline_lines {
    vx_spline_args args;
    const double *value;
} spline_lines;

static double *new_start(int length)
{
    const double z = sqrt(3) - 2;
    double *start = vx_array((size_t)length, sizeof *start);
    for (int k = 1; k < length - 1; k++)
        start[k] = pow(z, k) + pow(z, 2 * (length - 1) - k);
    start[length - 1] = pow(z, length - 1);
    start[0] = 1 - pow(z, 2 * (length - 1));
    return start;
}

/* (c(k - 1) + 4 c(k) + c(k + 1)) / 6 is the value of voxel k, with c mirrored at the ends. Values and coefficients are
 * below 4. Either recursion rounds a number below 24 by 2.7e-15 at each step and forgets it by 0.27 a step. */
static void check(void *context, const void *found)
{
    const spline_lines *l = context;
    const double *c = found;
    const int64_t length = l->args.length, stride = l->args.stride;
    for (int64_t i = 0; i < l->args.outer * length * stride; i++) {
        const int64_t place = i / stride % length;
        const double before = c[place > 0 ? i - stride : i + stride];
        const double behind = c[place < length - 1 ? i + stride : i - stride];
        if (!(fabs((before + 4 * c[i] + behind) / 6 - l->value[i]) < 2e-14))
            fail_msg("element %lld: %.17g before, %.17g, %.17g behind, for %.17g", (long long)i, before, c[i], behind,
                     l->value[i]);
    }
}

static void run(spline_lines *l, double *value, const double *start, void (*by)(void *context, const void *found))
{
    const size_t elements = (size_t)(l->args.outer * l->args.length * l->args.stride);
    run_everywhere(&(volume_case){
        .op = VX_OP_SPLINE, .args = &l->args, .parallel = &l->args.parallel, .groups = 3, .result = VX_B_COEFFICIENT,
        .host = {.data = {[VX_B_START] = (void *)start, [VX_B_COEFFICIENT] = value},
                 .bytes = {[VX_B_START] = (size_t)l->args.length * sizeof *start,
                           [VX_B_COEFFICIENT] = elements * sizeof *value}},
        .check = by, .context = l});
}

/* Lines of two voxels; lines beside each other and one after the other, in numbers that fill no vector; a line after
 * whose length powers of z are 0 in double. */
static void test_shapes(void **state)
{
    static const int shape[][3] = {{1, 2, 1}, {5, 2, 3}, {40, 3, 1}, {3, 9, 41}, {70, 31, 1}, {1, 600, 5}, {2, 4, 64}};
    (void)state;
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
        spline_lines l = {.args = {.outer = shape[s][0], .length = shape[s][1], .stride = shape[s][2]}};
        const size_t elements = (size_t)(shape[s][0] * shape[s][1] * shape[s][2]);
        double *value = vx_array(elements, sizeof *value), *start = new_start(l.args.length);
        double *copy = vx_array(elements, sizeof *copy);
        for (size_t i = 0; i < elements; i++)
            value[i] = copy[i] = scattered(i);
        l.value = value;
        run(&l, copy, start, check);
        free(value);
        free(start);
        free(copy);
    }
}

/* SciPy 1.10: v = arange(60); x = (3 + sin(1.7 * v)).reshape(3, 5, 4)
 * spline_filter1d(x, 3, axis=1, mode="mirror").ravel()[[0, 5, 18, 33, 47, 59]] */
static void check_scipy(void *context, const void *found)
{
    static const int place[] = {0, 5, 18, 33, 47, 59};
    static const double scipy[] = {2.7002584394618463, 3.829514651963886, 2.445837811804457,
                                   2.4641720556996423, 1.9184372420270424, 3.053064926998195};
    (void)context;
    for (int i = 0; i < 6; i++)
        assert_true(fabs(((const double *)found)[place[i]] - scipy[i]) < 1e-14);
}

static void test_scipy(void **state)
{
    spline_lines l = {.args = {.outer = 3, .length = 5, .stride = 4}};
    double value[60], *start = new_start(5);
    (void)state;
    for (int v = 0; v < 60; v++)
        value[v] = 3 + sin(1.7 * v);
    run(&l, value, start, check_scipy);
    free(start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_scipy)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
