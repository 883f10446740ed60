/* Who does the work of smoothing and regridding: a device, through the seam of engine/backend.h. Every device gives the
 * same bits. */
#ifndef VX_PREPARE_WORKER_H
#define VX_PREPARE_WORKER_H

#include "engine/backend.h"

#include <stdatomic.h>

typedef struct vx_worker {
    vx_backend *device;   /* null, or the device that was asked for, if it is not the C backend and supports the ops */
    vx_backend *host;     /* the C backend: without a device, and for volumes that are too large for it; owned */
    atomic_uint compared; /* the set of ops of which vx_worker_compares has said so */
} vx_worker;

/* `device` null, or one without double precision: the C backend does everything. Its ops are made ready and tested.
 * Errors: VX_DEVICE where one fails. */
vx_status vx_worker_init(vx_device *device, unsigned ops, int threads, vx_worker *worker, vx_error *error);
void vx_worker_destroy(vx_worker *worker);

/* The backend for a step whose largest buffer has `largest` bytes and whose buffers have `all`. */
vx_backend *vx_worker_backend(const vx_worker *worker, size_t largest, size_t all);

/* Whether what a device gives for a volume is to be compared with what the host gives: true for the first volume of an
 * op, as the self-test cannot know every shape. */
bool vx_worker_compares(vx_worker *worker, const vx_backend *backend, vx_op op);

/* Errors: VX_DEVICE where voxels of the device have other bits than those of the host. `verb` says what was done:
 * "smoothed". */
vx_status vx_worker_compare(const vx_backend *backend, const char *verb, const float *device, const float *host,
                            size_t voxels, vx_error *error);

/* Calls work(context, backend) for the threads that read images, one at a time where the backend wants it. */
typedef vx_status vx_worker_task(void *context, vx_backend *backend, vx_error *error);
vx_status vx_worker_do(vx_backend *backend, vx_worker_task *work, void *context, vx_error *error);

#endif
