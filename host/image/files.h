/* The files of an image by its name: one rule for endings, for pairs, and for what is not there. */
#ifndef VX_IMAGE_FILES_H
#define VX_IMAGE_FILES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Owned; vx_image_files_destroy releases them. */
typedef struct vx_image_files {
    char *header; /* also the voxels' where `voxels` is null */
    char *voxels; /* of an .hdr/.img pair */
} vx_image_files;

/* Finds the files that `name` means. The name of either half of a pair means both, in any case of letters and with
 * either half compressed. A name that ends as no image file's does and is no file itself means, as in FSL, the one of
 * NAME.nii.gz, NAME.nii and NAME.hdr that is there.
 * Errors (VX_INPUT, naming the file): nothing there; more than one there; half a pair; a link to what is not there,
 * where git-annex' are named as content that was not fetched. */
vx_status vx_image_files_find(const char *name, vx_image_files *files, vx_error *error);
void vx_image_files_destroy(vx_image_files *files);

/* Whether a name ends like this, in any case of letters, with something in front. */
bool vx_image_ends(const char *name, const char *ending);

/* The length of a name without its ending: .nii, .hdr or .img, with or without .gz. Other names keep their length. */
size_t vx_image_stem(const char *name);

/* Whether a name ends as an image's does, of those kinds too that are told apart but not read. */
bool vx_image_name(const char *name);

/* Whether `name`, which is no file and has no image's ending, means an image all the same. */
bool vx_image_bare_name(const char *name);

/* What the bytes at the beginning of a file show it to be that is no NIfTI image, with what to do about it; null where
 * they tell nothing. */
const char *vx_image_foreign(const unsigned char *bytes, size_t count);

#endif
