/* A study: the participants, their images, markers and covariates, and who is included in which analysis.
 *
 * A vx_study owns everything that it points to; vx_study_free releases it. The table is a BIDS-style TSV in UTF-8:
 * `participant_id` is the first column, and every other column holds images, a marker or a covariate. An image is a
 * path relative to the folder in the table's path, links not followed. `n/a` is a missing value. Quoted cells, line
 * ends of Windows and old Macs, no-break spaces around cells and empty columns at the right edge are accepted.
 *
 * A long table has the columns `participant_id` and `session_id` and a row for every session. Its column <name> counts
 * as the columns <name>_<session>, or as one where it has one value in all sessions of every participant.
 *
 * Columns <name>_<session> that hold images are a modality. Those that hold numbers are a marker (fluid, cognition). A
 * cell "<0.3" is a value below a limit of quantification. */
#ifndef VOXSTAT_STUDY_H
#define VOXSTAT_STUDY_H

#include "voxstat/image.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vx_design { VX_PAIRED, VX_ONESAMPLE } vx_design;

/* What replaces a value below a limit of quantification L. */
typedef enum vx_below_rule {
    VX_BELOW_HALF,  /* L / 2 */
    VX_BELOW_LIMIT, /* L */
    VX_BELOW_SQRT2, /* L / sqrt(2) (Hornung & Reed 1990, Appl Occup Environ Hyg 5:46) */
} vx_below_rule;

typedef struct vx_study_options {
    size_t size;                        /* sizeof(vx_study_options) */
    const char *table;                  /* path of the TSV */
    const char *text;                   /* its content; null: it is read from the file */
    vx_design design;
    const char *const *modality;        /* names of modalities and markers; an empty list takes all of the table and of
                                           `derive` */
    size_t modalities;
    const char *sessions[2];            /* baseline, followup; null: the two sessions of the table, where their names
                                           tell which came first. onesample: [0], or null */
    const char *const *covariate;       /* effects of interest: columns, or in a paired design the <name> of two columns
                                           <name>_<session>, which means their difference, the change */
    size_t covariates;
    const char *const *nuisance;        /* regressors of no interest; likewise */
    size_t nuisances;
    const char *const *missing;         /* codes of missing values, in addition to `n/a` and empty cells */
    size_t missings;
    const char *const *derive;          /* markers made from markers, in each session: "NAME = EXPRESSION" of + - * /
                                           (or the signs for minus, times and divided by), parentheses, log(), numbers,
                                           and names of markers, including those derived before. A name with other
                                           characters than letters, digits, "_" and "." is in double quotes */
    size_t derives;
    const char *const *log_marker;      /* markers to be tested as logarithms, in addition to derived ratios */
    size_t log_markers;
    const char *const *auc;             /* columns that `covariate` and `nuisance` may name: "NAME = COLUMN@TIME
                                           COLUMN@TIME ..." is the area under the curve by trapezoids */
    size_t aucs;
    vx_below_rule below;
    const char *const *exclude;         /* participants to leave out of every modality and marker; their images are not
                                           read */
    size_t excludes;
    double frames[2];                   /* seconds: images of several volumes are averaged over their frames in this
                                           window (vx_frames); 0, 0: they are refused */
    const char *const *map;             /* names of images that go with those of every modality, such as maps of tissue:
                                           the columns <name>_<session>, or one column <name> for all sessions. Without
                                           `modality` they are not analysed themselves */
    size_t maps;
} vx_study_options;

/* Why session[0] is the session that is subtracted. */
typedef enum vx_direction {
    VX_DIRECTION_NONE,          /* nothing is subtracted */
    VX_DIRECTION_NAMES,         /* the names tell which session came first */
    VX_DIRECTION_OPTION,        /* options.sessions */
    VX_DIRECTION_AGAINST_NAMES, /* options.sessions, although the names tell the opposite */
} vx_direction;

/* Numbers for all participants of the table; NaN where missing. Two different texts are coded as 0 and 1. */
typedef struct vx_column {
    char *name;
    double *value;
    const char *level[2]; /* the texts coded as 0 and 1; null for a column of numbers */
    char *formula;        /* the right side of its options.auc or options.derive, or the difference that is a change;
                             null for a column of the table */
    bool *replaced;       /* participants: whether the value replaces one below quantification, or is made from such */
    int64_t below;        /* number of replaced values */
    double limit[2];      /* the smallest and the largest of their limits; NaN without any, and with a formula */
    bool tied;            /* ranks do not depend on options.below: one limit, and no other value is below it. With a
                             formula: no value is replaced */
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

/* The images of options.map of one name. */
typedef struct vx_study_map {
    char *name;
    int64_t sessions;        /* of the study: 2, or 1 for onesample */
    vx_session_image *image; /* participants x sessions: absolute paths and column names; a path is null where the cell
                                is missing. Weights are 0. The images of several volumes are not refused here */
} vx_study_map;

/* A marker. It is on the scale of the table; whoever tests it takes the logarithms. */
typedef struct vx_study_marker {
    char *name;
    const char *formula;        /* the right side of its options.derive; null for a marker of the table */
    bool log_scale;             /* to be tested as logarithms; all values are greater than 0 */
    int64_t sessions;           /* 2, or 1 for onesample */
    const vx_column *column[2]; /* sessions: baseline and followup */
    int64_t n;                  /* participants with a value in every session and every nuisance value */
    int64_t *participant;       /* n: indices into vx_study.participant */
    vx_left_out *left_out;
    size_t left_outs;
} vx_study_marker;

typedef struct vx_study {
    char *table;             /* path as given */
    char table_sha256[65];   /* of the bytes that were read */
    vx_design design;
    char *session[2];        /* null for onesample without sessions */
    vx_direction direction;
    int64_t participants;
    char **participant;      /* participant_id, sorted by strcmp: the order of the table's rows has no influence */
    bool *excluded;          /* participants: whether options.exclude names them */
    vx_column *covariate, *nuisance;
    size_t covariates, nuisances;
    vx_study_modality *modality;
    size_t modalities;       /* 0 for a study of markers only */
    vx_study_marker *marker;
    size_t markers;
    vx_study_map *map;       /* those of options.map, in their order */
    size_t maps;
    vx_coded *coded;         /* among the columns used */
    size_t codeds;
    const char **unpaired;   /* image columns of one session that lack the column of the other session; not used */
    size_t unpaireds;
} vx_study;

/* Reads the table and decides who is included. A participant without a value of a covariate of interest stays in the
 * modality or marker and is excluded only from that covariate's effect (see vx_model_new).
 *
 * Columns that options.covariate, options.nuisance or options.auc name are markers only if options.modality names them.
 * The two sessions are those of the images; without images, those of the numeric columns that share their <name> with
 * another. A onesample design without options.sessions takes the markers that options.modality names, by their columns.
 * Errors (VX_INPUT, naming table, line, participant and column): a table that is missing, empty, not a regular file or
 * not UTF-8; no participant_id; a row of the wrong width; a duplicate participant; an unknown column or a participant
 * of options.exclude who is unknown (with the nearest name); text in a numeric column (two different texts are coded,
 * more are refused); more than two sessions unnamed (they are listed), or two whose names do not tell which came first;
 * a named image that does not exist; images and numbers in one column, or in the two columns of one name; text in a
 * marker; fewer than 2 complete participants of a modality, or 3 of a marker; a formula of options.derive or
 * options.auc that is not understood, names no column or itself, or divides by zero; a logarithm of zero or of a
 * negative number; times of an area that do not ascend. */
VX_API vx_status vx_study_read(const vx_study_options *options, vx_study **study, vx_error *error);
VX_API void vx_study_free(vx_study *study);

#ifdef __cplusplus
}
#endif
#endif
