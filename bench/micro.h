/* The cases of single ops: rows of the bench, which tests/ops/cases.c runs on every backend. */
#ifndef VX_BENCH_MICRO_H
#define VX_BENCH_MICRO_H

#include "engine/schedule.h"

/* What the cases work on: all sign flips of the mean; permutations of the covariate; a few of them with stored maps; a
 * volume of the grid of the data. */
typedef enum vx_micro_problem {
    VX_MICRO_FLIPS, VX_MICRO_COVARIATE, VX_MICRO_MAPS, VX_MICRO_VOLUME, VX_MICRO_PROBLEMS
} vx_micro_problem;

/* A case of clusters or tfce reads the lists or maps that the dense case before it left. The
 * flags of an op on a volume are the axis that it works along. */
typedef struct vx_micro_case {
    const char *name;
    vx_micro_problem problem;
    vx_op op;
    int flags;
} vx_micro_case;

enum {
    VX_MICRO_CASES = 16,
    VX_MICRO_REACH = 9, /* of 8 mm FWHM in voxels of 2 mm */
    VX_MICRO_LAUNCHES_MAX = 8 /* of VX_BATCH_MAX relabellings: all 8,192 evaluations of 14 sign flips */
};

extern const vx_micro_case vx_micro_cases[VX_MICRO_CASES];

/* A problem on a backend. vx_micro_destroy releases what it owns. */
typedef struct vx_micro {
    vx_backend *backend;
    bool made;         /* by vx_micro_init */
    int64_t dim[3];    /* of the volume */
    vx_relabellings *relabellings;
    vx_problem *problem;
    vx_schedule schedule;
    int64_t launches, batch; /* launches of one run and relabellings of a launch */
    int flags; /* of the case that runs */
    vx_op op;
    vx_buffer *weights[VX_MICRO_LAUNCHES_MAX];
    vx_buffer *buffer[VX_BUFFERS]; /* VX_B_W is one of `weights` */
} vx_micro;

/* `m` is to be destroyed on error, too. */
vx_status vx_micro_init(vx_micro *m, vx_backend *backend, const vx_matrix *matrix, const vx_model *model,
                        vx_micro_problem which, vx_error *error);
void vx_micro_destroy(vx_micro *m);

/* Runs a case of the problem once and waits for it. */
vx_status vx_micro_run(vx_micro *m, const vx_micro_case *tested, vx_error *error);

#endif
