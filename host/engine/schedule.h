/* The schedule: how a problem is cut so that its device buffers stay within a limit. */
#ifndef VX_ENGINE_SCHEDULE_H
#define VX_ENGINE_SCHEDULE_H

#include "engine/problem.h"

typedef struct vx_schedule {
    int64_t batch;        /* relabellings a launch, at most VX_BATCH_MAX */
    int batches;          /* that are under way at the same time, each on a queue of its own */
    int64_t capacity;     /* supra-threshold voxels that one relabelling's list holds */
    int64_t slab_tiles;   /* tiles of one voxel slab */
    int64_t label_grids;  /* relabellings whose clusters are labelled at the same time */
    int64_t maps;         /* relabellings whose TFCE is computed at the same time */
    /* What follows from these: vx_schedule_sizes. */
    int64_t voxel_slabs;  /* slabs that the matrix is cut into; one: it stays on the device */
    size_t list_entries;  /* of a batch's lists: batch * capacity, and at least one relabelling of full length */
    size_t work_entries;  /* of the labelling's scratch, likewise */
    size_t buffer[VX_BUFFERS]; /* bytes of each; 0 where the analysis does not need it */
    size_t bytes;         /* of all device buffers */
} vx_schedule;

/* What the problem asks for in all; the schedule depends on nothing else. */
typedef struct vx_demand {
    int64_t voxels;
    size_t row_bytes;     /* of Y, a voxel: 4 n */
    size_t weights;       /* bytes a relabelling */
    uint64_t evaluations;
    int flags;            /* vx_problem_flags */
    double threshold_p;   /* one-sided p of the forming threshold: how many voxels to expect in a list */
    int64_t grid_size;
} vx_demand;

/* Of a problem, all of its relabellings. */
vx_demand vx_demand_of(const vx_problem *problem);

/* Computes what follows from the other members of a schedule. */
void vx_schedule_sizes(const vx_demand *demand, vx_schedule *schedule);

/* VX_USAGE where `limit` bytes are not enough for the smallest schedule; the message says how many are. */
vx_status vx_schedule_make(const vx_demand *demand, const vx_backend *backend, size_t limit, vx_schedule *schedule,
                           vx_error *error);

#endif
