/* The name that the user may have meant. */
#ifndef VX_BASE_NEAREST_H
#define VX_BASE_NEAREST_H

#include <stddef.h>

/* The candidate nearest to `name` by edit distance (insertions, deletions, substitutions and swaps of neighbours count
 * one; case does not count), or null where every candidate differs in more than a third of
 * the letters. */
const char *vx_nearest(const char *name, const char *const *candidate, size_t candidates);

#endif
