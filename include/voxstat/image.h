/* Images: volumes on a grid, and the matrix of participants by voxels that the statistics work on.
 *
 * vx_image and vx_matrix own their arrays; _destroy and _free release them. Volumes are float32, x fastest, as NIfTI
 * stores them. World coordinates are millimetres, RAS+ (x to the right, y to the front, z up). */
#ifndef VOXSTAT_IMAGE_H
#define VOXSTAT_IMAGE_H

#include "voxstat/space.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How to read an image whose header does not tell left from right: an ANALYZE 7.5 pair, or NIfTI without sform and
 * qform. */
typedef enum vx_analyze_orientation {
    VX_ANALYZE_REFUSE = 0,   /* such a file is an error; the message names the option */
    VX_ANALYZE_NEUROLOGICAL, /* x grows to the right */
    VX_ANALYZE_RADIOLOGICAL, /* x grows to the left */
} vx_analyze_orientation;

typedef struct vx_image {
    vx_grid grid;
    float *data; /* dim[0] * dim[1] * dim[2], scl_slope and scl_inter applied */
} vx_image;

/* Reads one 3-D volume: NIfTI-1 or NIfTI-2, .nii, .nii.gz or .hdr/.img(.gz), either byte order, every real type.
 * Trailing dimensions of length 1 are accepted. Errors (VX_INPUT, naming the file): missing, unreadable, truncated, not
 * NIfTI, complex or RGB, more than one volume, a surface, no orientation, a singular affine. On error *image keeps its
 * value. */
VX_API vx_status vx_image_read(const char *path, vx_analyze_orientation analyze, vx_image *image, vx_error *error);
VX_API void vx_image_destroy(vx_image *image);

/* The volumes of a file that make an image: the sum of weight x volume over `count` volumes. All zeros: the file has
 * one volume. */
typedef struct vx_frames {
    int64_t first;        /* from 0 */
    int64_t count;
    const double *weight; /* count of them; null: 1 each */
    int64_t of;           /* volumes that the file must have, as its sidecar says; 0: any number */
    double start, end;    /* s, of what is averaged; 0 without times */
} vx_frames;

/* The image of one session, and the weight with which it enters its row. `column` appears only in messages. */
typedef struct vx_session_image {
    const char *path, *column;
    double weight; /* any number but 0 */
    vx_frames frames;
} vx_session_image;

/* One input row of a matrix: the sum over a participant's sessions of weight x value. Weights -1 and +1 make the change
 * from the first session to the second; a single +1 takes the image as it is. `participant` appears only in messages.
 * The caller keeps strings and arrays alive during the call. */
typedef struct vx_volume_row {
    const char *participant;
    const vx_session_image *session;
    int64_t sessions; /* at least 1 */
} vx_volume_row;

/* A voxel with an exact zero in some image counts as not covered. It is excluded, with or without an explicit mask. */
typedef struct vx_mask_options {
    size_t size;           /* sizeof(vx_mask_options) */
    const char *file;      /* explicit mask on any grid of the same space, or null: finite, non-zero in every image */
    double level;          /* the explicit mask holds the voxels that are finite and above it */
    bool keep_zeros;       /* exact zeros inside the explicit mask are valid values */
    bool use_threshold;    /* also demand a value above `threshold` in every image */
    double threshold;      /* in the images' units */
    double grid_tolerance; /* voxels; 0: VX_GRID_TOLERANCE */
    vx_analyze_orientation analyze;
    double relative;       /* also demand a value above this share of each image's global mean, which is the mean of
                              its voxels above an eighth of the mean over its finite voxels, as of SPM's spm_global.
                              0: no such demand */
} vx_mask_options;

/* The image that excludes the most voxels from the mask for one reason: by `alone`, then by `voxels`. */
typedef struct vx_mask_loss {
    char participant[128], column[128];
    int64_t voxels; /* voxels that this image excludes; 0: no image excludes any */
    int64_t alone;  /* those of them that no image of another participant excludes */
    int64_t images; /* number of images that exclude at least one voxel */
} vx_mask_loss;

/* Which voxels the mask excludes, and why. Counts are of voxels and do not depend on the order of the rows. */
typedef struct vx_mask_report {
    int64_t grid_voxels;
    int64_t candidate;            /* inside the explicit mask; without one, finite and non-zero in some image */
    int64_t left_out_not_finite;  /* NaN or infinity in some image */
    int64_t left_out_zero;        /* zero in some image */
    int64_t left_out_threshold;   /* not above the thresholds in some image */
    int64_t left_out_change;      /* too near to zero, or below it, in some image, for a change in percent */
    int64_t left_out_constant;    /* the same value in every row: no variance */
    int64_t kept_zero;            /* zero in some image but kept (keep_zeros) */
    vx_mask_loss not_finite, zero, threshold, change;
    double file_low, file_high;   /* smallest and largest non-zero value of the mask file */
    int64_t file_between;         /* voxels of the mask file that are neither 0 nor file_high; 0 for a binary mask */
} vx_mask_report;

/* The data of one modality: n rows (participants) by V elements of a space. Images give the voxels of a mask. */
typedef struct vx_matrix {
    int64_t n;
    float *data;     /* n x V, row-major: data[i * V + v] */
    vx_space space;  /* V is space.elements */
} vx_matrix;

/* Reads the images of all rows in parallel on `threads` threads (0: all), checks them, and keeps the voxels of the
 * mask. The sum over the sessions is taken in double and rounded once. Memory beside the matrix: the volumes of one row
 * for each thread, and two bits for each voxel and image.
 * `mask` may be null: no explicit mask and no threshold.
 * Errors (VX_INPUT, naming file, participant and column): every error of vx_image_read; volumes that the file does not
 * have, or another number of volumes than vx_frames.of; a grid that differs from the
 * first image's in dimensions, or in affine by more than the tolerance; an image that is constant, or whose values
 * equal those of another row (also where one file is given twice); with `relative`, an image without a positive global
 * mean; an empty mask; a mask in another space. A mask on
 * another grid is brought to that of the images by nearest neighbour; it is in another space where half of it or more
 * lies outside. */
VX_API vx_status vx_matrix_read(const vx_volume_row *rows, int64_t n, const vx_mask_options *mask, int threads,
                                vx_matrix **matrix, vx_mask_report *report, vx_error *error);

/* Makes a matrix from memory. Copies `space` and `data` (n x V). Errors: VX_INPUT for no row. */
VX_API vx_status vx_matrix_new(const vx_space *space, int64_t n, const float *data, vx_matrix **matrix,
                               vx_error *error);
VX_API void vx_matrix_free(vx_matrix *matrix);

/* Makes the matrix of some voxels of another, such as those of a search volume. `index` has the linear grid indices (x
 * fastest) of `voxels` of its voxels, ascending, and is copied. The new matrix owns its data. An analysis of it is that
 * of the same images within a mask of these voxels. Errors: VX_INPUT for a matrix of names, for no voxel, and for an
 * index that is not ascending or not a voxel of the matrix (the message names it). */
VX_API vx_status vx_matrix_restrict(const vx_matrix *matrix, int64_t voxels, const int64_t *index,
                                    vx_matrix **restricted, vx_error *error);

typedef enum vx_image_type { VX_FLOAT32, VX_INT32, VX_UINT8 } vx_image_type;

/* NIfTI intents that voxstat writes, and their parameter. */
typedef enum vx_intent {
    VX_INTENT_NONE, VX_INTENT_ESTIMATE, VX_INTENT_T, VX_INTENT_CORREL, VX_INTENT_Z, VX_INTENT_P, VX_INTENT_LOG10P,
    VX_INTENT_LABEL
} vx_intent;

/* Writes one volume as NIfTI-1 (.nii or .nii.gz by the name) with the grid's own sform and qform. `data` has one
 * element of `type` for each voxel of the grid. `df` is the parameter of VX_INTENT_T and VX_INTENT_CORREL. `shown` is
 * the range that viewers display at first (cal_min, cal_max); null leaves it to the viewer. Errors: VX_OUTPUT. */
VX_API vx_status vx_image_write(const char *path, const vx_grid *grid, const void *data, vx_image_type type,
                                vx_intent intent, double df, const double shown[2], const char *description,
                                vx_error *error);

#ifdef __cplusplus
}
#endif
#endif
