/* Stopping on request: one flag for the process, as the signals that set it are the process's. Whoever works for longer
 * than a moment asks for it between two pieces of work and returns VX_INTERRUPTED.
 *
 * A program that embeds the library and never calls vx_stop_request is never stopped. */
#ifndef VX_BASE_STOP_H
#define VX_BASE_STOP_H

#include "base/error.h"

#include <stdbool.h>

/* Asks everything to stop. `why` is a text that stays where it is, "SIGTERM". A signal handler may call it. */
void vx_stop_request(const char *why);

bool vx_stop_requested(void);

/* VX_INTERRUPTED, "stopped on request (SIGTERM)", once that was asked for; else VX_OK. */
vx_status vx_stop_check(vx_error *error);

#endif
