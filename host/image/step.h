/* Steps: what is done to a volume between reading it and using it.
 *
 * A vx_source has an ordered list of steps, which vx_source_read applies. The results record them as parts of the
 * input, and the report's methods text says them in their own words. A step is a plain value. */
#ifndef VX_IMAGE_STEP_H
#define VX_IMAGE_STEP_H

#include "voxstat/image.h"

#include <math.h>

/* A volume in memory. A value is slope * stored + inter. Stored values are in `data` if float represents them exactly,
 * else in `wide`; the other pointer is null. Owned; vx_loaded_destroy releases it. */
typedef struct vx_loaded {
    vx_grid grid;
    float *data;
    double *wide;
    double slope, inter;
    double mm_per_unit; /* of the lengths in the header: 1 unless these are in micrometres or metres */
    bool side_assumed;  /* the header does not define left and right */
} vx_loaded;

void vx_loaded_destroy(vx_loaded *loaded);

static inline double vx_loaded_value(const vx_loaded *loaded, int64_t voxel)
{
    return loaded->slope * (loaded->wide ? loaded->wide[voxel] : (double)loaded->data[voxel]) + loaded->inter;
}

/* Whether a value is data: 0, NaN and infinity mark voxels without. */
static inline bool vx_has_data(double value)
{
    return isfinite(value) && value != 0;
}

/* A number that a step found in a volume, such as the mean by which it divided, and over how many voxels. */
#define VX_FIGURE_MEAN "mean"
#define VX_FIGURE_VOXELS "voxels"
#define VX_FIGURE_GLOBAL "global_mean"
typedef struct vx_figure {
    const char *name;
    double value;
} vx_figure;

/* Names of steps that later parts of the program ask for. */
#define VX_STEP_REFERENCE "reference"
#define VX_STEP_GLOBAL "global_mean" /* which divides by it, or only finds it: a nuisance then */
#define VX_STEP_PVC "pvc"
#define VX_STEP_SMOOTH "smooth"

typedef struct vx_step {
    const char *name;      /* in run.json */
    char words[256];       /* after "was": "brought to the grid of the images by nearest neighbour" */
    char parameters[1024]; /* for readers of run.json; a long text is cut */
    bool regrids;          /* it brings volumes to `grid`; other steps keep the grid of the volume */
    vx_grid grid;
    const void *data;      /* what it works with, borrowed; steps of several images share it */
    vx_figure figure[4];   /* what it found in the volume to which it was applied last */
    int figures;
    vx_status (*apply)(struct vx_step *step, vx_loaded *volume, vx_error *error);
} vx_step;

/* Brings a volume to another grid of the same space. Each voxel of `grid` gets the stored value of the voxel whose
 * centre is nearest, so that labels stay labels, however large; halfway between two it is the one of the higher index.
 * A voxel of `grid` whose centre lies outside the volume becomes NaN. `grid_path` names the image that has the grid. */
vx_step vx_step_nearest(const vx_grid *grid, const char *grid_path);

/* Applies steps in their order. On error the volume keeps a state that vx_loaded_destroy releases. Errors: VX_INTERNAL
 * where memory is short. */
vx_status vx_steps_apply(vx_step *step, size_t steps, vx_loaded *volume, vx_error *error);

#endif
