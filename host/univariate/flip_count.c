#include "univariate/flip_count.h"

#include <math.h>

/* All 2^count signed sums of y[0], y[1], ..., ascending. Each value merges two copies of the list, one shifted down by
 * |y| and one shifted up. The sums are symmetric about 0, so the merge stops in the middle. `list` and `spare` are
 * scratch; the array returned is one of them. */
static const double *signed_sums(const double *y, int64_t count, double *list, double *spare)
{
    int64_t size = 1;
    list[0] = 0.0;
    for (int64_t i = 0; i < count; i++, size *= 2) {
        double step = fabs(y[i]);
        for (int64_t down = 0, up = 0, to = 0; to < size; to++) {
            spare[to] = list[down] - step <= list[up] + step ? list[down++] - step : list[up++] + step;
            spare[2 * size - 1 - to] = -spare[to];
        }
        double *swap = list;
        list = spare;
        spare = swap;
    }
    return list;
}

/* Number of pairs (a, b) with a + b >= bound. */
static uint64_t count_pairs(const double *a, int64_t as, const double *b, int64_t bs, double bound)
{
    uint64_t count = 0;
    int64_t j = bs; /* a[i] + b[j], a[i] + b[j + 1], ... reach the bound */
    for (int64_t i = 0; i < as; i++) {
        while (j > 0 && a[i] + b[j - 1] >= bound)
            j--;
        count += (uint64_t)(bs - j);
    }
    return count;
}

uint64_t vx_flip_count(const double *y, int64_t n, double bound, double *scratch)
{
    int64_t first = n / 2, second = n - first, size = INT64_C(1) << second;
    const double *a = signed_sums(y, first, scratch, scratch + size);
    const double *b = signed_sums(y + first, second, scratch + 2 * size, scratch + 3 * size);
    return count_pairs(a, INT64_C(1) << first, b, size, bound);
}
