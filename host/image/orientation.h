/* Where a header says that its volume lies: sform, qform, or nothing but sizes and what the user says; in mm. */
#ifndef VX_IMAGE_ORIENTATION_H
#define VX_IMAGE_ORIENTATION_H

#include "voxstat/image.h"

#include "base/error.h"

#include <nifti2_io.h>

/* The fields that NIfTI-1, NIfTI-2 and ANALYZE headers have. */
typedef struct vx_header_fields {
    int64_t dim[8];
    int datatype, bitpix;
    double offset, slope, inter;
    double pixdim[3];
    int units;    /* xyzt_units */
    int vertices; /* glmin, where FreeSurfer keeps a length that does not fit in dim[1] */
    bool has_sform, has_qform;
    double qform[7]; /* qfac, b, c, d and the offsets */
} vx_header_fields;

/* Errors (VX_INPUT, naming the file): neither the header nor the user tells the orientation; the qform is faulty, and
 * no sform stands beside it. */
vx_status vx_orientation_check(const char *path, const vx_header_fields *f, vx_analyze_orientation side,
                               vx_error *error);

/* Neither sform nor qform. */
bool vx_without_orientation(const vx_header_fields *f);

/* Of the lengths in a header with these xyzt_units. */
double vx_mm_per_unit(int xyzt_units);

/* Brings all lengths of a grid to mm. */
void vx_grid_scale(vx_grid *grid, double mm);

/* The voxel in the middle, which may lie between voxels. */
void vx_grid_centre(const vx_grid *grid, double zero[3]);

/* Axes along the world's, x to the side that the user names; `zero` is the voxel at the origin. The sform gets a code,
 * so that outputs carry the affine on. */
void vx_grid_from_sizes(const double pixdim[3], const double zero[3], vx_analyze_orientation side, vx_grid *grid);

/* NIfTI-1 methods 3 and 2: the sform where its code is positive, else the qform. Frees `nim`. */
vx_status vx_grid_from_nifti(nifti_image *nim, const vx_header_fields *f, vx_grid *grid, vx_error *error);

#endif
