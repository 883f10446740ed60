/* The header of one volume (NIfTI-1, NIfTI-2 or ANALYZE 7.5), validated and reduced to what reading needs. */
#ifndef VX_IMAGE_HEADER_H
#define VX_IMAGE_HEADER_H

#include "voxstat/image.h"

enum { VX_HEADER_BYTES = 540 }; /* the longest header, NIfTI-2; NIfTI-1 and ANALYZE have 348 */

typedef struct vx_volume_header {
    vx_grid grid;
    size_t voxels;   /* of one volume */
    int64_t volumes; /* the product of the dimensions after the third */
    int dimensions;
    int datatype; /* a NIfTI code: integers of 1 to 8 bytes, float32 or float64 */
    size_t voxel_bytes;
    uint64_t offset; /* of the first voxel in its file */
    bool swap;       /* the file has the other byte order */
    double interval;     /* s between volumes, as pixdim and xyzt_units say; NaN where they do not */
    double slope, inter; /* value = slope * stored + inter; 1 and 0 where the header scales nothing */
    double mm_per_unit;  /* 1, or what xyzt_units says; the grid is in mm already */
    bool side_assumed;   /* the header does not define left and right; the caller's orientation is used */
} vx_volume_header;

/* Parses `size` header bytes. `pair`: the header is an .hdr file, and the voxels are in an .img file. `path` is used in
 * messages only. Afterwards offset + volumes * voxels * voxel_bytes fits in 63 bits. */
vx_status vx_header_parse(const char *path, const unsigned char *raw, size_t size, bool pair,
                          vx_analyze_orientation analyze, vx_volume_header *header, vx_error *error);

#endif
