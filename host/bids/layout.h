/* The images of a BIDS folder and of its derivatives. */
#ifndef VX_BIDS_LAYOUT_H
#define VX_BIDS_LAYOUT_H

#include "bids/entities.h"

/* An image. */
typedef struct vx_bids_file {
    char *path;           /* absolute; links are not resolved */
    const char *dataset;  /* the folder that was searched, as vx_layout names it */
    vx_entities entities;
    const char *participant, *session; /* the labels of sub and ses; session is null without one */
} vx_bids_file;

/* Owned; vx_layout_destroy releases it. */
typedef struct vx_layout {
    char *folder;       /* absolute */
    vx_bids_file *file; /* files of them, sorted by dataset and path */
    size_t files;
    char **dataset;     /* datasets: the folders that were searched: ".", "derivatives/NAME" or a path as given */
    size_t datasets;
} vx_layout;

/* Lists the images (.nii, .nii.gz, .hdr) whose names have the entity sub. Searches the folders in `derivative`, each of
 * them the name of a folder in <folder>/derivatives, or a path; without any: `folder` itself and each folder of
 * <folder>/derivatives. Links are followed. Not searched: hidden folders and, at the top of a dataset, those that BIDS
 * gives other content (code, derivatives, phenotype, sourcedata, stimuli). A file that .bidsignore names is left out of
 * a raw dataset; in a derivative .bidsignore names what BIDS does not know yet, such as the suffix cbf.
 * Errors (VX_INPUT): a folder that is not there or not readable; an unknown derivative, with the list of those there
 * are; no image. */
vx_status vx_layout_read(const char *folder, const char *const *derivative, size_t derivatives, vx_layout *layout,
                         vx_error *error);
void vx_layout_destroy(vx_layout *layout);

#endif
