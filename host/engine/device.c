/* The devices of the machine, and the choice of one. */
#include "engine/choose.h"

#include "base/memory.h"
#include "base/note.h"
#include "base/options.h"

#include <stdio.h>
#include <string.h>

struct vx_device {
    vx_backend *backend;
    vx_device_options options;
    unsigned tested; /* the set of ops that have passed the self-test */
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

/* The ops of the VX_USE_ flags. Every analysis relabels. */
static unsigned ops_of(unsigned uses)
{
    static const struct {
        unsigned use;
        vx_op op;
        int variant;
    } all[] = {{VX_USE_FLIPS, VX_OP_SIGNFLIP, 0},
               {VX_USE_REGRESSION, VX_OP_CORRELATION, 0},
               {VX_USE_NUISANCE, VX_OP_CORRELATION, 1},
               {VX_USE_CLUSTERS, VX_OP_CLUSTERS, 0},
               {VX_USE_TFCE, VX_OP_TFCE, 0},
               {VX_USE_SMOOTHING, VX_OP_CONVOLVE, 0},
               {VX_USE_REGRIDDING, VX_OP_SPLINE, 0},
               {VX_USE_REGRIDDING, VX_OP_SAMPLE, 0}};
    unsigned ops = vx_op_bit(VX_OP_RELABEL, 0);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ops |= !uses || uses & all[i].use ? vx_op_bit(all[i].op, all[i].variant) : 0;
    return ops;
}

/* Makes ops of an open device ready, and tests them. */
static vx_status test(vx_device *device, unsigned ops, vx_error *error)
{
    vx_backend *backend = device->backend;
    vx_status status = backend->prepare ? backend->prepare(backend, ops, &device->options, error) : VX_OK;
    if (!status && !(status = vx_backend_selftest(backend, ops, error)))
        device->tested |= ops;
    return status;
}

/* Opens a device of the list ("cpu" or "opencl:P.D"), which must pass the self-test. */
static vx_status open_tested(const char *id, vx_device *opened, vx_error *error)
{
    int platform, device;
    vx_status status = sscanf(id, "opencl:%d.%d", &platform, &device) == 2
                           ? vx_opencl_open(platform, device, &opened->backend, error)
                           : vx_cpu_open(opened->options.threads, &opened->backend, error);
    if (status != VX_OK)
        return status;
    status = test(opened, ops_of(opened->options.uses), error);
    if (status != VX_OK) {
        opened->backend->free(opened->backend);
        opened->backend = NULL;
    }
    return status;
}

/* Opens a device of the list for vx_device_choose. `context` has the vx_device_options. */
static vx_status open_listed(void *context, const char *id, vx_device **device, vx_error *error)
{
    vx_device *opened = calloc(1, sizeof *opened);
    if (!opened)
        return vx_fail_memory(error);
    opened->options = *(const vx_device_options *)context;
    vx_status status = open_tested(id, opened, error);
    if (status)
        free(opened);
    else
        *device = opened;
    return status;
}

/* Opens the device that vx_device_choose takes. */
static vx_status open_auto(const vx_device_info *list, size_t count, vx_device *opened, char *note, size_t note_size,
                           vx_error *error)
{
    vx_device *chosen = NULL;
    vx_status status = vx_device_choose(list, count, ops_of(opened->options.uses), open_listed, &opened->options,
                                        &chosen, note, note_size, error);
    if (!status)
        *opened = *chosen;
    free(chosen);
    return status;
}

/* The first usable GPU, else the first device that can be used. */
static vx_status open_first(const vx_device_info *list, size_t count, vx_device *opened, const char *note,
                            vx_error *error)
{
    const vx_device_info *first = NULL;
    for (size_t d = 0; d < count; d++)
        if (!list[d].unusable[0] && (!first || (strcmp(list[d].kind, "gpu") == 0 && strcmp(first->kind, "gpu") != 0)))
            first = &list[d];
    if (first)
        return open_tested(first->id, opened, error);
    return count ? vx_fail(error, VX_DEVICE, "%s (%s) cannot be used: %s", list->id, list->name, list->unusable)
                 : vx_fail(error, VX_DEVICE, "opencl: there is no device: %s", note);
}

/* Opens the device opencl:P.D, which must be in the list. */
static vx_status open_named(const char *name, const vx_device_info *list, size_t count, vx_device *opened,
                            const char *note, vx_error *error)
{
    for (size_t d = 0; d < count; d++)
        if (strcmp(list[d].id, name) == 0)
            return open_tested(name, opened, error);
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

vx_status vx_device_open(const char *name, const vx_device_options *options, vx_device **device, char *note,
                         size_t note_size, vx_error *error)
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
    if (options)
        status = vx_options_take(options, "vx_device_options", sizeof opened->options, &opened->options, error);
    if (!status && (automatic || first || named))
        status = vx_opencl_list(&list, &count, missing, sizeof missing, error);
    if (status != VX_OK)
        goto cleanup;
    if (automatic) {
        if (missing[0])
            vx_note_add(note, note_size, "%s", missing);
        status = open_auto(list, count, opened, note, note_size, error);
    } else if (first) {
        status = open_first(list, count, opened, missing, error);
    } else if (named) {
        status = open_named(name, list, count, opened, missing, error);
    } else {
        status = open_tested("cpu", opened, error);
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
    wrapped->tested = VX_OPS_ALL;
    *device = wrapped;
    return VX_OK;
}

vx_backend *vx_device_backend(vx_device *device)
{
    return device->backend;
}

int vx_device_threads(const vx_device *device)
{
    return device->options.threads;
}

vx_status vx_device_need(vx_device *device, unsigned ops, vx_error *error)
{
    ops |= vx_op_bit(VX_OP_RELABEL, 0);
    const unsigned missing = ops & ~device->tested;
    return missing ? test(device, missing, error) : VX_OK;
}

void vx_device_free(vx_device *device)
{
    if (device)
        device->backend->free(device->backend);
    free(device);
}
