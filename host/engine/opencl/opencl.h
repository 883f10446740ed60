/* Inside the OpenCL backend. OpenCL 1.2 throughout; nothing outside this folder sees a CL name. */
#ifndef VX_ENGINE_OPENCL_H
#define VX_ENGINE_OPENCL_H

#include "engine/backend.h"

#include <CL/cl.h>
#include <signal.h>
#include <stdbool.h>

/* "CL_OUT_OF_RESOURCES" for its code. */
const char *vx_cl_name(cl_int code);
/* VX_OK for CL_SUCCESS, else fills the error with the call and the name of the code. */
#define vx_cl_check(code, call, error) vx_cl_check_at((code), (call), __func__, (error))
vx_status vx_cl_check_at(cl_int code, const char *call, const char *where, vx_error *error);

/* The program's handlers of what asks for an end, around a call in which a driver may put its own over them. */
enum { VX_HANDLERS = 9 };
typedef struct vx_handlers {
    struct sigaction action[VX_HANDLERS];
    bool kept[VX_HANDLERS];
} vx_handlers;
void vx_handlers_keep(vx_handlers *handlers);
void vx_handlers_restore(const vx_handlers *handlers);

/* The device of these indices, described; VX_DEVICE where there is none. */
vx_status vx_cl_find(int platform, int device, cl_device_id *found, vx_device_info *info, vx_error *error);

/* Adds to the note which registered drivers do not load, and why. */
void vx_icd_note(char *note, size_t size);

/* The form of an op's kernel; `width`: the floats that a vector of the device holds. */
vx_form vx_cl_form(vx_op op, bool vectors, int width);

/* Whether the device gets the explicit vectors of CPU devices (else the work-groups of GPUs). VOXSTAT_KERNEL_FORM=cpu
 * or gpu decides for any device: it lets either form be tested on the other's hardware. */
bool vx_cl_vectors(const vx_device_info *info);

/* Builds the program of one form for the device, from the cache of binaries where it has been built before. The
 * driver's build log becomes the error's message. The caller releases it. */
vx_status vx_cl_build(cl_context context, cl_device_id device, vx_op op, const vx_form *form, bool exact_division,
                      cl_program *program, vx_error *error);

/* The cache: binaries by key, under VOXSTAT_CACHE_DIR, else $XDG_CACHE_HOME/voxstat, else ~/.cache/voxstat. What cannot
 * be read or written, or is not the user's alone, is as good as absent: a cache never fails. Load gives null or memory
 * for free(). To the note it is added why the folder is not used. */
void *vx_cache_load(const void *key, size_t key_size, size_t *size);
void vx_cache_store(const void *key, size_t key_size, const void *data, size_t size);
void vx_cache_note(char *note, size_t size);

/* The text of a kernel file with its includes put in place; freed with free(). */
vx_status vx_kernel_source(const char *file, char **text, vx_error *error);

#endif
