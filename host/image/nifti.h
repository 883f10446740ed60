/* NIfTI-1 files of one volume: the header of a grid, and the file with its voxels. */
#ifndef VX_IMAGE_NIFTI_H
#define VX_IMAGE_NIFTI_H

#include "voxstat/image.h"

#include <nifti2_io.h>

enum { VX_NIFTI_OFFSET = 352 }; /* of the voxels: the header's 348 bytes, and four that announce no extension */

/* Fills the header of a volume with the grid's own sform and qform. `datatype` is a code of NIfTI such as DT_INT16. The
 * stored numbers are the values: scl_slope is 1. `df` is the parameter of VX_INTENT_T and VX_INTENT_CORREL. A long
 * `description` is cut at 79 bytes. Errors: VX_OUTPUT for an axis of no voxel or of more than 32767. */
vx_status vx_nifti_header(const vx_grid *grid, int datatype, vx_intent intent, double df, const char *description,
                          nifti_1_header *header, vx_error *error);

/* Writes header and voxels, compressed where the path ends with ".gz". A failure removes the file. Errors:
 * VX_OUTPUT. */
vx_status vx_nifti_write(const char *path, const nifti_1_header *header, const void *data, vx_error *error);

#endif
