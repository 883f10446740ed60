#include "infer/exact.h"

#include "base/memory.h"
#include "univariate/flip_count.h"

#include <math.h>

bool vx_exact_possible(const vx_problem *problem)
{
    return problem->op == VX_OP_SIGNFLIP && problem->effect->n <= VX_FLIP_COUNT_MAX;
}

vx_status vx_exact_p(const vx_problem *problem, vx_tails tails, float *p, vx_error *error)
{
    int64_t n = problem->effect->n;
    bool short_of_memory = false;
#pragma omp parallel
    {
        double y[VX_FLIP_COUNT_MAX], *scratch = vx_array((size_t)vx_flip_count_scratch(n), sizeof *scratch);
        if (!scratch)
#pragma omp atomic write
            short_of_memory = true;
#pragma omp for schedule(dynamic, 256)
        for (int64_t v = 0; v < problem->voxels; v++) {
            if (!scratch)
                continue;
            const int32_t *k = (const int32_t *)problem->tile + v / VX_TILE * n * VX_TILE + v % VX_TILE;
            double u = 0.0;
            for (int64_t i = 0; i < n; i++) { /* integers, whose sums are exact in double */
                y[i] = k[i * VX_TILE];
                u += tails == VX_NEGATIVE ? -y[i] : y[i];
            }
            bool two = tails == VX_TWO_TAILS;
            /* Sums that differ by at most n units may be equal in exact arithmetic: vx_score_tolerance. */
            double bound = (two ? fabs(u) : u) - (double)n;
            double count = (double)vx_flip_count(y, n, bound, scratch);
            double share = ldexp(two ? 2.0 * count : count, -(int)n); /* the sums are symmetric about 0 */
            p[v] = (float)fmin(share, 1.0);
        }
        free(scratch);
    }
    return short_of_memory ? vx_fail_memory(error) : VX_OK;
}
