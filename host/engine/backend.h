/* The seam: what a device must be able to do. `cpu` and `opencl` fill this one table; nothing else differs.
 *
 * Ops and their buffers, in this order (types in kernels/args.h; "in" is never written):
 *
 *   VX_OP_SIGNFLIP     in  int32   Y[tiles][n][VX_TILE]           (k, fixed point)
 *                      in  uint8   flip[P][groups]
 *                      out int32   high[P], low[P]                largest and smallest s; merged by max and min
 *                      in  int32   count_high[Vt], count_low[Vt]  VX_COUNT;   Vt = tiles * VX_TILE
 *                      out uint32  count[Vt]                      VX_COUNT: added to
 *                      out int32   score[P][map], from map0 on    VX_STORE
 *                      out int32   list_voxel[P][capacity], list_score[P][capacity]     VX_COMPACT
 *                      out int32   list_size[P]                   VX_COMPACT: added to; true length, even past capacity
 *   VX_OP_CORRELATION  in  float   Y[tiles][n][VX_TILE]
 *                      in  float   W[P][1 + k][n]
 *                      then as above
 *   VX_OP_CLUSTERS     in  int32   position[V]: of every mask voxel in the padded grid
 *                      in  int32   list_voxel, list_score, list_size
 *                      out int32   extent[P][2]                   largest cluster, positive and negative tail; 0: none
 *                      out int64   mass[P][2]
 *                      tmp int32   slab[slabs][slab_size]         zero on entry, left zero
 *                      tmp int32   parent[slabs][capacity], size[slabs][capacity]
 *                      tmp int64   sum[slabs][capacity]
 *
 *   VX_OP_TFCE         in  int32   score[P][padded]               of a dense op with VX_STORE
 *                      in  int32   position[V]                    ascending
 *                      in  double  power[V + 1]                   power[s] = s^E, power[0] = 0
 *                      out double  best[P][2]                     positive and negative tail; 0 where not asked for
 *                      tmp int32   work[slabs][words]             words = VX_TFCE_GRID_WORDS * slab_size +
 *                                                                 VX_TFCE_VOXEL_WORDS * padded; zero on entry, the
 *                                                                 grid part left zero
 *
 * Lists come in no particular order. Count arrays are those of the slab (the caller keeps buffers for each).
 * A list longer than capacity is cut; its list_size tells, and the caller computes that relabelling again.
 *
 * A device works through two queues, each in order. Across them nothing is ordered but an op with itself: one that was
 * asked for later, on whichever queue, begins when the former has ended. So buffers that only one op uses, and counts,
 * are safe to share; what else two queues use must not be written while the other is under way. upload returns when
 * `from` may be reused, download when `to` is filled; nothing else waits. */
#ifndef VX_ENGINE_BACKEND_H
#define VX_ENGINE_BACKEND_H

#include "args.h"
#include "base/error.h"
#include "voxstat/engine.h"

typedef enum vx_op { VX_OP_SIGNFLIP, VX_OP_CORRELATION, VX_OP_CLUSTERS, VX_OP_TFCE, VX_OPS } vx_op;

/* Places of the buffers of the dense ops and of VX_OP_CLUSTERS in the array that run() takes; unused ones are null. */
enum { VX_Y, VX_W, VX_HIGH, VX_LOW, VX_COUNT_HIGH, VX_COUNT_LOW, VX_COUNTS, VX_SCORE, VX_LIST_VOXEL, VX_LIST_SCORE,
       VX_LIST_SIZE, VX_DENSE_BUFFERS };
enum { VX_C_POSITION, VX_C_LIST_VOXEL, VX_C_LIST_SCORE, VX_C_LIST_SIZE, VX_C_EXTENT, VX_C_MASS, VX_C_SLAB, VX_C_PARENT,
       VX_C_SIZE, VX_C_SUM, VX_CLUSTERS_BUFFERS };

enum { VX_T_SCORE, VX_T_POSITION, VX_T_POWER, VX_T_BEST, VX_T_WORK, VX_TFCE_BUFFERS };

enum { VX_QUEUES = 2 };

typedef struct vx_buffer vx_buffer;
typedef struct vx_backend vx_backend;

struct vx_backend {
    vx_device_info info;
    int slabs_preferred; /* label slabs that keep the device busy: one a thread, several a compute unit */
    int maps_preferred;  /* the same for VX_OP_TFCE */
    int queues;          /* that are worth using: 1 where a call returns only when its work is done */

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
    vx_status (*run)(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const *buffers,
                     vx_error *error);
    vx_status (*wait)(vx_backend *self, int queue, vx_error *error);
    double (*seconds)(const vx_backend *self, vx_op op); /* device time spent in an op since the backend was opened */
    void (*free)(vx_backend *self);
};

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
