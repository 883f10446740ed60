/* The folder VX_PREPARED_FOLDER of the results, --keep-prepared: the rows of the matrices, as images of a BIDS
 * derivative. Their values are bit for bit those that were tested, and 0 at voxels that were not. */
#ifndef VX_OUTPUT_PREPARED_H
#define VX_OUTPUT_PREPARED_H

#include "bids/derivative.h"
#include "bids/uri.h"
#include "output/output.h"

/* The image of a row of a modality. */
typedef struct vx_prepared_image {
    const vx_record_modality *modality;
    int64_t row;
    vx_derivative name;
    json_t *sidecar; /* its fields, owned */
} vx_prepared_image;

/* The fields of an image's sidecar: what the specification demands of derivatives, what was done to its sources, and
 * what the sidecars of these agree on. The caller releases them. Errors: those of vx_sidecar_read and vx_source_uri. */
vx_status vx_prepared_sidecar(const vx_record *record, const vx_prepared_image *image, vx_datasets *datasets,
                              json_t **sidecar, vx_error *error);

#endif
