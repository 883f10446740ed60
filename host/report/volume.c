/* Packing volumes for the viewer. It needs neither float precision nor the background, and integers within the bounding
 * box of the mask compress to a third of the size. */
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
static void quantise(const vx_grid *grid, const vx_box *box, const float *value, vx_volume_type type, double slope,
                     unsigned char *to)
{
    const double min = type == VX_VOLUME_UINT8 ? 0 : INT16_MIN;
    const double max = type == VX_VOLUME_UINT8 ? UINT8_MAX : INT16_MAX;
    for (int64_t z = box->low[2]; z < box->high[2]; z++)
        for (int64_t y = box->low[1]; y < box->high[1]; y++)
            for (int64_t x = box->low[0]; x < box->high[0]; x++) {
                double steps = nearbyint((double)value[vx_grid_place(grid, (int64_t[]){x, y, z})] / slope);
                int16_t stored = isfinite(steps) ? (int16_t)fmin(fmax(steps, min), max) : 0;
                if (type == VX_VOLUME_UINT8) {
                    *to++ = (unsigned char)stored;
                } else {
                    memcpy(to, &stored, sizeof stored);
                    to += sizeof stored;
                }
            }
}

/* Compresses in one call. MAX_WBITS + 16 selects the gzip format. */
static vx_status compress_gzip(unsigned char *from, size_t count, vx_bytes *packed, vx_error *error)
{
    z_stream stream = {0};
    if (count > UINT32_MAX / 2) /* zlib's counters have 32 bits */
        return vx_fail(error, VX_OUTPUT, "a volume of %zu bytes is too large for a page", count);
    if (deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return vx_fail_memory(error);
    size_t capacity = deflateBound(&stream, count);
    unsigned char *to = vx_array(capacity, 1);
    if (to) {
        stream.next_in = from;
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
    return to ? vx_fail(error, VX_INTERNAL, "zlib could not compress a volume") : vx_fail_memory(error);
}

vx_status vx_volume_pack(const vx_grid *grid, const vx_box *box, const float *value, vx_volume_type type, double slope,
                         vx_bytes *packed, vx_error *error)
{
    const vx_grid part = box_grid(grid, box);
    const int datatype = type == VX_VOLUME_UINT8 ? DT_UINT8 : DT_INT16;
    nifti_1_header header;
    unsigned char *file = NULL;
    size_t bytes;
    vx_status status = vx_nifti_header(&part, datatype, VX_INTENT_NONE, 0, NULL, &header, error);
    if (status)
        return status;
    header.scl_slope = (float)slope;
    if (vx_multiply(vx_grid_elements(&part), (size_t)header.bitpix / 8, &bytes))
        file = vx_array_zero(VX_NIFTI_OFFSET + bytes, 1);
    if (!file)
        return vx_fail_memory(error);
    memcpy(file, &header, sizeof header);
    quantise(grid, box, value, type, header.scl_slope, file + VX_NIFTI_OFFSET);
    status = compress_gzip(file, VX_NIFTI_OFFSET + bytes, packed, error);
    free(file);
    return status;
}
