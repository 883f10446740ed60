/* Finding the files of an image by its name: endings, .hdr/.img pairs and missing files. */
#ifndef VX_IMAGE_FILES_H
#define VX_IMAGE_FILES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owned; vx_image_files_destroy releases them. */
typedef struct vx_image_files {
    char *header; /* also holds the voxels where `voxels` is null */
    char *voxels; /* the .img of a pair */
} vx_image_files;

/* Finds the files that `name` means. The name of either half of a pair means both, in upper or lower case and with
 * either half compressed. As in FSL, a name without an ending that is not a file itself means whichever of NAME.nii.gz,
 * NAME.nii and NAME.hdr exists.
 * Errors (VX_INPUT, naming the file): no such file; several files match; half a pair is missing; a dangling link. The
 * message for a link of git-annex says that its content was not fetched. */
vx_status vx_image_files_find(const char *name, vx_image_files *files, vx_error *error);

/* The same where "[N]" at the end of the name means volume N, from 0, of the file before it, unless it belongs to the
 * name of a file that is there. *volume is -1 without it. */
vx_status vx_image_files_find_volume(const char *name, vx_image_files *files, int64_t *volume, vx_error *error);
void vx_image_files_destroy(vx_image_files *files);

/* Whether a name has this ending, ignoring case, and is longer than it. */
bool vx_image_ends(const char *name, const char *ending);

/* The length of a name without its ending: .nii, .hdr or .img, with or without .gz. */
size_t vx_image_stem(const char *name);

/* The length of a name without "[N]", which means volume N of a file, from 0. *volume is -1 for a name without it. */
size_t vx_image_volume(const char *name, int64_t *volume);

/* Whether a name has the ending of an image format, including formats that are recognised but not read. */
bool vx_image_name(const char *name);

/* Whether `name` is neither a file nor has an ending, but an image of that name with an ending exists. */
bool vx_image_bare_name(const char *name);

/* Recognises other formats by the first bytes of a file. Returns a text that names the format and says what to do about
 * it; null where the format is unknown. */
const char *vx_image_foreign(const unsigned char *bytes, size_t count);

#endif
