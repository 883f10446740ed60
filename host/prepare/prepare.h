/* Preparation: the steps between an image on disk and the matrix of changes.
 *
 * Each step is a file of its own, whose header has its equation, and works on one volume at a time. They are added to
 * the sources of a modality in this order, so that each finds what it needs:
 *
 *     reference   divides an image by its mean over a reference region
 *
 * A preparation belongs to one modality. It owns what its steps work with, and must outlive the sources' readings. */
#ifndef VX_PREPARE_PREPARE_H
#define VX_PREPARE_PREPARE_H

#include "image/sources.h"
#include "prepare/reference.h"

typedef struct vx_preparation_options {
    const char *reference;  /* path of a mask; null: images are not divided */
    double reference_level; /* the region is where the mask is above it */
} vx_preparation_options;

typedef struct vx_preparation {
    vx_preparation_options options;
    vx_source mask;           /* of the reference region; its path is null without one */
    vx_reference_region region;
} vx_preparation;

/* Borrows the texts of the options. Reads nothing. */
void vx_preparation_init(const vx_preparation_options *options, vx_preparation *preparation);
void vx_preparation_destroy(vx_preparation *preparation);

/* The most files that a preparation reads, and the list of those that it does read. Returns their number. */
enum { VX_PREPARATION_FILES = 1 };
size_t vx_preparation_files(vx_preparation *preparation, vx_source *file[VX_PREPARATION_FILES]);

/* Reads what the steps need, and adds them to every image of `sources`, before the matrix is read. Errors: VX_INPUT as
 * of the headers of the steps, with file and region. */
vx_status vx_preparation_add_steps(vx_preparation *preparation, vx_sources *sources, vx_error *error);

#endif
