/* Inside the cpu backend: the ops, on plain memory. The dense ops and tfce are compiled once an
 * instruction set (simd.h). */
#ifndef VX_ENGINE_CPU_CPU_H
#define VX_ENGINE_CPU_CPU_H

#include "engine/backend.h"

/* `data` holds the buffers' memory in the order of backend.h; those that the op's flags do not ask for may be null. */
typedef vx_status vx_cpu_signflip(const vx_dense_args *args, void *const *data, int threads, vx_error *error);
typedef vx_status vx_cpu_correlation(const vx_dense_args *args, void *const *data, int threads, vx_error *error);
typedef vx_status vx_cpu_tfce(const vx_tfce_args *args, void *const *data, int threads, vx_error *error);

vx_cpu_signflip vx_signflip_baseline, vx_signflip_v3, vx_signflip_v4;
vx_cpu_correlation vx_correlation_baseline, vx_correlation_v3, vx_correlation_v4;
vx_cpu_tfce vx_tfce_baseline, vx_tfce_v3, vx_tfce_v4;
vx_status vx_clusters(const vx_clusters_args *args, void *const *data, int threads, vx_error *error);

#endif
