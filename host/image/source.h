/* A volume on disk. The matrix, the means, the mask and the record of inputs all read images through it.
 *
 * A vx_source starts as its path and zeros. It borrows path, participant and column, and owns the rest, which
 * vx_source_destroy releases. Only one thread may use a source at a time. */
#ifndef VX_IMAGE_SOURCE_H
#define VX_IMAGE_SOURCE_H

#include "base/sha.h"
#include "image/step.h"

/* The state of a file when it was read. */
typedef struct vx_source_file {
    char *path;
    uint64_t size;
    int64_t seconds, nanoseconds; /* time of the last modification */
    char sha256[VX_SHA256_TEXT];  /* of the file's bytes; "": not hashed */
} vx_source_file;

typedef struct vx_source {
    const char *path;                 /* as the caller gives it */
    const char *participant, *column; /* whose image it is; null for others, such as a mask */
    vx_frames frames;                 /* the volumes that make the image; its weights are borrowed */
    vx_source_file file[2];           /* a single file, or the header and the voxels of a pair */
    int files;                        /* number of files; 0 before vx_source_find */
    struct vx_opened *opened;         /* between vx_source_open and the reading of the last volume */
    vx_step *step;                    /* steps, in the order in which they are applied; vx_source_add_step */
    size_t steps;
} vx_source;

/* Options for reading a volume. */
typedef struct vx_loading {
    vx_analyze_orientation orientation;
    bool exact;            /* keep stored values with slope and intercept; else apply these and round to float */
    bool hashed;           /* compute the SHA-256 of the files on the first reading */
    const char *grid_path; /* what set `grid`, which the volume must match after the steps. Null: any is accepted */
    vx_grid grid;
    double tolerance;      /* of a match of grids, in voxels */
    bool raw;              /* leave out the steps of the source */
    bool several;          /* accept a file of several volumes */
} vx_loading;

/* Finds the files of the source, unless they are known. "[N]" at the end of the path sets its frames to volume N, and
 * adds a step that says so. Errors: those of vx_image_files_find_volume. */
vx_status vx_source_find(vx_source *source, vx_error *error);

/* Finds the files and reads the header but no voxels. *grid is that of the volume after the steps. The files stay open
 * for vx_source_read. Errors: those of vx_image_read, and VX_INPUT for a different grid. */
vx_status vx_source_open(vx_source *source, const vx_loading *how, vx_grid *grid, vx_error *error);

/* Closes a source that was opened but not read; null is allowed. */
void vx_source_close(vx_source *source);

/* The number of volumes that readings of an open source give: those in its file, or 1 with frames. */
int64_t vx_source_volumes(const vx_source *source);

/* The series of volumes in a file. */
typedef struct vx_series {
    int64_t volumes;
    double interval; /* s between them; NaN where the header does not tell */
} vx_series;

/* The series of an image by its header. Errors: those of vx_source_open. */
vx_status vx_image_series(const char *path, vx_series *series, vx_error *error);

/* Appends a step, which every later reading applies. Errors: VX_INTERNAL where memory is short. */
vx_status vx_source_add_step(vx_source *source, const vx_step *step, vx_error *error);

/* Reads the volume, after vx_source_open or without it, and any number of times; then applies the steps. Of a file of
 * several volumes each reading gives the next one, and the reading of the last one closes the file; with frames each
 * reading gives their sum. Errors: those of
 * vx_source_open, which are found before any voxel is inflated, and VX_INTERNAL where memory is short. */
vx_status vx_source_read(vx_source *source, const vx_loading *how, vx_loaded *loaded, vx_error *error);

void vx_source_destroy(vx_source *source);

typedef enum vx_source_state { VX_SOURCE_SAME, VX_SOURCE_CHANGED, VX_SOURCE_GONE } vx_source_state;

/* Compares a hashed file with its state when it was read. It is hashed again only if its size or time differ. */
vx_source_state vx_source_now(const vx_source_file *file);

/* The worst state among the files of a source; VX_SOURCE_SAME if no file was hashed. */
vx_source_state vx_source_now_all(const vx_source *source);

/* "participant sub-03, column pet_followup", for messages; and a message that begins so. Returns `status`. */
void vx_source_describe(const vx_source *image, char *text, size_t size);
vx_status vx_source_prefix(const vx_source *image, vx_status status, vx_error *error);

/* The name of a participant or column, for messages. */
static inline const char *vx_source_name(const char *name)
{
    return name ? name : "?";
}

#endif
