/* The OpenCL backend: one context and two in-order queues, with profiling, for one device. */
#include "base/memory.h"
#include "engine/opencl/opencl.h"

#include <stdio.h>
#include <string.h>

enum {
    PENDING_MAX = 256,
    LAUNCH_ARGUMENTS_MAX = VX_OP_BUFFERS_MAX + 3,
    GROUP_TABLES_MAX = 32 * 1024,
    UNIT_TABLES_MAX = 128 * 1024
};

struct vx_buffer {
    cl_mem memory;
};

/* A queue, and its launches whose times have not been read. */
typedef struct vx_queue {
    cl_command_queue queue;
    int pending;
    double longest; /* seconds of a launch since they were asked for */
    cl_event event[PENDING_MAX];
    vx_op op[PENDING_MAX];
} vx_queue;

typedef struct vx_opencl {
    vx_backend backend; /* the first member: a vx_backend pointer of this kind points to a vx_opencl */
    cl_context context;
    vx_queue queue[VX_QUEUES];
    cl_device_id device;
    vx_cl_program program[VX_OPS];
    cl_kernel kernel[VX_OPS]; /* null for an op that is not ready */
    cl_event last[VX_OPS]; /* the op's last launch, for which its next one waits */
    size_t tables_max; /* bytes of local memory for the tables of signflip */
    double seconds[VX_OPS];
    vx_cl_peak *peak; /* null until it is asked for */
} vx_opencl;

/* Waits for the launches of a queue and adds up their times. A launch that failed on the device is found here. */
static vx_status await_launches(vx_opencl *self, int queue, vx_error *error)
{
    vx_queue *q = &self->queue[queue];
    cl_int code = q->pending ? clWaitForEvents((cl_uint)q->pending, q->event) : CL_SUCCESS;
    for (int i = 0; i < q->pending; i++) {
        cl_ulong start = 0, end = 0;
        if (clGetEventProfilingInfo(q->event[i], CL_PROFILING_COMMAND_START, sizeof start, &start, NULL) ==
                CL_SUCCESS &&
            clGetEventProfilingInfo(q->event[i], CL_PROFILING_COMMAND_END, sizeof end, &end, NULL) == CL_SUCCESS) {
            const double taken = (double)(end - start) * 1e-9;
            self->seconds[q->op[i]] += taken;
            q->longest = taken > q->longest ? taken : q->longest;
        }
        clReleaseEvent(q->event[i]);
    }
    q->pending = 0;
    return vx_cl_check(code, "a launch (clWaitForEvents)", error);
}

static vx_status buffer_new(vx_backend *backend, size_t bytes, vx_buffer **buffer, vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    const cl_int zero = 0;
    size_t padded = (bytes + 3) / 4 * 4;
    cl_int code;
    padded = padded ? padded : 4; /* OpenCL has no empty buffers */
    *buffer = malloc(sizeof **buffer);
    if (!*buffer || padded < bytes) {
        free(*buffer);
        *buffer = NULL;
        return vx_fail_memory(error);
    }
    (*buffer)->memory = clCreateBuffer(self->context, CL_MEM_READ_WRITE, padded, NULL, &code);
    vx_status status = vx_cl_check(code, "clCreateBuffer", error);
    if (status != VX_OK) {
        free(*buffer);
        *buffer = NULL;
        return vx_error_prefix(error, status, "%s: %zu bytes", backend->info.id, padded);
    }
    code = clEnqueueFillBuffer(self->queue[0].queue, (*buffer)->memory, &zero, sizeof zero, 0, padded, 0, NULL, NULL);
    status = vx_cl_check(code, "clEnqueueFillBuffer", error);
    if (status == VX_OK) /* the other queue may be the first to use it */
        status = vx_cl_check(clFinish(self->queue[0].queue), "clFinish", error);
    if (status != VX_OK) {
        backend->buffer_free(backend, *buffer);
        *buffer = NULL;
    }
    return status;
}

static void buffer_free(vx_backend *backend, vx_buffer *buffer)
{
    (void)backend;
    if (buffer)
        clReleaseMemObject(buffer->memory);
    free(buffer);
}

static vx_status upload(vx_backend *backend, int queue, vx_buffer *to, size_t offset, const void *from, size_t bytes,
                        vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    if (bytes == 0)
        return VX_OK;
    return vx_cl_check(clEnqueueWriteBuffer(self->queue[queue].queue, to->memory, CL_TRUE, offset, bytes, from, 0, NULL,
                                            NULL),
                       "clEnqueueWriteBuffer", error);
}

static vx_status download(vx_backend *backend, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                          vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    if (bytes == 0)
        return VX_OK;
    vx_status status =
        vx_cl_check(clEnqueueReadBuffer(self->queue[queue].queue, from->memory, CL_TRUE, offset, bytes, to, 0, NULL,
                                        NULL),
                    "clEnqueueReadBuffer", error);
    return status == VX_OK ? await_launches(self, queue, error) : status;
}

static vx_status fill(vx_backend *backend, int queue, vx_buffer *buffer, size_t offset, size_t bytes, int32_t word,
                      vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    if (bytes == 0)
        return VX_OK;
    return vx_cl_check(
        clEnqueueFillBuffer(self->queue[queue].queue, buffer->memory, &word, sizeof word, offset, bytes, 0, NULL, NULL),
        "clEnqueueFillBuffer", error);
}

/* The arguments of one launch in the kernel's order. */
typedef struct vx_kernel_arguments {
    int count;
    size_t size[LAUNCH_ARGUMENTS_MAX];
    const void *value[LAUNCH_ARGUMENTS_MAX];
} vx_kernel_arguments;

static void add_argument(vx_kernel_arguments *arguments, size_t size, const void *value)
{
    arguments->size[arguments->count] = size;
    arguments->value[arguments->count++] = value;
}

/* Launches a kernel after the op's last launch, which may be on the other queue, because both use its scratch and
 * counts. */
static vx_status launch(vx_opencl *self, int queue, vx_op op, const vx_kernel_arguments *arguments, size_t groups,
                        vx_error *error)
{
    vx_queue *q = &self->queue[queue];
    cl_kernel kernel = self->kernel[op];
    size_t items = (size_t)self->program[op].form.items, all = groups * items;
    cl_event event, *last = &self->last[op];
    cl_int code = CL_SUCCESS;
    if (q->pending == PENDING_MAX) {
        vx_status status = await_launches(self, queue, error);
        if (status != VX_OK)
            return status;
    }
    for (int i = 0; i < arguments->count && code == CL_SUCCESS; i++)
        code = clSetKernelArg(kernel, (cl_uint)i, arguments->size[i], arguments->value[i]);
    if (code != CL_SUCCESS)
        return vx_cl_check(code, "clSetKernelArg", error);
    code = clEnqueueNDRangeKernel(q->queue, kernel, 1, NULL, &all, &items, *last ? 1 : 0, *last ? last : NULL, &event);
    if (code != CL_SUCCESS)
        return vx_cl_check(code, "clEnqueueNDRangeKernel", error);
    if (*last)
        clReleaseEvent(*last);
    clRetainEvent(event);
    *last = event;
    q->event[q->pending] = event;
    q->op[q->pending++] = op;
    return vx_cl_check(clFlush(q->queue), "clFlush", error);
}

/* The number of groups: one for each relabelling that is worked on at the same time, or as many as keep the device
 * busy, but no more than strips. */
static size_t groups_of(const vx_opencl *self, vx_op op, const void *args)
{
    const vx_op_info *info = &vx_op_table[op];
    const vx_form *form = &self->program[op].form;
    if (!info->lanes)
        return (size_t)info->groups(args);
    size_t strip = (size_t)(form->vec * form->cols * form->items);
    size_t strips = ((size_t)info->lanes(args) + strip - 1) / strip;
    size_t groups = (size_t)self->backend.info.compute_units * (size_t)form->groups_per_unit;
    return groups < strips ? groups : strips;
}

static vx_status prepare(vx_backend *backend, unsigned ops, const vx_device_options *notice, vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    const vx_cl_target target = {self->context, self->device, &backend->info};
    vx_cl_program *missing[VX_OPS];
    size_t count = 0;
    vx_status status = VX_OK;
    cl_int code;
    for (vx_op op = 0; op < VX_OPS; op++)
        if (ops & 1u << op && vx_backend_supports(backend, op) && !self->program[op].program)
            missing[count++] = &self->program[op];
    if (count)
        status = vx_cl_build_all(&target, missing, count, notice, error);
    for (size_t i = 0; i < count && !status; i++) {
        self->kernel[missing[i]->op] = clCreateKernel(missing[i]->program, vx_op_table[missing[i]->op].stem, &code);
        status = vx_cl_check(code, "clCreateKernel", error);
    }
    return status ? vx_error_prefix(error, status, "%s", backend->info.id) : VX_OK;
}

static vx_status run(vx_backend *backend, int queue, vx_op op, const void *args, vx_buffer *const buffer[VX_BUFFERS],
                     vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    const vx_op_info *info = &vx_op_table[op];
    const vx_form *form = &self->program[op].form;
    vx_kernel_arguments arguments = {0};
    size_t tables_size;
    cl_int tables;
    if (!vx_backend_supports(backend, op))
        return vx_fail(error, VX_DEVICE, "%s: %s: the op needs double precision, which the device (%s) lacks",
                       backend->info.id, info->stem, backend->info.name);
    vx_status status = prepare(backend, 1u << op, NULL, error);
    if (status)
        return status;
    add_argument(&arguments, info->args_size, args);
    if (info->tables) {
        size_t entry = (size_t)(form->vec * form->cols * form->items) * sizeof(cl_int);
        tables = info->tables(args, entry, self->tables_max, &tables_size);
        add_argument(&arguments, sizeof tables, &tables);
        add_argument(&arguments, tables_size, NULL);
    }
    for (int b = 0; b < info->buffers; b++) {
        vx_buffer *of = buffer[info->buffer[b].name];
        add_argument(&arguments, sizeof(cl_mem), of ? &of->memory : NULL);
    }
    status = launch(self, queue, op, &arguments, groups_of(self, op, args), error);
    return status == VX_OK ? VX_OK : vx_error_prefix(error, status, "%s: %s", backend->info.id, info->stem);
}

static vx_status wait_queue(vx_backend *backend, int queue, vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    vx_status status = await_launches(self, queue, error);
    return status == VX_OK ? vx_cl_check(clFinish(self->queue[queue].queue), "clFinish", error) : status;
}

static vx_status run_peak(vx_backend *backend, vx_peak peak, vx_buffer *array, size_t floats, double *work,
                          vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    cl_command_queue queue = self->queue[0].queue;
    cl_device_id device;
    vx_status status = vx_cl_check(clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof device, &device, NULL),
                                   "clGetCommandQueueInfo", error);
    if (!status && !self->peak)
        status = vx_cl_peak_new(self->context, device, &backend->info, &self->peak, error);
    return status ? status : vx_cl_peak_run(self->peak, queue, peak, array->memory, floats, work, error);
}

static double seconds(const vx_backend *backend, vx_op op)
{
    return ((const vx_opencl *)backend)->seconds[op];
}

static double longest(vx_backend *backend, int queue)
{
    vx_queue *q = &((vx_opencl *)backend)->queue[queue];
    const double taken = q->longest;
    q->longest = 0;
    return taken;
}

static void free_opencl(vx_backend *backend)
{
    vx_opencl *self = (vx_opencl *)backend;
    if (!self)
        return;
    for (int queue = 0; queue < VX_QUEUES; queue++)
        await_launches(self, queue, NULL);
    for (int op = 0; op < VX_OPS; op++) {
        if (self->kernel[op])
            clReleaseKernel(self->kernel[op]);
        if (self->program[op].program)
            clReleaseProgram(self->program[op].program);
        if (self->last[op])
            clReleaseEvent(self->last[op]);
    }
    vx_cl_peak_release(self->peak);
    for (int queue = 0; queue < VX_QUEUES; queue++)
        if (self->queue[queue].queue)
            clReleaseCommandQueue(self->queue[queue].queue);
    if (self->context)
        clReleaseContext(self->context);
    free(self);
}

/* Local memory for tables. A CPU device takes it from the nearest caches, whatever the driver reports. A GPU has what
 * the running maxima leave of a group's local memory, at most 48 KB in all. */
static size_t tables_max(const vx_device_info *info, bool vectors)
{
    size_t maxima = 4 * VX_BATCH_MAX * sizeof(int32_t);
    size_t most = vectors ? UNIT_TABLES_MAX : GROUP_TABLES_MAX, left = info->local_memory - maxima;
    return left < most ? left : most;
}

/* Chooses the forms of the kernels. */
static void choose_forms(vx_opencl *self)
{
    const vx_device_info *info = &self->backend.info;
    bool vectors = vx_cl_vectors(info);
    cl_uint width = 0;
    clGetDeviceInfo(self->device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof width, &width, NULL);
    self->tables_max = tables_max(info, vectors);
    for (vx_op op = 0; op < VX_OPS; op++) {
        self->program[op].op = op;
        self->program[op].form = vx_cl_form(op, vectors, (int)width);
        self->backend.parallel[op] = info->compute_units * self->program[op].form.groups_per_unit;
    }
}

vx_status vx_opencl_open(int platform, int device, vx_backend **backend, vx_error *error)
{
    cl_int code;
    vx_opencl *self = calloc(1, sizeof *self);
    *backend = NULL;
    if (!self)
        return vx_fail_memory(error);
    self->backend = (vx_backend){
        .buffer_new = buffer_new,
        .buffer_free = buffer_free,
        .upload = upload,
        .download = download,
        .fill = fill,
        .prepare = prepare,
        .run = run,
        .wait = wait_queue,
        .peak = run_peak,
        .seconds = seconds,
        .longest = longest,
        .free = free_opencl,
        .queues = VX_QUEUES,
    };
    vx_status status = vx_cl_find(platform, device, &self->device, &self->backend.info, error);
    if (status != VX_OK)
        goto cleanup;
    self->context = clCreateContext(NULL, 1, &self->device, NULL, NULL, &code);
    if ((status = vx_cl_check(code, "clCreateContext", error)) != VX_OK)
        goto cleanup;
    for (int queue = 0; queue < VX_QUEUES; queue++) {
        self->queue[queue].queue = clCreateCommandQueue(self->context, self->device, CL_QUEUE_PROFILING_ENABLE, &code);
        if ((status = vx_cl_check(code, "clCreateCommandQueue", error)) != VX_OK)
            goto cleanup;
    }
    choose_forms(self);
cleanup:
    if (status == VX_OK) {
        *backend = &self->backend;
    } else {
        vx_error_prefix(error, status, "opencl:%d.%d", platform, device);
        free_opencl(&self->backend);
    }
    return status;
}
