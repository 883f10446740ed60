#include "model/ranks.h"

#include "base/sort.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    return vx_compare(((const vx_ranked *)a)->value, ((const vx_ranked *)b)->value);
}

void vx_midranks(double *value, int64_t n, double width, vx_ranked *scratch)
{
    for (int64_t i = 0; i < n; i++)
        scratch[i] = (vx_ranked){value[i], i};
    qsort(scratch, (size_t)n, sizeof *scratch, by_value);
    for (int64_t first = 0, last; first < n; first = last) {
        for (last = first + 1; last < n && scratch[last].value - scratch[first].value <= width; last++)
            ;
        for (int64_t i = first; i < last; i++)
            value[scratch[i].index] = (double)(first + 1 + last) / 2.0;
    }
}
