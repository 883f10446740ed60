/* Relabellings: sign flips and permutations, addressed by index, so that any range can be computed anywhere.
 *
 * Index 0 is the data as observed. Random relabellings come from Philox4x32-10 with key = seed and counter = (index
 * low, index high, block, stream + 256 * attempt), and are drawn again (next attempt) where they come out as the
 * observed labelling. They depend on nothing but (seed, index, n): the same for every effect and modality with the same
 * participants. A vx_permutations owns its arrays. */
#ifndef VX_MODEL_PERMUTATION_H
#define VX_MODEL_PERMUTATION_H

#include "voxstat/model.h"

#include <stdint.h>

typedef struct vx_permutations {
    vx_scheme scheme;
    int64_t n;
    uint64_t seed;
    uint64_t possible; /* distinct relabellings: 2^n, or n! / prod m_c! where m_c rows are equal; saturated */
    uint64_t count;    /* that are used, the observed one included */
    bool exhaustive;   /* count == possible */
    int32_t *kind;     /* n: rows of the design with the same number are equal, and exchanging them changes nothing */
    int32_t kinds;
    uint64_t observed; /* exhaustive permutations: lexicographic rank of the observed arrangement of kinds */
} vx_permutations;

/* `requested`: the number of random relabellings beside the observed one; VX_PERMUTATIONS_ALL (0), or
 * VX_PERMUTATIONS_AUTO (-1): every one where there are at most 20,000, else 10,000 random. A request for at least all
 * there are beside the observed one becomes exhaustive. VX_USAGE where that would be more than 2^24. */
vx_status vx_permutations_new(const vx_effect *effect, int64_t requested, uint64_t seed, vx_permutations **permutations,
                              vx_error *error);
void vx_permutations_free(vx_permutations *permutations);

/* Signs of relabelling `index` < count, +1 or -1 (n of them). Exhaustive: bit i of the index set means row i flipped,
 * so index and possible - 1 - index are each other's complement. */
void vx_permutations_signs(const vx_permutations *permutations, uint64_t index, int8_t *sign);

/* Permutation pi of relabelling `index` < count: row i of the relabelled data is row order[i] of the data. The design
 * moves the other way: data row order[i] meets design row i. `scratch` has room for n. */
typedef struct vx_key {
    uint64_t key;
    int32_t index;
} vx_key;
void vx_permutations_order(const vx_permutations *permutations, uint64_t index, int32_t *order, vx_key *scratch);

#endif
