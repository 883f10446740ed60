/* Reading one volume, as the public vx_image_read and with what only voxstat itself asks for. */
#ifndef VX_IMAGE_LOAD_H
#define VX_IMAGE_LOAD_H

#include "base/source.h"
#include "voxstat/image.h"

/* What is asked for. */
typedef struct vx_loading {
    vx_analyze_orientation orientation;
    bool exact;            /* values as the header has them; else rounded to float, in `data` with slope 1 */
    const vx_grid *grid;   /* the grid to lie on, within `tolerance` voxels; null: any */
    const char *grid_path; /* whose grid that is */
    double tolerance;
    vx_source *source;     /* gets the files; null: they are not hashed */
} vx_loading;

/* Owned; vx_loaded_destroy releases it. A value is slope * stored + inter, and what is stored stands in `data` where a
 * float holds it exactly, else in `wide`; the other is null. */
typedef struct vx_loaded {
    vx_grid grid;
    float *data;
    double *wide;
    double slope, inter;
    double mm_per_unit; /* of the lengths in the header; not 1 where these were in micrometres or metres */
    bool side_assumed;  /* the header does not tell left from right */
} vx_loaded;

/* Errors: those of vx_image_read, and (VX_INPUT) another grid, which is found before a voxel is inflated. */
vx_status vx_image_load(const char *path, const vx_loading *how, vx_loaded *loaded, vx_error *error);
void vx_loaded_destroy(vx_loaded *loaded);

/* The grid alone, from the header. */
vx_status vx_image_grid(const char *path, vx_analyze_orientation orientation, vx_grid *grid, vx_error *error);

static inline double vx_loaded_value(const vx_loaded *loaded, int64_t voxel)
{
    return loaded->slope * (loaded->wide ? loaded->wide[voxel] : (double)loaded->data[voxel]) + loaded->inter;
}

#endif
