/* A trial of the self-test and its run: the data, the problem, the schedule and the engine of a small analysis. Values
 * are whole numbers of a small range, so that many scores and heights tie. */
#ifndef VX_ENGINE_REHEARSAL_H
#define VX_ENGINE_REHEARSAL_H

#include "engine/engine.h"

typedef struct vx_trial {
    const char *name;
    bool slope, nuisance;  /* the effect: a regressor's or the mean, beside nuisance or alone */
    int64_t dim[3];        /* of the box of voxels */
    int64_t permutations;  /* beside the observed labelling */
    int64_t batch;         /* relabellings of a launch; 0: all */
    int64_t slabs;         /* of voxels; 0: one */
    bool overflows;        /* lists hold a quarter of the voxels, which is too short for some relabellings */
    vx_problem_options options;
} vx_trial;

/* A trial under way, which owns everything but `of`. */
typedef struct vx_rehearsal {
    const vx_trial *of;
    vx_matrix *matrix;
    vx_model *model;
    const vx_effect *effect;
    vx_relabellings *relabellings;
    vx_problem *problem;
    vx_schedule schedule;
    vx_engine *engine;
    vx_tally *tally;
    int32_t *score, *low;
} vx_rehearsal;

/* Makes everything up to the engine, for the ops of the set. The caller frees it with vx_rehearsal_destroy, also after
 * a failure. */
vx_status vx_rehearsal_init(vx_rehearsal *rehearsal, const vx_trial *trial, vx_backend *backend, unsigned ops,
                            vx_error *error);
void vx_rehearsal_destroy(vx_rehearsal *rehearsal);

#endif
