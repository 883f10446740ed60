#include "prepare/worker.h"

#include "engine/schedule.h"

#include <string.h>

vx_status vx_worker_init(vx_device *device, unsigned ops, int threads, vx_worker *worker, vx_error *error)
{
    *worker = (vx_worker){0};
    vx_status status = vx_cpu_open(threads, &worker->host, error);
    vx_backend *backend = device ? vx_device_backend(device) : NULL;
    bool supported = backend && !backend->concurrent; /* else it is the C backend, as the host's */
    for (vx_op op = 0; op < VX_OPS && backend; op++)
        supported = supported && (!(ops & vx_op_bits(op)) || vx_backend_supports(backend, op));
    if (!status && supported && !(status = vx_device_need(device, ops, error)))
        worker->device = backend;
    return status;
}

void vx_worker_destroy(vx_worker *worker)
{
    if (worker && worker->host)
        worker->host->free(worker->host);
}

/* Kernels count elements by 32-bit numbers, and no volume of doubles with 2^31 of them is worth moving. */
vx_backend *vx_worker_backend(const vx_worker *worker, size_t largest, size_t all)
{
    const vx_device_info *info = worker->device ? &worker->device->info : NULL;
    const bool fits = info && (!info->allocation_max || largest <= info->allocation_max) &&
                      all <= vx_schedule_memory(info) && largest / sizeof(double) < INT32_MAX / 2;
    return fits ? worker->device : worker->host;
}

bool vx_worker_compares(vx_worker *worker, const vx_backend *backend, vx_op op)
{
    return backend != worker->host && !(atomic_fetch_or(&worker->compared, 1u << op) & 1u << op);
}

vx_status vx_worker_compare(const vx_backend *backend, const char *verb, const float *device, const float *host,
                            size_t voxels, vx_error *error)
{
    size_t differ = 0;
    for (size_t v = 0; v < voxels; v++)
        differ += memcmp(&device[v], &host[v], sizeof *host) != 0;
    return differ ? vx_fail(error, VX_DEVICE, "%s (%s): %zu of %zu voxels of an image are wrong after it was %s: it "
                            "cannot be used", backend->info.id, backend->info.name, differ, voxels, verb)
                  : VX_OK;
}

vx_status vx_worker_do(vx_backend *backend, vx_worker_task *work, void *context, vx_error *error)
{
    vx_status status;
    if (backend->concurrent)
        return work(context, backend, error);
#pragma omp critical(vx_worker_do)
    status = work(context, backend, error);
    return status;
}
