#include "base/sort.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void vx_sort_floats(float *value, size_t count)
{
    qsort(value, count, sizeof *value, ascending);
}
