/* Making the maps and clusters of one effect, once its relabellings are tallied. */
#ifndef VX_INFER_MAPS_H
#define VX_INFER_MAPS_H

#include "engine/engine.h"
#include "infer/estimate.h"
#include "infer/pvalue.h"

/* Everything that one effect needs while it is tested; the caller's vx_result takes what outlives it. */
typedef struct vx_work {
    vx_device *device;
    const vx_matrix *matrix;
    const vx_effect *effect;
    const vx_inference_options *options;
    vx_relabellings *relabellings;
    vx_problem *problem;
    vx_schedule schedule;
    vx_engine *engine;
    vx_tally *tally;
    vx_estimates estimates;
    vx_maxima maxima;
    int32_t *score, *high, *low;
    bool exact; /* uncorrected p over all sign flips, though only some of them are used for the rest */
    vx_result *result;
} vx_work;

/* Fills w->result from estimates, scores, tally and maxima, which it takes over as far as the result keeps them. */
vx_status vx_maps_make(vx_work *w, vx_error *error);

#endif
