/* The schedule: how a problem is divided so that its device buffers stay within a limit.
 *
 * A schedule begins with the sizes that keep the device busiest. Where one buffer is larger than the device allows, the
 * one size on which it depends is lowered; where all buffers together are too large, the size that takes the most
 * bytes. All other sizes stay as they are. */
#ifndef VX_ENGINE_SCHEDULE_H
#define VX_ENGINE_SCHEDULE_H

#include "engine/problem.h"

typedef struct vx_schedule {
    int64_t batch;        /* relabellings of a launch, at most VX_BATCH_MAX */
    int batches;          /* batches under way at the same time, each on its own queue */
    int64_t capacity;     /* entries of one relabelling's list of supra-threshold voxels */
    bool paced;           /* launches have at most `batch` relabellings, and fewer where they take long; else `batch` */
    int64_t slab_tiles;   /* tiles of one voxel slab */
    bool streams;         /* the slabs of the matrix pass through the device, batch by batch; else they stay on it */
    int64_t label_grids;  /* relabellings whose clusters are labelled at the same time */
    int64_t maps;         /* relabellings whose TFCE is computed at the same time */
    int groups, width;    /* signflip: groups of rows, each with a table of signed sums, and the rows of one */
    /* The members below follow from those above: vx_schedule_sizes. */
    int64_t voxel_slabs;  /* slabs of the matrix */
    size_t list_entries;  /* of a batch's lists: batch * capacity, and at least one per voxel */
    size_t work_entries;  /* of the scratch for labelling, likewise */
    size_t buffer[VX_BUFFERS]; /* of each buffer; 0 where the analysis does not need it */
    size_t bytes;         /* of all device buffers */
} vx_schedule;

/* The sizes of a problem, on which alone the schedule depends. */
typedef struct vx_demand {
    int64_t voxels;
    size_t row_bytes;     /* of Y for one voxel: 4 n */
    bool bits;            /* the weights are those of signflip: a bit for each row */
    size_t weights;       /* else bytes of one relabelling in a full block */
    int64_t participants; /* of the set of relabellings */
    bool permutes;        /* the relabellings move participants */
    uint64_t evaluations;
    int flags;            /* vx_problem_flags */
    double threshold_p;   /* one-sided p of the forming threshold, which predicts the length of lists */
    int64_t grid_size;
} vx_demand;

/* The demand of a problem with all its relabellings. */
vx_demand vx_demand_of(const vx_problem *problem);

/* The owner of a buffer. Slabs of Y that stream belong to the batch, because the batches are at different slabs. */
vx_owner vx_schedule_owner(const vx_schedule *schedule, vx_buffer_name buffer);

/* The bytes that device buffers may take where the user sets no limit: 80 % of the free memory. */
size_t vx_schedule_memory(const vx_device_info *device);

/* Computes what follows from the other members of a schedule. */
void vx_schedule_sizes(const vx_demand *demand, vx_schedule *schedule);

/* Errors: VX_USAGE where `limit` bytes do not suffice for the smallest schedule, and VX_DEVICE where the largest buffer
 * of the device does not; the message says how many bytes do. */
vx_status vx_schedule_make(const vx_demand *demand, const vx_backend *backend, size_t limit, vx_schedule *schedule,
                           vx_error *error);

#endif
