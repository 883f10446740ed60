/* A table on a terminal: columns as wide as they must be, the first one flush left, the others flush right. A column
 * that holds nothing but its title is left out. Where the terminal shows colours, titles are bold and marked cells bold
 * and green. */
#ifndef VX_CLI_COLUMNS_H
#define VX_CLI_COLUMNS_H

#include "base/error.h"

#include <stdio.h>

typedef struct vx_columns vx_columns;

/* The first row is that of the titles. Null without memory. vx_columns_free releases it. */
vx_columns *vx_columns_new(int columns);
void vx_columns_free(vx_columns *table);

/* The next cell, row by row; "" is an empty one. Without memory the printing fails. */
void vx_columns_put(vx_columns *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number with four significant digits; NaN is an empty cell. */
void vx_columns_number(vx_columns *table, double value);

/* Marks the cell put last. */
void vx_columns_mark(vx_columns *table);

vx_status vx_columns_print(const vx_columns *table, FILE *out, vx_error *error);

#endif
