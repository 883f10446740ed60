/* Packing volumes for the viewer. It needs neither float precision nor the background. Maps are smooth, so that the
 * differences of neighbours are small integers: those within the bounding box of the mask compress to a tenth of the
 * floats. */
#include "report/volume.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/nifti.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

#include <zlib.h>

vx_box vx_box_around(const vx_grid *grid, const float *mask, int64_t margin)
{
    const int64_t *dim = grid->dim;
    vx_box box = {{dim[0], dim[1], dim[2]}, {0, 0, 0}};
    for (size_t i = 0; i < vx_grid_elements(grid); i++) {
        int64_t at[3];
        vx_grid_voxel(grid, (int64_t)i, at);
        for (int k = 0; mask[i] != 0 && k < 3; k++) {
            box.low[k] = at[k] < box.low[k] ? at[k] : box.low[k];
            box.high[k] = at[k] >= box.high[k] ? at[k] + 1 : box.high[k];
        }
    }
    for (int k = 0; k < 3; k++) {
        const bool none = box.high[k] == 0;
        box.low[k] = !none && box.low[k] > margin ? box.low[k] - margin : 0;
        box.high[k] = !none && dim[k] - box.high[k] > margin ? box.high[k] + margin : dim[k];
    }
    return box;
}

/* The grid of the box. Its sform is the affine of the grid, moved to the first voxel of the box, and no qform can
 * contradict it. */
static vx_grid box_grid(const vx_grid *grid, const vx_box *box)
{
    vx_grid part = {.sform_code = grid->sform_code > 0 ? grid->sform_code : NIFTI_XFORM_SCANNER_ANAT};
    double origin[3];
    vx_grid_mm(grid, vx_grid_place(grid, box->low), origin);
    for (int k = 0; k < 3; k++) {
        part.dim[k] = box->high[k] - box->low[k];
        part.pixdim[k] = vx_grid_step_mm(grid, k);
        for (int j = 0; j < 3; j++)
            part.sform[k][j] = grid->affine[k][j];
        part.sform[k][3] = origin[k];
    }
    return part;
}

/* Quantises the voxels of the box, x fastest. */
static void quantise(const vx_grid *grid, const vx_box *box, const float *value, const vx_steps *steps, uint16_t *to)
{
    for (int64_t z = box->low[2]; z < box->high[2]; z++)
        for (int64_t y = box->low[1]; y < box->high[1]; y++)
            for (int64_t x = box->low[0]; x < box->high[0]; x++) {
                const double step = (double)value[vx_grid_place(grid, (int64_t[]){x, y, z})] / steps->size;
                const double least = steps->low, most = steps->high;
                *to++ = (uint16_t)(!isfinite(step) ? 0 : lrint(step < least ? least : step > most ? most : step));
            }
}

/* Replaces every value by its difference from the one before it along one axis, modulo 2^16. A block has the values of
 * all places along the axis. */
static void take_differences(uint16_t *value, const int64_t dim[3], int axis)
{
    const int64_t stride = axis == 0 ? 1 : axis == 1 ? dim[0] : dim[0] * dim[1], block = stride * dim[axis];
    for (int64_t first = 0; first < dim[0] * dim[1] * dim[2]; first += block)
        for (int64_t i = first + block - 1; i >= first + stride; i--)
            value[i] = (uint16_t)(value[i] - value[i - stride]);
}

/* Writes the differences as 2 d or, if negative, -2 d - 1, so that small ones have small bytes: all low bytes, then all
 * high ones. */
static void split_bytes(const uint16_t *value, size_t count, unsigned char *to)
{
    for (size_t i = 0; i < count; i++) {
        const uint16_t folded = (uint16_t)((uint32_t)value[i] << 1 ^ (value[i] >> 15 ? UINT16_MAX : 0));
        to[i] = folded & UINT8_MAX;
        to[count + i] = folded >> 8;
    }
}

/* MAX_WBITS + 16 selects the gzip format. */
vx_status vx_gzip(const void *from, size_t count, vx_bytes *packed, vx_error *error)
{
    z_stream stream = {0};
    if (count > UINT32_MAX / 2) /* zlib's counters have 32 bits */
        return vx_fail(error, VX_OUTPUT, "%zu bytes are too many for a page", count);
    if (deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return vx_fail_memory(error);
    size_t capacity = deflateBound(&stream, count);
    unsigned char *to = vx_array(capacity, 1);
    if (to) {
        stream.next_in = (z_const Bytef *)from;
        stream.avail_in = (uInt)count;
        stream.next_out = to;
        stream.avail_out = (uInt)capacity;
    }
    bool done = to && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *packed = (vx_bytes){to, stream.total_out};
    deflateEnd(&stream);
    if (done)
        return VX_OK;
    free(to);
    *packed = (vx_bytes){0};
    return to ? vx_fail(error, VX_INTERNAL, "zlib could not compress a part of the page") : vx_fail_memory(error);
}

vx_status vx_volume_pack(const vx_grid *grid, const vx_box *box, const float *value, const vx_steps *steps,
                         vx_bytes *packed, vx_error *error)
{
    const vx_grid part = box_grid(grid, box);
    const size_t count = vx_grid_elements(&part);
    nifti_1_header header;
    size_t bytes;
    vx_status status = vx_nifti_header(&part, DT_INT16, VX_INTENT_NONE, 0, NULL, &header, error);
    if (status)
        return status;
    header.scl_slope = (float)steps->size;
    uint16_t *number = vx_array(count, sizeof *number);
    unsigned char *file = vx_multiply(count, sizeof *number, &bytes) ? vx_array_zero(VX_NIFTI_OFFSET + bytes, 1) : NULL;
    if (number && file) {
        memcpy(file, &header, sizeof header);
        quantise(grid, box, value, &(vx_steps){header.scl_slope, steps->low, steps->high}, number);
        for (int axis = 0; axis < 3; axis++)
            take_differences(number, part.dim, axis);
        split_bytes(number, count, file + VX_NIFTI_OFFSET);
        status = vx_gzip(file, VX_NIFTI_OFFSET + bytes, packed, error);
    } else {
        status = vx_fail_memory(error);
    }
    free(number);
    free(file);
    return status;
}
