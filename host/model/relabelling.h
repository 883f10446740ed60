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
 * Participants have their index in the study, not in the effect. A draw that equals the observed labelling is repeated
 * with the next attempt.
 *
 * A set is made over vx_effect.shared, or else over the effect's own participants. Of a shared set, an effect gets
 * restrictions to its own participants E (model.h). With pi the order of all participants, which is one permutation:
 *
 *     order(i) = pi^k(i), k the smallest number >= 1 for which pi^k(i) is in E
 *
 * 1. Whoever is paired with a participant of E is paired alike in every effect that has both.
 * 2. Restricting to E and then to a subset of E is restricting to the subset. Effects with different missing people
 *    therefore move those whom they have in common alike.
 * 3. Over all pi, every order of E occurs equally often. Over all flips, so does every flip of E. Under the null
 *    hypothesis the observed statistic and those of the set are exchangeable, and P(p <= a) <= a.
 * 4. Nothing of a shared set depends on an effect: it ignores ties between rows of a design, and a restriction that
 *    equals the observed labelling is kept. It is a member of the set like any other, and by 3 it must be counted.
 *
 * A vx_relabellings owns its arrays. */
#ifndef VX_MODEL_RELABELLING_H
#define VX_MODEL_RELABELLING_H

#include "voxstat/model.h"

#include <stdint.h>

typedef struct vx_relabellings {
    vx_scheme scheme;
    int64_t n;            /* participants of the set */
    int64_t *participant; /* n: their indices in the study, ascending */
    int64_t rows;         /* participants of the effect */
    int32_t *row;         /* n: their rows in the effect; -1 for a participant that it lacks */
    uint64_t seed;
    uint64_t possible;    /* distinct relabellings: 2^n, or n! / prod m_c! for m_c rows of kind c; saturated */
    uint64_t distinct;    /* of the effect's rows, likewise; at most `possible` */
    uint64_t count;       /* relabellings used, including the observed one */
    bool exhaustive;      /* count == possible */
    bool mirrored;        /* relabelling count - 1 - i is relabelling i with all signs inverted */
    uint64_t evaluations; /* relabellings to compute, [0, evaluations): half of them where mirrored */
    int32_t *kind;        /* n: rows of the design are of one kind where they are equal; all differ in a shared set */
    int32_t kinds;
    uint64_t observed;    /* lexicographic rank of the observed arrangement of kinds; set for all permutations */
} vx_relabellings;

/* The relabellings of an effect. `requested` is one of:
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

/* Null where relabelling i of both sets moves the same people the same way; else what differs, for a message. */
const char *vx_relabellings_difference(const vx_relabellings *a, const vx_relabellings *b);

typedef struct vx_sort_key {
    uint64_t key;
    int32_t index;
} vx_sort_key;

/* One relabelling: design row i is paired with data row order[i] and multiplied by sign[i]. `order` is the identity
 * under sign flips, and `sign` is +1 under permutation. */
typedef struct vx_relabelling {
    int32_t *order;  /* the effect's rows; the array has the set's n, as have the other two */
    int8_t *sign;    /* +1 or -1 */
    vx_sort_key *scratch;
} vx_relabelling;

/* Makes the identity. Errors: VX_INTERNAL without memory. */
vx_status vx_relabelling_init(vx_relabelling *relabelling, const vx_relabellings *set, vx_error *error);
void vx_relabelling_destroy(vx_relabelling *relabelling);

/* Sets *relabelling, initialised for the set, to relabelling `index` < count. */
void vx_relabellings_get(const vx_relabellings *set, uint64_t index, vx_relabelling *relabelling);

#endif
