/* Checks of what a device computed for one effect, by the C backend and on the study's own data.
 *
 * A device that passes the self-test may still fail on a trial: a strip of voxels is skipped, a launch is lost, memory
 * goes bad. So after every range of relabellings, and before it counts, some of the work is done again:
 *
 *     the scores of the data as observed, of every voxel;
 *     everything that some relabellings left: the first and the last of the range, those with the largest maxima, and
 *     some drawn at random, among them some of the last batch;
 *     the counts of some tiles over the range, the last one among them, and with these a bound on every maximum; and
 *     every score of these tiles, where scores are kept.
 *
 * What is drawn follows from the seed of the permutations and the scores as observed: the same study is checked at the
 * same places. */
#ifndef VX_ENGINE_VERIFY_H
#define VX_ENGINE_VERIFY_H

#include "engine/engine.h"

typedef struct vx_evidence {
    const vx_device_info *device;
    const vx_problem *problem;
    const vx_tally *tally;      /* maxima at the places of the range, and the counts of the range alone */
    vx_range range;             /* relabellings that were evaluated */
    const int32_t *score;       /* as observed */
    const int32_t *high, *low;  /* what was counted against; not read where nothing was counted */
    int64_t batch;              /* relabellings of one launch */
    size_t limit;               /* bytes that the C backend may take; 0: 80 % of what is free */
} vx_evidence;

/* VX_DEVICE where the device gave anything else than the C backend: to the bit where it rounds division and square root
 * correctly, else within vx_score_tolerance. TFCE has the bound of tests/ops/tfce.c. */
vx_status vx_verify(const vx_evidence *evidence, vx_error *error);

#endif
