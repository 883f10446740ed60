/* The words for the tails tested, wherever they are shown or kept. */
#ifndef VX_RESULTS_TAILS_H
#define VX_RESULTS_TAILS_H

#include "voxstat/result.h"

typedef struct vx_tails_words {
    const char *sided;       /* "two-sided", "one-sided" */
    const char *alternative; /* "a difference either way", "a rise", "a fall" */
    const char *statistic;   /* what is held against a threshold: "|t|", "t" */
    const char *relation;    /* how: ">", or "<" where the threshold is a negative one */
    const char *minus;       /* the sign of such a threshold in plain text; "" where it is positive */
    const char *true_minus;  /* the same, as typeset */
} vx_tails_words;

const vx_tails_words *vx_tails_about(vx_tails tails);

/* What lies beyond a threshold, typeset, in 48 bytes: "|t| > 3.85", "t > 3.85", "t < -3.85". Returns `text`. */
const char *vx_tails_beyond(vx_tails tails, double threshold, char text[48]);

#endif
