/* Student's t, the noncentral t and the normal against SciPy 1.10.1 and R. Relative 1e-7, what a float32 map can hold:
 * niftilib's CDFLIB stops its searches at 1e-8. */
#include "base/distribution.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void near(double got, double expected)
{
    if (!(fabs(got - expected) <= 1e-7 * fabs(expected)))
        fail_msg("%.17g, expected %.17g", got, expected);
}

/* scipy.stats.t.isf(p, df) */
static void quantiles(void **state)
{
    (void)state;
    near(vx_t_quantile_upper(0.025, 13), 2.1603686564610132);
    near(vx_t_quantile_upper(0.001, 13), 3.8519823911683879);
    near(vx_t_quantile_upper(0.001, 12), 3.9296332646264927);
    near(vx_t_quantile_upper(1e-6, 28), 5.9670074147169183);
    near(vx_t_quantile_upper(0.05, 1), 6.3137515148009378);
    near(vx_t_quantile_upper(0.3, 2), 0.61721339984836787);
    near(vx_t_quantile_upper(0.001, 1000), 3.0984021639128758);
}

/* scipy.stats.t.sf(t, df) */
static void tails(void **state)
{
    (void)state;
    near(vx_t_upper(0, 5), 0.5);
    near(vx_t_upper(1.2, 3), 0.15813105734905245);
    near(vx_t_upper(2.16, 13), 0.025016856056069046);
    near(vx_t_upper(-2.16, 13), 0.97498314394393093);
    near(vx_t_upper(12, 13), 1.0448804415076495e-08);
    near(vx_t_upper(40, 28), 1.4928607037671635e-26);
    near(vx_t_upper(1, 1), 0.25);
    near(vx_t_upper(200, 13), 2.3013382306537756e-24);
}

/* numpy.sign(t) * scipy.stats.norm.isf(scipy.stats.t.sf(abs(t), df)): far tails and signs must not be lost in 1 - p. */
static void normal_scores(void **state)
{
    (void)state;
    assert_true(fabs(vx_z_from_t(0, 5)) < 1e-12);
    near(vx_z_from_t(1.2, 3), 1.0021687153130392);
    near(vx_z_from_t(-3.5, 13), -2.8850072829137789);
    near(vx_z_from_t(12, 13), 5.604401251973103);
    near(vx_z_from_t(40, 28), 10.599814409286902);
    near(vx_z_from_t(-40, 28), -10.599814409286902);
    near(vx_z_from_t(200, 13), 10.117881992378825);
}

/* R: pt(t, df, delta, lower.tail = FALSE) */
static void noncentral(void **state)
{
    (void)state;
    near(vx_noncentral_t_upper(2, 13, 1), 0.18502130376184478);
    near(vx_noncentral_t_upper(-2, 13, 1), 0.99721396263594608);
    near(vx_noncentral_t_upper(0.5, 3, -1), 0.075726118711386903);
    near(vx_noncentral_t_upper(6, 40, 5), 0.2121462768498017);
}

/* R: qnorm(p, lower.tail = FALSE), pnorm(z, lower.tail = FALSE) */
static void normal(void **state)
{
    (void)state;
    near(vx_z_quantile_upper(0.025), 1.9599639845400538);
    near(vx_z_quantile_upper(1e-10), 6.3613409024040557);
    near(vx_z_upper(1.5), 0.066807201268858071);
    near(vx_z_upper(10), 7.6198530241605269e-24);
    near(vx_z_upper(-2), 0.97724986805182079);
}

/* scipy.stats.f.sf(f, above, below). */
static void f_tails(void **state)
{
    (void)state;
    near(vx_f_upper(0.5, 2, 3), 0.649519052838329);
    near(vx_f_upper(1, 2, 12), 0.396569456603966);
    near(vx_f_upper(3.5, 3, 20), 0.0344931038851244);
    near(vx_f_upper(12, 1, 5), 0.017962884609944);
}

enum { CALLS = 20000, THREADS = 4 };

typedef struct caller {
    pthread_t thread;
    double df, z[CALLS], t[CALLS];
} caller;

static void *ask(void *context)
{
    caller *one = context;
    for (int i = 0; i < CALLS; i++) {
        one->z[i] = vx_z_from_t((i - CALLS / 2) * 4e-4, one->df);
        one->t[i] = i % 20 ? vx_t_upper(i * 1e-4, one->df) : vx_t_quantile_upper((i + 1.0) / (CALLS + 1), one->df);
    }
    return NULL;
}

/* Threads that call at the same time, with different degrees of freedom, get the same values as a single thread. */
static void threads_do_not_meet(void **state)
{
    caller *together = calloc(THREADS, sizeof *together), *alone = calloc(1, sizeof *alone);
    (void)state;
    assert_true(together && alone);
    for (int k = 0; k < THREADS; k++) {
        together[k].df = 3 + 7 * k;
        assert_int_equal(pthread_create(&together[k].thread, NULL, ask, &together[k]), 0);
    }
    for (int k = 0; k < THREADS; k++)
        assert_int_equal(pthread_join(together[k].thread, NULL), 0);
    for (int k = 0; k < THREADS; k++) {
        alone->df = together[k].df;
        ask(alone);
        assert_memory_equal(together[k].z, alone->z, sizeof alone->z);
        assert_memory_equal(together[k].t, alone->t, sizeof alone->t);
    }
    free(together);
    free(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),
        cmocka_unit_test(tails),
        cmocka_unit_test(normal_scores),
        cmocka_unit_test(noncentral),
        cmocka_unit_test(normal),
        cmocka_unit_test(f_tails),
        cmocka_unit_test(threads_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
