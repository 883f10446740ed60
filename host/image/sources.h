/* The images behind a matrix: one source a participant and session, and one for the mask file. They are found, read
 * for the matrix, read again for means, and listed as what the results come from.
 *
 * A vx_sources borrows the rows and options that it is made of; vx_sources_destroy releases what it owns. */
#ifndef VX_IMAGE_SOURCES_H
#define VX_IMAGE_SOURCES_H

#include "base/remarks.h"
#include "image/source.h"

typedef struct vx_sources {
    const vx_volume_row *row;
    int64_t n;
    int64_t sessions; /* of the row that has most */
    vx_mask_options options; /* with the tolerance in force */
    vx_loading how;   /* the same for all; its grid is the first image's, once vx_matrix_from_sources has read that */
    vx_source mask;   /* without a path where there is no mask file */
    vx_source *image; /* n x sessions; without a path where a row has fewer */
} vx_sources;

/* `hashed`: reading takes the SHA-256 of every file. Errors: VX_INPUT where there is no row, or one without images or
 * with a weight that is 0 or not finite. */
vx_status vx_sources_init(const vx_volume_row *rows, int64_t n, const vx_mask_options *options, bool hashed,
                          vx_sources *sources, vx_error *error);
void vx_sources_destroy(vx_sources *sources);

/* vx_matrix_read, whose contract is in voxstat/image.h. `remarks` (may be null) gets what a reader of the results must
 * know of the images. */
vx_status vx_matrix_from_sources(vx_sources *sources, int threads, vx_remarks *remarks, vx_matrix **matrix,
                                 vx_mask_report *report, vx_error *error);

/* Null where the row has fewer sessions. */
static inline vx_source *vx_sources_image(const vx_sources *sources, int64_t row, int64_t session)
{
    vx_source *image = &sources->image[row * sources->sessions + session];
    return image->path ? image : NULL;
}

#endif
