/* Drivers put handlers of their own over those of the program: LLVM, in PoCL and Mesa, for every signal that ends one.
 * Of its handlers some pass a signal on, and those of SIGQUIT, SIGXCPU and SIGUSR1 swallow it. What asks for an end
 * belongs to the program, as does what it ignores; handlers of faults are the driver's business. */
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

/* Where no function stands, none is a driver's: a handler that runs once has run meanwhile. */
void vx_handlers_restore(const vx_handlers *handlers)
{
    struct sigaction now;
    for (size_t i = 0; i < VX_HANDLERS; i++)
        if (handlers->kept[i] && !sigaction(asking[i], NULL, &now) && is_function(&now))
            sigaction(asking[i], &handlers->action[i], NULL);
}
