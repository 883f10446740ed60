#include "base/each.h"

#include <omp.h>

vx_status vx_each(int64_t count, int threads, bool all, vx_turn *turn, void *context, vx_error *error)
{
    int64_t failed = count;
    vx_error first = {.status = VX_OK};
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads > 0 ? threads : omp_get_max_threads())
    for (int64_t i = 0; i < count; i++) {
        vx_error mine;
        int64_t lowest;
#pragma omp atomic read
        lowest = failed;
        if ((i > lowest && !all) || turn(context, i, &mine) == VX_OK)
            continue;
#pragma omp critical(vx_each_failed)
        if (i < failed) {
#pragma omp atomic write
            failed = i;
            first = mine;
        }
    }
    if (first.status && error)
        *error = first;
    return first.status;
}
