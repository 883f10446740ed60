/* Relabellings: sign flips and permutations of participants. They are addressed by index, so that any range of them can
 * be computed on any machine.
 *
 * A relabelling is y*_i = sign_i y_order(i). Relabelling 0 is the observed data. A set of all relabellings contains
 * each distinct one once. A set of random ones draws each from Philox4x32-10 by (seed, index, participant):
 *
 *     key       seed
 *     counter   (index low, index high, block, stream + 256 * attempt)
 *     flips     participant p is flipped where bit p mod 128 of block p / 128 is set; stream VX_STREAM_FLIP
 *     orders    participant p has a 64-bit key, half p mod 2 of block p / 2; an effect's participants are sorted by
 *               these keys; stream VX_STREAM_PERMUTE
 *
 * Participants have their index in the study, not in the effect. Relabelling i therefore relabels a participant in the
 * same way in every modality: the sign belongs to the participant, and the order of two participants follows from their
 * keys, whoever else is missing. A draw that equals the observed labelling is repeated with the next attempt. A
 * vx_relabellings owns its arrays. */
#ifndef VX_MODEL_RELABELLING_H
#define VX_MODEL_RELABELLING_H

#include "voxstat/model.h"

#include <stdint.h>

typedef struct vx_relabellings {
    vx_scheme scheme;
    int64_t n;            /* participants */
    int64_t *participant; /* n: their indices in the study, ascending */
    uint64_t seed;
    uint64_t possible;    /* distinct relabellings: 2^n, or n! / prod m_c! for m_c rows of kind c; saturated */
    uint64_t count;       /* relabellings used, including the observed one */
    bool exhaustive;      /* count == possible */
    bool mirrored;        /* relabelling count - 1 - i is relabelling i with all signs inverted */
    uint64_t evaluations; /* relabellings to compute, [0, evaluations): half of them where mirrored */
    int32_t *kind;        /* n: rows of the design are of one kind where they are equal */
    int32_t kinds;
    uint64_t observed;    /* lexicographic rank of the observed arrangement of kinds; set for all permutations */
} vx_relabellings;

/* The relabellings of an effect's participants. `requested` is one of:
 *
 *     k > 0                     k random relabellings and the observed one; all, where k >= possible - 1
 *     VX_PERMUTATIONS_ALL, 0    all
 *     VX_PERMUTATIONS_AUTO, -1  all where at most 20,000 are possible, else 10,000 random ones and the observed one
 *
 * Errors: VX_USAGE for more than 2^24 relabellings. */
vx_status vx_relabellings_new(const vx_effect *effect, int64_t requested, uint64_t seed, vx_relabellings **set,
                              vx_error *error);
void vx_relabellings_free(vx_relabellings *set);

/* The relabelling in [0, evaluations) that has the statistics of relabelling `index`. Where *mirrored is set, its
 * statistics have the opposite sign, so the tails are exchanged. */
uint64_t vx_relabellings_evaluated(const vx_relabellings *set, uint64_t index, bool *mirrored);

typedef struct vx_sort_key {
    uint64_t key;
    int32_t index;
} vx_sort_key;

/* One relabelling: design row i is paired with data row order[i] and multiplied by sign[i]. `order` is the identity
 * under sign flips, and `sign` is +1 under permutation. */
typedef struct vx_relabelling {
    int32_t *order;  /* n */
    int8_t *sign;    /* n: +1 or -1 */
    vx_sort_key *scratch; /* n */
} vx_relabelling;

/* Makes the identity of n rows. Errors: VX_INTERNAL without memory. */
vx_status vx_relabelling_init(vx_relabelling *relabelling, int64_t n, vx_error *error);
void vx_relabelling_destroy(vx_relabelling *relabelling);

/* Sets *relabelling, initialised for the set's n, to relabelling `index` < count. */
void vx_relabellings_get(const vx_relabellings *set, uint64_t index, vx_relabelling *relabelling);

#endif
