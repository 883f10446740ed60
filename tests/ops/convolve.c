/* The op convolve on every backend, against the plain sum over all elements of a line. */
#include "volumes.h"

typedef struct convolved_lines {
    vx_convolve_args args;
    double taps[64];
    const double *from;
} convolved_lines;

/* Terms of all elements of the line, farthest first, in long double. Both sums have at most 2 reach + 1 terms; each
 * addition of doubles rounds by 1.1e-16 of a partial sum, which is at most the sum of sizes. */
static void check(void *context, const void *found)
{
    const convolved_lines *c = context;
    const int64_t length = c->args.length, stride = c->args.stride;
    for (int64_t i = 0; i < c->args.outer * length * stride; i++) {
        const int64_t place = i / stride % length;
        long double sum = 0, sizes = 0;
        for (int64_t j = 0; j < length; j++) {
            const int64_t far = llabs(j - place);
            const double weight = far > c->args.reach ? 0 : far ? c->taps[far] : 1;
            const double x = c->from[i + (j - place) * stride];
            sum += (long double)weight * (long double)x;
            sizes += fabsl((long double)weight * (long double)x);
        }
        const double now = ((const double *)found)[i];
        if (!(fabsl((long double)now - sum) <= 1.2e-16L * (long double)(3 * c->args.reach + 2) * sizes))
            fail_msg("element %lld: %.17g instead of %.17g", (long long)i, now, (double)sum);
    }
}

/* The first tap is not 1, which no backend reads. Every third line is 0, as outside the head. */
static void test_shapes(void **state)
{
    static const struct {
        int outer, length, stride, reach;
    } shape[] = {{1, 1, 1, 0},  {1, 2, 1, 1},   {1, 70, 1, 3},  {7, 45, 1, 9},  {3, 17, 1, 16}, {1, 5, 3, 2},
                 {2, 9, 13, 4}, {5, 6, 33, 5},  {1, 12, 64, 7}, {4, 3, 16, 2},  {1, 300, 2, 40}, {19, 1, 11, 0}};
    (void)state;
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
        convolved_lines c = {.args = {.outer = shape[s].outer, .length = shape[s].length, .stride = shape[s].stride,
                            .reach = shape[s].reach}};
        const size_t elements = (size_t)(c.args.outer * c.args.length * c.args.stride);
        double *from = vx_array(elements, sizeof *from), *to = vx_array_zero(elements, sizeof *to);
        for (size_t i = 0; i < elements; i++) {
            const size_t stride = (size_t)c.args.stride;
            const size_t line = i / stride / (size_t)c.args.length * stride + i % stride;
            from[i] = line % 3 == 2 ? 0 : scattered(i) - 0.3;
        }
        c.from = from;
        c.taps[0] = 7;
        for (int t = 1; t <= c.args.reach; t++)
            c.taps[t] = exp(-0.01 * t * t);
        run_everywhere(&(volume_case){
            .op = VX_OP_CONVOLVE, .args = &c.args, .parallel = &c.args.parallel, .groups = 3, .result = VX_B_TO,
            .host = {.data = {[VX_B_TAPS] = c.taps, [VX_B_FROM] = from, [VX_B_TO] = to},
                     .bytes = {[VX_B_TAPS] = (size_t)(1 + c.args.reach) * sizeof *c.taps,
                               [VX_B_FROM] = elements * sizeof *from, [VX_B_TO] = elements * sizeof *to}},
            .check = check, .context = &c});
        free(from);
        free(to);
    }
}

/* SciPy 1.10: x = arange(24).reshape(2, 4, 3) % 7; convolve1d(x.astype(float), [0.25, 0.5, 1, 0.5, 0.25], axis=1,
 * mode="constant").ravel()[[0, 4, 11, 13, 20, 23]]; all numbers are exact. */
static void check_scipy(void *context, const void *found)
{
    static const int place[] = {0, 4, 11, 13, 20, 23};
    const double *scipy = context;
    for (int i = 0; i < 6; i++)
        assert_true(((const double *)found)[place[i]] == scipy[i]);
}

static void test_scipy(void **state)
{
    static double scipy[6] = {3, 5.25, 5.75, 8.25, 8.5, 5.75};
    double from[24], to[24] = {0}, taps[] = {1, 0.5, 0.25};
    vx_convolve_args args = {.outer = 2, .length = 4, .stride = 3, .reach = 2};
    (void)state;
    for (int i = 0; i < 24; i++)
        from[i] = i % 7;
    run_everywhere(&(volume_case){
        .op = VX_OP_CONVOLVE, .args = &args, .parallel = &args.parallel, .groups = 2, .result = VX_B_TO,
        .host = {.data = {[VX_B_TAPS] = taps, [VX_B_FROM] = from, [VX_B_TO] = to},
                 .bytes = {[VX_B_TAPS] = sizeof taps, [VX_B_FROM] = sizeof from, [VX_B_TO] = sizeof to}},
        .check = check_scipy, .context = scipy});
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_scipy)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
