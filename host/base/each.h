/* A loop whose turns are shared by threads and may fail. */
#ifndef VX_BASE_EACH_H
#define VX_BASE_EACH_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef vx_status vx_turn(void *context, int64_t i, vx_error *error);

/* Takes the turns 0 to count - 1, on so many threads; 0: all. If several fail, the error is that of the lowest,
 * whatever the order of the threads. Turns above a failed one are left out unless `all`; those below it are taken. */
vx_status vx_each(int64_t count, int threads, bool all, vx_turn *turn, void *context, vx_error *error);

#endif
