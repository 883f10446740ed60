/* The words for the tails tested in messages, reports and files. */
#ifndef VX_RESULTS_TAILS_H
#define VX_RESULTS_TAILS_H

#include "voxstat/result.h"

typedef struct vx_tails_words {
    const char *sided;       /* "two-sided", "one-sided" */
    const char *alternative; /* "a difference either way", "a rise", "a fall" */
    const char *statistic;   /* compared with a threshold: "|t|", "t" */
    const char *relation;    /* the comparison: ">", or "<" with a negative threshold */
    const char *minus;       /* a negative threshold's sign in plain text; else "" */
    const char *true_minus;  /* the same, typeset */
} vx_tails_words;

const vx_tails_words *vx_tails_about(vx_tails tails);

/* The values beyond a threshold, typeset: "|t| > 3.85", "t > 3.85", "t < -3.85". Returns `text`. */
const char *vx_tails_beyond(vx_tails tails, double threshold, char text[48]);

#endif
