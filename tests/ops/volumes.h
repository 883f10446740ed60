/* Shared by the tests of ops on volumes: numbers without order, and every backend against the plain reference and, bit
 * by bit, against the first backend. */
#ifndef VX_TESTS_OPS_VOLUMES_H
#define VX_TESTS_OPS_VOLUMES_H

#include "backends.h"

#include <math.h>

/* Between 0 and 1 (splitmix64, Steele et al. 2014). */
static inline double scattered(uint64_t index)
{
    uint64_t z = (index + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* Runs an op of which `result` is the only output on every backend that supports it, by 1 and by `groups` groups.
 * `parallel` points into `args`, and check(context) looks at what the first run left in host->data[result]. */
typedef struct volume_case {
    vx_op op;
    const void *args;
    int *parallel;
    int groups;
    vx_buffer_name result;
    op_data host;
    void (*check)(void *context, const void *found);
    void *context;
} volume_case;

static inline void run_everywhere(volume_case *c)
{
    const size_t bytes = c->host.bytes[c->result];
    char *start = vx_array(bytes, 1), *first = NULL;
    memcpy(start, c->host.data[c->result], bytes);
    for (int b = 0; b < backend_count; b++)
        for (int several = 0; several < 2; several++) {
            if (!vx_backend_supports(backends[b], c->op))
                continue;
            memcpy(c->host.data[c->result], start, bytes);
            *c->parallel = several ? c->groups : 1;
            must_run(backends[b], c->op, c->args, &c->host);
            if (!first) {
                c->check(c->context, c->host.data[c->result]);
                first = vx_array(bytes, 1);
                memcpy(first, c->host.data[c->result], bytes);
            }
            if (memcmp(first, c->host.data[c->result], bytes) != 0)
                fail_msg("%s, %d groups: not the bits of %s", backend_names[b], *c->parallel, backend_names[0]);
        }
    assert_non_null(first);
    free(first);
    free(start);
}

#endif
