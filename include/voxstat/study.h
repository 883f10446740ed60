/* A study: the participants, their images and covariates, and who is included in which analysis.
 *
 * A vx_study owns everything that it points to; vx_study_free releases it. The table is a BIDS-style TSV in UTF-8:
 * `participant_id` is the first column, and every other column holds images or a covariate. An image is a path relative
 * to the folder in the table's path, links not followed. `n/a` is a missing value. Quoted cells, line ends of Windows
 * and old Macs, no-break spaces around cells and empty columns at the right edge are accepted. */
#ifndef VOXSTAT_STUDY_H
#define VOXSTAT_STUDY_H

#include "voxstat/image.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vx_design { VX_PAIRED, VX_ONESAMPLE } vx_design;

typedef struct vx_study_options {
    size_t size;                        /* sizeof(vx_study_options) */
    const char *table;                  /* path of the TSV */
    vx_design design;
    const char *const *modality;        /* names; an empty list takes all modalities of the table */
    size_t modalities;
    const char *sessions[2];            /* baseline, followup; null: the two sessions of the table, where their names
                                           tell which came first. onesample: [0], or null */
    const char *const *covariate;       /* effects of interest */
    size_t covariates;
    const char *const *nuisance;        /* regressors of no interest */
    size_t nuisances;
    const char *const *missing;         /* codes of missing values, in addition to `n/a` and empty cells */
    size_t missings;
} vx_study_options;

/* Why session[0] is the session that is subtracted. */
typedef enum vx_direction {
    VX_DIRECTION_NONE,          /* nothing is subtracted */
    VX_DIRECTION_NAMES,         /* the names tell which session came first */
    VX_DIRECTION_OPTION,        /* options.sessions */
    VX_DIRECTION_AGAINST_NAMES, /* options.sessions, although the names tell the opposite */
} vx_direction;

/* A numeric column over all participants of the table; NaN where missing. Two different texts are coded as 0 and 1. */
typedef struct vx_column {
    char *name;
    double *value;
    const char *level[2]; /* the texts coded as 0 and 1; null for a column of numbers */
} vx_column;

/* A column with cells that hold a code of options.missing. */
typedef struct vx_coded {
    const char *name;
    int64_t cells;
} vx_coded;

/* A participant who is excluded from a modality, and the reason in words ("no image in pet_followup"). */
typedef struct vx_left_out {
    char *participant;
    char *reason;
} vx_left_out;

typedef struct vx_study_modality {
    char *name;
    int64_t n;               /* participants with every image of the modality and every nuisance value */
    int64_t *participant;    /* n: indices into vx_study.participant, in the order of the sorted participant_id */
    vx_volume_row *row;      /* n: absolute paths and column names; weights are -1, +1 for two sessions, +1 for one */
    vx_left_out *left_out;
    size_t left_outs;
} vx_study_modality;

typedef struct vx_study {
    char *table;             /* path as given */
    char table_sha256[65];   /* of the bytes that were read */
    vx_design design;
    char *session[2];        /* null for onesample without sessions */
    vx_direction direction;
    int64_t participants;
    char **participant;      /* participant_id, sorted by strcmp: the order of the table's rows has no influence */
    vx_column *covariate, *nuisance;
    size_t covariates, nuisances;
    vx_study_modality *modality;
    size_t modalities;
    vx_coded *coded;         /* among the columns used */
    size_t codeds;
    const char **unpaired;   /* image columns of one session that lack the column of the other session; not used */
    size_t unpaireds;
} vx_study;

/* Reads the table and decides who is included. A participant without a value of a covariate of interest stays in the
 * modality and is excluded only from that covariate's effect (see vx_model_new).
 * Errors (VX_INPUT, naming table, line, participant and column): a table that is missing, empty, not a regular file or
 * not UTF-8; no participant_id; a row of the wrong width; a duplicate participant; an unknown column (with the nearest
 * name); text in a numeric column (two different texts are coded, more are refused); more than two sessions unnamed
 * (they are listed), or two whose names do not tell which came first; a named image that does not exist; fewer than 2
 * complete participants. */
VX_API vx_status vx_study_read(const vx_study_options *options, vx_study **study, vx_error *error);
VX_API void vx_study_free(vx_study *study);

#ifdef __cplusplus
}
#endif
#endif
