/* The words for a relabelling scheme in messages, reports and files. */
#ifndef VX_RESULTS_SCHEME_H
#define VX_RESULTS_SCHEME_H

#include "base/random.h"
#include "voxstat/model.h"

typedef struct vx_scheme_words {
    const char *relabellings; /* "sign flips", "permutations" */
    const char *method;       /* "sign flips", "permutation" */
    const char *title;        /* the method at the beginning of a sentence: "Sign flips" */
    vx_random_stream stream;  /* of the random numbers that draw relabellings */
    const char *generator[2]; /* the rules of model/relabelling.h: of random relabellings, of an exhaustive set. They
                               * are for readers of results.h5 alone; rows start at 0 */

    /* The scheme's assumptions about the errors, as terms of NIDM-Results. */
    const char *nidm_distribution;
    const char *nidm_dependence;
    const char *nidm_comment; /* on the distribution; null: its term suffices */
} vx_scheme_words;

const vx_scheme_words *vx_scheme_about(vx_scheme scheme);

#endif
