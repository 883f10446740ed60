#include "infer/exact.h"

#include "base/memory.h"

#include <math.h>

/* The sum of a flip is a signed sum over the first half of the rows plus one over the second half. The signed sums of
 * each half are sorted, and two pointers count the pairs that reach the bound: O(2^(n/2)) for a voxel instead of O(2^n)
 * (Horowitz & Sahni 1974, J. ACM 21:277). */

enum { N_MAX = 24, LIST_MAX = 1 << N_MAX / 2 };

bool vx_exact_possible(const vx_problem *problem)
{
    return problem->op == VX_OP_SIGNFLIP && problem->effect->n <= N_MAX;
}

/* All 2^count signed sums of k[0], k[stride], ..., ascending. Each row merges two copies of the list, one shifted down
 * by |k| and one shifted up. `list` and `spare` are scratch; the array returned is one of them. */
static int32_t *signed_sums(const int32_t *k, int64_t stride, int64_t count, int32_t *list, int32_t *spare)
{
    int64_t size = 1;
    list[0] = 0;
    for (int64_t i = 0; i < count; i++, size *= 2) {
        int32_t step = k[i * stride] < 0 ? -k[i * stride] : k[i * stride];
        for (int64_t down = 0, up = 0, to = 0; to < 2 * size; to++)
            spare[to] = up == size || (down < size && list[down] - step <= list[up] + step) ? list[down++] - step
                                                                                           : list[up++] + step;
        int32_t *swap = list;
        list = spare;
        spare = swap;
    }
    return list;
}

/* Number of pairs (a, b) with a + b >= bound. */
static uint64_t count_pairs(const int32_t *a, int64_t as, const int32_t *b, int64_t bs, int64_t bound)
{
    uint64_t count = 0;
    int64_t j = bs; /* a[i] + b[j], a[i] + b[j + 1], ... reach the bound */
    for (int64_t i = 0; i < as; i++) {
        while (j > 0 && (int64_t)a[i] + b[j - 1] >= bound)
            j--;
        count += (uint64_t)(bs - j);
    }
    return count;
}

vx_status vx_exact_p(const vx_problem *problem, vx_tails tails, float *p, vx_error *error)
{
    int64_t n = problem->effect->n, first = n / 2, second = n - first;
    bool short_of_memory = false;
#pragma omp parallel
    {
        int32_t *scratch = vx_array(4 * LIST_MAX, sizeof *scratch);
        if (!scratch)
#pragma omp atomic write
            short_of_memory = true;
#pragma omp for schedule(dynamic, 256)
        for (int64_t v = 0; v < problem->voxels; v++) {
            if (!scratch)
                continue;
            const int32_t *k = (const int32_t *)problem->tile + v / VX_TILE * n * VX_TILE + v % VX_TILE;
            const int32_t *a = signed_sums(k, VX_TILE, first, scratch, scratch + LIST_MAX);
            const int32_t *b = signed_sums(k + first * VX_TILE, VX_TILE, second, scratch + 2 * LIST_MAX,
                                           scratch + 3 * LIST_MAX);
            int64_t u = 0;
            for (int64_t i = 0; i < n; i++)
                u += tails == VX_NEGATIVE ? -k[i * VX_TILE] : k[i * VX_TILE];
            bool two = tails == VX_TWO_TAILS;
            /* Sums that differ by at most n units may be equal in exact arithmetic: vx_score_tolerance. */
            int64_t bound = (two && u < 0 ? -u : u) - n;
            double count = (double)count_pairs(a, 1 << first, b, 1 << second, bound);
            double share = ldexp(two ? 2.0 * count : count, -(int)n); /* the sums are symmetric about 0 */
            p[v] = (float)fmin(share, 1.0);
        }
        free(scratch);
    }
    return short_of_memory ? vx_fail_memory(error) : VX_OK;
}
