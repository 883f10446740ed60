#include "results/scheme.h"

#include <stddef.h>

static const vx_scheme_words words[] = {
    [VX_SIGN_FLIP] = {
        "sign flips", "sign flips", "Sign flips", VX_STREAM_FLIP,
        {"index 0: as observed. Relabelling i: Philox4x32-10 (Salmon et al. 2011), key = seed, counter = (low word of "
         "i, high word of i, block, stream + 256 attempt); row r is flipped where bit r mod 32 of word (r mod 128) / "
         "32 of block r / 128 is set; no flip at all: next attempt",
         "every sign flip once: row r is flipped where bit r of the index is set"},
        "nidm_NonParametricSymmetricDistribution:", "nidm_IndependentError:", NULL},
    [VX_PERMUTE] = {
        "permutations", "permutation", "Permutation", VX_STREAM_PERMUTE,
        {"index 0: as observed. Relabelling i: Philox4x32-10 (Salmon et al. 2011), key = seed, counter = (low word of "
         "i, high word of i, block, stream + 256 attempt); key of row r: words 2 (r mod 2), the high half, and "
         "2 (r mod 2) + 1 of block r / 2; design row r goes to the data row with the r-th smallest key; as observed: "
         "next attempt",
         "every distinct arrangement of the design's rows once: number (rank of the observed one + index) mod possible "
         "in lexicographic order, equal rows being interchangeable and numbered as they first appear"},
        "obo_probabilitydistribution:", "nidm_ExchangeableError:",
        "No distribution is assumed: any one, the same for all."},
};

const vx_scheme_words *vx_scheme_about(vx_scheme scheme)
{
    return &words[scheme];
}
