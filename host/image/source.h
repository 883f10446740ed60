/* A volume on disk, as everything that is read from images draws on it: the matrix, the means, the mask, and the record
 * of what went into the results.
 *
 * A vx_source starts as its path and zeros. It borrows path, participant and column, and owns what it finds;
 * vx_source_destroy releases that. One thread at a time uses a source. */
#ifndef VX_IMAGE_SOURCE_H
#define VX_IMAGE_SOURCE_H

#include "base/sha.h"
#include "voxstat/image.h"

/* What a file was when it was read. */
typedef struct vx_source_file {
    char *path;
    uint64_t size;
    int64_t seconds, nanoseconds; /* when the content changed last */
    char sha256[VX_SHA256_TEXT];  /* of the bytes that were read, as they lie on the disk; "": not hashed */
} vx_source_file;

typedef struct vx_source {
    const char *path;                 /* as the caller names it */
    const char *participant, *column; /* whose image it is; null for others, such as a mask */
    vx_source_file file[2];           /* a single file, or those of a pair: the header's, then the voxels' */
    int files;                        /* 0 until they are found */
    struct vx_opened *opened;         /* between vx_source_open and vx_source_read */
} vx_source;

/* How a volume is to be read. */
typedef struct vx_loading {
    vx_analyze_orientation orientation;
    bool exact;            /* values as the header has them; else rounded to float, in `data` with slope 1 */
    bool hashed;           /* the first reading takes the SHA-256 of the files */
    const char *grid_path; /* the image on whose `grid`, within `tolerance` voxels, it must lie; null: any grid */
    vx_grid grid;
    double tolerance;
} vx_loading;

/* Owned; vx_loaded_destroy releases it. A value is slope * stored + inter, and what is stored stands in `data` where a
 * float holds it exactly, else in `wide`; the other is null. */
typedef struct vx_loaded {
    vx_grid grid;
    float *data;
    double *wide;
    double slope, inter;
    double mm_per_unit; /* of the lengths in the header; not 1 where these were in micrometres or metres */
    bool side_assumed;  /* the header does not tell left from right */
} vx_loaded;

/* Finds the files, which both others do where it has not been done. Errors: those of vx_image_files_find. */
vx_status vx_source_find(vx_source *source, vx_error *error);

/* Reads the header and no voxel. The files stay open for vx_source_read. Errors: those of vx_image_read, and (VX_INPUT)
 * another grid. */
vx_status vx_source_open(vx_source *source, const vx_loading *how, vx_grid *grid, vx_error *error);

/* Reads the volume, from where vx_source_open left off or from the beginning; any number of times. Errors: those of
 * vx_source_open, which come before a voxel is inflated, and VX_INTERNAL where memory is short. */
vx_status vx_source_read(vx_source *source, const vx_loading *how, vx_loaded *loaded, vx_error *error);

void vx_source_destroy(vx_source *source);
void vx_loaded_destroy(vx_loaded *loaded);

typedef enum vx_source_state { VX_SOURCE_SAME, VX_SOURCE_CHANGED, VX_SOURCE_GONE } vx_source_state;

/* What has become of a file that was hashed. It is read again only where its size or time differ. */
vx_source_state vx_source_now(const vx_source_file *file);

/* The worst that has become of any file of a source; VX_SOURCE_SAME where none was hashed. */
vx_source_state vx_source_now_all(const vx_source *source);

/* A participant or column for a message. */
static inline const char *vx_source_name(const char *name)
{
    return name ? name : "?";
}

static inline double vx_loaded_value(const vx_loaded *loaded, int64_t voxel)
{
    return loaded->slope * (loaded->wide ? loaded->wide[voxel] : (double)loaded->data[voxel]) + loaded->inter;
}

#endif
