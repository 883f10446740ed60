/* gtm: the means of regions, corrected for partial volume by the geometric transfer matrix (Rousset et al. 1998, J Nucl
 * Med 39:904).
 *
 * Regions 1 ... P make up the image: R_j(v) is the share of voxel v that is of region j. Where region j has the value
 * c_j everywhere, the image is x = sum_j c_j P*R_j, and its means over the regions are
 *
 *     t_i = sum_j w_ij c_j      t_i = sum_v R_i(v) x(v) / r_i      w_ij = sum_v R_i(v) P*R_j(v) / r_i
 *
 * r_i = sum_v R_i(v), P* is the point spread, a Gaussian (prepare/gaussian.h), and the sums are over the voxels v that
 * have data. W c = t is solved for c by LU decomposition.
 *
 * The regions of an image are those of an atlas within one tissue each: R_j = A_j G, A_j W or A_j (1 - G - W), with the
 * shares A_j of the atlas and the image's maps of grey and white matter G and W. The tissue is the one that the region
 * has most of in all images together. What no region holds of a tissue is one more region for each of the three, so
 * that all regions are 1 in sum in every voxel. */
#ifndef VX_PREPARE_GTM_H
#define VX_PREPARE_GTM_H

#include "atlas/plan.h"
#include "image/sources.h"
#include "prepare/tissue.h"

/* A region on a grid; its voxels ascend. */
typedef struct vx_gtm_region {
    const char *name;
    int64_t voxels;
    int64_t *index;
    double *share;
} vx_gtm_region;

/* Finds c of an image. Errors (VX_INPUT): a region with less than one voxel of shares among those that have data, and
 * regions that cannot be told apart: W has a reciprocal condition below 1e-4 in the norm of row sums, so that errors of
 * a ten-thousandth of the means could be as large as the values. VX_INTERNAL where memory is short. */
vx_status vx_gtm_solve(const vx_loaded *volume, const vx_gaussian g[3], const vx_gtm_region *region, int64_t regions,
                       double *value, vx_error *error);

/* The values of the regions of an atlas in every image; vx_gtm_free releases it. */
typedef struct vx_gtm {
    int64_t images, regions;
    double *value; /* images x regions: c; NaN for an image that is not there */
    double *size;  /* likewise: r, over all voxels */
    int *kind;     /* regions: the tissue that each is taken within, an index of vx_gtm_kinds */
} vx_gtm;

/* "grey matter", "white matter" and "neither"; null stands at the end. */
extern const char *const vx_gtm_kinds[];

/* Reads every image, with the steps that it has, and its maps (`tissue`, as the images of the sources), on `threads`
 * threads (0: all). The image stays on its own grid, to which the atlas is brought. Errors: those of reading images and
 * maps, with participant and column; those of vx_regions_on and vx_gtm_solve. */
vx_status vx_gtm_read(vx_sources *sources, vx_image_tissue *tissue, const vx_atlas *atlas, int threads, vx_gtm **gtm,
                      vx_error *error);
void vx_gtm_free(vx_gtm *gtm);

/* The value of a planned region in an image: the mean of its members, by size. */
double vx_gtm_mean(const vx_gtm *gtm, int64_t image, const vx_planned_region *of);

#endif
