/* The phantom: a synthetic head, in which the true region of every voxel is known.
 *
 * A phantom owns its arrays; vx_phantom_free releases it. Labels are 1 to `labels`; 0 is outside the brain. Regions of
 * both sides have two labels, left (x < 0) and right. */
#ifndef VX_SIMULATE_PHANTOM_H
#define VX_SIMULATE_PHANTOM_H

#include "simulate/signals.h"
#include "voxstat/image.h"

typedef enum vx_tissue { VX_GREY, VX_WHITE, VX_FLUID, VX_STEM } vx_tissue;

/* The regions in the order of painting: a later one covers an earlier one. */
typedef struct vx_phantom_region {
    const char *name;
    vx_tissue tissue;
    bool ribbon;      /* covers only cortical ribbon; otherwise any tissue */
    double centre[3]; /* mm, of the right side; on x = 0 the region has one label */
    double radius[3]; /* mm */
    vx_signal signal[VX_IMAGES];
} vx_phantom_region;

extern const vx_phantom_region vx_phantom_regions[];
extern const int vx_regions_count;

typedef struct vx_phantom {
    vx_space space;           /* the voxels of the brain on their grid */
    int labels;
    const vx_phantom_region **region; /* labels; label l is at [l - 1] */
    char (*name)[64];         /* labels: "hippocampus_left" */
    uint8_t *label;           /* a label a voxel of the grid; 0 outside the brain */
} vx_phantom;

/* Draws the phantom on the MNI grid of 1, 2 or 4 mm: 181 x 217 x 181, 91 x 109 x 91 or 46 x 55 x 46 voxels, x to the
 * right, first voxel at (-90, -126, -72) mm, sform and qform code 4. */
vx_status vx_phantom_new(int voxel_mm, vx_phantom **phantom, vx_error *error);
void vx_phantom_free(vx_phantom *phantom);

/* The label named `name`, or 0. */
int vx_phantom_label(const vx_phantom *phantom, const char *name);

#endif
