/* The images of a matrix: one source per participant and session, and one for the mask file. They are read for the
 * matrix, read again for means, and recorded as the inputs of the results.
 *
 * A vx_sources borrows the rows and options that it is made from; vx_sources_destroy releases what it owns. */
#ifndef VX_IMAGE_SOURCES_H
#define VX_IMAGE_SOURCES_H

#include "image/change.h"
#include "image/survey.h"

typedef struct vx_sources {
    const vx_volume_row *row;
    int64_t n;
    int64_t sessions; /* the most that any row has */
    vx_change change;        /* how the two images of a row become one value; else its weighted sum */
    vx_mask_options options; /* with the default tolerance filled in */
    vx_loading how;   /* for all images; vx_sources_find_grid sets its grid */
    vx_source mask;   /* its path is null without a mask file */
    vx_source *image; /* n x sessions; the path is null for sessions that a row does not have */
} vx_sources;

/* `hashed`: reading computes the SHA-256 of every file. Errors: VX_INPUT if there are no rows, or a row has no images,
 * or a weight is 0 or not finite. */
vx_status vx_sources_init(const vx_volume_row *rows, int64_t n, const vx_mask_options *options, bool hashed,
                          vx_sources *sources, vx_error *error);
void vx_sources_destroy(vx_sources *sources);

/* Sets the grid of `how` to that of the first image, unless it has one. The file of this image stays open for its
 * reading. Errors: those of vx_source_open. */
vx_status vx_sources_find_grid(vx_sources *sources, vx_error *error);

/* vx_matrix_read of voxstat/image.h, from sources. Fills `survey`, which has no images yet, or is null. */
vx_status vx_matrix_from_sources(vx_sources *sources, int threads, vx_survey *survey, vx_matrix **matrix,
                                 vx_mask_report *report, vx_error *error);

/* The steps that every image goes through; their figures are those of the first image. How an image was made of volumes
 * of its file is left out where images differ in it. */
const vx_step *vx_sources_steps(const vx_sources *sources, size_t *steps);

/* The source of a session; null if the row has fewer sessions. */
static inline vx_source *vx_sources_image(const vx_sources *sources, int64_t row, int64_t session)
{
    vx_source *image = &sources->image[row * sources->sessions + session];
    return image->path ? image : NULL;
}

#endif
