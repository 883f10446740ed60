/* Stopping on request: one flag for the process, because signals are sent to the process. Long computations check it
 * between two pieces of work and return VX_INTERRUPTED.
 *
 * A program that embeds the library and never calls vx_stop_request is never stopped. */
#ifndef VX_BASE_STOP_H
#define VX_BASE_STOP_H

#include "base/error.h"

#include <stdbool.h>

/* Requests a stop. `why`, as in "SIGTERM", must stay valid. A signal handler may call this function. */
void vx_stop_request(const char *why);

bool vx_stop_requested(void);

/* VX_INTERRUPTED with "stopped on request (SIGTERM)" after a request, else VX_OK. */
vx_status vx_stop_check(vx_error *error);

#endif
