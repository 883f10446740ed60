#include "base/robust.h"

#include "base/memory.h"
#include "base/sort.h"

#include <math.h>

static double median(double *order, int64_t n) /* sorts `order` */
{
    vx_sort_doubles(order, (size_t)n);
    return n % 2 ? order[n / 2] : 0.5 * (order[n / 2 - 1] + order[n / 2]);
}

bool vx_robust(const double *value, int64_t n, double *centre, double *spread)
{
    double *order = n > 0 ? vx_array((size_t)n, sizeof *order) : NULL;
    *centre = *spread = NAN;
    if (!order)
        return n <= 0;
    int64_t known = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(value[i]))
            order[known++] = value[i];
    if (known) {
        *centre = median(order, known);
        for (int64_t i = 0; i < known; i++)
            order[i] = fabs(order[i] - *centre);
        *spread = 1.4826 * median(order, known);
    }
    free(order);
    return true;
}
