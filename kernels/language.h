/* Names that differ between C and OpenCL C, so that the same text serves both. VX_INTS and VX_FLOATS are the vectors of
 * common.h in OpenCL. In C they are numbers, and the compiler vectorises the loops over them. */
#ifndef VX_LANGUAGE_H
#define VX_LANGUAGE_H

#ifdef __OPENCL_C_VERSION__
#define VX_GLOBAL __global
#define VX_LONG long
#define VX_FMA fma
#define VX_SQRT sqrt
#define VX_ABS fabs
#define VX_INTS vx_ints
#define VX_FLOATS vx_floats
#define VX_AS_INTS(x) vx_as_ints(x)
#define VX_AS_FLOATS(x) vx_as_floats(x)
#define VX_TO_FLOATS(x) vx_to_floats(x)
#define VX_UNROLL _Pragma("unroll")
#define VX_NAN as_float(0x7fc00000) /* NAN has other bits on some devices */
#else
#include <math.h>
#include <stdint.h>
#define VX_GLOBAL
#define VX_LONG int64_t
#define VX_FMA fmaf
#define VX_SQRT sqrtf
#define VX_ABS fabsf
#define VX_INTS int32_t
#define VX_FLOATS float
typedef union vx_word {
    int32_t bits;
    float value;
} vx_word;
#define VX_AS_INTS(x) (((vx_word){.value = (x)}).bits)
#define VX_AS_FLOATS(x) (((vx_word){.bits = (x)}).value)
#define VX_TO_FLOATS(x) ((float)(x))
#define VX_UNROLL
#define VX_NAN NAN
#endif

#endif
