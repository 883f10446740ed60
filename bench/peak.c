/* The peak rates of the processor, with which the rows of a `cpu` device are compared: fused multiply-adds in
 * registers, and a triad through memory. They hold for PoCL too, whose dense ops run on the same cores. */
#include "bench/rows.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { CHAINS = 12, STEPS = 1 << 22 }; /* independent chains: two a cycle at a latency of 4 need 8 */
enum { TRIAD = 1 << 24, ARRAYS = 3 };  /* floats in an array: 64 MiB, beyond most caches */

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

typedef struct vx_peak {
    int threads;
    float *array; /* ARRAYS of TRIAD */
    float sum;    /* stored so that the compiler keeps the arithmetic */
} vx_peak;

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

static vx_status run_arithmetic(void *context, vx_error *error)
{
    vx_peak *peak = context;
    float sum = 0;
    (void)error;
#if defined(__x86_64__)
#pragma omp parallel num_threads(peak->threads) reduction(+ : sum)
    sum += lanes() == 16 ? multiply_add_16() : multiply_add_8();
#endif
    peak->sum = sum;
    return VX_OK;
}

static vx_status run_triad(void *context, vx_error *error)
{
    const vx_peak *peak = context;
    float *sum = peak->array;
    const float *a = sum + TRIAD, *b = a + TRIAD;
    (void)error;
#pragma omp parallel for num_threads(peak->threads)
    for (int i = 0; i < TRIAD; i++)
        sum[i] = a[i] + 0.5f * b[i];
    return VX_OK;
}

vx_status vx_bench_peak(vx_bench_state *state, const vx_device_info *info, vx_error *error)
{
    vx_peak peak = {.threads = strcmp(info->id, "cpu") ? info->compute_units : info->threads};
    vx_bench_row arithmetic = {.part = "peak", .name = "multiply-add, float",
                               .operations = 2.0 * CHAINS * STEPS * lanes() * peak.threads};
    vx_bench_row triad = {.part = "peak", .name = "triad", .bytes = (double)ARRAYS * TRIAD * sizeof *peak.array};
    peak.array = vx_array((size_t)ARRAYS * TRIAD, sizeof *peak.array);
    if (!peak.array)
        return vx_fail_memory(error);
    for (size_t i = 0; i < (size_t)ARRAYS * TRIAD; i++)
        peak.array[i] = 1; /* the system maps unwritten pages to one page of zeros, which stays in the cache */
    vx_status status = VX_OK;
    state->peak_operations = state->peak_bytes = 0;
    if (lanes() && !(status = vx_bench_measure(state, &arithmetic, run_arithmetic, &peak, error)))
        state->peak_operations = arithmetic.operations / state->best;
    if (!status && !(status = vx_bench_measure(state, &triad, run_triad, &peak, error)))
        state->peak_bytes = triad.bytes / state->best;
    free(peak.array);
    return status;
}
