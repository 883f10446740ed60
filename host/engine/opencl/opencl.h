/* Shared within the OpenCL backend. It uses OpenCL 1.2. Only this folder contains names of OpenCL. */
#ifndef VX_ENGINE_OPENCL_H
#define VX_ENGINE_OPENCL_H

#include "engine/backend.h"

#include <CL/cl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

/* The name of an error code: "CL_OUT_OF_RESOURCES". */
const char *vx_cl_name(cl_int code);
/* VX_OK for CL_SUCCESS. Else fills the error with the call and the name of the code. */
#define vx_cl_check(code, call, error) vx_cl_check_at((code), (call), __func__, (error))
vx_status vx_cl_check_at(cl_int code, const char *call, const char *where, vx_error *error);

/* Save and restore the program's handlers of requests to stop, around a call in which a driver may replace them. */
enum { VX_HANDLERS = 9 };
typedef struct vx_handlers {
    struct sigaction action[VX_HANDLERS];
    bool kept[VX_HANDLERS];
} vx_handlers;
void vx_handlers_keep(vx_handlers *handlers);
void vx_handlers_restore(const vx_handlers *handlers);

/* Describes the device of these indices. Errors: VX_DEVICE where it does not exist. */
vx_status vx_cl_find(int platform, int device, cl_device_id *found, vx_device_info *info, vx_error *error);

/* Adds to the note the registered drivers that do not load, with the reasons. */
void vx_icd_note(char *note, size_t size);

/* The form of an op's kernel. `width` is the number of floats in a vector of the device. */
vx_form vx_cl_form(vx_op op, bool vectors, int width);

/* The build options of a form. `size` VX_CL_OPTIONS_MAX is enough for all of them. exact_division: the device rounds
 * division and root correctly where it is asked to. */
enum { VX_CL_OPTIONS_MAX = 256 };
void vx_cl_options(const vx_form *form, bool exact_division, char *options, size_t size);

/* Whether the device gets the explicit vectors of CPU devices; else it gets the work-groups of GPUs.
 * VOXSTAT_KERNEL_FORM=cpu or gpu decides for every device, so that tests can run either form on any hardware. */
bool vx_cl_vectors(const vx_device_info *info);

/* What programs are built for. */
typedef struct vx_cl_target {
    cl_context context;
    cl_device_id device;
    const vx_device_info *info;
} vx_cl_target;

/* A program of one form of an op. */
typedef struct vx_cl_program {
    vx_op op;
    vx_form form;
    cl_program program;   /* null before it is built; the caller releases it */
    atomic_bool compiled; /* it was not taken from the cache of binaries; set as soon as this is known */
} vx_cl_program;

/* Builds the program, or takes it from the cache of binaries. Errors: VX_DEVICE, with the driver's build log in the
 * message. Threads may build different programs at the same time; vx_cl_build_all keeps the handlers of signals. */
vx_status vx_cl_build(const vx_cl_target *target, vx_cl_program *program, vx_error *error);

/* Builds several programs at the same time. Where this takes long, and programs are compiled, it is said through
 * `notice` (may be null). Errors: that of the first program that does not build. */
vx_status vx_cl_build_all(const vx_cl_target *target, vx_cl_program *const *program, size_t count,
                          const vx_device_options *notice, vx_error *error);

/* The work of kernels/peak.cl, built for a device. It is no op, because no analysis runs it. vx_cl_peak_release frees
 * *made; null is fine. vx_cl_peak_run is backend.h's `peak`. */
typedef struct vx_cl_peak vx_cl_peak;
vx_form vx_cl_peak_form(bool vectors, int width);
vx_status vx_cl_peak_new(cl_context context, cl_device_id device, const vx_device_info *info, vx_cl_peak **made,
                         vx_error *error);
vx_status vx_cl_peak_run(const vx_cl_peak *peak, cl_command_queue queue, vx_peak which, cl_mem array, size_t floats,
                         double *work, vx_error *error);
void vx_cl_peak_release(vx_cl_peak *peak);

/* The cache holds binaries by key, under VOXSTAT_CACHE_DIR, else $XDG_CACHE_HOME/voxstat, else ~/.cache/voxstat. It
 * never fails: files that cannot be read or written, or that other users may write, count as absent. Load returns null,
 * or memory to free with free(). vx_cache_note adds to the note why the folder is not used. */
void *vx_cache_load(const void *key, size_t key_size, size_t *size);
void vx_cache_store(const void *key, size_t key_size, const void *data, size_t size);
void vx_cache_note(char *note, size_t size);

/* The text of a kernel file with its includes inserted. The caller frees it with free(). */
vx_status vx_kernel_source(const char *file, char **text, vx_error *error);

#endif
