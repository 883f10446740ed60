/* What the cells and columns of a table hold: images, numbers or text. */
#ifndef VX_STUDY_CELLS_H
#define VX_STUDY_CELLS_H

#include "base/table.h"

#include <stdbool.h>

typedef enum vx_cell_kind {
    VX_CELL_MISSING,
    VX_CELL_NUMBER,
    VX_CELL_BELOW,     /* below a limit of quantification: "<0.3" */
    VX_CELL_DECORATED, /* meant as a number and not accepted as one: "5,8", "1 200", "inf" */
    VX_CELL_IMAGE,     /* a name with the ending of an image file */
    VX_CELL_TEXT
} vx_cell_kind;

typedef enum vx_column_kind {
    VX_COLUMN_EMPTY,
    VX_COLUMN_IMAGES,  /* some cell is VX_CELL_IMAGE, or the first is the name of an image without its ending */
    VX_COLUMN_NUMBERS, /* no images; some cell is a number, or all cells are below a limit */
    VX_COLUMN_TEXT
} vx_column_kind;

/* Classifies a cell; `text` is null for a missing one. *value is the number, or the limit of VX_CELL_BELOW, which is
 * greater than 0; it is NaN for the other kinds. */
vx_cell_kind vx_cell_read(const char *text, double *value);

vx_column_kind vx_column_kind_of(const vx_table *table, int64_t column);

/* The first row with text that is neither a number nor an image; -1 without such a row. */
int64_t vx_column_text_row(const vx_table *table, int64_t column);

/* Writes `text` without thousands separators, percent signs and blanks, and with a plain minus, into `plain`. False if
 * the result is not a number. */
bool vx_cell_undecorated(const char *text, char *plain, size_t size);

#endif
