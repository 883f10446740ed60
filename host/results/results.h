/* Reader of results folders: run.json, results.h5 and the tables of clusters, in one struct.
 *
 * A vx_results owns everything that it points to; vx_results_close releases it. It keeps results.h5 open and reads maps
 * on request. p are plain in every --p-format. */
#ifndef VX_RESULTS_RESULTS_H
#define VX_RESULTS_RESULTS_H

#include "image/change.h"
#include "outcome/expected.h"
#include "outcome/outcome.h"
#include "outcome/sensitivity.h"
#include "quality/columns.h"
#include "results/p_format.h"
#include "results/schema.h"
#include "voxstat/voxstat.h"

#include <jansson.h>

typedef struct vx_results_p {
    bool there;       /* was computed */
    double smallest;
    int64_t below;    /* voxels with a significant p */
    double mm[3];     /* where the smallest is; NaN: not known */
    const char *region; /* of the atlas, there; null: none */
} vx_results_p;

/* The results of an effect within a search volume, the voxels of a family of planned regions. */
typedef struct vx_results_volume {
    const char *family;          /* as in the table of regions: may hold anything */
    const char *stem;            /* its name in files and in results.h5: vx_name_in_volume */
    int64_t voxels;
    double peak_t, peak_mm[3];
    vx_results_p p[VX_P_KINDS];
    size_t clusters;
    size_t clusters_below[VX_P_KINDS]; /* those whose own p, of voxels that of the peak, is below the level */
    bool counted[VX_P_KINDS];    /* whether that is known: results of earlier versions tell it of p of clusters only */
    int64_t bonferroni_effects;
} vx_results_volume;

typedef struct vx_results_left_out { const char *participant, *reason; } vx_results_left_out;

typedef struct vx_results_sub_peak {
    size_t cluster; /* index of its cluster */
    double t, mm[3];
    char *region;   /* of the atlas, there; null without an atlas */
} vx_results_sub_peak;

typedef struct vx_results_effect {
    const char *name;            /* as in the table: may hold anything */
    const char *stem;            /* <modality>_<effect>: the names of its pictures and of its pack begin with it */
    const char *place;           /* <modality>/<effect>: its folder, and its place in results.h5 */
    vx_effect_kind kind;
    vx_scheme scheme;
    bool ranks;
    int64_t n;
    double df;
    const char **participant;    /* n */
    vx_results_left_out *left_out;
    size_t left_outs;
    int64_t columns;
    const char **column;         /* columns */
    double *contrast;            /* columns */
    int64_t tested;              /* the column that the contrast tests */
    double *design, *raw;        /* n x columns: mean-centred (ranks of Spearman), and as in the table */
    vx_tails tails;
    double peak_t, peak_mm[3];   /* NaN without a peak */
    vx_results_p p[VX_P_KINDS];
    double threshold_t;          /* forming threshold */
    int connectivity;
    double possible;             /* relabellings; NaN: more than fit into 64 bits */
    int64_t relabellings;        /* used, including the observed one */
    bool exhaustive, exact_uncorrected;
    double p_smallest;
    int64_t bonferroni_effects;  /* K of Bonferroni's correction; 0 without it */
    vx_results_volume *volume;   /* the search volumes */
    size_t volumes;
    vx_cluster *cluster;
    size_t clusters;
    char **peak_region;          /* clusters: the atlas region of the peak; null without an atlas */
    vx_results_sub_peak *sub_peak; /* further local maxima, cluster after cluster, each with the largest |t| first */
    size_t sub_peaks;
    vx_null null;
    vx_quantiles quantiles;      /* count 0 in results of earlier versions */
    size_t measured;             /* the number of first clusters with values per participant */
    double *baseline, *followup; /* measured x n; baseline is null for a onesample design */
} vx_results_effect;

/* Quality control of a modality's images, of which image k is that of participant k / sessions. */
typedef struct vx_results_quality {
    int64_t images, sessions;    /* 0 images: not computed */
    double *value[VX_QUALITY_COLUMNS]; /* images; NaN where a figure does not exist */
    unsigned *flag;              /* images: bits of vx_quality_flag */
    int64_t *nearest;            /* images: a participant; -1: none */
    int64_t width, height;       /* of a strip, in pixels */
} vx_results_quality;

/* A step that every image of a modality went through. */
typedef struct vx_results_step {
    const char *name;            /* of image/step.h */
    const char *words;           /* after "was" */
} vx_results_step;

typedef struct vx_results_modality {
    const char *name, *stem;
    vx_change change;            /* how two sessions become one value */
    const char *units, *change_units; /* of the images and of the estimates; null: not known */
    vx_results_step *step;       /* steps: in their order */
    size_t steps;
    const char **region;         /* regions: of the atlas, in the order of vx_results_atlas */
    size_t regions;              /* 0 without an atlas, and in results of earlier versions */
    bool adjusted;               /* for its global mean: a nuisance VX_COLUMN_GLOBAL is in every effect */
    bool alone;                  /* the only one: its mask is /mask */
    int64_t n;
    const char **participant;    /* n: those of the first effect, the mean, which uses all */
    double *global[VX_MEAN_SESSIONS];   /* n: means over the mask; baseline may be null */
    int64_t *voxels[VX_MEAN_SESSIONS];  /* n: finite voxels that are not zero */
    vx_results_left_out *left_out;
    size_t left_outs;
    vx_results_quality quality;
    vx_grid grid;                /* dim, affine and pixdim; sform_code: as far as it names a space */
    double smoothness[3];        /* FWHM of the residuals, mm along the axes of the grid; NaN: not told */
    int64_t mask_voxels;
    vx_mask_report mask;
    vx_results_effect *effect;
    size_t effects;
} vx_results_modality;

/* A region or marker under one effect: a line of regions.tsv or markers.tsv. */
typedef struct vx_results_outcome {
    vx_outcome_kind kind;
    const char *name, *family;         /* family: null where it has none */
    const char *modality;              /* null for a marker */
    const char *effect;
    vx_effect_kind effect_kind;
    int64_t relabellings;              /* used, including the observed one */
    bool exhaustive;
    const char *units;                 /* of the values; null: not known */
    vx_outcome_scale scale;
    double value[VX_OUTCOME_COLUMNS];  /* NaN where a column does not apply */
    const char *most_influential;      /* participant; null: not computed */
    vx_results_left_out *left_out;     /* of a marker: who lacks a value of it, or of the nuisance; null: not known */
    size_t left_outs;
    const double *session[VX_MEAN_SESSIONS]; /* the values of vx_results.participant, NaN where absent; baseline is null
                                              * where there is one session */
} vx_results_outcome;

/* A covariate as in the table. */
typedef struct vx_results_column {
    const char *name;
    const double *value;               /* of vx_results.participant, NaN where absent */
} vx_results_column;

/* A result under one choice of the preparation: a line of sensitivity.tsv. */
typedef struct vx_results_sensitivity {
    size_t choice;                     /* in vx_results.choice */
    const char *modality, *effect;
    vx_sensitivity_what what;
    const char *name;                  /* of the search volume or region; null: the mask */
    const char *units, *place;         /* null: not known; no region of an atlas */
    vx_conclusion conclusion;
    bool compared, changes;            /* as of vx_sensitivity_row */
    double value[VX_SENSITIVITY_COLUMNS];
} vx_results_sensitivity;

/* An observed change against an expected one: a line of expected.tsv. */
typedef struct vx_results_expected {
    vx_outcome_kind kind;
    const char *name, *modality;       /* modality: null for a marker */
    vx_expected_unit unit;
    const char *source;
    double value[VX_EXPECTED_COLUMNS]; /* NaN where a figure does not exist */
} vx_results_expected;

typedef struct vx_results {
    char *folder;
    json_t *run;                 /* run.json as parsed: options, inputs, files */
    const char *version, *command_line, *started;
    const char *device, *driver;
    double seconds;
    const char *table;
    vx_design design;
    const char *session[2];      /* null: absent */
    int64_t participants;
    const char **remark;         /* remarks */
    size_t remarks;
    vx_p_format p_format;
    vx_quantity primary;         /* the kind of p that "significant" means; VX_P_UNCORRECTED: no p was corrected */
    vx_results_modality *modality;
    size_t modalities;           /* 0 only where there are outcomes */
    vx_results_outcome *outcome; /* regions before markers; the effects of one follow each other */
    size_t outcomes;
    const char **participant;    /* participants; null without outcomes */
    double *outcome_values[VX_OUTCOME_KINDS][VX_MEAN_SESSIONS]; /* memory of vx_results_outcome.session */
    vx_results_column *covariate;   /* covariates of interest, and nuisances after them; of the study's participants */
    size_t covariates, nuisances;   /* 0 without outcomes, and in results of earlier versions */
    double *covariate_values;       /* memory of vx_results_column.value */
    vx_results_expected *expected;  /* comparisons with expected changes */
    size_t expecteds;
    double expected_weeks;          /* between the sessions; NaN without comparisons */
    const char **choice;         /* choices: the run as it is, and its alternatives; 0: no alternatives */
    size_t choices;
    vx_results_sensitivity *sensitivity; /* rows: those of one result follow each other, as run first */
    size_t sensitivities;
    struct vx_results_store *store; /* of results.h5 */
} vx_results;

/* Errors (VX_INPUT, naming the file and the missing part): no results folder; a file that is missing or damaged;
 * results of another version. */
vx_status vx_results_open(const char *folder, vx_results **results, vx_error *error);
void vx_results_close(vx_results *results);

/* The value that an option had in the run, or null. */
const char *vx_results_option(const vx_results *results, const char *name);

/* The units of a covariate; null where they are not known. */
const char *vx_results_covariate_units(const vx_results *results, const char *covariate);

/* Whether a p of that kind is significant: below the level, and of the study's primary correction. Headlines, contours
 * and colours show what this function tells. */
bool vx_results_significant(const vx_results *results, vx_quantity kind, double p);

/* The first effect with something significant, else the first one. Null without images. */
const vx_results_effect *vx_results_first_found(const vx_results *results);

/* The step of that name (image/step.h) that the images of a modality went through; null: none. */
const vx_results_step *vx_results_step_of(const vx_results_modality *modality, const char *name);

/* The number of clusters (for kinds of p of clusters) or voxels of an effect with a p of that kind below the level,
 * whether that kind is the primary one or a further look. */
size_t vx_results_below(const vx_results_effect *effect, vx_quantity kind);
size_t vx_results_volume_below(const vx_results_volume *volume, vx_quantity kind);

/* Of the rows of vx_results.sensitivity that begin at `first`, the first one of a result: the row after the last one of
 * this result, and whether a choice changes its conclusion. */
size_t vx_results_sensitivity_end(const vx_results *results, size_t first);
bool vx_results_sensitivity_changes(const vx_results *results, size_t first);

/* A map of an effect on its grid, x fastest; p are plain. VX_INPUT where it is absent. The caller frees. */
vx_status vx_results_map(const vx_results *results, const vx_results_effect *effect, const vx_grid *grid,
                         vx_quantity quantity, float **data, vx_error *error);

/* A map of an effect within a search volume, in the same way. Outside the volume p are 1. */
vx_status vx_results_volume_map(const vx_results *results, const vx_results_effect *effect,
                                const vx_results_volume *volume, const vx_grid *grid, vx_quantity quantity,
                                float **data, vx_error *error);
bool vx_results_has_map(const vx_results *results, const vx_results_effect *effect, vx_quantity quantity);

/* The mean image of a modality, and its mask of ones and zeros. The caller frees. */
vx_status vx_results_mean(const vx_results *results, const vx_results_modality *modality, float **data,
                          vx_error *error);
vx_status vx_results_mask(const vx_results *results, const vx_results_modality *modality, float **data,
                          vx_error *error);

/* The region of the atlas at each voxel of a modality with regions: its place in modality->region, from 1; 0: none. The
 * caller frees. */
vx_status vx_results_atlas(const vx_results *results, const vx_results_modality *modality, float **data,
                           vx_error *error);

/* The strips of all images of a modality with quality control, of values from 0 to 255: pixel (row, column) of image k
 * is at k + images * (row + height * column). The caller frees. */
vx_status vx_results_strips(const vx_results *results, const vx_results_modality *modality, float **data,
                            vx_error *error);

#endif
