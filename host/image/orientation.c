#include "image/orientation.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

/* Returns what is wrong with the qform, or null. A valid one has a quaternion (a, b, c, d) of length 1, hence
 * b^2 + c^2 + d^2 <= 1 up to float32 rounding, and a qfac of -1, 0 (which means 1) or 1. */
static const char *qform_fault(const vx_header_fields *f)
{
    const double *q = f->qform;
    for (int k = 0; k < 7; k++)
        if (!isfinite(q[k]))
            return "it holds a number that is not finite";
    if (q[1] * q[1] + q[2] * q[2] + q[3] * q[3] > 1 + 1e-5)
        return "its quaternion is longer than 1, which is no rotation";
    if (q[0] != 0 && fabs(q[0]) != 1)
        return "its qfac (pixdim[0]) is neither 1 nor -1";
    return NULL;
}

/* Without sform and qform only method 1 of NIfTI-1 remains, which defines no orientation. */
vx_status vx_orientation_check(const char *path, const vx_header_fields *f, vx_analyze_orientation side,
                               vx_error *error)
{
    const char *fault = qform_fault(f);
    if (f->has_sform || (f->has_qform && !fault) || (!f->has_qform && side != VX_ANALYZE_REFUSE))
        return VX_OK;
    if (f->has_qform)
        return vx_fail(error, VX_INPUT, "%s: the qform is its only orientation, and %s", path, fault);
    return vx_fail(error, VX_INPUT, "%s: an image without orientation (sform_code and qform_code are 0), whose header "
                   "does not tell left from right; give --orientation neurological (x grows to the right) or "
                   "radiological (to the left)", path);
}

/* Codes that NIfTI does not define count as 0 (unknown), which by convention means mm. */
double vx_mm_per_unit(int xyzt_units)
{
    switch (XYZT_TO_SPACE(xyzt_units)) {
    case NIFTI_UNITS_METER: return 1000;
    case NIFTI_UNITS_MICRON: return 1e-3;
    default: return 1;
    }
}

double vx_seconds_per_unit(int xyzt_units)
{
    switch (XYZT_TO_TIME(xyzt_units)) {
    case NIFTI_UNITS_SEC: return 1;
    case NIFTI_UNITS_MSEC: return 1e-3;
    case NIFTI_UNITS_USEC: return 1e-6;
    default: return NAN;
    }
}

void vx_grid_from_sizes(const double pixdim[3], const double zero[3], vx_analyze_orientation side, vx_grid *grid)
{
    for (int k = 0; k < 3; k++) {
        const double size = fabs(pixdim[k]), step = k == 0 && side == VX_ANALYZE_RADIOLOGICAL ? -size : size;
        grid->pixdim[k] = size;
        grid->affine[k][k] = step;
        grid->affine[k][3] = -step * zero[k];
    }
    grid->affine[3][3] = 1;
    grid->qfac = 1;
    grid->sform_code = NIFTI_XFORM_ALIGNED_ANAT;
    memcpy(grid->sform, grid->affine, sizeof grid->sform);
}

void vx_grid_centre(const vx_grid *grid, double zero[3])
{
    for (int k = 0; k < 3; k++)
        zero[k] = ((double)grid->dim[k] - 1) / 2;
}

bool vx_without_orientation(const vx_header_fields *f)
{
    return !f->has_sform && !f->has_qform;
}

void vx_grid_scale(vx_grid *grid, double mm)
{
    for (int i = 0; i < 3; i++) {
        grid->pixdim[i] *= mm;
        grid->qoffset[i] *= mm;
        for (int j = 0; j < 4; j++) {
            grid->affine[i][j] *= mm;
            grid->sform[i][j] *= mm;
        }
    }
}

vx_status vx_grid_from_nifti(nifti_image *nim, const vx_header_fields *f, vx_grid *grid, vx_error *error)
{
    if (!nim)
        return vx_fail_memory(error);
    const nifti_dmat44 *affine = nim->sform_code > 0 ? &nim->sto_xyz : &nim->qto_xyz;
    memcpy(grid->affine, affine->m, sizeof grid->affine);
    memcpy(grid->sform, nim->sto_xyz.m, sizeof grid->sform);
    for (int k = 0; k < 3; k++) { /* the sform gives the length of the axis where the size is 0 */
        const bool sized = isfinite(f->pixdim[k]) && f->pixdim[k] != 0;
        grid->pixdim[k] = sized ? fabs(f->pixdim[k]) : vx_grid_step_mm(grid, k);
    }
    grid->qform_code = nim->qform_code;
    grid->sform_code = nim->sform_code;
    grid->quatern[0] = nim->quatern_b;
    grid->quatern[1] = nim->quatern_c;
    grid->quatern[2] = nim->quatern_d;
    grid->qoffset[0] = nim->qoffset_x;
    grid->qoffset[1] = nim->qoffset_y;
    grid->qoffset[2] = nim->qoffset_z;
    grid->qfac = nim->qfac < 0 ? -1 : 1;
    nifti_image_free(nim);
    if (qform_fault(f)) { /* the sform is used, and outputs get no qform */
        grid->qform_code = 0;
        memset(grid->quatern, 0, sizeof grid->quatern);
        memset(grid->qoffset, 0, sizeof grid->qoffset);
        grid->qfac = 1;
    }
    vx_grid_scale(grid, vx_mm_per_unit(f->units));
    return VX_OK;
}
