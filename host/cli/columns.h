/* Tables on a terminal, which fit its width. The first column and those of texts are flush left, those of numbers flush
 * right; columns that are empty below their title are left out. On terminals with colours, titles are bold, and marked
 * cells are bold and green.
 *
 * A table that is wider than the terminal loses its spare columns, and then its texts lose their middle. */
#ifndef VX_CLI_COLUMNS_H
#define VX_CLI_COLUMNS_H

#include "base/error.h"

#include <stdio.h>

typedef struct vx_columns vx_columns;

/* What a column gives up: */
enum {
    VX_KEPT = 0,  /* nothing */
    VX_SPARE = 1, /* itself: the columns with the largest number first, VX_SPARE + k */
    VX_CUT = -1, /* the middle of long texts */
};

/* Null where memory is short. Released with vx_columns_free. */
vx_columns *vx_columns_new(void);
void vx_columns_free(vx_columns *table);

/* Adds a column; all titles come before the first cell. `gives` is what it gives up. */
void vx_columns_title(vx_columns *table, const char *title, int gives);

/* Appends a cell, row by row; "" is an empty cell. Where memory is short, vx_columns_print fails. */
void vx_columns_put(vx_columns *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a number with four significant digits, and thousands apart; p in its own form; a count; a place in mm. NaN is
 * an empty cell. */
void vx_columns_number(vx_columns *table, double value);
void vx_columns_p(vx_columns *table, double p);
void vx_columns_count(vx_columns *table, double count);
void vx_columns_place(vx_columns *table, const double mm[3]);

/* Marks the last cell. */
void vx_columns_mark(vx_columns *table);

/* Prints the table as wide as vx_terminal_width says. */
vx_status vx_columns_print(const vx_columns *table, FILE *out, vx_error *error);

#endif
