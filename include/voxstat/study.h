/* A study: who took part, which images and covariates they have, and who can be used for what.
 *
 * A vx_study owns everything that it points to; vx_study_free releases it. The table is a BIDS-style TSV:
 * `participant_id` first, one column an image (a path relative to the table), one a covariate; `n/a` is missing. */
#ifndef VOXSTAT_STUDY_H
#define VOXSTAT_STUDY_H

#include "voxstat/image.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vx_design { VX_PAIRED, VX_ONESAMPLE } vx_design;

typedef struct vx_study_options {
    const char *table;                  /* path of the TSV */
    vx_design design;
    const char *const *modality;        /* names; none: every one there is */
    size_t modalities;
    const char *sessions[2];            /* baseline, followup; null: the only two there are. onesample: [0] or none */
    const char *const *covariate;       /* effects of interest */
    size_t covariates;
    const char *const *nuisance;        /* regressors of no interest */
    size_t nuisances;
} vx_study_options;

/* A numeric column over all participants of the table; NaN where missing. */
typedef struct vx_column {
    char *name;
    double *value;
} vx_column;

/* A participant who is left out of a modality, and why, in words ("no image in pet_followup"). */
typedef struct vx_left_out {
    char *participant;
    char *reason;
} vx_left_out;

typedef struct vx_study_modality {
    char *name;
    int64_t n;               /* complete: every image of the modality and every nuisance value is there */
    int64_t *participant;    /* n: indices into vx_study.participant, in the order of the sorted participant_id */
    vx_volume_row *row;      /* n: absolute paths and column names */
    vx_left_out *left_out;
    size_t left_outs;
} vx_study_modality;

typedef struct vx_study {
    char *table;             /* path as given */
    char table_sha256[65];   /* of the bytes that were read */
    vx_design design;
    char *session[2];        /* null for onesample without sessions */
    int64_t participants;
    char **participant;      /* sorted by participant_id (strcmp), so that the order of the rows changes nothing */
    vx_column *covariate, *nuisance;
    size_t covariates, nuisances;
    vx_study_modality *modality;
    size_t modalities;
} vx_study;

/* Reads the table and decides who is used. A participant without a value of a covariate of interest stays in the
 * modality and is left out only of that covariate's effect (see vx_model_new).
 * Errors (VX_INPUT, naming table, line, participant and column): missing or empty table; no participant_id; a row of
 * the wrong width; a participant twice; an unknown column (with the nearest name); text where a number belongs; more
 * than two sessions unnamed (they are listed); a named image that does not exist; fewer than 2 complete
 * participants. */
vx_status vx_study_read(const vx_study_options *options, vx_study **study, vx_error *error);
void vx_study_free(vx_study *study);

#ifdef __cplusplus
}
#endif
#endif
