/* Put before libOpenCL by LD_PRELOAD, it answers some calls itself and passes the others on to the library:
 *
 *     VOXSTAT_FAULT=clCreateBuffer:3   the third such call fails, and the file that VOXSTAT_FAULT_MARK names is made;
 *                                      3-: every call from the third on
 *     VOXSTAT_FAULT=count              none fails, but each adds its name to that file
 *     VOXSTAT_BUILD_GATE=FILE          clBuildProgram waits for this file
 *     VOXSTAT_FAULT_DEVICE=WORDS       what the device says of itself: gpu (its kind), single (no double precision),
 *                                      unified (the host's memory), and fast or slow (a launch takes a nanosecond, or
 *                                      a thousand times as long as it does), rusticl (the driver of Mesa 22.3.6) */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void mark(const char *name)
{
    const char *path = getenv("VOXSTAT_FAULT_MARK");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (file) {
        fprintf(file, "%s\n", name);
        fclose(file);
    }
}

/* Whether this call, the `count`th of its name, is the one. */
static bool strikes(const char *name, int count)
{
    const char *fault = getenv("VOXSTAT_FAULT");
    const size_t length = strlen(name);
    if (fault && !strcmp(fault, "count"))
        mark(name);
    if (!fault || strncmp(fault, name, length) != 0 || fault[length] != ':')
        return false;
    char *end;
    const long first = strtol(fault + length + 1, &end, 10);
    if (count != first && !(*end == '-' && count > first))
        return false;
    mark(name);
    return true;
}

/* Waits for the file that VOXSTAT_BUILD_GATE names, and returns `value`. */
static int await_gate(int value)
{
    const char *gate = getenv("VOXSTAT_BUILD_GATE");
    while (gate && access(gate, F_OK) != 0)
        usleep(10000);
    return value;
}

/* The library's function of that name, behind the one of this file. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* A function of the library that returns a status. */
#define STATUS(name, code, parameters, arguments)                                                                      \
    cl_int CL_API_CALL name parameters                                                                                 \
    {                                                                                                                  \
        static int count;                                                                                              \
        return strikes(#name, ++count) ? (code) : NEXT(name) arguments;                                                \
    }

/* One that returns an object, and its status through the last argument. */
#define OBJECT(type, name, code, parameters, arguments)                                                                \
    type CL_API_CALL name parameters                                                                                   \
    {                                                                                                                  \
        static int count;                                                                                              \
        if (!strikes(#name, ++count))                                                                                  \
            return NEXT(name) arguments;                                                                               \
        if (status)                                                                                                    \
            *status = (code);                                                                                          \
        return NULL;                                                                                                   \
    }

OBJECT(cl_context, clCreateContext, CL_OUT_OF_HOST_MEMORY,
       (const cl_context_properties *properties, cl_uint devices, const cl_device_id *device,
        void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data, cl_int *status),
       (properties, devices, device, notify, data, status))
OBJECT(cl_command_queue, clCreateCommandQueue, CL_OUT_OF_RESOURCES,
       (cl_context context, cl_device_id device, cl_command_queue_properties properties, cl_int *status),
       (context, device, properties, status))
OBJECT(cl_mem, clCreateBuffer, CL_MEM_OBJECT_ALLOCATION_FAILURE,
       (cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *status),
       (context, flags, size, host, status))
OBJECT(cl_program, clCreateProgramWithSource, CL_OUT_OF_HOST_MEMORY,
       (cl_context context, cl_uint count_, const char **text, const size_t *length, cl_int *status),
       (context, count_, text, length, status))
OBJECT(cl_kernel, clCreateKernel, CL_INVALID_KERNEL_NAME, (cl_program program, const char *kernel, cl_int *status),
       (program, kernel, status))
STATUS(clBuildProgram, CL_BUILD_PROGRAM_FAILURE,
       (cl_program program, cl_uint devices, const cl_device_id *device, const char *options,
        void(CL_CALLBACK *notify)(cl_program, void *), void *data),
       (program, (cl_uint)await_gate((int)devices), device, options, notify, data))
STATUS(clSetKernelArg, CL_INVALID_ARG_SIZE, (cl_kernel kernel, cl_uint index, size_t size, const void *value),
       (kernel, index, size, value))
STATUS(clEnqueueNDRangeKernel, CL_OUT_OF_RESOURCES,
       (cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *all,
        const size_t *group, cl_uint waits, const cl_event *wait, cl_event *event),
       (queue, kernel, dimensions, offset, all, group, waits, wait, event))
STATUS(clEnqueueReadBuffer, CL_OUT_OF_RESOURCES,
       (cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size, void *to, cl_uint waits,
        const cl_event *wait, cl_event *event),
       (queue, buffer, blocking, offset, size, to, waits, wait, event))
STATUS(clEnqueueWriteBuffer, CL_OUT_OF_RESOURCES,
       (cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size, const void *from,
        cl_uint waits, const cl_event *wait, cl_event *event),
       (queue, buffer, blocking, offset, size, from, waits, wait, event))
STATUS(clEnqueueFillBuffer, CL_OUT_OF_RESOURCES,
       (cl_command_queue queue, cl_mem buffer, const void *pattern, size_t pattern_size, size_t offset, size_t size,
        cl_uint waits, const cl_event *wait, cl_event *event),
       (queue, buffer, pattern, pattern_size, offset, size, waits, wait, event))
STATUS(clWaitForEvents, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, (cl_uint events, const cl_event *event),
       (events, event))
STATUS(clFlush, CL_OUT_OF_RESOURCES, (cl_command_queue queue), (queue))
STATUS(clFinish, CL_OUT_OF_RESOURCES, (cl_command_queue queue), (queue))
STATUS(clGetPlatformIDs, CL_OUT_OF_HOST_MEMORY, (cl_uint entries, cl_platform_id *platform, cl_uint *count_),
       (entries, platform, count_))
STATUS(clGetDeviceIDs, CL_OUT_OF_HOST_MEMORY,
       (cl_platform_id platform, cl_device_type type, cl_uint entries, cl_device_id *device, cl_uint *count_),
       (platform, type, entries, device, count_))

/* Whether VOXSTAT_FAULT_DEVICE has the word. */
static bool says(const char *word)
{
    const char *words = getenv("VOXSTAT_FAULT_DEVICE");
    return words && strstr(words, word);
}

cl_int CL_API_CALL clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t size, void *value, size_t *needed)
{
    static int count;
    if (strikes("clGetDeviceInfo", ++count))
        return CL_OUT_OF_HOST_MEMORY;
    cl_int code = NEXT(clGetDeviceInfo)(device, what, size, value, needed);
    if (code != CL_SUCCESS || !value)
        return code;
    if (what == CL_DEVICE_TYPE && says("gpu"))
        *(cl_device_type *)value = CL_DEVICE_TYPE_GPU;
    if (what == CL_DEVICE_DOUBLE_FP_CONFIG && says("single"))
        *(cl_device_fp_config *)value = 0;
    if (what == CL_DEVICE_HOST_UNIFIED_MEMORY && says("gpu"))
        *(cl_bool *)value = says("unified");
    if (what == CL_DRIVER_VERSION && says("rusticl"))
        snprintf(value, size, "22.3.6");
    return code;
}

cl_int CL_API_CALL clGetPlatformInfo(cl_platform_id platform, cl_platform_info what, size_t size, void *value,
                                     size_t *needed)
{
    cl_int code = NEXT(clGetPlatformInfo)(platform, what, size, value, needed);
    if (code == CL_SUCCESS && value && what == CL_PLATFORM_NAME && says("rusticl"))
        snprintf(value, size, "rusticl");
    return code;
}

cl_int CL_API_CALL clGetEventProfilingInfo(cl_event event, cl_profiling_info what, size_t size, void *value,
                                           size_t *needed)
{
    cl_int code = NEXT(clGetEventProfilingInfo)(event, what, size, value, needed);
    cl_ulong start = 0, *end = value;
    if (code != CL_SUCCESS || what != CL_PROFILING_COMMAND_END || (!says("fast") && !says("slow")) ||
        NEXT(clGetEventProfilingInfo)(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL) != CL_SUCCESS)
        return code;
    *end = says("fast") ? start + 1 : start + 1000 * (*end - start);
    return code;
}
