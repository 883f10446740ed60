/* The seam: what a device must be able to do. `cpu` and `opencl` fill this one table; nothing else differs. The ops and
 * their buffers are those of op.h.
 *
 * A device works through two queues, each in order. Across them nothing is ordered but an op with itself: one that was
 * asked for later, on whichever queue, begins when the former has ended. So buffers that only one op uses, and counts,
 * are safe to share; what else two queues use must not be written while the other is under way. upload returns when
 * `from` may be reused, download when `to` is filled; nothing else waits. */
#ifndef VX_ENGINE_BACKEND_H
#define VX_ENGINE_BACKEND_H

#include "base/error.h"
#include "engine/op.h"
#include "voxstat/engine.h"

enum { VX_QUEUES = 2 };

typedef struct vx_buffer vx_buffer;
typedef struct vx_backend vx_backend;

struct vx_backend {
    vx_device_info info;
    int parallel[VX_OPS]; /* relabellings that keep the device busy, for the ops that work on whole ones */
    int queues;           /* that are worth using: 1 where a call returns only when its work is done */

    /* Zeroed, for either queue. */
    vx_status (*buffer_new)(vx_backend *self, size_t bytes, vx_buffer **buffer, vx_error *error);
    void (*buffer_free)(vx_backend *self, vx_buffer *buffer);                                    /* null is fine */
    vx_status (*upload)(vx_backend *self, int queue, vx_buffer *to, size_t offset, const void *from, size_t bytes,
                        vx_error *error);
    vx_status (*download)(vx_backend *self, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                          vx_error *error);
    /* Fills whole 32-bit words with `word`. */
    vx_status (*fill)(vx_backend *self, int queue, vx_buffer *buffer, size_t offset, size_t bytes, int32_t word,
                      vx_error *error);
    /* `args` is the op's struct of args.h; `buffer` holds what the op uses, and may hold null for what its flags do not
     * ask for. VX_DEVICE where the device does not support the op. */
    vx_status (*run)(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const buffer[VX_BUFFERS],
                     vx_error *error);
    vx_status (*wait)(vx_backend *self, int queue, vx_error *error);
    double (*seconds)(const vx_backend *self, vx_op op); /* device time spent in an op since the backend was opened */
    void (*free)(vx_backend *self);
};

/* Whether the device can run the op. */
static inline bool vx_backend_supports(const vx_backend *backend, vx_op op)
{
    return !vx_op_table[op].needs_double || backend->info.has_double;
}

/* Opens the C backend. threads 0: all. */
vx_status vx_cpu_open(int threads, vx_backend **backend, vx_error *error);

/* The OpenCL devices; without OpenCL in the build, or a loader or driver on the machine, `count` is 0 and `note` says
 * why. */
vx_status vx_opencl_list(vx_device_info **list, size_t *count, char *note, size_t note_size, vx_error *error);
vx_status vx_opencl_open(int platform, int device, vx_backend **backend, vx_error *error);

/* Known answers on a tiny problem worked by hand; VX_DEVICE where the device gives others. */
vx_status vx_backend_selftest(vx_backend *backend, vx_error *error);

/* A device over a backend that is open, without a self-test; it takes the backend over. For tests, which put faulty
 * backends in the place of real ones. */
vx_status vx_device_wrap(vx_backend *backend, vx_device **device, vx_error *error);

/* The backend of an open device. */
vx_backend *vx_device_backend(vx_device *device);

#endif
