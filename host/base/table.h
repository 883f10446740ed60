/* A text table in the TSV format of BIDS: tab-separated, with column names in the first line and `n/a` for missing. It
 * may have the variations of spreadsheets and statistics programs: quoted cells, three kinds of line ends, and empty
 * columns at the right edge.
 *
 * A vx_table owns its memory, and all strings point into it. vx_table_destroy releases it. */
#ifndef VX_BASE_TABLE_H
#define VX_BASE_TABLE_H

#include "base/error.h"
#include "base/sha.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct vx_table {
    const char *path;  /* as the caller gave it; not owned */
    char *text;        /* the content of the file, which the strings below point into */
    char sha256[VX_SHA256_TEXT];
    int64_t columns, rows;
    int64_t width;     /* cells of the header line, including empty ones at the right edge */
    const char **name; /* columns */
    int64_t *sorted;   /* columns: their indices, sorted by name */
    const char **cell; /* rows x columns; null where missing (`n/a`, empty) */
    int64_t *line;     /* rows: their line numbers in the file, from 1 */
    int64_t *coded;    /* columns: number of cells that vx_table_code made missing */
} vx_table;

/* Reads a table.
 *     1. Lines end in LF, CR LF or CR. Blank lines and a byte order mark are skipped.
 *     2. A cell may be in double quotes, where a doubled quote stands for one. It must end on its line. Other quotes
 *        are ordinary characters.
 *     3. Spaces and no-break spaces around a cell are stripped.
 *     4. Columns at the right edge that are empty in every line are dropped.
 * Errors (VX_INPUT, naming the table and line): missing, unreadable, not a regular file, not UTF-8 (with the position
 * and the byte), empty, not tab-separated, a repeated column name, a column without a name, a row whose width differs
 * from the header's. */
vx_status vx_table_read(const char *path, vx_table *table, vx_error *error);

/* Likewise, from the text of a file, which is followed by a zero byte and taken over, on errors too. `path` is for
 * messages. */
vx_status vx_table_of_text(const char *path, char *text, size_t size, vx_table *table, vx_error *error);
void vx_table_destroy(vx_table *table);

/* Whether a cell equals one of the codes of missing values, ignoring case, or as numbers (-9.0 for -9). */
bool vx_table_is_code(const char *value, const char *const *code, size_t codes);

/* Marks such cells as missing. The participant_id is never missing. */
void vx_table_code(vx_table *table, const char *const *code, size_t codes);

static inline const char *vx_table_cell(const vx_table *table, int64_t row, int64_t column)
{
    return table->cell[row * table->columns + column];
}

/* The index of the column with that name, or -1. */
int64_t vx_table_find(const vx_table *table, const char *name);

/* Finds the column with that name. Errors: VX_INPUT without one, suggesting the nearest name and listing all. */
vx_status vx_table_column(const vx_table *table, const char *name, int64_t *column, vx_error *error);

/* ---- writing ---- */

#define VX_TABLE_ABSENT "n/a"

/* Writes a part of a cell. A tab or line end in a name must not end its cell and becomes a space. */
void vx_put_cell(FILE *stream, const char *text);

/* A text; "n/a" for null and for an empty one. A text that begins with a quote would be read as a quoted cell, and is
 * therefore quoted itself. */
void vx_cell_put_text(FILE *stream, const char *text);

#endif
