/* The position of a volume in mm: by sform, by qform, or by voxel sizes and an orientation that the user gives. */
#ifndef VX_IMAGE_ORIENTATION_H
#define VX_IMAGE_ORIENTATION_H

#include "voxstat/image.h"

#include "base/error.h"

#include <nifti2_io.h>

/* The fields that NIfTI-1, NIfTI-2 and ANALYZE headers share. */
typedef struct vx_header_fields {
    int64_t dim[8];
    int datatype, bitpix;
    double offset, slope, inter;
    double pixdim[3];
    double step;  /* pixdim[4], of the fourth dimension */
    int units;    /* xyzt_units */
    int vertices; /* glmin, where FreeSurfer stores a length that does not fit in dim[1] */
    bool has_sform, has_qform;
    double qform[7]; /* qfac, b, c, d and the offsets */
} vx_header_fields;

/* Errors (VX_INPUT, naming the file): neither the header nor the user gives the orientation; the qform is invalid and
 * there is no sform. */
vx_status vx_orientation_check(const char *path, const vx_header_fields *f, vx_analyze_orientation side,
                               vx_error *error);

/* Whether the header has neither an sform nor a qform. */
bool vx_without_orientation(const vx_header_fields *f);

/* Millimetres per unit of length of a header with these xyzt_units. */
double vx_mm_per_unit(int xyzt_units);

/* Seconds per unit of time; NaN where a header does not say that its fourth dimension is time. */
double vx_seconds_per_unit(int xyzt_units);

/* Multiplies all lengths of a grid by `mm`. */
void vx_grid_scale(vx_grid *grid, double mm);

/* The voxel coordinates of the middle of the grid; not integers where a dimension is even. */
void vx_grid_centre(const vx_grid *grid, double zero[3]);

/* Sets an affine along the world's axes, with x to the side that the user gives; `zero` is the voxel at the origin. The
 * sform gets a code, so that outputs keep the affine. */
void vx_grid_from_sizes(const double pixdim[3], const double zero[3], vx_analyze_orientation side, vx_grid *grid);

/* NIfTI-1 methods 3 and 2: the sform where its code is positive, else the qform. Frees `nim`. */
vx_status vx_grid_from_nifti(nifti_image *nim, const vx_header_fields *f, vx_grid *grid, vx_error *error);

#endif
