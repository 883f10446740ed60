/* Where data came from: their files, and what these were when they were read.
 *
 * A vx_source starts as {0} and owns its paths; vx_source_destroy releases them. */
#ifndef VX_BASE_SOURCE_H
#define VX_BASE_SOURCE_H

#include "base/error.h"
#include "base/sha.h"

#include <stdint.h>

typedef struct vx_source_file {
    char *path;
    uint64_t size;
    int64_t seconds, nanoseconds; /* when the content changed last */
    char sha256[VX_SHA256_TEXT];  /* of the bytes that were read, as they lie on the disk */
} vx_source_file;

/* A single file, or the two of a pair: the header's, then the voxels'. */
typedef struct vx_source {
    vx_source_file file[2];
    int files;
} vx_source;

typedef enum vx_source_state { VX_SOURCE_SAME, VX_SOURCE_CHANGED, VX_SOURCE_GONE } vx_source_state;

/* What has become of a file. Only where its size or time differ is it read again, for its SHA-256. */
vx_source_state vx_source_now(const vx_source_file *file);

/* The worst that has become of any file of a source. */
vx_source_state vx_source_now_all(const vx_source *source);

void vx_source_destroy(vx_source *source);

#endif
