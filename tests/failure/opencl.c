/* Put before libOpenCL by LD_PRELOAD, it answers some calls itself and passes the others on to the library:
 *
 *     VOXSTAT_FAULT=clCreateBuffer:3   the third such call fails, and the file that VOXSTAT_FAULT_MARK names is made
 *     VOXSTAT_FAULT_MEMORY=BYTES       buffers beyond that sum cannot be made */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether this call, the `count`th of its name, is the one. */
static bool strikes(const char *name, int count)
{
    const char *fault = getenv("VOXSTAT_FAULT"), *mark = getenv("VOXSTAT_FAULT_MARK");
    size_t length = strlen(name);
    if (!fault || strncmp(fault, name, length) != 0 || fault[length] != ':' || atoi(fault + length + 1) != count)
        return false;
    FILE *file = mark ? fopen(mark, "w") : NULL;
    if (file)
        fclose(file);
    return true;
}

/* A function of the library that returns a status. */
#define STATUS(name, code, parameters, arguments)                                                                      \
    cl_int CL_API_CALL name parameters                                                                                 \
    {                                                                                                                  \
        static int count;                                                                                              \
        static cl_int(CL_API_CALL *next) parameters;                                                                   \
        if (!next)                                                                                                     \
            *(void **)&next = dlsym(RTLD_NEXT, #name);                                                                 \
        return strikes(#name, ++count) ? (code) : next arguments;                                                      \
    }

/* One that returns an object, and its status through the last argument. */
#define OBJECT(type, name, code, parameters, arguments)                                                                \
    type CL_API_CALL name parameters                                                                                   \
    {                                                                                                                  \
        static int count;                                                                                              \
        static type(CL_API_CALL *next) parameters;                                                                     \
        if (!next)                                                                                                     \
            *(void **)&next = dlsym(RTLD_NEXT, #name);                                                                 \
        if (!strikes(#name, ++count))                                                                                  \
            return next arguments;                                                                                     \
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
OBJECT(cl_program, clCreateProgramWithSource, CL_OUT_OF_HOST_MEMORY,
       (cl_context context, cl_uint count_, const char **text, const size_t *length, cl_int *status),
       (context, count_, text, length, status))
OBJECT(cl_kernel, clCreateKernel, CL_INVALID_KERNEL_NAME, (cl_program program, const char *kernel, cl_int *status),
       (program, kernel, status))
STATUS(clBuildProgram, CL_BUILD_PROGRAM_FAILURE,
       (cl_program program, cl_uint devices, const cl_device_id *device, const char *options,
        void(CL_CALLBACK *notify)(cl_program, void *), void *data),
       (program, devices, device, options, notify, data))
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
STATUS(clGetDeviceInfo, CL_OUT_OF_HOST_MEMORY,
       (cl_device_id device, cl_device_info what, size_t size, void *value, size_t *needed),
       (device, what, size, value, needed))

/* Buffers know their size, so that what is released is free again. */
static size_t taken;

cl_mem CL_API_CALL clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *status)
{
    static int count;
    static cl_mem(CL_API_CALL *next)(cl_context, cl_mem_flags, size_t, void *, cl_int *);
    const char *memory = getenv("VOXSTAT_FAULT_MEMORY");
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "clCreateBuffer");
    if (strikes("clCreateBuffer", ++count) || (memory && taken + size > strtoull(memory, NULL, 10))) {
        *status = CL_MEM_OBJECT_ALLOCATION_FAILURE;
        return NULL;
    }
    taken += size;
    return next(context, flags, size, host, status);
}

cl_int CL_API_CALL clReleaseMemObject(cl_mem memory)
{
    static cl_int(CL_API_CALL *next)(cl_mem);
    size_t size = 0;
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "clReleaseMemObject");
    clGetMemObjectInfo(memory, CL_MEM_SIZE, sizeof size, &size, NULL);
    taken -= size;
    return next(memory);
}
