/* What a device does fastest: the launches of kernels/peak.cl. */
#include "base/memory.h"
#include "engine/opencl/opencl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHAINS = 12,        /* of peak.cl */
    STEPS_MAX = 1 << 20 /* of a processor, whose items run one after the other */
};

struct vx_cl_peak {
    vx_form form;
    cl_program program;
    cl_kernel kernel[VX_PEAKS];
    size_t groups;
    int steps;
};

vx_form vx_cl_peak_form(bool vectors, int width)
{
    const int vec = width >= 16 ? 16 : width >= 8 ? 8 : 4;
    return vectors ? (vx_form){.vec = vec, .cols = 1, .block = 1, .items = 1, .groups_per_unit = 4}
                   : (vx_form){.vec = 1, .cols = 1, .block = 1, .items = 256, .groups_per_unit = 16};
}

void vx_cl_peak_release(vx_cl_peak *peak)
{
    if (!peak)
        return;
    for (int which = 0; which < VX_PEAKS; which++)
        if (peak->kernel[which])
            clReleaseKernel(peak->kernel[which]);
    if (peak->program)
        clReleaseProgram(peak->program);
    free(peak);
}

static vx_status build(vx_cl_peak *peak, cl_context context, cl_device_id device, const vx_device_info *info,
                       vx_error *error)
{
    static const char *const name[VX_PEAKS] = {"peak_arithmetic", "peak_memory"};
    char options[VX_CL_OPTIONS_MAX], *source = NULL;
    vx_handlers handlers;
    cl_int code;
    vx_status status = vx_kernel_source("peak.cl", &source, error);
    if (status)
        return status;
    vx_cl_options(&peak->form, info->exact_division, options, sizeof options);
    peak->program = clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &code);
    free(source);
    if ((status = vx_cl_check(code, "clCreateProgramWithSource", error)))
        return status;
    vx_handlers_keep(&handlers);
    code = clBuildProgram(peak->program, 1, &device, options, NULL, NULL);
    vx_handlers_restore(&handlers);
    status = vx_cl_check(code, "clBuildProgram of peak.cl", error);
    for (int which = 0; which < VX_PEAKS && !status; which++) {
        peak->kernel[which] = clCreateKernel(peak->program, name[which], &code);
        status = vx_cl_check(code, "clCreateKernel", error);
    }
    return status;
}

vx_status vx_cl_peak_new(cl_context context, cl_device_id device, const vx_device_info *info, vx_cl_peak **made,
                         vx_error *error)
{
    const bool vectors = vx_cl_vectors(info);
    cl_uint width = 0;
    vx_cl_peak *peak = calloc(1, sizeof *peak);
    if (!peak)
        return vx_fail_memory(error);
    clGetDeviceInfo(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof width, &width, NULL);
    peak->form = vx_cl_peak_form(vectors, (int)width);
    peak->groups = (size_t)info->compute_units * (size_t)peak->form.groups_per_unit;
    peak->steps = STEPS_MAX / peak->form.items * (vectors ? 1 : 2);
    vx_status status = build(peak, context, device, info, error);
    if (status)
        vx_cl_peak_release(peak);
    else
        *made = peak;
    return status;
}

vx_status vx_cl_peak_run(const vx_cl_peak *peak, cl_command_queue queue, vx_peak which, cl_mem array, size_t floats,
                         double *work, vx_error *error)
{
    const vx_form *form = &peak->form;
    const size_t items = (size_t)form->items, fitting = floats / items;
    const size_t groups = which == VX_PEAK_MEMORY || peak->groups < fitting ? peak->groups : fitting;
    const size_t all = groups * items;
    const cl_int steps = peak->steps, count = (cl_int)floats;
    const cl_float factor = 0.999f, term = 0.001f;
    const cl_kernel kernel = peak->kernel[which];
    cl_int code;
    if (which == VX_PEAK_MEMORY) {
        code = clSetKernelArg(kernel, 0, sizeof count, &count) | clSetKernelArg(kernel, 1, sizeof array, &array);
        *work = VX_PEAK_TRIAD_BYTES * (double)floats;
    } else {
        code = clSetKernelArg(kernel, 0, sizeof steps, &steps) | clSetKernelArg(kernel, 1, sizeof factor, &factor) |
               clSetKernelArg(kernel, 2, sizeof term, &term) | clSetKernelArg(kernel, 3, sizeof array, &array);
        *work = 2.0 * CHAINS * form->vec * (double)steps * (double)all;
    }
    vx_status status = vx_cl_check(code, "clSetKernelArg", error);
    if (status)
        return status;
    code = clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &all, &items, 0, NULL, NULL);
    status = vx_cl_check(code, "clEnqueueNDRangeKernel", error);
    return status ? status : vx_cl_check(clFinish(queue), "clFinish", error);
}
