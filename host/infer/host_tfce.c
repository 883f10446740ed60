#include "infer/host_tfce.h"

#include "base/memory.h"

enum { MAPS_A_THREAD = 4 }; /* fewer relabellings than these at a time would leave threads idle */

typedef struct vx_host_tfce {
    vx_backend *cpu;
    vx_engine *engine;
    vx_tally *tally;     /* of the C backend, whose maxima of scores are not those of the device */
    vx_range range;
    uint64_t next, least; /* the next relabelling, and how many are worth a call */
    vx_engine_progress progress;
    void *context;
    vx_status status;
    vx_error error;
} vx_host_tfce;

/* The problem with TFCE as its only result beside the extremes, which the device finds, too. */
static vx_problem only_tfce(const vx_problem *problem)
{
    vx_problem p = *problem;
    p.options.clusters = p.options.count = p.options.statistics = false;
    return p;
}

/* The progress is that of TFCE, which is done last. */
static bool report(void *context, uint64_t done, uint64_t total)
{
    const vx_host_tfce *h = context;
    (void)total; /* of one call */
    return !h->progress ||
           h->progress(h->context, h->next - h->range.first + done, h->range.last - h->range.first);
}

/* Computes TFCE of what the device has done. It has launched the relabellings after these before it says so. */
static bool follow(void *context, uint64_t done, uint64_t total)
{
    vx_host_tfce *h = context;
    const uint64_t end = h->range.first + done;
    if (done < total && end - h->next < h->least)
        return report(h, 0, total);
    h->status = vx_engine_run(h->engine, h->next, end, h->tally, report, h, &h->error);
    h->next = end;
    return !h->status;
}

vx_status vx_host_tfce_run(vx_engine *device, const vx_problem *problem, vx_range range, int threads, size_t limit,
                           vx_tally *tally, vx_engine_progress progress, void *context, vx_error *error)
{
    const vx_problem p = only_tfce(problem);
    vx_host_tfce h = {.range = range, .next = range.first, .progress = progress, .context = context};
    vx_status status = vx_cpu_open(threads, &h.cpu, error);
    if (status || (status = vx_tally_new(&p, tally->evaluations, &h.tally, error)) ||
        (status = vx_engine_make(h.cpu, &p, range.last - range.first, limit, &h.engine, error)))
        goto cleanup;
    h.least = MAPS_A_THREAD * (uint64_t)h.cpu->info.threads;
    status = vx_engine_run(device, range.first, range.last, tally, follow, &h, error);
    if (h.status) { /* the device was stopped for it */
        status = h.status;
        if (error)
            *error = h.error;
    }
    for (uint64_t i = range.first; i < range.last && !status; i++)
        for (int tail = 0; tail < 2; tail++)
            tally->tfce[i][tail] = h.tally->tfce[i][tail];
cleanup:
    vx_engine_free(h.engine);
    vx_tally_free(h.tally);
    if (h.cpu)
        h.cpu->free(h.cpu);
    return status;
}
