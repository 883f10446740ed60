/* The engine: the devices that permutations run on.
 *
 * vx_device_open gives a device that the caller frees with vx_device_free. A vx_device is used by one thread at a time.
 * Results do not depend on the device:
 *
 *   1. Sign flips use integers and are exact everywhere.
 *   2. Correlations have the same bits on every device that rounds division and square root correctly
 *      (vx_device_info.exact_division). Results of other devices differ within the error of these two operations.
 *   3. The C backend checks what a device computed after every effect (vx_infer). */
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
    char id[32];          /* the argument of --device: "cpu", "opencl:0.0" */
    char name[256];
    char driver[256];     /* platform and driver version; the compiler for cpu */
    char kind[16];        /* "cpu", "gpu", "accelerator" */
    int compute_units;
    int threads;          /* of the cpu backend; 1 for others */
    size_t memory;        /* bytes in total */
    size_t memory_free;   /* bytes that are free now; the total where nothing reports it */
    bool memory_free_known;
    bool host_memory;     /* its memory is that of the host, as of integrated GPUs and CPU devices */
    size_t allocation_max;/* bytes of the largest buffer */
    size_t local_memory;
    char simd[64];        /* the vectors of the kernels: "avx512", "float16", "scalar" */
    bool exact_division;  /* rounds float division and square root correctly */
    bool has_double;      /* computes in double precision; else the host computes TFCE, smooths and regrids */
    char unusable[256];   /* the reason why the device cannot be used; empty for a usable one */
} vx_device_info;

/* Lists all devices, the cpu backend first. The caller frees *list with free(). A machine without an OpenCL loader or
 * driver has only the cpu. `note` (may be null) then says what is missing. It also names the registered drivers that do
 * not load, with the reason, and says why compiled kernels cannot be cached. */
VX_API vx_status vx_device_list(vx_device_info **list, size_t *count, char *note, size_t note_size, vx_error *error);

/* What a device is to compute; a set of flags. */
typedef enum vx_device_use {
    VX_USE_FLIPS = 1,       /* the mean without nuisance */
    VX_USE_REGRESSION = 2,  /* a covariate without nuisance */
    VX_USE_CLUSTERS = 4,    /* VX_CORRECT_EXTENT, VX_CORRECT_MASS */
    VX_USE_TFCE = 8,        /* VX_CORRECT_TFCE */
    VX_USE_NUISANCE = 16,   /* every effect beside nuisance, among which the other covariates of a joint model are */
    VX_USE_SMOOTHING = 32,  /* of images, before the analysis */
    VX_USE_REGRIDDING = 64,
} vx_device_use;

typedef struct vx_device_options {
    size_t size;   /* sizeof(vx_device_options) */
    int threads;   /* of cpu; 0: all */
    unsigned uses; /* VX_USE_ flags; 0: all. Opening builds and tests the kernels of these. Those of other uses are
                    * built and tested where an inference needs them. */
    /* Null, or called with a line about work that takes longer than a second: "building 3 kernels for <name>, once". */
    void (*say)(void *context, const char *text);
    void *context; /* of `say`; the caller keeps both while the device is open */
} vx_device_options;

/* Opens "auto", "cpu", "opencl" (the first usable GPU, else the first device) or "opencl:P.D", and runs the self-test
 * on it. Null `options` are those with every member 0.
 *
 * "auto" opens the best usable GPU that is faster than cpu on a short trial, else cpu. GPUs with double precision go
 * before others, then GPUs with memory of their own, then the faster. `note` says why a GPU is taken or passed over.
 *
 * Errors: VX_USAGE for a name of another form; VX_DEVICE for a device that does not exist, fails to build its kernels
 * (with the build log) or fails the self-test. "auto" skips such a device. */
VX_API vx_status vx_device_open(const char *name, const vx_device_options *options, vx_device **device, char *note,
                                size_t note_size, vx_error *error);
VX_API const vx_device_info *vx_device_properties(const vx_device *device);
VX_API void vx_device_free(vx_device *device);

#ifdef __cplusplus
}
#endif
#endif
