/* What the processor does fastest: fused multiply-adds in registers on every thread, and a triad through memory. The
 * same as kernels/peak.cl. */
#include "engine/cpu/cpu.h"

enum { CHAINS = 12, STEPS = 1 << 22 }; /* independent chains: two a cycle at a latency of 4 need 8 */

#if defined(__x86_64__)
#include <immintrin.h>

#define MULTIPLY_ADD(name, isa, vector, set, fma, add)                                                                 \
    __attribute__((target(isa))) static float name(void)                                                               \
    {                                                                                                                  \
        vector x[CHAINS], factor = set(0.999f), term = set(0.001f);                                                    \
        for (int c = 0; c < CHAINS; c++)                                                                               \
            x[c] = set((float)c);                                                                                      \
        for (int step = 0; step < STEPS; step++)                                                                       \
            _Pragma("GCC unroll 12") for (int c = 0; c < CHAINS; c++) x[c] = fma(x[c], factor, term);                  \
        for (int c = 1; c < CHAINS; c++)                                                                               \
            x[0] = add(x[0], x[c]);                                                                                    \
        return ((float *)x)[0];                                                                                        \
    }
MULTIPLY_ADD(multiply_add_16, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_add_ps)
MULTIPLY_ADD(multiply_add_8, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps, _mm256_add_ps)
#endif

/* Floats that a fused multiply-add takes at once; 0: not measured on this processor. */
static int lanes(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        return 16;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return 8;
#endif
    return 0;
}

static void run_arithmetic(int threads, float *array, size_t floats)
{
    (void)threads, (void)array, (void)floats;
#if defined(__x86_64__)
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int thread = 0; thread < threads; thread++) {
        float sum = lanes() == 16 ? multiply_add_16() : multiply_add_8();
        if ((size_t)thread < floats)
            array[thread] = sum;
    }
#endif
}

static void run_triad(int threads, float *sum, size_t floats)
{
    const float *a = sum + floats, *b = a + floats;
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < floats; i++)
        sum[i] = a[i] + 0.5f * b[i];
}

double vx_cpu_peak(vx_peak peak, int threads, float *array, size_t floats)
{
    if (peak == VX_PEAK_MEMORY) {
        run_triad(threads, array, floats);
        return VX_PEAK_TRIAD_BYTES * (double)floats;
    }
    if (lanes())
        run_arithmetic(threads, array, floats);
    return 2.0 * CHAINS * STEPS * lanes() * threads;
}
