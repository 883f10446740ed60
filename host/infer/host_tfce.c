#include "infer/host_tfce.h"

#include "base/memory.h"

/* The problem with TFCE as its only result beside the extremes, which the device has found already. */
static vx_problem only_tfce(const vx_problem *problem)
{
    vx_problem p = *problem;
    p.options.clusters = p.options.count = p.options.statistics = false;
    return p;
}

static vx_status run(vx_backend *cpu, const vx_problem *p, vx_range range, size_t limit, vx_tally *tally,
                     vx_engine_progress progress, void *context, vx_error *error)
{
    vx_demand demand = vx_demand_of(p);
    vx_schedule schedule;
    vx_engine *engine = NULL;
    demand.evaluations = range.last - range.first;
    vx_status status = vx_schedule_make(&demand, cpu, limit ? limit : vx_schedule_memory(&cpu->info), &schedule, error);
    if (!status && !(status = vx_engine_new(cpu, p, &schedule, &engine, error)))
        status = vx_engine_run(engine, range.first, range.last, tally, progress, context, error);
    vx_engine_free(engine);
    return status;
}

vx_status vx_host_tfce(const vx_problem *problem, vx_range range, int threads, size_t limit, vx_tally *tally,
                       vx_engine_progress progress, void *context, vx_error *error)
{
    const vx_problem p = only_tfce(problem);
    vx_backend *cpu = NULL;
    vx_tally *own = NULL;
    vx_status status = vx_cpu_open(threads, &cpu, error);
    if (status || (status = vx_tally_new(&p, tally->evaluations, &own, error)) ||
        (status = run(cpu, &p, range, limit, own, progress, context, error)))
        goto cleanup;
    for (uint64_t i = range.first; i < range.last; i++)
        for (int tail = 0; tail < 2; tail++)
            tally->tfce[i][tail] = own->tfce[i][tail];
cleanup:
    vx_tally_free(own);
    if (cpu)
        cpu->free(cpu);
    return status;
}
