#include "cli/threads.h"

#include "base/memory.h"
#include "cli/terminal.h"

#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *wait_for_others(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* The number of `wanted` threads that can run at once. *why is the error of the first that could not be started, or
 * 0. */
static int start(pthread_t *thread, int wanted, int *why)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    int started = 0;
    *why = 0;
    pthread_mutex_lock(&gate);
    while (started < wanted && !(*why = pthread_create(thread + started, NULL, wait_for_others, &gate)))
        started++;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&gate);
    return started;
}

vx_status vx_threads_settle(vx_arguments *arguments, vx_error *error)
{
    const int asked = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    const int wanted = asked > 0 ? asked : omp_get_max_threads();
    int why;
    pthread_t *thread = vx_array((size_t)wanted, sizeof *thread);
    if (!thread)
        return vx_fail_memory(error);
    const int threads = 1 + start(thread, wanted - 1, &why); /* including this one */
    free(thread);
    if (threads == wanted)
        return VX_OK;
    omp_set_num_threads(threads);
    if (asked) {
        char *fewer = vx_text("%d", threads);
        if (!fewer)
            return vx_fail_memory(error);
        free(arguments->value[VX_OPTION_THREADS]);
        arguments->value[VX_OPTION_THREADS] = fewer;
    }
    if (!vx_argument_given(arguments, VX_OPTION_QUIET))
        vx_tell(stderr, "note: %d of %d threads can be started (%s; `ulimit -u`, `ulimit -v`): the answer is the same, "
                "and takes longer\n", threads, wanted, strerror(why));
    return VX_OK;
}
