/* The OpenCL devices of the machine. */
#include "base/memory.h"
#include "base/note.h"
#include "engine/opencl/opencl.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PLATFORMS_MAX = 16, DEVICES_MAX = 64, NO_PLATFORM = -1001 };

/* Memory that the kernels need on a device: for the running maxima of a launch and their copies, and for tables. */
enum { LOCAL_MEMORY_MIN = 4 * VX_BATCH_MAX * 4 + 4096 };

/* Drivers reserve address space for their compiler, and a stack and a heap for every thread. A driver that gets none
 * aborts the program. Fails with VX_DEVICE where the limit is below the amount that PoCL takes on this number of
 * cores. */
static vx_status check_address_space(vx_error *error)
{
    struct rlimit limit;
    const double needed = 0x1p30 + 0xap24 * (double)sysconf(_SC_NPROCESSORS_ONLN); /* 160 MiB a core */
    if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY || (double)limit.rlim_cur >= needed)
        return VX_OK;
    return vx_fail(error, VX_DEVICE, "OpenCL is not tried: address space is limited to %.2f GiB (ulimit -v), and "
                   "drivers may need %.2f GiB", (double)limit.rlim_cur / 0x1p30, needed / 0x1p30);
}

static vx_status platforms(cl_platform_id *list, cl_uint *count, vx_error *error)
{
    vx_status status = check_address_space(error);
    if (status)
        return status;
    vx_handlers handlers;
    vx_handlers_keep(&handlers);
    cl_int code = clGetPlatformIDs(PLATFORMS_MAX, list, count);
    vx_handlers_restore(&handlers);
    if (code == NO_PLATFORM)
        *count = 0;
    else if (code != CL_SUCCESS)
        return vx_cl_check(code, "clGetPlatformIDs", error);
    if (*count > PLATFORMS_MAX)
        *count = PLATFORMS_MAX;
    return VX_OK;
}

/* A platform that fails to list its devices counts as one without devices, as others may work. */
static cl_uint devices(cl_platform_id platform, cl_device_id *list)
{
    cl_uint count = 0;
    vx_handlers handlers;
    vx_handlers_keep(&handlers);
    cl_int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, DEVICES_MAX, list, &count);
    vx_handlers_restore(&handlers);
    if (code != CL_SUCCESS)
        return 0;
    return count < DEVICES_MAX ? count : DEVICES_MAX;
}

/* A property of the device; zero where the driver does not report it. */
#define PROPERTY(type, device, name)                                                                                   \
    ({                                                                                                                 \
        type value_ = 0;                                                                                               \
        clGetDeviceInfo((device), (name), sizeof value_, &value_, NULL);                                               \
        value_;                                                                                                        \
    })

/* Copies a text without the blanks that drivers put around it. */
static void text_property(cl_device_id device, cl_device_info name, char *to, size_t size)
{
    char text[512] = "";
    clGetDeviceInfo(device, name, sizeof text - 1, text, NULL);
    size_t first = strspn(text, " "), end = strlen(text);
    while (end > first && text[end - 1] == ' ')
        end--;
    text[end] = 0;
    snprintf(to, size, "%s", text + first);
}

/* Mesa's first rusticl, 22.3, left maxima of relabellings unwritten: the self-test finds this in the kernels' form for
 * CPU devices and not in the one for GPUs, where Mesa warns that results may be incorrect. */
static void refuse_known_fault(cl_platform_id platform, const char *driver, vx_device_info *info)
{
    char name[64] = "";
    int major;
    clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name - 1, name, NULL);
    if (strcmp(name, "rusticl") == 0 && sscanf(driver, "%d.", &major) == 1 && major <= 22)
        snprintf(info->unusable, sizeof info->unusable,
                 "rusticl of Mesa %s computes wrongly; a later Mesa is needed, and 25.0.7 was right", driver);
}

static void describe(cl_platform_id platform, cl_device_id device, int p, int d, vx_device_info *info)
{
    char driver[96], platform_version[128] = "", version[128];
    int major = 0, minor = 0;
    cl_device_type type = PROPERTY(cl_device_type, device, CL_DEVICE_TYPE);
    *info = (vx_device_info){
        .compute_units = (int)PROPERTY(cl_uint, device, CL_DEVICE_MAX_COMPUTE_UNITS),
        .threads = 1,
        .memory = PROPERTY(cl_ulong, device, CL_DEVICE_GLOBAL_MEM_SIZE),
        .allocation_max = PROPERTY(cl_ulong, device, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        .local_memory = PROPERTY(cl_ulong, device, CL_DEVICE_LOCAL_MEM_SIZE),
        .exact_division =
            PROPERTY(cl_device_fp_config, device, CL_DEVICE_SINGLE_FP_CONFIG) & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT,
        .host_memory = PROPERTY(cl_bool, device, CL_DEVICE_HOST_UNIFIED_MEMORY),
        .has_double = PROPERTY(cl_device_fp_config, device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0,
    };
    info->memory_free = info->memory; /* OpenCL 1.2 cannot report the free memory */
    snprintf(info->id, sizeof info->id, "opencl:%d.%d", p, d);
    snprintf(info->kind, sizeof info->kind, "%s",
             type & CL_DEVICE_TYPE_GPU   ? "gpu"
             : type & CL_DEVICE_TYPE_CPU ? "cpu"
                                         : "accelerator");
    text_property(device, CL_DEVICE_NAME, info->name, sizeof info->name);
    text_property(device, CL_DRIVER_VERSION, driver, sizeof driver);
    clGetPlatformInfo(platform, CL_PLATFORM_VERSION, sizeof platform_version - 1, platform_version, NULL);
    snprintf(info->driver, sizeof info->driver, "%s, driver %s", platform_version, driver);
    int width = vx_cl_form(VX_OP_CORRELATION, vx_cl_vectors(info),
                           (int)PROPERTY(cl_uint, device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT))
                    .vec;
    snprintf(info->simd, sizeof info->simd, "float%d", width);

    text_property(device, CL_DEVICE_VERSION, version, sizeof version);
    if (!PROPERTY(cl_bool, device, CL_DEVICE_AVAILABLE))
        snprintf(info->unusable, sizeof info->unusable, "the driver says that it is not available");
    else if (!PROPERTY(cl_bool, device, CL_DEVICE_COMPILER_AVAILABLE))
        snprintf(info->unusable, sizeof info->unusable, "the driver has no compiler");
    else if (sscanf(version, "OpenCL %d.%d", &major, &minor) != 2 || major * 10 + minor < 12)
        snprintf(info->unusable, sizeof info->unusable, "OpenCL 1.2 is needed; it has \"%.100s\"", version);
    else if (!PROPERTY(cl_bool, device, CL_DEVICE_ENDIAN_LITTLE))
        snprintf(info->unusable, sizeof info->unusable, "it is big-endian");
    else if (info->local_memory < LOCAL_MEMORY_MIN)
        snprintf(info->unusable, sizeof info->unusable, "%d bytes of local memory are needed; it has %zu",
                 LOCAL_MEMORY_MIN, info->local_memory);
    else
        refuse_known_fault(platform, driver, info);
}

/* Notes that there is no device. */
static void add_none(cl_uint platform_count, char *note, size_t size)
{
    vx_note_add(note, size, platform_count == 0 ? "no OpenCL driver is installed"
                                                : "the OpenCL drivers installed find no device");
}

vx_status vx_opencl_list(vx_device_info **list, size_t *count, char *note, size_t note_size, vx_error *error)
{
    cl_platform_id platform[PLATFORMS_MAX];
    cl_device_id device[DEVICES_MAX];
    cl_uint platform_count = 0;
    vx_error reason;
    *list = NULL;
    *count = 0;
    if (note_size)
        note[0] = 0;
    if (platforms(platform, &platform_count, &reason) != VX_OK) { /* as if there were none: the cpu works without it */
        if (note_size)
            snprintf(note, note_size, "%s", reason.message);
        return VX_OK;
    }
    for (cl_uint p = 0; p < platform_count; p++) {
        cl_uint device_count = devices(platform[p], device);
        vx_device_info *longer = vx_array_grow(*list, *count, device_count, sizeof **list);
        if (!longer) {
            free(*list);
            *list = NULL;
            *count = 0;
            return vx_fail_memory(error);
        }
        *list = longer;
        for (cl_uint d = 0; d < device_count; d++)
            describe(platform[p], device[d], (int)p, (int)d, &(*list)[(*count)++]);
    }
    if (note_size) {
        vx_icd_note(note, note_size);
        if (*count)
            vx_cache_note(note, note_size);
        else if (!note[0] || platform_count)
            add_none(platform_count, note, note_size);
    }
    return VX_OK;
}

vx_status vx_cl_find(int p, int d, cl_device_id *found, vx_device_info *info, vx_error *error)
{
    cl_platform_id platform[PLATFORMS_MAX];
    cl_device_id device[DEVICES_MAX];
    cl_uint count = 0;
    vx_status status = platforms(platform, &count, error);
    if (status != VX_OK)
        return status;
    if (p < 0 || p >= (int)count || d < 0 || d >= (int)devices(platform[p], device))
        return vx_fail(error, VX_DEVICE, "opencl:%d.%d: there is no such device", p, d);
    *found = device[d];
    describe(platform[p], device[d], p, d, info);
    if (info->unusable[0])
        return vx_fail(error, VX_DEVICE, "%s (%s) cannot be used: %s", info->id, info->name, info->unusable);
    return VX_OK;
}
