/* Vectors for the ops, as wide as the instruction set for which the file is compiled.
 *
 *     1. CMake compiles every op for x86-64-v3 (AVX2, FMA) and x86-64-v4 (AVX-512) beside the plain build, with VX_SIMD
 *        set to v3 and v4. cpu.c chooses among them at run time.
 *     2. Arithmetic uses GCC's vector extension. This file has what the extension lacks, for each instruction set.
 *     3. Every variant gives the same bits, because fma is rounded once everywhere. The plain build uses fmaf. */
#ifndef VX_ENGINE_CPU_SIMD_H
#define VX_ENGINE_CPU_SIMD_H

#include <math.h>
#include <stdint.h>

#ifndef VX_SIMD
#define VX_SIMD baseline
#endif
#define VX_PASTE(name, suffix) name##_##suffix
#define VX_EXPAND(name, suffix) VX_PASTE(name, suffix)
/* The name of a function in this variant: vx_signflip_v4. */
#define vx_variant(name) VX_EXPAND(name, VX_SIMD)

#if defined __AVX512F__ && defined __AVX512DQ__
#define VX_LANES 16
#elif defined __AVX2__ && defined __FMA__
#define VX_LANES 8
#else
#define VX_LANES 4
#endif

typedef float vx_floats __attribute__((vector_size(4 * VX_LANES), may_alias));
typedef int32_t vx_ints __attribute__((vector_size(4 * VX_LANES), may_alias));

static inline vx_ints vx_splat(int32_t value)
{
    return value + (vx_ints){0};
}

/* a where `first` is all ones, b where it is 0. */
static inline vx_floats vx_either(vx_ints first, vx_floats a, vx_floats b)
{
    return (vx_floats)(((vx_ints)a & first) | ((vx_ints)b & ~first));
}

#if VX_LANES == 16
#include <immintrin.h>
static const vx_ints vx_lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#define vx_fma(a, b, c) ((vx_floats)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define vx_sqrt(a) ((vx_floats)_mm512_sqrt_ps((__m512)(a)))
#define vx_max(a, b) ((vx_ints)_mm512_max_epi32((__m512i)(a), (__m512i)(b)))
#define vx_min(a, b) ((vx_ints)_mm512_min_epi32((__m512i)(a), (__m512i)(b)))
#ifdef __SANITIZE_ADDRESS__
/* gcc 12 spills a mask in 16 bits and reads back 32 where registers run out, as under this sanitizer. The release build
 * spills none. */
static inline unsigned vx_mask_bits(unsigned bits)
{
    __asm__("" : "+r"(bits));
    return bits & 0xffff;
}
#else
#define vx_mask_bits(bits) ((unsigned)(bits))
#endif
/* One bit for each lane, set where a > b. */
#define vx_above(a, b) vx_mask_bits(_mm512_cmpgt_epi32_mask((__m512i)(a), (__m512i)(b)))
/* Whether any lane of a > b or of c > d. */
#define vx_any_above(a, b, c, d)                                                                                       \
    (!_kortestz_mask16_u8(_mm512_cmpgt_epi32_mask((__m512i)(a), (__m512i)(b)),                                         \
                          _mm512_cmpgt_epi32_mask((__m512i)(c), (__m512i)(d))))
#elif VX_LANES == 8
#include <immintrin.h>
static const vx_ints vx_lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7};
#define vx_fma(a, b, c) ((vx_floats)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define vx_sqrt(a) ((vx_floats)_mm256_sqrt_ps((__m256)(a)))
#define vx_max(a, b) ((vx_ints)_mm256_max_epi32((__m256i)(a), (__m256i)(b)))
#define vx_min(a, b) ((vx_ints)_mm256_min_epi32((__m256i)(a), (__m256i)(b)))
#define vx_above(a, b) ((unsigned)_mm256_movemask_ps((__m256)((vx_ints)(a) > (vx_ints)(b))))
#else
static const vx_ints vx_lane_numbers = {0, 1, 2, 3};
static inline vx_floats vx_fma(vx_floats a, vx_floats b, vx_floats c)
{
    return (vx_floats){fmaf(a[0], b[0], c[0]), fmaf(a[1], b[1], c[1]), fmaf(a[2], b[2], c[2]), fmaf(a[3], b[3], c[3])};
}
static inline vx_floats vx_sqrt(vx_floats a)
{
    return (vx_floats){sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3])};
}
static inline vx_ints vx_max(vx_ints a, vx_ints b)
{
    vx_ints above = a > b;
    return (above & a) | (~above & b);
}
static inline vx_ints vx_min(vx_ints a, vx_ints b)
{
    vx_ints above = a > b;
    return (above & b) | (~above & a);
}
#ifdef __SSE2__
#include <emmintrin.h>
#define vx_above(a, b) ((unsigned)_mm_movemask_ps((__m128)((vx_ints)(a) > (vx_ints)(b))))
#else
static inline unsigned vx_above(vx_ints a, vx_ints b)
{
    vx_ints bits = (a > b) & (vx_ints){1, 2, 4, 8};
    return (unsigned)(bits[0] | bits[1] | bits[2] | bits[3]);
}
#endif
#endif
/* All ones in the lanes whose bit is set. */
static inline vx_ints vx_lane_mask(unsigned lanes)
{
#if VX_LANES == 16
    return (vx_ints)_mm512_movm_epi32((__mmask16)lanes);
#else
    const vx_ints bit = vx_splat(1) << vx_lane_numbers;
    return (vx_splat((int32_t)lanes) & bit) == bit;
#endif
}
/* Stores the lanes whose bit is set in `lanes`, one after the other. It writes a full vector. */
static inline void vx_pack(int32_t *to, vx_ints from, unsigned lanes)
{
#if VX_LANES == 16
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32((__mmask16)lanes, (__m512i)from));
#elif VX_LANES == 8
    static const int32_t packed[16][4] = {{0}, {0},    {1},    {0, 1},    {2},    {0, 2},    {1, 2},    {0, 1, 2},
                                          {3}, {0, 3}, {1, 3}, {0, 1, 3}, {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
    for (int half = 0; half < 2; half++, lanes >>= 4) {
        const __m128 four = half ? _mm256_extractf128_ps((__m256)from, 1) : _mm256_castps256_ps128((__m256)from);
        const __m128i order = _mm_loadu_si128((const __m128i *)packed[lanes & 15]);
        _mm_storeu_ps((float *)to, _mm_permutevar_ps(four, order));
        to += __builtin_popcount(lanes & 15);
    }
#else
    for (int lane = 0; lane < VX_LANES; lane++, lanes >>= 1) {
        *to = from[lane];
        to += lanes & 1;
    }
#endif
}
#ifndef vx_any_above
#define vx_any_above(a, b, c, d) ((vx_above(a, b) | vx_above(c, d)) != 0)
#endif

#endif
