/* The work whose rate is a device's peak does what it says: the triad adds, and the chains of multiply-adds come to
 * their fixed point, which takes all of their steps. */
#include "backends.h"

#include <math.h>

enum { FLOATS = 3 * VX_PEAK_FLOATS };

static vx_status run(vx_backend *backend, vx_peak peak, vx_buffer *array, double *work)
{
    vx_error error;
    *work = -1;
    must(backend->peak(backend, peak, array, FLOATS, work, &error), &error);
    return VX_OK;
}

/* sum = a + b / 2 with multiples of 1/4, which are exact. */
static void the_triad_adds(void **state)
{
    (void)state;
    for (int b = 0; b < backend_count; b++) {
        float *host = vx_array(3 * FLOATS, sizeof *host);
        double work;
        for (int i = 0; i < 3 * FLOATS; i++)
            host[i] = i < FLOATS ? -1 : (float)(i % 1000) / 2;
        vx_buffer *array = device_copy(backends[b], host, 3 * FLOATS * sizeof *host);
        run(backends[b], VX_PEAK_MEMORY, array, &work);
        float *found = vx_array(3 * FLOATS, sizeof *found);
        device_read(backends[b], array, found, 3 * FLOATS * sizeof *found);
        for (int i = 0; i < FLOATS; i++)
            if (found[i] != host[FLOATS + i] + host[2 * FLOATS + i] / 2)
                fail_msg("%s: float %d", backend_names[b], i);
        assert_memory_equal(found + FLOATS, host + FLOATS, 2 * FLOATS * sizeof *host);
        assert_true(work == 12.0 * FLOATS); /* two floats read and one written */
        backends[b]->buffer_free(backends[b], array);
        free(found);
        free(host);
    }
}

/* x = 0.999 x + 0.001 tends to 1 from the starts 0 to 11, so that the twelve chains sum to 12. Their sum is 66 before
 * the first step, and still 12.5 after 4,679 steps: 0.999^4679 = 0.00926 of 54. */
static void the_chains_reach_their_fixed_point(void **state)
{
    (void)state;
    for (int b = 0; b < backend_count; b++) {
        float sum = 0, *zeros = vx_array_zero(3 * FLOATS, sizeof *zeros);
        double work;
        vx_buffer *array = device_copy(backends[b], zeros, 3 * FLOATS * sizeof *zeros);
        run(backends[b], VX_PEAK_ARITHMETIC, array, &work);
        device_read(backends[b], array, &sum, sizeof sum);
        if (work > 0 && fabsf(sum - 12) > 0.5f)
            fail_msg("%s: the chains sum to %g", backend_names[b], (double)sum);
        assert_true(work >= 0);
        backends[b]->buffer_free(backends[b], array);
        free(zeros);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_triad_adds),
                                       cmocka_unit_test(the_chains_reach_their_fixed_point)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
