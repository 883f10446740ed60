#include "infer/exact.h"

#include "base/memory.h"

#include <math.h>

/* Every flip's sum is a sum of one half of the rows plus one of the other. Both halves' sums are listed in order, and
 * pairs are counted by two pointers: O(2^(n/2)) a voxel instead of O(2^n) (Horowitz & Sahni 1974, J. ACM 21:277). */

enum { N_MAX = 24, LIST_MAX = 1 << N_MAX / 2 };

bool vx_exact_possible(const vx_problem *problem)
{
    return problem->op == VX_OP_SIGNFLIP && problem->effect->n <= N_MAX;
}

/* All signed sums of k[0], k[stride], ... (count of them), ascending: the list so far, shifted down and up by the next
 * row, merged. `spare` is scratch; returns whichever of the two arrays holds the list. */
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

/* Pairs (a, b) with a + b >= bound. */
static uint64_t count_pairs(const int32_t *a, int64_t as, const int32_t *b, int64_t bs, int64_t bound)
{
    uint64_t count = 0;
    int64_t j = bs; /* b[j ..] reach the bound together with a[i] */
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
            int64_t bound = (two && u < 0 ? -u : u) - n; /* sums within n units may be equal: vx_score_tolerance */
            double count = (double)count_pairs(a, 1 << first, b, 1 << second, bound);
            double share = ldexp(two ? 2.0 * count : count, -(int)n); /* the list mirrors itself about 0 */
            p[v] = (float)fmin(share, 1.0);
        }
        free(scratch);
    }
    return short_of_memory ? vx_fail_memory(error) : VX_OK;
}
