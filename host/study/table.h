/* A table of text: tab-separated, the first line names the columns, `n/a` is missing (BIDS TSV), with what spreadsheets
 * and statistics programs add to it: quoted cells, line ends of three kinds, empty columns at the right edge.
 *
 * A vx_table owns its memory; all strings point into it. vx_table_destroy releases it. */
#ifndef VX_STUDY_TABLE_H
#define VX_STUDY_TABLE_H

#include "base/error.h"
#include "base/sha.h"

#include <stddef.h>
#include <stdint.h>

typedef struct vx_table {
    const char *path;  /* as given; not owned */
    char *text;        /* the file; the strings below lie in it */
    char sha256[VX_SHA256_TEXT];
    int64_t columns, rows;
    int64_t width;     /* cells of the header, of which those at the right edge may have no name */
    const char **name; /* columns */
    int64_t *sorted;   /* columns: their places in the order of their names */
    const char **cell; /* rows x columns; null where missing (`n/a`, empty) */
    int64_t *line;     /* rows: where they stand in the file, from 1 */
    int64_t *coded;    /* columns: cells that vx_table_code made missing */
} vx_table;

/* Lines end in LF, CR LF or CR. A cell may stand in double quotes, in which a doubled quote is one; such a cell ends on
 * its line, and a quote anywhere else is a letter. Spaces and no-break spaces around a cell, blank lines, a byte order
 * mark and columns at the right edge that are empty in every line are left out.
 * Errors (VX_INPUT, naming the table and line): missing, unreadable, no regular file, not UTF-8 (with the place and the
 * byte), empty, not tab-separated, two columns of one name, a column without a name, a row of another width than the
 * header. */
vx_status vx_table_read(const char *path, vx_table *table, vx_error *error);
void vx_table_destroy(vx_table *table);

/* Makes the cells missing that hold one of the codes, whatever its case, or its number (-9.0 for -9). A participant_id
 * is no code. */
void vx_table_code(vx_table *table, const char *const *code, size_t codes);

static inline const char *vx_table_cell(const vx_table *table, int64_t row, int64_t column)
{
    return table->cell[row * table->columns + column];
}

/* The column of that name, or -1. */
int64_t vx_table_find(const vx_table *table, const char *name);

/* The same, where a missing column is an error (VX_INPUT) that offers the nearest name and lists those there are. */
vx_status vx_table_column(const vx_table *table, const char *name, int64_t *column, vx_error *error);

#endif
