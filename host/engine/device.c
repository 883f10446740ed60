/* The devices of the machine, and the choice of one. */
#include "engine/choose.h"

#include "base/memory.h"
#include "base/note.h"

#include <stdio.h>
#include <string.h>

struct vx_device {
    vx_backend *backend;
};

#ifndef VOXSTAT_OPENCL
vx_status vx_opencl_list(vx_device_info **list, size_t *count, char *note, size_t note_size, vx_error *error)
{
    (void)error;
    *list = NULL;
    *count = 0;
    if (note_size)
        snprintf(note, note_size, "this voxstat is built without OpenCL");
    return VX_OK;
}

vx_status vx_opencl_open(int platform, int device, vx_backend **backend, vx_error *error)
{
    *backend = NULL;
    return vx_fail(error, VX_DEVICE, "opencl:%d.%d: this voxstat is built without OpenCL", platform, device);
}
#endif

vx_status vx_device_list(vx_device_info **list, size_t *count, char *note, size_t note_size, vx_error *error)
{
    vx_device_info *opencl = NULL, *all = NULL;
    vx_backend *cpu = NULL;
    size_t opencl_count = 0;
    *list = NULL;
    *count = 0;
    vx_status status = vx_opencl_list(&opencl, &opencl_count, note, note ? note_size : 0, error);
    if (status != VX_OK)
        return status;
    status = vx_cpu_open(0, &cpu, error);
    if (status != VX_OK)
        goto cleanup;
    all = malloc((opencl_count + 1) * sizeof *all);
    if (!all) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    all[0] = cpu->info;
    if (opencl_count)
        memcpy(all + 1, opencl, opencl_count * sizeof *all);
    *list = all;
    *count = opencl_count + 1;
cleanup:
    if (cpu)
        cpu->free(cpu);
    free(opencl);
    return status;
}

/* Opens a device of the list ("cpu" or "opencl:P.D"), which must pass the self-test. */
static vx_status open_tested(const char *id, int threads, vx_backend **backend, vx_error *error)
{
    int platform, device;
    vx_status status = sscanf(id, "opencl:%d.%d", &platform, &device) == 2
                           ? vx_opencl_open(platform, device, backend, error)
                           : vx_cpu_open(threads, backend, error);
    if (status != VX_OK)
        return status;
    status = vx_backend_selftest(*backend, VX_OPS_ALL, error);
    if (status != VX_OK) {
        (*backend)->free(*backend);
        *backend = NULL;
    }
    return status;
}

/* Opens a device of the list for vx_device_choose. `context` is the number of threads. */
static vx_status open_listed(void *context, const char *id, vx_device **device, vx_error *error)
{
    vx_backend *backend = NULL;
    vx_status status = open_tested(id, *(const int *)context, &backend, error);
    if (!status && (status = vx_device_wrap(backend, device, error)))
        backend->free(backend);
    return status;
}

/* Opens the device that vx_device_choose takes. */
static vx_status open_auto(const vx_device_info *list, size_t count, int threads, vx_backend **backend, char *note,
                           size_t note_size, vx_error *error)
{
    vx_device *device = NULL;
    vx_status status = vx_device_choose(list, count, VX_OPS_ALL, open_listed, &threads, &device, note, note_size,
                                        error);
    if (!status)
        *backend = device->backend;
    free(device);
    return status;
}

/* The first usable GPU, else the first device that can be used. */
static vx_status open_first(const vx_device_info *list, size_t count, vx_backend **backend, const char *note,
                            vx_error *error)
{
    const vx_device_info *first = NULL;
    for (size_t d = 0; d < count; d++)
        if (!list[d].unusable[0] && (!first || (strcmp(list[d].kind, "gpu") == 0 && strcmp(first->kind, "gpu") != 0)))
            first = &list[d];
    if (first)
        return open_tested(first->id, 0, backend, error);
    return count ? vx_fail(error, VX_DEVICE, "%s (%s) cannot be used: %s", list->id, list->name, list->unusable)
                 : vx_fail(error, VX_DEVICE, "opencl: there is no device: %s", note);
}

/* Opens the device opencl:P.D, which must be in the list. */
static vx_status open_named(const char *name, const vx_device_info *list, size_t count, vx_backend **backend,
                            const char *note, vx_error *error)
{
    for (size_t d = 0; d < count; d++)
        if (strcmp(list[d].id, name) == 0)
            return open_tested(name, 0, backend, error);
    char there[512] = "";
    for (size_t d = 0; d < count; d++)
        vx_note_add(there, sizeof there, "%s", list[d].id);
    return count ? vx_fail(error, VX_DEVICE, "%s: there is no such device; there is %s", name, there)
                 : vx_fail(error, VX_DEVICE, "%s: there is no such device: %s", name, note);
}

/* Whether the name is "opencl:" and two plain numbers. */
static bool names_opencl(const char *name)
{
    unsigned platform, device;
    char again[32];
    if (sscanf(name, "opencl:%3u.%3u", &platform, &device) != 2)
        return false;
    snprintf(again, sizeof again, "opencl:%u.%u", platform, device);
    return strcmp(again, name) == 0;
}

vx_status vx_device_open(const char *name, int threads, vx_device **device, char *note, size_t note_size,
                         vx_error *error)
{
    vx_device_info *list = NULL;
    char missing[1000] = "";
    size_t count = 0;
    vx_status status = VX_OK;
    bool automatic = strcmp(name, "auto") == 0, first = strcmp(name, "opencl") == 0, named = names_opencl(name);
    *device = NULL;
    if (note && note_size)
        note[0] = 0;
    if (!automatic && !first && !named && strcmp(name, "cpu") != 0)
        return vx_fail(error, VX_USAGE, "\"%s\" is no device: auto, cpu, opencl or opencl:P.D is meant", name);
    vx_device *opened = calloc(1, sizeof *opened);
    if (!opened)
        return vx_fail_memory(error);
    if (automatic || first || named)
        status = vx_opencl_list(&list, &count, missing, sizeof missing, error);
    if (status != VX_OK)
        goto cleanup;
    if (automatic) {
        if (missing[0])
            vx_note_add(note, note_size, "%s", missing);
        status = open_auto(list, count, threads, &opened->backend, note, note_size, error);
    } else if (first) {
        status = open_first(list, count, &opened->backend, missing, error);
    } else if (named) {
        status = open_named(name, list, count, &opened->backend, missing, error);
    } else {
        status = open_tested("cpu", threads, &opened->backend, error);
    }
cleanup:
    free(list);
    if (status == VX_OK)
        *device = opened;
    else
        free(opened);
    return status;
}

const vx_device_info *vx_device_properties(const vx_device *device)
{
    return &device->backend->info;
}

vx_status vx_device_wrap(vx_backend *backend, vx_device **device, vx_error *error)
{
    vx_device *wrapped = calloc(1, sizeof *wrapped);
    if (!wrapped)
        return vx_fail_memory(error);
    wrapped->backend = backend;
    *device = wrapped;
    return VX_OK;
}

vx_backend *vx_device_backend(vx_device *device)
{
    return device->backend;
}

void vx_device_free(vx_device *device)
{
    if (device)
        device->backend->free(device->backend);
    free(device);
}
