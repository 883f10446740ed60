#include "base/stop.h"

#include <stdatomic.h>
#include <stddef.h>

static _Atomic(const char *) reason; /* null: no stop was requested */

void vx_stop_request(const char *why)
{
    atomic_store(&reason, why);
}

bool vx_stop_requested(void)
{
    return atomic_load_explicit(&reason, memory_order_relaxed) != NULL;
}

vx_status vx_stop_check(vx_error *error)
{
    const char *why = atomic_load(&reason);
    return why ? vx_fail(error, VX_INTERRUPTED, "stopped on request (%s)", why) : VX_OK;
}
