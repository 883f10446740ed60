/* The seam: what a device must be able to do. `cpu` and `opencl` fill this one table, and nothing else differs between
 * them. op.h has the ops and their buffers.
 *
 * A device works through two queues.
 *
 *   1. Each queue does its work in order.
 *   2. Launches of one op do not overlap: a launch begins when the op's launch before it has ended, on whichever queue
 *      that was. The queues may therefore share counts, and buffers that only one op uses.
 *   3. A queue must not write any other buffer while the other queue uses it.
 *   4. upload returns when `from` may be reused, and download when `to` is filled. No other function waits. */
#ifndef VX_ENGINE_BACKEND_H
#define VX_ENGINE_BACKEND_H

#include "base/error.h"
#include "engine/op.h"
#include "voxstat/engine.h"

enum { VX_QUEUES = 2 };

/* What a device does fastest, with which the bench compares the ops: fused multiply-adds of floats in registers; a
 * triad through memory, sum[i] = a[i] + 0.5 b[i] (McCalpin 1995, STREAM). */
typedef enum vx_peak { VX_PEAK_ARITHMETIC, VX_PEAK_MEMORY, VX_PEAKS } vx_peak;
enum { VX_PEAK_FLOATS = 1024, VX_PEAK_TRIAD_BYTES = 12 }; /* floats come in multiples; bytes that one of them moves */

typedef struct vx_buffer vx_buffer;
typedef struct vx_backend vx_backend;

struct vx_backend {
    vx_device_info info;
    int parallel[VX_OPS]; /* relabellings at a time that keep the device busy, for ops that take one a group */
    int tables;           /* signflip: entries of tables of signed sums that the device holds near; 0: those of the C
                           * backend */
    int queues;           /* queues worth using: 1 where a call returns only when its work is done */
    bool concurrent;      /* threads may call it at the same time, each with buffers of its own */

    /* Makes a buffer of zeros, which either queue may use. */
    vx_status (*buffer_new)(vx_backend *self, size_t bytes, vx_buffer **buffer, vx_error *error);
    void (*buffer_free)(vx_backend *self, vx_buffer *buffer);                                    /* null is fine */
    /* Makes a buffer of memory of the host, which outlives it: ops work in it. Null for devices that work in another
     * memory. */
    vx_status (*buffer_over)(vx_backend *self, void *memory, vx_buffer **buffer, vx_error *error);
    vx_status (*upload)(vx_backend *self, int queue, vx_buffer *to, size_t offset, const void *from, size_t bytes,
                        vx_error *error);
    vx_status (*download)(vx_backend *self, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                          vx_error *error);
    /* Fills the buffer with the 32-bit `word`. */
    vx_status (*fill)(vx_backend *self, int queue, vx_buffer *buffer, size_t offset, size_t bytes, int32_t word,
                      vx_error *error);
    /* Makes a set of ops ready to run. Building programs for the first time takes seconds, which is said through
     * `notice` (may be null). Null where every op is always ready. Errors: VX_DEVICE where a program does not build. */
    vx_status (*prepare)(vx_backend *self, unsigned ops, const vx_device_options *notice, vx_error *error);
    /* Makes the op ready where it is not. `args` is the op's struct of args.h, and `buffer` has its buffers; those that
     * its flags do not need may be null. Errors: VX_DEVICE where the device does not support the op. */
    vx_status (*run)(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const buffer[VX_BUFFERS],
                     vx_error *error);
    vx_status (*wait)(vx_backend *self, int queue, vx_error *error);
    /* Does it once and waits. `array` has sum, a and b, of `floats` floats each, a multiple of VX_PEAK_FLOATS. *work
     * becomes its operations (two a multiply-add) or bytes, 0 where they are not measured. Tests may leave it null. */
    vx_status (*peak)(vx_backend *self, vx_peak peak, vx_buffer *array, size_t floats, double *work, vx_error *error);
    double (*seconds)(const vx_backend *self, vx_op op); /* device time spent in an op since the backend was opened */
    /* The time of the longest launch of a queue that has ended since the last call. Null where launches may take any
     * time. */
    double (*longest)(vx_backend *self, int queue);
    void (*free)(vx_backend *self);
};

/* Whether the device can run the op. */
static inline bool vx_backend_supports(const vx_backend *backend, vx_op op)
{
    return !vx_op_table[op].needs_double || backend->info.has_double;
}

/* A buffer with the `bytes` of `memory`, or over the memory itself; `filled` false: its content does not matter. Then
 * what is in the buffer, brought back to the same memory. */
vx_status vx_buffer_lend(vx_backend *backend, void *memory, size_t bytes, bool filled, vx_buffer **buffer,
                         vx_error *error);
vx_status vx_buffer_return(vx_backend *backend, vx_buffer *buffer, void *memory, size_t bytes, vx_error *error);

/* Opens the C backend. `threads` 0 means all. */
vx_status vx_cpu_open(int threads, vx_backend **backend, vx_error *error);

/* Lists the OpenCL devices. Without OpenCL in the build, or without a loader or driver on the machine, `count` is 0 and
 * `note` says why. */
vx_status vx_opencl_list(vx_device_info **list, size_t *count, char *note, size_t note_size, vx_error *error);
vx_status vx_opencl_open(int platform, int device, vx_backend **backend, vx_error *error);

/* The self-test of a set of ops. Ops that the backend does not support are left out. The answers to tiny problems must
 * be those worked by hand and, unless the backend is the C backend itself, the results of small trials those of the C
 * backend. Errors: VX_DEVICE where they differ. */
vx_status vx_backend_selftest(vx_backend *backend, unsigned ops, vx_error *error);

/* Measures the seconds of device time that a relabelling of a short trial takes in each of a set of ops; 0 for an op
 * that has no part in it. The trial takes correlation, or else signflip. */
vx_status vx_backend_pace(vx_backend *backend, unsigned ops, double seconds[VX_OPS], vx_error *error);

/* Makes a device of an open backend without a self-test, and takes ownership of the backend. Tests put faulty backends
 * in the place of real ones with it. */
vx_status vx_device_wrap(vx_backend *backend, vx_device **device, vx_error *error);

/* The backend of an open device. */
vx_backend *vx_device_backend(vx_device *device);

/* The threads that were asked for when the device was opened; 0: all. */
int vx_device_threads(const vx_device *device);

/* Makes ops ready, and tests those that were not tested yet. Errors: VX_DEVICE where one does not build or fails. */
vx_status vx_device_need(vx_device *device, unsigned ops, vx_error *error);

#endif
