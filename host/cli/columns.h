/* Tables on a terminal. The first column is flush left, the others are flush right, and columns that are empty below
 * their title are left out. On terminals with colours, titles are bold, and marked cells are bold and green. */
#ifndef VX_CLI_COLUMNS_H
#define VX_CLI_COLUMNS_H

#include "base/error.h"

#include <stdio.h>

typedef struct vx_columns vx_columns;

/* Makes a table whose first row holds the titles. Null where memory is short. Released with vx_columns_free. */
vx_columns *vx_columns_new(int columns);
void vx_columns_free(vx_columns *table);

/* Appends a cell, row by row; "" is an empty cell. Where memory is short, vx_columns_print fails. */
void vx_columns_put(vx_columns *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a number with four significant digits; NaN is an empty cell. */
void vx_columns_number(vx_columns *table, double value);

/* Marks the last cell. */
void vx_columns_mark(vx_columns *table);

vx_status vx_columns_print(const vx_columns *table, FILE *out, vx_error *error);

#endif
