/* Preparation: the steps between an image on disk and the matrix of changes.
 *
 * Each step is a file of its own, whose header has its equation, and works on one volume at a time. They are added to
 * the sources of a modality in this order, so that each finds what it needs:
 *
 *     suv           turns activity into the standardised uptake value
 *     pvc           corrects for partial volume, on the grid on which the image was made
 *     regrid        brings an image to another grid
 *     reference     divides an image by its mean over a reference region, or
 *     global_mean   by its global mean, or finds this mean for the model
 *     smooth        smooths it by a Gaussian
 *
 * A preparation belongs to one modality. It owns what its steps work with, and must outlive the sources' readings. */
#ifndef VX_PREPARE_PREPARE_H
#define VX_PREPARE_PREPARE_H

#include "image/sources.h"
#include "prepare/global_mean.h"
#include "prepare/pvc.h"
#include "prepare/reference.h"
#include "prepare/regrid.h"
#include "prepare/scaling.h"
#include "prepare/smooth.h"
#include "prepare/suv.h"

/* How intensities of images become comparable. */
typedef enum vx_scale {
    VX_SCALE_NONE,
    VX_SCALE_REFERENCE, /* divided by the mean over a reference region */
    VX_SCALE_GLOBAL,    /* divided by the global mean */
    VX_SCALE_ANCOVA,    /* left as they are; the (change of the) global mean is a nuisance regressor */
} vx_scale;

/* A reference is the path of a mask; or "atlas:" and the names of regions of the atlas, joined by " + ", which
 * vx_reference_of_atlas returns, null for others; or the word of vx_reference_is_of_data, for the voxels that vary
 * least at baseline (prepare/stable.h). */
const char *vx_reference_of_atlas(const char *reference);
bool vx_reference_is_of_data(const char *reference);

typedef struct vx_preparation_options {
    bool suv;
    const double *body_weight; /* of suv: rows x sessions of the sources, kg; NaN, or null: that of the sidecars */
    vx_pvc_method pvc;
    const char *psf;          /* where the point spreads are from, for messages */
    vx_image_tissue *tissue;  /* of pvc: rows x sessions of the sources, as their images; borrowed. Where a map is not
                                 there its path is null, and a point spread NaN */
    const char *regrid;       /* path of an image, to whose grid the images are brought; null: see the next */
    double regrid_mm;         /* they are brought to isotropic voxels of so many mm over the first image; 0: neither */
    vx_regrid_method regrid_method;
    vx_scale scale;
    const char *reference;    /* of VX_SCALE_REFERENCE; null elsewhere */
    double reference_level;   /* the region is where the mask is above it */
    double reference_erosion; /* mm; 0: none */
    const vx_atlas *atlas;    /* read; used only where the reference is of the atlas */
    double smooth;            /* FWHM in mm of a Gaussian; 0: images are not smoothed by one */
    double smooth_to;         /* FWHM in mm that each image is to have; 0: images are not smoothed to one */
    int threads;              /* 0: all */
    vx_device *device;        /* smooths and regrids; null: the processor does. Used by the threads that read images */
} vx_preparation_options;

/* Whether images are smoothed, and whether they are brought to another grid. */
static inline bool vx_preparation_smooths(const vx_preparation_options *options)
{
    return options->smooth > 0 || options->smooth_to > 0;
}

static inline bool vx_preparation_regrids(const vx_preparation_options *options)
{
    return options->regrid || options->regrid_mm > 0;
}

typedef struct vx_preparation {
    vx_preparation_options options;
    vx_worker worker;
    vx_source grid;           /* the image of options.regrid; its path is null without one */
    vx_regridding regridding;
    char grid_name[32];       /* "2 mm voxels" */
    vx_source mask;           /* of the reference region; its path is null without one */
    vx_reference_region region;
    vx_suv *suv;              /* rows x sessions; null without, */
    vx_pvc *pvc;              /* as is this */
    vx_smoothing *smoothing;  /* of every image: n x sessions; or, not to a target, the one of all */
} vx_preparation;

/* Whether two preparations do the same to the same images, which have the same weights, tissue maps and point
 * spreads. */
bool vx_preparation_same(const vx_preparation_options *a, const vx_preparation_options *b);

/* Borrows the texts of the options. Reads nothing. */
void vx_preparation_init(const vx_preparation_options *options, vx_preparation *preparation);
void vx_preparation_destroy(vx_preparation *preparation);

/* The most files that a preparation reads, and the list of those that it does read. Returns their number. */
enum { VX_PREPARATION_FILES = 2 };
size_t vx_preparation_files(vx_preparation *preparation, vx_source *file[VX_PREPARATION_FILES]);

/* Reads what the steps need (sidecars, regions), and adds them to every image of `sources`, before the matrix is read.
 * Errors: VX_INPUT as of the headers of the steps, with participant, file and region. */
vx_status vx_preparation_add_steps(vx_preparation *preparation, vx_sources *sources, vx_error *error);

/* After the images were read: remarks on what the steps found in them. Errors: VX_INPUT for a reference region of which
 * Müller-Gärtner's method leaves less than half in some image. */
vx_status vx_preparation_remark(const vx_preparation *preparation, const vx_sources *sources, vx_remarks *remarks,
                                vx_error *error);

#endif
