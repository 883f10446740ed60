/* The form of every kernel on the two kinds of device.
 *
 * CPU devices: one work-item a group, explicit vectors as wide as the registers, as many accumulators as there are
 * registers for. A one-voxel-per-item form with barriers runs several times slower there.
 * GPUs: many items a group; 16-byte loads, and 4 voxels by 8 relabellings in registers, so that an fma needs a third
 * of a load; a table a voxel for sign flips. */
#include "engine/opencl/opencl.h"

#include <string.h>

bool vx_cl_vectors(const vx_device_info *info)
{
    const char *form = getenv("VOXSTAT_KERNEL_FORM");
    return form ? strcmp(form, "gpu") != 0 : strcmp(info->kind, "cpu") == 0;
}

vx_form vx_cl_form(vx_op op, bool vectors, int width)
{
    int vec = width >= 16 ? 16 : width >= 8 ? 8 : 4;
    int cols = vec == 16 ? 4 : 2; /* AVX-512 has 32 vector registers, AVX and NEON 16 or 32 */
    switch (op) {
    case VX_OP_SIGNFLIP:
        return vectors ? (vx_form){"signflip", vec, cols, 4, 1, 4} : (vx_form){"signflip", 1, 1, 8, 64, 8};
    case VX_OP_CORRELATION:
        return vectors ? (vx_form){"correlation", vec, cols, 4, 1, 4} : (vx_form){"correlation", 4, 1, 8, 64, 8};
    case VX_OP_TFCE: return vectors ? (vx_form){"tfce", vec, 1, 1, 1, 1} : (vx_form){"tfce", 1, 1, 1, 128, 16};
    default: return vectors ? (vx_form){"clusters", 1, 1, 1, 1, 1} : (vx_form){"clusters", 1, 1, 1, 128, 4};
    }
}
