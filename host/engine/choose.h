/* The choice of --device auto. GPUs are ranked
 *
 *     1. by double precision, without which the processor computes TFCE;
 *     2. by memory of their own, because the memory of the host is slower;
 *     3. by the time that a short trial takes (vx_backend_pace).
 *
 * A GPU that takes as long as the C backend, or longer, is not taken. */
#ifndef VX_ENGINE_CHOOSE_H
#define VX_ENGINE_CHOOSE_H

#include "engine/backend.h"

/* Opens and tests the device of this id. */
typedef vx_status (*vx_device_opener)(void *context, const char *id, vx_device **device, vx_error *error);

/* The note where no device of the list is a GPU. */
#define VX_NOTE_NO_GPU "no OpenCL device of this machine is a GPU"

/* Opens the best GPU of the list for a set of ops, else cpu. `note` says why GPUs are passed over and why one is taken.
 * Errors: those of opening cpu. */
vx_status vx_device_choose(const vx_device_info *list, size_t count, unsigned ops, vx_device_opener open,
                           void *context, vx_device **device, char *note, size_t note_size, vx_error *error);

#endif
