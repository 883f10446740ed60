/* The OpenCL backend: one context and two in-order queues, with profiling, for one device. */
#include "base/memory.h"
#include "engine/opencl/opencl.h"

#include <stdio.h>
#include <string.h>

enum {
    PENDING_MAX = 256,
    LAUNCH_ARGUMENTS_MAX = VX_OP_BUFFERS_MAX + 4,
    UNIT_TABLES_MAX = 64 * 1024,
    TURNS = 4 /* groups that follow each other on a unit: those that end early leave no unit idle for long */
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
    vx_cl_program program[VX_OPS][VX_OP_VARIANTS_MAX]; /* those of an op differ in form.variant alone */
    cl_kernel kernel[VX_OPS][VX_OP_VARIANTS_MAX];      /* null for a program that is not ready */
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
static vx_status launch(vx_opencl *self, int queue, vx_op op, cl_kernel kernel, const vx_kernel_arguments *arguments,
                        const size_t groups[2], vx_error *error)
{
    vx_queue *q = &self->queue[queue];
    const size_t items[] = {(size_t)self->program[op][0].form.items, 1}, all[] = {groups[0] * items[0], groups[1]};
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
    code = clEnqueueNDRangeKernel(q->queue, kernel, 2, NULL, all, items, *last ? 1 : 0, *last ? last : NULL, &event);
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

/* The bytes of one entry of a group's tables. */
static size_t table_entry(const vx_form *form)
{
    return (size_t)(form->vec * form->cols * form->items) * sizeof(cl_int);
}

/* The groups of a launch in two dimensions.
 *
 *   1. An op without lanes has one group for each block of relabellings that is worked on at the same time.
 *   2. Else dimension 0 divides the relabellings as the form asks, and further where few strips would leave the device
 *      idle. Groups of one item add to counts without atomics, so that they take all relabellings.
 *   3. Dimension 1 divides the strips, and has as many groups as keep the device busy for TURNS. */
static void divide(const vx_opencl *self, vx_op op, const void *args, size_t groups[2])
{
    const vx_op_info *info = &vx_op_table[op];
    const vx_form *form = &self->program[op][0].form;
    if (!info->lanes) {
        const size_t all = (size_t)info->groups(args), block = (size_t)form->block;
        groups[0] = (all + block - 1) / block;
        groups[1] = 1;
        return;
    }
    size_t relabellings, lanes = (size_t)info->lanes(args, &relabellings);
    size_t strip = (size_t)(form->vec * form->cols * form->items), strips = (lanes + strip - 1) / strip;
    size_t busy = (size_t)self->backend.info.compute_units * (size_t)form->groups_per_unit;
    size_t blocks = (relabellings + VX_INTERLEAVE - 1) / VX_INTERLEAVE, rows = (size_t)form->rows;
    size_t least = (relabellings + rows - 1) / rows, filling = form->items > 1 ? (busy + strips - 1) / strips : 1;
    filling = filling < blocks ? filling : blocks;
    groups[0] = filling > least ? filling : least;
    busy *= form->items > 1 ? TURNS : 1;
    groups[1] = (busy + groups[0] - 1) / groups[0];
    groups[1] = groups[1] < strips ? groups[1] : strips;
}

/* Makes the kernel of a program. Errors: VX_DEVICE where the device cannot run its groups. */
static vx_status make_kernel(vx_opencl *self, const vx_cl_program *program, vx_error *error)
{
    cl_kernel *kernel = &self->kernel[program->op][program->form.variant];
    size_t items = 0;
    cl_int code;
    *kernel = clCreateKernel(program->program, vx_op_table[program->op].stem, &code);
    if (code != CL_SUCCESS)
        return vx_cl_check(code, "clCreateKernel", error);
    code = clGetKernelWorkGroupInfo(*kernel, self->device, CL_KERNEL_WORK_GROUP_SIZE, sizeof items, &items, NULL);
    if (code != CL_SUCCESS)
        return vx_cl_check(code, "clGetKernelWorkGroupInfo", error);
    if (items < (size_t)program->form.items)
        return vx_fail(error, VX_DEVICE, "%s: a group can have %zu work-items; %d are needed",
                       vx_op_table[program->op].stem, items, program->form.items);
    return VX_OK;
}

/* Builds programs and makes their kernels. */
static vx_status make_programs(vx_opencl *self, vx_cl_program *const *program, size_t count,
                               const vx_device_options *notice, vx_error *error)
{
    const vx_cl_target target = {self->context, self->device, &self->backend.info};
    vx_status status = count ? vx_cl_build_all(&target, program, count, notice, error) : VX_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = make_kernel(self, program[i], error);
    return status ? vx_error_prefix(error, status, "%s", self->backend.info.id) : VX_OK;
}

static vx_status prepare(vx_backend *backend, unsigned ops, const vx_device_options *notice, vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    vx_cl_program *missing[VX_OPS * VX_OP_VARIANTS_MAX];
    size_t count = 0;
    for (vx_op op = 0; op < VX_OPS; op++)
        for (int v = 0; v < vx_op_table[op].variants; v++)
            if (ops & vx_op_bit(op, v) && vx_backend_supports(backend, op) && !self->program[op][v].program)
                missing[count++] = &self->program[op][v];
    return make_programs(self, missing, count, notice, error);
}

static vx_status run(vx_backend *backend, int queue, vx_op op, const void *args, vx_buffer *const buffer[VX_BUFFERS],
                     vx_error *error)
{
    vx_opencl *self = (vx_opencl *)backend;
    const vx_op_info *info = &vx_op_table[op];
    const int variant = info->variant ? info->variant(args) : 0;
    vx_cl_program *program = &self->program[op][variant];
    const vx_form *form = &program->form;
    vx_kernel_arguments arguments = {0};
    size_t tables_size, groups[2];
    cl_int tables;
    if (!vx_backend_supports(backend, op))
        return vx_fail(error, VX_DEVICE, "%s: %s: the op needs double precision, which the device (%s) lacks",
                       backend->info.id, info->stem, backend->info.name);
    vx_status status = make_programs(self, &program, program->program ? 0 : 1, NULL, error);
    if (status)
        return status;
    add_argument(&arguments, info->args_size, args);
    if (info->lanes)
        add_argument(&arguments, VX_GROUP_BYTES(form->rows), NULL);
    if (info->tables) {
        tables = info->tables(args, table_entry(form), self->tables_max, &tables_size);
        add_argument(&arguments, sizeof tables, &tables);
        add_argument(&arguments, tables_size, NULL);
    }
    for (int b = 0; b < info->buffers; b++) {
        vx_buffer *of = buffer[info->buffer[b].name];
        add_argument(&arguments, sizeof(cl_mem), of ? &of->memory : NULL);
    }
    divide(self, op, args, groups);
    status = launch(self, queue, op, self->kernel[op][variant], &arguments, groups, error);
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
        for (int v = 0; v < VX_OP_VARIANTS_MAX; v++) {
            if (self->kernel[op][v])
                clReleaseKernel(self->kernel[op][v]);
            if (self->program[op][v].program)
                clReleaseProgram(self->program[op][v].program);
        }
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

/* Local memory for tables. A CPU device takes it from the nearest caches, whatever the driver reports. On a GPU a group
 * takes up to half of the device's local memory, so that groups are worked on at the same time. */
static size_t find_tables_max(const vx_device_info *info, const vx_form *form)
{
    const size_t most = form->items == 1 ? info->local_memory : info->local_memory / 2;
    const size_t used = VX_GROUP_BYTES(form->rows), left = most > used ? most - used : 0;
    return left < UNIT_TABLES_MAX ? left : UNIT_TABLES_MAX;
}

/* Chooses the forms of the kernels. */
static void choose_forms(vx_opencl *self)
{
    const vx_device_info *info = &self->backend.info;
    bool vectors = vx_cl_vectors(info);
    size_t most = 0;
    cl_uint width = 0;
    clGetDeviceInfo(self->device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof width, &width, NULL);
    clGetDeviceInfo(self->device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof most, &most, NULL);
    for (vx_op op = 0; op < VX_OPS; op++) {
        vx_form form = vx_cl_form(op, vectors, (int)width);
        while (form.items > 1 && (size_t)form.items > most)
            form.items /= 2;
        for (form.variant = 0; form.variant < vx_op_table[op].variants; form.variant++) {
            vx_cl_program *program = &self->program[op][form.variant];
            program->op = op;
            program->form = form;
        }
        self->backend.parallel[op] = info->compute_units * form.groups_per_unit;
        if (vx_op_table[op].tables) {
            self->tables_max = find_tables_max(info, &form);
            self->backend.tables = (int)(self->tables_max / table_entry(&form));
        }
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
