/* pvc: an image corrected for partial volume, by the maps of its tissues and its point spread P.
 *
 * G and W are the shares of grey and white matter in a voxel, P*G these seen through the point spread, a Gaussian
 * (prepare/gaussian.h) which is 0 outside the grid. y is what an image x would be without it:
 *
 *     meltzer   y(v) = x(v) / P*(G + W)(v)               where P*(G + W)(v) > 0.3
 *               tissue against its surroundings (Meltzer et al. 1990, J Comput Assist Tomogr 14:561)
 *     mg        y(v) = (x(v) - c P*W(v)) / P*G(v)        where G(v) > 0.3 and P*G(v) > 0.1
 *               grey against white matter, of which all has the value c (Müller-Gärtner et al. 1992, J Cereb Blood Flow
 *               Metab 12:571)
 *
 * What is no tissue has the value 0 in both. Elsewhere y is missing (NaN): towards the edge of a tissue the divisor
 * goes to 0, so that noise and errors of the maps would be multiplied by more than 3.3 (meltzer) or 10 (mg). A voxel
 * that is 0 or not finite has no data and stays as it is.
 *
 * c is the value of white matter in its core, the voxels with P*W > 0.9: there x is described best, in squares, as
 *
 *     x(v) = c P*W(v) + d P*G(v)
 *
 * (after Labbé et al. 1996, Alzheimer Dis Assoc Disord 10:141). So the tenth of the
 * signal that may come from grey matter does not count as white. In noise-free images of one value for each tissue c,
 * and therefore y, is exact. */
#ifndef VX_PREPARE_PVC_H
#define VX_PREPARE_PVC_H

#include "prepare/tissue.h"

typedef enum vx_pvc_method { VX_PVC_NONE, VX_PVC_MELTZER, VX_PVC_MG } vx_pvc_method;

/* How one image is corrected. It borrows the tissue, whose sources reading it uses. */
typedef struct vx_pvc {
    vx_pvc_method method; /* not VX_PVC_NONE */
    vx_image_tissue *tissue;
    vx_loading how;       /* the orientation, the hashing and the tolerance for maps */
    bool alike;           /* every image has this point spread: the words tell it */
} vx_pvc;

/* What a correction found in an image. */
typedef struct vx_pvc_found {
    int64_t voxels;      /* with a value */
    double white;        /* mg: c, and the voxels from which it is told */
    int64_t white_voxels;
} vx_pvc_found;

/* Corrects a volume by shares G and W on its grid and kernels of the point spread. Afterwards its values are floats
 * with slope 1 and intercept 0. Errors: VX_INPUT (mg) for a core of white matter of less than 10 voxels or without
 * data, and where no voxel gets a value; VX_INTERNAL where memory is short. */
vx_status vx_pvc_volume(vx_loaded *volume, vx_pvc_method method, const vx_gaussian g[3], const vx_tissue_maps *maps,
                        vx_pvc_found *found, vx_error *error);

/* The step borrows `how`. Its figures are the number of voxels with a value, and of mg c and the number of voxels of
 * the core. Errors of its application: those of vx_tissue_read, vx_tissue_spread and vx_pvc_volume. */
vx_step vx_step_pvc(const vx_pvc *how);

#endif
