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
    int64_t count;              /* relabellings under way; 0: none */
    int flags;                  /* those of args.h: what the relabellings leave */
    int64_t capacity;           /* of each one's list */
    uint64_t *index;            /* which relabellings */
    uint64_t *place;            /* where in the tally each belongs */
    int64_t *overflow, overflows; /* those of them whose lists were cut */
    vx_buffer *buffer[VX_BUFFERS]; /* those of VX_OF_BATCH */
    void *host[VX_BUFFERS];     /* the weights, and what is fetched */
} vx_batch;

struct vx_engine {
    vx_backend *backend;
    const vx_problem *problem;
    vx_schedule schedule;
    vx_buffer *buffer[VX_BUFFERS];   /* those of VX_OF_ENGINE */
    vx_buffer *(*slab)[VX_BUFFERS];  /* those of VX_OF_SLAB: schedule.voxel_slabs times */
    vx_batch batch[VX_QUEUES];       /* schedule.batches of them */
};

/* Makes the buffers of one owner; the caller frees them with vx_buffers_free, also after a failure. */
vx_status vx_buffers_new(vx_engine *engine, vx_owner owner, vx_buffer *buffer[VX_BUFFERS], vx_error *error);
void vx_buffers_free(vx_engine *engine, vx_buffer *buffer[VX_BUFFERS]);

/* Where a voxel slab of the matrix begins, how much of it there is; and its upload, in the place of another. */
int64_t vx_slab_first_tile(const vx_engine *engine, int64_t slab);
int64_t vx_slab_tiles(const vx_engine *engine, int64_t slab);
int64_t vx_slab_voxels(const vx_engine *engine, int64_t slab);
vx_status vx_slab_upload(vx_engine *engine, int queue, int64_t slab, vx_error *error);

/* Downloads the first `bytes` twice. VX_DEVICE where the two differ: a fault of the transfer. */
vx_status vx_fetch(vx_backend *backend, int queue, vx_buffer *from, void *to, size_t bytes, vx_error *error);

vx_status vx_batch_new(vx_engine *engine, int queue, vx_error *error);
void vx_batch_free(vx_engine *engine, vx_batch *batch);

/* Asks the device for the stages of the `count` relabellings in batch->index, with these flags and lists of that
 * capacity. */
vx_status vx_batch_start(vx_engine *engine, vx_batch *batch, int64_t count, int flags, int64_t capacity,
                         vx_error *error);

/* Waits for what was asked for and fetches it into the host arrays. */
vx_status vx_batch_finish(vx_engine *engine, vx_batch *batch, vx_error *error);

/* Takes the host arrays into the tally, and notes in batch->overflow the relabellings whose lists were cut. VX_DEVICE
 * where what the device left cannot be. */
vx_status vx_batch_reduce(vx_engine *engine, vx_batch *batch, vx_tally *tally, vx_error *error);

#endif
