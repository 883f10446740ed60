/* The registry of quality control: the figures of an image and the flags that they may raise. quality.tsv, its data
 * dictionary, results.h5, its reader and the report iterate over the rows. */
#ifndef VX_QUALITY_COLUMNS_H
#define VX_QUALITY_COLUMNS_H

#include <stdbool.h>

typedef enum vx_quality_column {
    VX_QUALITY_MEAN, VX_QUALITY_SD, VX_QUALITY_SMOOTHNESS, VX_QUALITY_COVERAGE, VX_QUALITY_OVERLAP,
    VX_QUALITY_CORRELATION, VX_QUALITY_ASYMMETRY, VX_QUALITY_SELF, VX_QUALITY_OTHER, VX_QUALITY_SELF_ASYMMETRY,
    VX_QUALITY_CHANGE,
    VX_QUALITY_COLUMNS
} vx_quality_column;

typedef struct vx_quality_column_row {
    const char *name;        /* column, data set */
    const char *label;       /* heading of a table */
    bool pairs;              /* exists only where a participant has two sessions */
    const char *units;
    const char *description; /* a sentence or more for the data dictionary */
} vx_quality_column_row;

const vx_quality_column_row *vx_quality_about(vx_quality_column column);

/* Bit 1 << flag of vx_quality.flag; results.h5 holds the bits, so new flags come last. */
typedef enum vx_quality_flag {
    VX_FLAG_SCALE, VX_FLAG_SD, VX_FLAG_COVERAGE, VX_FLAG_OVERLAP, VX_FLAG_CORRELATION, VX_FLAG_FLIP, VX_FLAG_PERSON,
    VX_FLAG_SESSIONS, VX_FLAG_SMOOTHNESS,
    VX_QUALITY_FLAGS
} vx_quality_flag;

const char *vx_quality_flag_name(vx_quality_flag flag);
const char *vx_quality_flag_words(vx_quality_flag flag); /* what it means: a sentence */

#endif
