/* Comparing numbers and texts, and sorting arrays of them: ascending and in place. Numbers must not be NaN. */
#ifndef VX_BASE_SORT_H
#define VX_BASE_SORT_H

#include <stddef.h>

/* For comparators of qsort: -1 for a < b, 1 for a > b, else 0. Integers must be below 2^53. */
static inline int vx_compare(double a, double b)
{
    return (a > b) - (a < b);
}

void vx_sort_floats(float *value, size_t count);
void vx_sort_doubles(double *value, size_t count);
void vx_sort_texts(const char **text, size_t count); /* as strcmp orders them */

/* Sorts, and keeps one text of each group of equal ones. Returns the number of texts kept. */
size_t vx_sort_distinct(const char **text, size_t count);

#endif
