/* The tissue maps of an image, and the point spread with which it was seen: what partial-volume corrections work with.
 *
 * A map has the share of each voxel that is grey or white matter, 0 to 1, on the grid of the image. Where it is not
 * finite it is 0. Of two maps in one file of several volumes the first volume is grey matter and the second white, the
 * form in which PETPVC takes them (Thomas et al. 2016, Phys Med Biol 61:7975). */
#ifndef VX_PREPARE_TISSUE_H
#define VX_PREPARE_TISSUE_H

#include "image/source.h"
#include "prepare/gaussian.h"

typedef enum vx_tissue_kind { VX_OF_GREY, VX_OF_WHITE, VX_TISSUE_MAPS } vx_tissue_kind;

/* Of one image. The sources are those of the maps; vx_tissue_destroy releases what they own. */
typedef struct vx_image_tissue {
    vx_source map[VX_TISSUE_MAPS];
    double fwhm[3]; /* of the point spread, mm along the axes of the image's grid */
} vx_image_tissue;

void vx_tissue_destroy(vx_image_tissue *tissue);

/* Errors (VX_INPUT): a map that is not there, or no point spread in `psf`, which is a name for the message. */
vx_status vx_tissue_check(const vx_image_tissue *tissue, const char *psf, vx_error *error);

/* The maps in memory, each of as many values as the grid of the image has voxels; vx_tissue_maps_destroy releases. */
typedef struct vx_tissue_maps {
    double *share[VX_TISSUE_MAPS];
} vx_tissue_maps;

/* Reads the maps of an image that lies on `grid`. `how` has the orientation and the tolerance. Errors (VX_INPUT, naming
 * the file of the map): those of vx_source_read; another grid; a share that is further than VX_SHARE_TOLERANCE outside
 * 0 to 1; grey and white that are more than 1 in sum by that; a map without any tissue. */
#define VX_SHARE_TOLERANCE 0.01
vx_status vx_tissue_read(vx_image_tissue *tissue, const vx_loading *how, const vx_grid *grid, vx_tissue_maps *maps,
                         vx_error *error);
void vx_tissue_maps_destroy(vx_tissue_maps *maps);

/* The kernels of the point spread on a grid, as vx_gaussian_init makes them. Errors: those, and VX_INPUT for a point
 * spread that is narrower than a voxel along some axis: samples of it at the voxels' distance would hardly blur. */
vx_status vx_tissue_spread(const vx_image_tissue *tissue, const vx_grid *grid, vx_gaussian g[3], vx_error *error);

#endif
