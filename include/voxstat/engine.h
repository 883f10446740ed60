/* The engine: the devices that permutations run on.
 *
 * vx_device_open gives a device that the caller frees with vx_device_free. A vx_device is used by one thread at a time.
 * Results do not depend on the device: sign flips are integer-exact, correlations bit-identical where the device rounds
 * division and square root correctly, else within the bound that infer states. What a device computed is checked on the
 * C backend after every effect (vx_infer). */
#ifndef VOXSTAT_ENGINE_H
#define VOXSTAT_ENGINE_H

#include "voxstat/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vx_device vx_device;

typedef struct vx_device_info {
    char id[32];          /* what --device takes: "cpu", "opencl:0.0" */
    char name[256];
    char driver[256];     /* platform and driver version; the compiler for cpu */
    char kind[16];        /* "cpu", "gpu", "accelerator" */
    int compute_units;
    int threads;          /* of the cpu backend */
    size_t memory;        /* bytes: all there is */
    size_t memory_free;   /* bytes: free now where the driver tells, else all */
    size_t allocation_max;/* bytes in one buffer */
    size_t local_memory;
    char simd[64];        /* what the kernels use: "avx512", "float16", "scalar" */
    bool exact_division;  /* rounds float division and square root correctly */
    bool has_double;      /* computes in double, which TFCE needs */
    char unusable[256];   /* why the device cannot be used; "" where it can */
} vx_device_info;

/* Every device there is, the cpu backend first. *list is freed with free(). A machine without an OpenCL loader or
 * driver has the cpu alone, and `note` (may be null) says what is missing, which registered drivers do not load and
 * why, and why compiled kernels are not kept. */
VX_API vx_status vx_device_list(vx_device_info **list, size_t *count, char *note, size_t note_size, vx_error *error);

/* Opens "auto" (the GPU with most compute units, else cpu), "cpu", "opencl" (the first usable GPU, else the first
 * device) or "opencl:P.D", and puts it through the known-answer self-test. `threads` is for cpu; 0 means all.
 * Errors: VX_USAGE for a name of another form, VX_DEVICE for a device that is not there, fails to build its kernels
 * (with the build log) or fails the self-test. With "auto" such a device is passed over and `note` says why. */
VX_API vx_status vx_device_open(const char *name, int threads, vx_device **device, char *note, size_t note_size,
                                vx_error *error);
VX_API const vx_device_info *vx_device_properties(const vx_device *device);
VX_API void vx_device_free(vx_device *device);

#ifdef __cplusplus
}
#endif
#endif
