/* The level of significance, and what reaches it: p below 0.05, and not 0.05 itself.
 *
 * With few relabellings p often equals the level. Counts, tables, pictures and the windows of viewers all ask here, so
 * that such a p is on the same side in all of them. */
#ifndef VX_RESULTS_LEVEL_H
#define VX_RESULTS_LEVEL_H

#include "results/p_format.h"

#include <stdbool.h>
#include <stdint.h>

#define VX_LEVEL 0.05
#define VX_TEXT_(value) #value
#define VX_TEXT(value) VX_TEXT_(value)
#define VX_LEVEL_TEXT VX_TEXT(VX_LEVEL) /* for sentences */

/* False for NaN: a p that was not asked for. */
static inline bool vx_significant(double p)
{
    return p < VX_LEVEL;
}

/* p as a map of that format holds it, in float; and the p that a map's value says, on the side of the level on which it
 * was. */
float vx_p_stored(double p, vx_p_format format);
float vx_p_plain(float stored, vx_p_format format);

/* Where a viewer's window on a map of p begins, or ends where the format is plain p: the float next to the level's,
 * within what is significant. */
float vx_level_shown(vx_p_format format);

/* The most of `count` relabellings that may be as large as a value whose p is significant. */
uint64_t vx_level_count(uint64_t count);

#endif
