/* A batch of relabellings on its way through the device, and the engine that it belongs to. Only the engine uses this
 * header.
 *
 * Two batches can be under way, each on its own queue (backend.h). While one is in the spatial stage, the dense stage
 * of the other runs. Each batch has its own buffers for
 * what one stage leaves for the next. Scratch and counts exist once, because launches of one op do not overlap. */
#ifndef VX_ENGINE_BATCH_H
#define VX_ENGINE_BATCH_H

#include "engine/engine.h"

typedef struct vx_batch {
    int queue;
    int64_t count;              /* relabellings under way; 0: none */
    int flags;                  /* of args.h: what is computed of the relabellings */
    int64_t capacity;           /* entries of each relabelling's list */
    uint64_t *index;            /* the relabellings */
    uint64_t *place;            /* their places in the tally */
    int64_t *overflow, overflows; /* rows of those whose lists were cut */
    vx_buffer *buffer[VX_BUFFERS]; /* those of VX_OF_BATCH */
    void *host[VX_BUFFERS];     /* the fetched results */
} vx_batch;

struct vx_engine {
    vx_backend *backend;
    const vx_problem *problem;
    vx_schedule schedule;
    int64_t launch;                  /* relabellings of the next launch, at most schedule.batch */
    vx_buffer *buffer[VX_BUFFERS];   /* those of VX_OF_ENGINE */
    vx_buffer *(*slab)[VX_BUFFERS];  /* those of VX_OF_SLAB: schedule.voxel_slabs times */
    vx_batch batch[VX_QUEUES];       /* schedule.batches of them */
};

/* Makes the buffers of one owner; the caller frees them with vx_buffers_free, also after a failure. */
vx_status vx_buffers_new(vx_engine *engine, vx_owner owner, vx_buffer *buffer[VX_BUFFERS], vx_error *error);
void vx_buffers_free(vx_engine *engine, vx_buffer *buffer[VX_BUFFERS]);

/* The first tile of a voxel slab of the matrix, and its numbers of tiles and voxels. vx_slab_upload copies the
 * slab to a buffer. */
int64_t vx_slab_first_tile(const vx_engine *engine, int64_t slab);
int64_t vx_slab_tiles(const vx_engine *engine, int64_t slab);
int64_t vx_slab_voxels(const vx_engine *engine, int64_t slab);
vx_status vx_slab_upload(vx_engine *engine, int queue, vx_buffer *to, int64_t slab, vx_error *error);

/* Downloads the first `bytes` twice. Errors: VX_DEVICE where the two differ, which is a fault of the transfer. */
vx_status vx_fetch(vx_backend *backend, int queue, vx_buffer *from, void *to, size_t bytes, vx_error *error);

vx_status vx_batch_new(vx_engine *engine, int queue, vx_error *error);
void vx_batch_free(vx_engine *engine, vx_batch *batch);

/* Starts the stages of the `count` relabellings in batch->index, with these flags and lists of that capacity. */
vx_status vx_batch_start(vx_engine *engine, vx_batch *batch, int64_t count, int flags, int64_t capacity,
                         vx_error *error);

/* Waits for the stages, and fetches their results into the host arrays. */
vx_status vx_batch_finish(vx_engine *engine, vx_batch *batch, vx_error *error);

/* Adds the host arrays to the tally, and notes in batch->overflow the relabellings whose lists were cut. Errors:
 * VX_DEVICE for results that no correct device gives. */
vx_status vx_batch_reduce(vx_engine *engine, vx_batch *batch, vx_tally *tally, vx_error *error);

#endif
