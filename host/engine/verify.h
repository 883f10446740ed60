/* Checks of a device's results for one effect, by the C backend on the study's own data.
 *
 * A device that passes the self-test may still fail on a trial: it skips a strip of voxels, loses a launch, or its
 * memory fails. After every range of relabellings, and before the range counts, some of the work is therefore done
 * again:
 *
 *     1. the scores of the observed data, of every voxel;
 *     2. all results of some relabellings: the first and the last of the range, those with the largest maxima, and some
 *        drawn at random, among them some of the last batch;
 *     3. the weights of every relabelling, which are compared by a digest (weights.h);
 *     4. the counts of some tiles over the range, among them the last tile. These also bound every maximum;
 *     5. every score of these tiles over the range, where scores are kept.
 *
 * The random draws follow from the seed of the permutations and the observed scores, so that the same study is checked
 * at the same places. The self-test checks every relabelling and every tile instead. */
#ifndef VX_ENGINE_VERIFY_H
#define VX_ENGINE_VERIFY_H

#include "engine/engine.h"

typedef struct vx_evidence {
    const vx_device_info *device;
    const vx_problem *problem;
    const vx_tally *tally;      /* maxima at the places of the range, and the counts of the range alone; its weights
                                 * are not checked where it has none */
    vx_range range;             /* relabellings that were evaluated */
    const int32_t *score;       /* as observed */
    const int32_t *high, *low;  /* the bounds of the counts; not read without counts */
    int64_t batch;              /* relabellings of a launch */
    int threads;                /* of the C backend; 0: all */
    size_t limit;               /* its memory; 0: 80 % of what is free */
    bool all;                   /* checks every relabelling and every tile */
} vx_evidence;

/* Errors: VX_DEVICE where the device's results are not those of the C backend. They must have the same bits where the
 * device rounds division and square root correctly, and else agree within vx_score_tolerance. tests/ops/tfce.c has the
 * bound of TFCE. */
vx_status vx_verify(const vx_evidence *evidence, vx_error *error);

#endif
