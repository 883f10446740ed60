/* The form of every kernel on a device: that of its row in op.c, completed by the width of the registers. */
#include "engine/opencl/opencl.h"

#include <stdio.h>
#include <string.h>

bool vx_cl_vectors(const vx_device_info *info)
{
    const char *form = getenv("VOXSTAT_KERNEL_FORM");
    return form ? strcmp(form, "gpu") != 0 : strcmp(info->kind, "cpu") == 0;
}

vx_form vx_cl_form(vx_op op, bool vectors, int width)
{
    vx_form form = vectors ? vx_op_table[op].processor : vx_op_table[op].gpu;
    int vec = width >= 16 ? 16 : width >= 8 ? 8 : 4;
    form.vec = form.vec ? form.vec : vec;
    form.cols = form.cols ? form.cols : vec == 16 ? 4 : 2; /* AVX-512 has 32 vector registers, AVX and NEON 16 or 32 */
    return form;
}

void vx_cl_options(const vx_form *form, bool exact_division, char *options, size_t size)
{
    snprintf(options, size,
             "-cl-std=CL1.2%s -DVX_VEC=%d -DVX_COLS=%d -DVX_P=%d -DVX_WG=%d -DVX_ROWS=%d -DVX_VARIANT=%d",
             exact_division ? " -cl-fp32-correctly-rounded-divide-sqrt" : "", form->vec, form->cols, form->block,
             form->items, form->rows, form->variant);
}
