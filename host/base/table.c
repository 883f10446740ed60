#include "base/table.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static const size_t bytes_max = (size_t)1 << 30;

/* ---- text ---- */

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

static vx_status not_utf8(const char *path, const char *text, const char *fault, vx_error *error)
{
    int64_t line = 1, column = 1;
    for (const char *c = text; c < fault; c++) {
        bool ends = *c == '\n' || (*c == '\r' && c[1] != '\n');
        column = ends ? 1 : column + (*c == '\t');
        line += ends;
    }
    return vx_fail(error, VX_INPUT,
                   "%s, line %lld, column %lld: the byte 0x%02X is not UTF-8; if the table is Latin-1: "
                   "iconv -f latin1 -t utf8 OLD > NEW",
                   path, (long long)line, (long long)column, (unsigned char)*fault);
}

static vx_status check_text(const char *path, const char *text, size_t size, vx_error *error)
{
    if (!size)
        return vx_fail(error, VX_INPUT, "%s: the table is empty", path);
    if (begins(text, "\xff\xfe") || begins(text, "\xfe\xff"))
        return vx_fail(error, VX_INPUT,
                       "%s: the table is UTF-16 (Excel's \"Unicode text\"), UTF-8 is expected: "
                       "iconv -f utf16 -t utf8 OLD > NEW",
                       path);
    if (memchr(text, '\0', size))
        return vx_fail(error, VX_INPUT, "%s: not a plain text table (UTF-8, tab-separated)", path);
    const char *fault = vx_utf8_fault(text);
    return fault ? not_utf8(path, text, fault, error) : VX_OK;
}

/* The number of bytes of a blank at the start of `text`: a space, U+00A0, U+2007, U+202F or U+FEFF; else 0. */
static size_t blank_length(const char *text)
{
    static const char *const blank[] = {"\xc2\xa0", "\xe2\x80\x87", "\xe2\x80\xaf", "\xef\xbb\xbf"};
    if ((unsigned char)*text < 0x80)
        return *text == ' ';
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++) {
        if (begins(text, blank[i]))
            return strlen(blank[i]);
    }
    return 0;
}

static char *skip_blanks(char *text)
{
    for (size_t length; (length = blank_length(text));)
        text += length;
    return text;
}

/* ---- cells ---- */

/* Finds the quote that closes the one at `open`: a tab or the end of the line follows it. Returns null without one on
 * this line; the quote at `open` is then an ordinary character. */
static char *closing_quote(char *open)
{
    for (char *c = open + 1; c[strcspn(c, "\"\r\n")] == '"'; c += 2) {
        c += strcspn(c, "\"");
        if (c[1] != '"')
            return strchr("\t\r\n", *skip_blanks(c + 1)) ? c : NULL; /* strchr also finds the end of the text */
    }
    return NULL;
}

/* Replaces each doubled quote by one quote, in place. */
static void undouble_quotes(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        *to++ = *from;
        from += from[0] == '"' && from[1] == '"';
    }
    *to = '\0';
}

/* Cuts the next cell off *rest and strips blanks and quotes. *last: the cell ends its line. */
static char *next_cell(char **rest, bool *last)
{
    char *cell = skip_blanks(*rest), *quote = *cell == '"' ? closing_quote(cell) : NULL;
    char *end = quote ? skip_blanks(quote + 1) : cell + strcspn(cell, "\t\r\n");
    *last = *end != '\t';
    *rest = end + (*end != '\0') + (end[0] == '\r' && end[1] == '\n');
    if (quote) {
        cell++;
        *quote = '\0';
        undouble_quotes(cell);
    } else {
        *end = '\0';
    }
    cell = skip_blanks(cell);
    char *kept = cell;
    for (char *c = cell; *c;) {
        size_t blank = blank_length(c);
        c += blank ? blank : 1;
        kept = blank ? kept : c;
    }
    *kept = '\0';
    return cell;
}

static int64_t count_lines(const char *text)
{
    int64_t lines = 1;
    for (; *text; text++)
        lines += *text == '\n' || (*text == '\r' && text[1] != '\n');
    return lines;
}

/* ---- header ---- */

static int compare_names(const void *a, const void *b, void *context)
{
    const char *const *name = context;
    return strcmp(name[*(const int64_t *)a], name[*(const int64_t *)b]);
}

static vx_status sort_names(vx_table *table, vx_error *error)
{
    table->sorted = vx_array((size_t)table->columns, sizeof *table->sorted);
    table->coded = vx_array_zero((size_t)table->columns, sizeof *table->coded);
    if (!table->sorted || !table->coded)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < table->columns; i++)
        table->sorted[i] = i;
    qsort_r(table->sorted, (size_t)table->columns, sizeof *table->sorted, compare_names, table->name);
    for (int64_t i = 1; i < table->columns; i++) {
        const char *name = table->name[table->sorted[i]];
        if (!strcmp(name, table->name[table->sorted[i - 1]]))
            return vx_fail(error, VX_INPUT, "%s, line 1: two columns are named %s", table->path, name);
    }
    return VX_OK;
}

static vx_status read_header(vx_table *table, char **rest, vx_error *error)
{
    size_t length = strcspn(*rest, "\r\n"), tabs = 0;
    for (size_t i = 0; i < length; i++)
        tabs += (*rest)[i] == '\t';
    size_t other = strcspn(*rest, ",; \r\n");
    if (!tabs && other < length)
        return vx_fail(error, VX_INPUT,
                       "%s, line 1: the header has no tab, but '%c'; a tab-separated table is expected", table->path,
                       (*rest)[other]);
    table->name = vx_array_zero(tabs + 1, sizeof *table->name);
    if (!table->name)
        return vx_fail_memory(error);
    bool last = false;
    for (int64_t i = 0; !last; i++) {
        table->name[i] = next_cell(rest, &last);
        table->width = i + 1;
        if (*table->name[i])
            table->columns = i + 1; /* empty names behind the last one are not columns; read_row checks their cells */
    }
    if (!table->columns)
        return vx_fail(error, VX_INPUT, "%s: the table is empty", table->path);
    for (int64_t i = 0; i < table->columns; i++) {
        if (!*table->name[i])
            return vx_fail(error, VX_INPUT, "%s, line 1: column %lld has no name%s", table->path, (long long)i + 1,
                           i ? "" : "; if pandas wrote its index: to_csv(..., index=False)");
    }
    return sort_names(table, error);
}

/* ---- rows ---- */

static bool is_missing(const char *value)
{
    return !*value || !strcasecmp(value, "n/a");
}

static vx_status wrong_width(const vx_table *table, const char *first, int64_t number, int64_t cells, bool open_quote,
                             vx_error *error)
{
    const char *hint = open_quote                     ? "; a quoted cell must end on its line"
                       : cells == table->columns + 1 ? "; if R wrote row names: write.table(..., row.names = FALSE)"
                                                      : "";
    return vx_fail(error, VX_INPUT, "%s, line %lld (%s): %lld cells; the header has %lld%s", table->path,
                   (long long)number, first, (long long)cells, (long long)table->columns, hint);
}

static vx_status read_row(vx_table *table, char **rest, int64_t number, vx_error *error)
{
    const char **cell = table->cell + table->rows * table->columns, *first = *rest;
    int64_t cells = 0, filled = 0; /* filled: number of cells up to the last one with content */
    bool last = false, blank = true, open_quote = false;
    for (int64_t i = 0; !last; i++) {
        const char *value = next_cell(rest, &last);
        first = i ? first : value;
        blank = blank && !*value;
        open_quote |= *value == '"';
        if (i < table->columns)
            cell[i] = is_missing(value) ? NULL : value;
        filled = is_missing(value) && (!*value || i < table->width) ? filled : i + 1;
        cells = i + 1;
    }
    if (blank)
        return VX_OK;
    if (cells < table->columns || filled > table->columns)
        return wrong_width(table, first, number, filled > table->columns ? filled : cells, open_quote, error);
    table->line[table->rows++] = number;
    return VX_OK;
}

vx_status vx_table_of_text(const char *path, char *text, size_t size, vx_table *table, vx_error *error)
{
    vx_table read = {.path = path, .text = text};
    size_t cells, lines;
    char *rest = text;
    vx_status status = check_text(path, text, size, error);
    if (status)
        goto cleanup;
    if (!vx_sha256_text(text, size, read.sha256)) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    lines = (size_t)count_lines(rest);
    if ((status = read_header(&read, &rest, error)))
        goto cleanup;
    if (!vx_multiply(lines, (size_t)read.columns, &cells) || !(read.cell = vx_array_zero(cells, sizeof *read.cell)) ||
        !(read.line = vx_array_zero(lines, sizeof *read.line))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (int64_t number = 2; *rest; number++) {
        if ((status = read_row(&read, &rest, number, error)))
            goto cleanup;
    }
    if (!read.rows)
        status = vx_fail(error, VX_INPUT, "%s: the table is empty: a header and no participants", path);

cleanup:
    if (status)
        vx_table_destroy(&read);
    else
        *table = read;
    return status;
}

vx_status vx_table_read(const char *path, vx_table *table, vx_error *error)
{
    char *text;
    size_t size;
    vx_status status = vx_file_read(path, bytes_max, &text, &size, error);
    return status ? status : vx_table_of_text(path, text, size, table, error);
}

void vx_table_destroy(vx_table *table)
{
    if (!table)
        return;
    free(table->text);
    free(table->name);
    free(table->sorted);
    free(table->cell);
    free(table->line);
    free(table->coded);
    *table = (vx_table){0};
}

/* ---- use ---- */

bool vx_table_is_code(const char *value, const char *const *code, size_t codes)
{
    double number, other;
    bool numeric = vx_number_read(value, &number);
    for (size_t i = 0; i < codes; i++) {
        if (!strcasecmp(value, code[i]) || (numeric && vx_number_read(code[i], &other) && number == other))
            return true;
    }
    return false;
}

void vx_table_code(vx_table *table, const char *const *code, size_t codes)
{
    for (int64_t i = 0; codes && i < table->rows * table->columns; i++) {
        int64_t column = i % table->columns;
        if (!table->cell[i] || !strcmp(table->name[column], "participant_id") ||
            !vx_table_is_code(table->cell[i], code, codes))
            continue;
        table->cell[i] = NULL;
        table->coded[column]++;
    }
}

int64_t vx_table_find(const vx_table *table, const char *name)
{
    int64_t low = 0, high = table->columns;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int order = strcmp(name, table->name[table->sorted[middle]]);
        if (!order)
            return table->sorted[middle];
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return -1;
}

vx_status vx_table_column(const vx_table *table, const char *name, int64_t *column, vx_error *error)
{
    char list[1000] = "";
    size_t used = 0, length = strlen(name);
    bool comma = false;
    *column = vx_table_find(table, name);
    if (*column >= 0)
        return VX_OK;
    for (int64_t i = 0; i < table->columns; i++) {
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", table->name[i]);
        comma |= !strncmp(name, table->name[i], length) && table->name[i][length] == ',';
    }
    if (used >= sizeof list)
        snprintf(list + sizeof list - sizeof " ...", sizeof " ...", " ...");
    const char *nearest = vx_nearest(name, table->name, (size_t)table->columns);
    if (comma)
        return vx_fail(error, VX_INPUT, "%s: no column %s; a comma in a name is written '\\,'. The columns are: %s",
                       table->path, name, list);
    if (nearest)
        return vx_fail(error, VX_INPUT, "%s: no column %s; did you mean %s? The columns are: %s", table->path, name,
                       nearest, list);
    return vx_fail(error, VX_INPUT, "%s: no column %s; the columns are: %s", table->path, name, list);
}

/* ---- writing ---- */

void vx_put_cell(FILE *stream, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
}

void vx_cell_put_text(FILE *stream, const char *text)
{
    if (!text || !*text) {
        fputs(VX_TABLE_ABSENT, stream);
    } else if (*text != '"') {
        vx_put_cell(stream, text);
    } else {
        fputc('"', stream);
        for (const char *c = text; *c; c++)
            fprintf(stream, *c == '"' ? "\"\"" : "%c", *c);
        fputc('"', stream);
    }
}
