/* Relabellings: the sign flips and permutations of participants, addressed by index, so that any range of them can be
 * computed anywhere.
 *
 * A relabelling is y*_i = sign_i y_order(i). Relabelling 0 is the data as observed. A set of all relabellings lists
 * each distinct one once. A set of random ones draws each from Philox4x32-10 by (seed, index, participant):
 *
 *     key       seed
 *     counter   (index low, index high, block, stream + 256 * attempt)
 *     flips     participant p is flipped where bit p mod 128 of block p / 128 is set; stream VX_STREAM_FLIP
 *     orders    participant p has a 64-bit key, half p mod 2 of block p / 2; who takes part is ordered by these keys;
 *               stream VX_STREAM_PERMUTE
 *
 * Participants are numbered in the study and not in the effect. Relabelling i therefore moves the same people the same
 * way in every modality and marker: a flip is one sign of one person, and the order of two people is one order of two
 * keys, whoever else is missing. A draw that comes out as the observed labelling of its own set is drawn again with the
 * next attempt. A vx_relabellings owns its arrays. */
#ifndef VX_MODEL_RELABELLING_H
#define VX_MODEL_RELABELLING_H

#include "voxstat/model.h"

#include <stdint.h>

typedef struct vx_relabellings {
    vx_scheme scheme;
    int64_t n;            /* participants */
    int64_t *participant; /* n: their numbers in the study, ascending */
    uint64_t seed;
    uint64_t possible;    /* distinct relabellings: 2^n, or n! / prod m_c! where m_c rows are equal; saturated */
    uint64_t count;       /* relabellings used, the observed one included */
    bool exhaustive;      /* count == possible */
    bool mirrored;        /* relabelling count - 1 - i is relabelling i with every sign turned */
    uint64_t evaluations; /* relabellings to compute, [0, evaluations): half of them where mirrored */
    int32_t *kind;        /* n: rows of the design of one kind are equal, and exchanging them changes nothing */
    int32_t kinds;
    uint64_t observed;    /* of all permutations: lexicographic rank of the observed arrangement of kinds */
} vx_relabellings;

/* The relabellings of an effect's participants. `requested` is the number of random ones beside the observed one;
 * VX_PERMUTATIONS_ALL (0); or VX_PERMUTATIONS_AUTO (-1): all where there are at most 20,000, else 10,000 random ones. A
 * request for at least all there are beside the observed one becomes exhaustive. VX_USAGE where that would be more than
 * 2^24. */
vx_status vx_relabellings_new(const vx_effect *effect, int64_t requested, uint64_t seed, vx_relabellings **set,
                              vx_error *error);
void vx_relabellings_free(vx_relabellings *set);

/* The relabelling in [0, evaluations) whose statistics are those of relabelling `index`; *mirrored says whether they
 * are with the sign turned, and so with the tails exchanged. */
uint64_t vx_relabellings_evaluated(const vx_relabellings *set, uint64_t index, bool *mirrored);

/* One relabelling. The design moves against the data: data row order[i] meets design row i, times sign[i]. What the
 * scheme does not move is the identity. */
typedef struct vx_sort_key {
    uint64_t key;
    int32_t index;
} vx_sort_key;

typedef struct vx_relabelling {
    int32_t *order;  /* n */
    int8_t *sign;    /* n: +1 or -1 */
    vx_sort_key *scratch; /* n */
} vx_relabelling;

/* The identity of n rows; VX_INTERNAL without memory. */
vx_status vx_relabelling_init(vx_relabelling *relabelling, int64_t n, vx_error *error);
void vx_relabelling_destroy(vx_relabelling *relabelling);

/* Relabelling `index` < count of the set, into one that was initialised for its n. */
void vx_relabellings_get(const vx_relabellings *set, uint64_t index, vx_relabelling *relabelling);

#endif
