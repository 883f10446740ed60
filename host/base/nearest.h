/* The name that a person may have meant. */
#ifndef VX_BASE_NEAREST_H
#define VX_BASE_NEAREST_H

#include <stddef.h>

/* The candidate nearest to `name` by edit distance (insertions, deletions, substitutions and swaps of neighbours count
 * one; case does not count), or null where none is near enough to be meant: more than a third of the letters differ. */
const char *vx_nearest(const char *name, const char *const *candidate, size_t candidates);

#endif
