/* Who smooths and regrids in a test: the C backend on all threads. tests/ops compares it with the others. */
#ifndef TESTS_UNIT_WORKER_FIXTURE_H
#define TESTS_UNIT_WORKER_FIXTURE_H

#include "prepare/worker.h"

static vx_worker worker;

static inline int open_worker(void **state)
{
    (void)state;
    return vx_worker_init(NULL, 0, 0, &worker, NULL);
}

static inline int close_worker(void **state)
{
    (void)state;
    vx_worker_destroy(&worker);
    return 0;
}

#endif
