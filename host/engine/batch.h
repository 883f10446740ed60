/* A batch of relabellings on its way through the device, and the engine that it is part of. Inside the engine only.
 *
 * Two batches can be under way, each on a queue of its own (backend.h): while one is in the spatial stage, the host
 * draws the relabellings of the other, they travel, and its dense stage runs. What a stage reads or leaves for the next
 * is the batch's own; scratch and counts are there once, as an op never runs beside itself. */
#ifndef VX_ENGINE_BATCH_H
#define VX_ENGINE_BATCH_H

#include "engine/engine.h"

typedef struct vx_batch {
    int queue;
    int64_t count;   /* relabellings under way; 0: none */
    uint64_t *index; /* which */
    uint64_t *place; /* where in the tally each belongs */
    vx_buffer *weights, *high, *low, *score, *list_voxel, *list_score, *list_size, *extent, *mass, *best;
    void *host_weights;
    int32_t *host_high, *host_low, *host_size, (*host_extent)[2];
    int64_t (*host_mass)[2];
    double (*host_best)[2];
} vx_batch;

/* The buffers of one voxel slab that stay on the device. */
typedef struct vx_slab {
    vx_buffer *high, *low, *count;
} vx_slab;

struct vx_engine {
    vx_backend *backend;
    const vx_problem *problem;
    vx_schedule schedule;
    vx_slab *slab;
    vx_buffer *y, *position, *label, *parent, *size, *sum, *power, *work;
    vx_batch batch[VX_QUEUES]; /* schedule.batches of them */
};

/* Where a voxel slab of the matrix begins, how much of it there is; and its upload, in the place of another. */
int64_t vx_slab_first_tile(const vx_engine *engine, int64_t slab);
int64_t vx_slab_tiles(const vx_engine *engine, int64_t slab);
int64_t vx_slab_voxels(const vx_engine *engine, int64_t slab);
vx_status vx_slab_upload(vx_engine *engine, int queue, int64_t slab, vx_error *error);

/* Downloads the first `bytes` twice. VX_DEVICE where the two differ: a fault of the transfer. */
vx_status vx_fetch(vx_backend *backend, int queue, vx_buffer *from, void *to, size_t bytes, vx_error *error);

vx_status vx_batch_new(vx_engine *engine, int queue, vx_error *error);
void vx_batch_free(vx_engine *engine, vx_batch *batch);

/* Asks the device for the dense stage of the `count` relabellings in batch->index, with these VX_ flags and lists of
 * that capacity. */
vx_status vx_batch_dense(vx_engine *engine, vx_batch *batch, int64_t count, int flags, int64_t capacity,
                         vx_error *error);

/* Asks for that and for what follows from it: TFCE of stored maps, clusters of lists. */
vx_status vx_batch_start(vx_engine *engine, vx_batch *batch, int64_t count, int flags, int64_t capacity,
                         vx_error *error);

/* Waits for what was asked for and fetches it into the host arrays. */
vx_status vx_batch_finish(vx_engine *engine, vx_batch *batch, int flags, vx_error *error);

#endif
