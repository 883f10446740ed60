/* Builds several programs at the same time, since a driver takes seconds for each. */
#include "base/clock.h"
#include "base/memory.h"
#include "engine/opencl/opencl.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { STACK_BYTES = 8 << 20 }; /* compilers recurse; some systems give a thread much less */

static const double silent_seconds = 1; /* what takes longer is announced */

typedef struct vx_build {
    vx_cl_program *program;
    vx_status status;
    vx_error error;
} vx_build;

/* The builds of a call. The lock guards the last two members. */
typedef struct vx_builds {
    const vx_cl_target *target;
    vx_build *build;
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t all_ended;
    size_t begun, ended;
} vx_builds;

/* Takes the next build that has not begun; null after the last one. */
static vx_build *next_build(vx_builds *builds)
{
    pthread_mutex_lock(&builds->lock);
    vx_build *next = builds->begun < builds->count ? &builds->build[builds->begun++] : NULL;
    pthread_mutex_unlock(&builds->lock);
    return next;
}

/* The work of a thread. */
static void *work(void *argument)
{
    vx_builds *builds = argument;
    for (vx_build *b; (b = next_build(builds));) {
        b->status = vx_cl_build(builds->target, b->program, &b->error);
        pthread_mutex_lock(&builds->lock);
        if (++builds->ended == builds->count)
            pthread_cond_signal(&builds->all_ended);
        pthread_mutex_unlock(&builds->lock);
    }
    return NULL;
}

/* Waits until every build has ended, but no longer than `silent_seconds`. Returns whether every build has ended. */
static bool await_builds(vx_builds *builds)
{
    const double until = vx_seconds() + silent_seconds;
    const struct timespec deadline = {.tv_sec = (time_t)until, .tv_nsec = (long)((until - floor(until)) * 1e9)};
    int late = 0;
    pthread_mutex_lock(&builds->lock);
    while (builds->ended < builds->count && !late)
        late = pthread_cond_timedwait(&builds->all_ended, &builds->lock, &deadline);
    const bool all = builds->ended == builds->count;
    pthread_mutex_unlock(&builds->lock);
    return all;
}

/* Says that programs are compiled, unless all that have begun come from the cache. */
static void announce(const vx_builds *builds, const vx_device_options *notice)
{
    const vx_device_info *info = builds->target->info;
    bool compiled = false;
    char text[sizeof info->name + 64];
    for (size_t i = 0; i < builds->count; i++)
        compiled = compiled || atomic_load(&builds->build[i].program->compiled);
    snprintf(text, sizeof text, "building %zu kernel%s for %s, once", builds->count, builds->count == 1 ? "" : "s",
             info->name);
    if (compiled)
        notice->say(notice->context, text);
}

/* Whether the driver compiles several programs at the same time. OpenCL 1.2 allows it (appendix A.2), but PoCL's
 * compiler has one lock, and Oclgrind 21.10 crashes. */
static bool compiles_together(const vx_device_info *info)
{
    return strcmp(info->kind, "gpu") == 0 && !strstr(info->name, "Oclgrind");
}

/* Starts threads and waits for them. Where no thread starts, the work is done here. */
static void build_in_threads(vx_builds *builds, size_t wanted, const vx_device_options *notice)
{
    pthread_t thread[VX_OPS];
    pthread_attr_t attributes;
    size_t threads = 0;
    const bool sized = !pthread_attr_init(&attributes) && !pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (threads < wanted && threads < VX_OPS &&
           !pthread_create(&thread[threads], sized ? &attributes : NULL, work, builds))
        threads++;
    if (!threads)
        work(builds);
    if (!await_builds(builds) && notice && notice->say)
        announce(builds, notice);
    for (size_t i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
}

vx_status vx_cl_build_all(const vx_cl_target *target, vx_cl_program *const *program, size_t count,
                          const vx_device_options *notice, vx_error *error)
{
    vx_builds builds = {.target = target, .count = count, .lock = PTHREAD_MUTEX_INITIALIZER};
    vx_status status = VX_OK;
    vx_handlers handlers;
    pthread_condattr_t attributes;
    if (!(builds.build = vx_array_zero(count, sizeof *builds.build)))
        return vx_fail_memory(error);
    for (size_t i = 0; i < count; i++)
        builds.build[i].program = program[i];
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* that of vx_seconds */
    pthread_cond_init(&builds.all_ended, &attributes);
    vx_handlers_keep(&handlers);
    build_in_threads(&builds, compiles_together(target->info) ? count : 1, notice);
    vx_handlers_restore(&handlers);
    for (size_t i = 0; i < count && !status; i++)
        if ((status = builds.build[i].status) && error)
            *error = builds.build[i].error;
    pthread_cond_destroy(&builds.all_ended);
    pthread_condattr_destroy(&attributes);
    free(builds.build);
    return status;
}
