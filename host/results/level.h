/* The level of significance: p is significant below 0.05, and not at 0.05 itself. A study's primary correction says
 * which kind of p decides (vx_results_significant).
 *
 * With few relabellings p often equals the level. Counts, tables, pictures and viewer windows all use these functions,
 * so that they treat such a p alike. */
#ifndef VX_RESULTS_LEVEL_H
#define VX_RESULTS_LEVEL_H

#include "results/p_format.h"

#include <stdbool.h>
#include <stdint.h>

#define VX_LEVEL 0.05
#define VX_TEXT_(value) #value
#define VX_TEXT(value) VX_TEXT_(value)
#define VX_LEVEL_TEXT VX_TEXT(VX_LEVEL) /* for messages */

/* False for NaN, which stands for a p that was not computed. */
static inline bool vx_significant(double p)
{
    return p < VX_LEVEL;
}

/* vx_p_stored: p as a map of that format stores it, in float. vx_p_plain: its inverse, which returns a p on the same
 * side of the level. */
float vx_p_stored(double p, vx_p_format format);
float vx_p_plain(float stored, vx_p_format format);

/* The edge of a viewer's window on a map of p: the significant float next to the level. It is the upper edge for plain
 * p, and the lower edge for the other formats. */
float vx_level_shown(vx_p_format format);

/* The largest number of `count` relabellings that may reach a value whose p is still significant. */
uint64_t vx_level_count(uint64_t count);

#endif
