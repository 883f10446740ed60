/* Shared within the cpu backend: the ops, on plain memory, compiled once for each instruction set (simd.h). */
#ifndef VX_ENGINE_CPU_CPU_H
#define VX_ENGINE_CPU_CPU_H

#include "engine/backend.h"

/* An op: `args` is its struct of args.h, and `data` has the memory of the buffers, indexed by name. Buffers that the
 * op's flags do not need may be null. */
typedef vx_status vx_cpu_op(const void *args, void *const data[VX_BUFFERS], int threads, vx_error *error);

#define VX_CPU_OP(name, stem) extern vx_cpu_op vx_##stem##_baseline, vx_##stem##_v3, vx_##stem##_v4;
VX_OP_LIST(VX_CPU_OP)
#undef VX_CPU_OP

/* Does it once on so many threads. Returns its operations or bytes, as the backend's `peak`. */
double vx_cpu_peak(vx_peak peak, int threads, float *array, size_t floats);

#endif
