/* Order of numbers and texts, and arrays sorted by it, upwards and in place. Numbers are without NaN. */
#ifndef VX_BASE_SORT_H
#define VX_BASE_SORT_H

#include <stddef.h>

/* For comparators of qsort: -1 where a comes before b, 1 where it comes after, else 0. Integers are below 2^53. */
static inline int vx_compare(double a, double b)
{
    return (a > b) - (a < b);
}

void vx_sort_floats(float *value, size_t count);
void vx_sort_doubles(double *value, size_t count);
void vx_sort_texts(const char **text, size_t count); /* as strcmp orders them */

/* Sorts, and keeps one of each group of equal texts; returns how many are left. */
size_t vx_sort_distinct(const char **text, size_t count);

#endif
