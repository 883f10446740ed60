/* Drivers replace signal handlers of the program: LLVM, in PoCL and Mesa, does so for every signal that ends a program.
 * Its handlers of SIGQUIT, SIGXCPU and SIGUSR1 swallow the signal. Requests to stop belong to the program, and so do
 * the signals that it ignores. The handlers of faults are left to the driver. */
#include "engine/opencl/opencl.h"

static const int asking[VX_HANDLERS] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,
                                        SIGUSR2, SIGXCPU, SIGXFSZ, SIGPIPE};

static bool is_function(const struct sigaction *action)
{
    return action->sa_flags & SA_SIGINFO || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

void vx_handlers_keep(vx_handlers *handlers)
{
    for (size_t i = 0; i < VX_HANDLERS; i++)
        handlers->kept[i] = !sigaction(asking[i], NULL, &handlers->action[i]);
}

/* Restores the handlers that a driver replaced. Where no function is the handler now, there is nothing to restore: a
 * driver's handler that runs only once has run. */
void vx_handlers_restore(const vx_handlers *handlers)
{
    struct sigaction now;
    for (size_t i = 0; i < VX_HANDLERS; i++)
        if (handlers->kept[i] && !sigaction(asking[i], NULL, &now) && is_function(&now))
            sigaction(asking[i], &handlers->action[i], NULL);
}
