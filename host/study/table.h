/* A table of text: tab-separated, the first line names the columns (BIDS TSV: no quoting, `n/a` is missing).
 *
 * A vx_table owns its memory; all strings point into it. vx_table_destroy releases it. */
#ifndef VX_STUDY_TABLE_H
#define VX_STUDY_TABLE_H

#include "base/source.h"

#include <stdint.h>

typedef struct vx_table {
    const char *path;  /* as given; not owned */
    char *text;        /* the file; the strings below lie in it */
    char sha256[VX_SHA256_TEXT];
    int64_t columns, rows;
    const char **name; /* columns */
    const char **cell; /* rows x columns; null where missing (`n/a`, empty) */
    int64_t *line;     /* rows: where they stand in the file, from 1 */
} vx_table;

/* Line ends of Windows, a byte order mark, blank lines and spaces around a cell are tolerated. Errors (VX_INPUT, naming
 * the table and line): missing, unreadable, not plain text, empty, not tab-separated, two columns of one name, a row
 * of another width than the header. */
vx_status vx_table_read(const char *path, vx_table *table, vx_error *error);
void vx_table_destroy(vx_table *table);

static inline const char *vx_table_cell(const vx_table *table, int64_t row, int64_t column)
{
    return table->cell[row * table->columns + column];
}

/* The column of that name, or -1. */
int64_t vx_table_find(const vx_table *table, const char *name);

/* The same, where a missing column is an error (VX_INPUT) that offers the nearest name and lists those there are. */
vx_status vx_table_column(const vx_table *table, const char *name, int64_t *column, vx_error *error);

#endif
