/* A study: who took part, which images and covariates they have, and who can be used for what.
 *
 * A vx_study owns everything that it points to; vx_study_free releases it. The table is a BIDS-style TSV in UTF-8:
 * `participant_id` first, one column an image (a path relative to where the table is named, links not followed), one a
 * covariate; `n/a` is missing. Quoted cells, line ends of Windows and old Macs, no-break spaces around cells and empty
 * columns at the right edge are taken as programs write them. */
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
    const char *const *modality;        /* names; none: every one there is */
    size_t modalities;
    const char *sessions[2];            /* baseline, followup; null: the only two there are, where their names tell
                                           which came first. onesample: [0] or none */
    const char *const *covariate;       /* effects of interest */
    size_t covariates;
    const char *const *nuisance;        /* regressors of no interest */
    size_t nuisances;
    const char *const *missing;         /* codes: cells that mean missing beside `n/a` and empty ones */
    size_t missings;
} vx_study_options;

/* How it was decided that session[0] is subtracted from session[1]. */
typedef enum vx_direction {
    VX_DIRECTION_NONE,          /* nothing is subtracted */
    VX_DIRECTION_NAMES,         /* the names tell which came first */
    VX_DIRECTION_OPTION,        /* options.sessions */
    VX_DIRECTION_AGAINST_NAMES, /* options.sessions, whose names tell the opposite */
} vx_direction;

/* A numeric column over all participants of the table; NaN where missing. A column of two texts is 0 and 1. */
typedef struct vx_column {
    char *name;
    double *value;
    const char *level[2]; /* the texts that are 0 and 1; null of numbers */
} vx_column;

/* A column of which cells held a code of options.missing. */
typedef struct vx_coded {
    const char *name;
    int64_t cells;
} vx_coded;

/* A participant who is left out of a modality, and why, in words ("no image in pet_followup"). */
typedef struct vx_left_out {
    char *participant;
    char *reason;
} vx_left_out;

typedef struct vx_study_modality {
    char *name;
    int64_t n;               /* complete: every image of the modality and every nuisance value is there */
    int64_t *participant;    /* n: indices into vx_study.participant, in the order of the sorted participant_id */
    vx_volume_row *row;      /* n: absolute paths, column names and weights: -1 and +1 of two sessions, +1 of one */
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
    char **participant;      /* sorted by participant_id (strcmp), so that the order of the rows changes nothing */
    vx_column *covariate, *nuisance;
    size_t covariates, nuisances;
    vx_study_modality *modality;
    size_t modalities;
    vx_coded *coded;         /* those among the columns used */
    size_t codeds;
    const char **unpaired;   /* image columns of one of the two sessions without those of the other: left out */
    size_t unpaireds;
} vx_study;

/* Reads the table and decides who is used. A participant without a value of a covariate of interest stays in the
 * modality and is left out only of that covariate's effect (see vx_model_new).
 * Errors (VX_INPUT, naming table, line, participant and column): a table that is missing, empty, no regular file or not
 * UTF-8; no participant_id; a row of the wrong width; a participant twice; an unknown column (with the nearest name);
 * text where a number belongs (a column of two texts is taken as 0 and 1, one of more is refused); more than two
 * sessions unnamed (they are listed), or two whose names do not tell which came first; a named image that does not
 * exist; fewer than 2 complete participants. */
VX_API vx_status vx_study_read(const vx_study_options *options, vx_study **study, vx_error *error);
VX_API void vx_study_free(vx_study *study);

#ifdef __cplusplus
}
#endif
#endif
