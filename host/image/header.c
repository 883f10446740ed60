/* Parsing NIfTI-1, NIfTI-2 and ANALYZE headers: 348 or 540 bytes of fields in either byte order.
 *
 * niftilib computes the affine from NIfTI fields, but it silently repairs or trusts invalid ones. This file therefore
 * rejects invalid fields first, and passes niftilib only valid headers in native byte order. */
#include "image/header.h"

#include "base/memory.h"
#include "image/orientation.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

#include <nifti2_io.h>

static vx_header_fields fields_of_nifti1(const nifti_1_header *h)
{
    vx_header_fields f = {.datatype = h->datatype, .bitpix = h->bitpix, .offset = h->vox_offset,
                .slope = h->scl_slope, .inter = h->scl_inter, .vertices = h->glmin, .units = h->xyzt_units,
                .has_sform = h->sform_code > 0, .has_qform = h->qform_code > 0,
                .qform = {h->pixdim[0], h->quatern_b, h->quatern_c, h->quatern_d, h->qoffset_x, h->qoffset_y,
                          h->qoffset_z}};
    for (int k = 0; k < 8; k++)
        f.dim[k] = h->dim[k];
    for (int k = 0; k < 3; k++)
        f.pixdim[k] = h->pixdim[k + 1];
    f.step = h->pixdim[4];
    return f;
}

static vx_header_fields fields_of_nifti2(const nifti_2_header *h)
{
    vx_header_fields f = {.datatype = h->datatype, .bitpix = h->bitpix, .offset = (double)h->vox_offset,
                .slope = h->scl_slope, .inter = h->scl_inter, .units = h->xyzt_units,
                .has_sform = h->sform_code > 0, .has_qform = h->qform_code > 0,
                .qform = {h->pixdim[0], h->quatern_b, h->quatern_c, h->quatern_d, h->qoffset_x, h->qoffset_y,
                          h->qoffset_z}};
    for (int k = 0; k < 8; k++)
        f.dim[k] = h->dim[k];
    for (int k = 0; k < 3; k++)
        f.pixdim[k] = h->pixdim[k + 1];
    f.step = h->pixdim[4];
    return f;
}

static vx_status check_dimensions(const char *path, const vx_header_fields *f, vx_volume_header *header,
                                  vx_error *error)
{
    if (f->dim[0] < 1 || f->dim[0] > 7)
        return vx_fail(error, VX_INPUT, "%s: damaged header: %lld dimensions; 1 to 7 are possible", path,
                       (long long)f->dim[0]);
    if (f->dim[1] == -1 && f->vertices > 0)
        return vx_fail(error, VX_INPUT, "%s: values on a FreeSurfer surface (dim[1] is -1, and glmin says %d "
                       "vertices), not a volume; 3-D volumes are analysed", path, f->vertices);
    header->voxels = 1;
    header->volumes = 1;
    header->dimensions = (int)f->dim[0];
    for (int k = 1; k <= f->dim[0]; k++) {
        if (f->dim[k] < 1)
            return vx_fail(error, VX_INPUT, "%s: damaged header: dimension %d has length %lld", path, k,
                           (long long)f->dim[k]);
        if (k <= 3 ? !vx_multiply(header->voxels, (size_t)f->dim[k], &header->voxels)
                   : __builtin_mul_overflow(header->volumes, f->dim[k], &header->volumes))
            return vx_fail(error, VX_INPUT, "%s: damaged header: the product of its dimensions overflows", path);
    }
    for (int k = 0; k < 3; k++)
        header->grid.dim[k] = k < f->dim[0] ? f->dim[k + 1] : 1;
    return VX_OK;
}

static vx_status check_type(const char *path, const vx_header_fields *f, vx_volume_header *header, vx_error *error)
{
    const char *why = NULL;
    switch (f->datatype) {
    case DT_UINT8: case DT_INT8: case DT_UINT16: case DT_INT16: case DT_UINT32: case DT_INT32: case DT_UINT64:
    case DT_INT64: case DT_FLOAT32: case DT_FLOAT64: break;
    case DT_COMPLEX64: case DT_COMPLEX128: case DT_COMPLEX256: why = "complex"; break;
    case DT_RGB24: case DT_RGBA32: why = "colour (RGB)"; break;
    case DT_BINARY: why = "1-bit"; break;
    /* The 16 bytes may be x87 extended, IEEE quad or a pair of doubles, and the header does not say which. */
    case DT_FLOAT128: why = "128-bit float"; break;
    default: return vx_fail(error, VX_INPUT, "%s: damaged header: unknown data type %d", path, f->datatype);
    }
    if (why)
        return vx_fail(error, VX_INPUT, "%s: %s values; integers of 8 to 64 bits, float32 or float64 are needed", path,
                       why);
    int bytes, swap_unit;
    nifti_datatype_sizes(f->datatype, &bytes, &swap_unit);
    if (f->bitpix != 8 * bytes)
        return vx_fail(error, VX_INPUT, "%s: damaged header: bitpix is %d where data type %s has %d bits", path,
                       f->bitpix, nifti_datatype_string(f->datatype), 8 * bytes);
    header->datatype = f->datatype;
    header->voxel_bytes = (size_t)bytes;
    return VX_OK;
}

/* `first` is the lowest valid offset of the voxels. */
static vx_status check_extent(const char *path, const vx_header_fields *f, uint64_t first, vx_volume_header *header,
                              vx_error *error)
{
    size_t bytes;
    if (!(f->offset >= (double)first && f->offset < 0x1p62) || f->offset != floor(f->offset))
        return vx_fail(error, VX_INPUT, "%s: damaged header: the voxels start at byte %g; a whole number from %llu on "
                       "is needed", path, f->offset, (unsigned long long)first);
    header->offset = (uint64_t)f->offset;
    if (!vx_multiply(header->voxels, header->voxel_bytes, &bytes) ||
        !vx_multiply(bytes, (size_t)header->volumes, &bytes) || bytes >> 62)
        return vx_fail(error, VX_INPUT, "%s: damaged header: the size of its data overflows", path);
    return VX_OK;
}

/* niftilib turns a voxel size of 0 into 1 mm. Only an sform makes the sizes unnecessary. */
static vx_status check_voxel_size(const char *path, const vx_header_fields *f, vx_error *error)
{
    for (int k = 0; k < 3 && k < f->dim[0] && !f->has_sform; k++)
        if (!isfinite(f->pixdim[k]) || f->pixdim[k] == 0)
            return vx_fail(error, VX_INPUT, "%s: singular affine: no sform, and a voxel size of %g along axis %d", path,
                           f->pixdim[k], k + 1);
    return VX_OK;
}

/* By the standard, a slope of 0 means no scaling. Some writers put NaN or infinity there to mean the same. */
static vx_status check_scaling(const char *path, const vx_header_fields *f, vx_volume_header *header, vx_error *error)
{
    bool scaled = isfinite(f->slope) && f->slope != 0;
    if (scaled && !isfinite(f->inter))
        return vx_fail(error, VX_INPUT, "%s: damaged header: scl_slope is %g but scl_inter is %g", path, f->slope,
                       f->inter);
    header->slope = scaled ? f->slope : 1;
    header->inter = scaled ? f->inter : 0;
    return VX_OK;
}

static vx_status check_fields(const char *path, const vx_header_fields *f, uint64_t first, vx_volume_header *header,
                              vx_error *error)
{
    vx_status status = check_dimensions(path, f, header, error);
    if (!status)
        status = check_type(path, f, header, error);
    if (!status)
        status = check_extent(path, f, first, header, error);
    if (!status)
        status = check_voxel_size(path, f, error);
    if (!status)
        status = check_scaling(path, f, header, error);
    return status;
}

static vx_status check_affine(const char *path, const vx_grid *grid, vx_error *error)
{
    const double(*a)[4] = grid->affine;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            if (!isfinite(a[i][j]))
                return vx_fail(error, VX_INPUT, "%s: its affine holds %g; finite numbers are needed", path, a[i][j]);
    if (!vx_grid_is_regular(grid))
        return vx_fail(error, VX_INPUT, "%s: singular affine: an axis has no length, or all lie in one plane", path);
    return VX_OK;
}

static int16_t short_at(const unsigned char *raw, bool swap)
{
    return (int16_t)(swap ? raw[0] << 8 | raw[1] : raw[1] << 8 | raw[0]);
}

/* SPM stores the 1-based voxel of the origin in the `originator` field of ANALYZE: five shorts from byte 253. Without
 * them the centre of the volume is the origin. */
static void analyze_origin(const vx_grid *grid, const unsigned char *raw, bool swap, double zero[3])
{
    enum { ORIGINATOR = 253 };
    const bool big_endian = swap == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    int16_t origin[3];
    bool given = false, plausible = true;
    for (int k = 0; k < 3; k++) {
        origin[k] = short_at(raw + ORIGINATOR + 2 * k, big_endian);
        given |= origin[k] != 0;
        /* Other programs store text here, which reads as an origin far outside the volume. */
        plausible &= origin[k] > -grid->dim[k] && origin[k] < 2 * grid->dim[k];
    }
    vx_grid_centre(grid, zero);
    for (int k = 0; k < 3 && given && plausible; k++)
        zero[k] = origin[k] - 1.0;
}

static vx_status parse_analyze(const char *path, const nifti_1_header *h, const unsigned char *raw,
                               vx_analyze_orientation analyze, vx_volume_header *header, vx_error *error)
{
    if (analyze == VX_ANALYZE_REFUSE)
        return vx_fail(error, VX_INPUT, "%s: ANALYZE 7.5 image, whose header does not tell left from right; give "
                       "--orientation neurological (x grows to the right) or radiological (to the left)", path);
    vx_header_fields f = fields_of_nifti1(h);
    double zero[3];
    f.has_sform = f.has_qform = false;
    if (!isfinite(f.inter)) /* SPM writes a scale factor at scl_slope, but not always an intercept */
        f.inter = 0;
    vx_status status = check_fields(path, &f, 0, header, error);
    if (status)
        return status;
    analyze_origin(&header->grid, raw, header->swap, zero);
    vx_grid_from_sizes(f.pixdim, zero, analyze, &header->grid);
    header->mm_per_unit = 1;
    header->interval = NAN;
    header->side_assumed = true;
    return VX_OK;
}

/* The magic is n+1 or n+2 in a single file, and ni1 or ni2 in the header of a pair. */
static bool is_magic(const char *magic, char version)
{
    return magic[0] == 'n' && (magic[1] == '+' || magic[1] == 'i') && magic[2] == version && magic[3] == 0;
}

static vx_status check_magic(const char *path, const char *magic, char version, bool pair, vx_error *error)
{
    if (!is_magic(magic, version))
        return vx_fail(error, VX_INPUT, "%s: not a NIfTI image: it has the length of a header but not its magic", path);
    if ((magic[1] == 'i') == pair)
        return VX_OK;
    return pair ? vx_fail(error, VX_INPUT, "%s: holds the header of a single file; its name should end in .nii", path)
                : vx_fail(error, VX_INPUT, "%s: holds the header of an .hdr/.img pair and no voxels", path);
}

/* Checks the fields, and sets the grid where the header has only voxel sizes. */
static vx_status check_nifti(const char *path, const vx_header_fields *f, uint64_t first, vx_analyze_orientation side,
                             vx_volume_header *header, vx_error *error)
{
    double zero[3];
    vx_status status = check_fields(path, f, first, header, error);
    if (!status)
        status = vx_orientation_check(path, f, side, error);
    if (status)
        return status;
    header->mm_per_unit = vx_mm_per_unit(f->units);
    header->interval = f->dim[0] > 3 && f->step > 0 ? f->step * vx_seconds_per_unit(f->units) : NAN;
    header->side_assumed = vx_without_orientation(f);
    if (vx_without_orientation(f)) {
        vx_grid_centre(&header->grid, zero);
        vx_grid_from_sizes(f->pixdim, zero, side, &header->grid);
        vx_grid_scale(&header->grid, header->mm_per_unit);
    }
    return VX_OK;
}

static vx_status parse_nifti1(const char *path, nifti_1_header *h, bool pair, vx_analyze_orientation side,
                              vx_volume_header *header, vx_error *error)
{
    const vx_header_fields f = fields_of_nifti1(h);
    vx_status status = check_magic(path, h->magic, '1', pair, error);
    if (!status)
        status = check_nifti(path, &f, pair ? 0 : sizeof *h, side, header, error);
    if (status || vx_without_orientation(&f))
        return status;
    h->dim[0] = 3; /* niftilib gets the checked dimensions and sizes, and has nothing to repair */
    for (int k = 0; k < 3; k++) {
        h->dim[k + 1] = (short)header->grid.dim[k];
        h->pixdim[k + 1] = fabsf(h->pixdim[k + 1]);
    }
    return vx_grid_from_nifti(nifti_convert_n1hdr2nim(*h, NULL), &f, &header->grid, error);
}

static vx_status parse_nifti2(const char *path, nifti_2_header *h, bool pair, vx_analyze_orientation side,
                              vx_volume_header *header, vx_error *error)
{
    const vx_header_fields f = fields_of_nifti2(h);
    vx_status status = check_magic(path, h->magic, '2', pair, error);
    if (!status)
        status = check_nifti(path, &f, pair ? 0 : sizeof *h, side, header, error);
    if (status || vx_without_orientation(&f))
        return status;
    h->dim[0] = 3;
    for (int k = 0; k < 3; k++) {
        h->dim[k + 1] = header->grid.dim[k];
        h->pixdim[k + 1] = fabs(h->pixdim[k + 1]);
    }
    return vx_grid_from_nifti(nifti_convert_n2hdr2nim(*h, NULL), &f, &header->grid, error);
}

vx_status vx_header_parse(const char *path, const unsigned char *raw, size_t size, bool pair,
                          vx_analyze_orientation analyze, vx_volume_header *result, vx_error *error)
{
    nifti_1_header h1;
    nifti_2_header h2;
    vx_volume_header header = {0};
    vx_status status;
    uint32_t length = 0;
    if (size >= sizeof length)
        memcpy(&length, raw, sizeof length);
    header.swap = __builtin_bswap32(length) == sizeof h1 || __builtin_bswap32(length) == sizeof h2;
    if (header.swap)
        length = __builtin_bswap32(length);
    if (length != sizeof h1 && length != sizeof h2)
        return vx_fail(error, VX_INPUT, "%s: not a NIfTI image", path);
    if (size < length)
        return vx_fail(error, VX_INPUT, "%s: truncated: %zu bytes of a header of %u", path, size, length);

    if (length == sizeof h2) {
        memcpy(&h2, raw, sizeof h2);
        if (header.swap)
            nifti_swap_as_nifti2(&h2);
        status = parse_nifti2(path, &h2, pair, analyze, &header, error);
    } else {
        memcpy(&h1, raw, sizeof h1);
        if (header.swap)
            nifti_swap_as_nifti1(&h1); /* ANALYZE has the required fields at the same offsets */
        status = pair && !is_magic(h1.magic, '1') ? parse_analyze(path, &h1, raw, analyze, &header, error)
                                                  : parse_nifti1(path, &h1, pair, analyze, &header, error);
    }
    if (!status)
        status = check_affine(path, &header.grid, error);
    if (!status)
        *result = header;
    return status;
}
