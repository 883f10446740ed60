/* Sorting numbers. */
#ifndef VX_BASE_SORT_H
#define VX_BASE_SORT_H

#include <stddef.h>

/* Upwards, in place; without NaN. */
void vx_sort_floats(float *value, size_t count);

#endif
