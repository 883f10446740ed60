#include "cli/columns.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"
#include "cli/terminal.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { TEXT_MIN = 20, TEXT_LEAST = 8 }; /* characters that texts keep, if spare columns, and if nothing else is left */

struct vx_columns {
    int columns;
    int *gives; /* columns */
    size_t cells;
    struct cell {
        char *text;
        bool marked;
    } *cell; /* row by row, the titles first */
    bool short_of_memory;
};

vx_columns *vx_columns_new(void)
{
    return vx_array_zero(1, sizeof(vx_columns));
}

void vx_columns_free(vx_columns *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->cells; i++)
        free(table->cell[i].text);
    free(table->cell);
    free(table->gives);
    free(table);
}

void vx_columns_put(vx_columns *table, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    struct cell *grown = vx_array_grow(table->cell, table->cells, 1, sizeof *grown);
    if (!grown) {
        table->short_of_memory = true;
        return;
    }
    table->cell = grown;
    va_start(arguments, format);
    text = vx_text_of(format, arguments);
    va_end(arguments);
    char *plain = text ? vx_printable(text) : NULL; /* names are other people's text */
    free(text);
    if (plain)
        table->cell[table->cells++] = (struct cell){.text = plain};
    else
        table->short_of_memory = true;
}

void vx_columns_title(vx_columns *table, const char *title, int gives)
{
    int *grown = vx_array_grow(table->gives, (size_t)table->columns, 1, sizeof *grown);
    if (!grown) {
        table->short_of_memory = true;
        return;
    }
    table->gives = grown;
    table->gives[table->columns++] = gives;
    vx_columns_put(table, "%s", title);
}

void vx_columns_mark(vx_columns *table)
{
    if (table->cells)
        table->cell[table->cells - 1].marked = true;
}

void vx_columns_number(vx_columns *table, double value)
{
    char text[32];
    if (isnan(value))
        vx_columns_put(table, "%s", "");
    else if (fabs(value) >= 9999.5 && fabs(value) < 1e15)
        vx_columns_put(table, "%s%s", value < 0 ? "-" : "", vx_count_text((uint64_t)llrint(fabs(value)), text));
    else
        vx_columns_put(table, "%.4g", value);
}

void vx_columns_p(vx_columns *table, double p)
{
    char text[32];
    vx_columns_put(table, "%s", isnan(p) ? "" : vx_p_ascii(p, text));
}

void vx_columns_count(vx_columns *table, double count)
{
    char text[32];
    if (count >= 0 && count < 1e15)
        vx_columns_put(table, "%s", vx_count_text((uint64_t)count, text));
    else
        vx_columns_number(table, count);
}

void vx_columns_place(vx_columns *table, const double mm[3])
{
    if (isnan(mm[0]))
        vx_columns_put(table, "%s", "");
    else /* 0 has no sign */
        vx_columns_put(table, "%.4g %.4g %.4g", mm[0] + 0.0, mm[1] + 0.0, mm[2] + 0.0);
}

/* 0 for a column that is empty below its title. */
static int width_of(const vx_columns *table, int column)
{
    bool filled = false;
    int width = 0;
    for (size_t i = (size_t)column; i < table->cells; i += (size_t)table->columns) {
        const int own = vx_utf8_width(table->cell[i].text);
        filled |= own && i >= (size_t)table->columns;
        width = own > width ? own : width;
    }
    return filled ? width : 0;
}

/* The width of the table where texts take no more than `text` columns. */
static int total(const vx_columns *table, const int *width, int text)
{
    int sum = -2;
    for (int c = 0; c < table->columns; c++)
        if (width[c])
            sum += 2 + (table->gives[c] == VX_CUT && width[c] > text ? text : width[c]);
    return sum;
}

/* The column of the longest texts, the last one of equals; -1: no text is long. */
static int longest(const vx_columns *table, const int *width)
{
    int most = -1;
    for (int c = 0; c < table->columns; c++)
        if (table->gives[c] == VX_CUT && width[c] > TEXT_LEAST && (most < 0 || width[c] >= width[most]))
            most = c;
    return most;
}

static void fit(const vx_columns *table, int *width, int screen)
{
    int most = 0, text;
    for (int c = 0; c < table->columns; c++)
        most = table->gives[c] > most ? table->gives[c] : most;
    for (; most >= VX_SPARE && total(table, width, TEXT_MIN) > screen; most--)
        for (int c = 0; c < table->columns; c++)
            if (table->gives[c] == most)
                width[c] = 0;
    while (total(table, width, INT_MAX) > screen && (text = longest(table, width)) >= 0)
        width[text]--;
}

/* The columns at the end of a cut text: its last word, which often tells the side, or half of what there is. */
static int tail_of(const char *text, int width)
{
    const char *word = strpbrk(text, " _-");
    for (const char *next = word; next; next = strpbrk(next + 1, " _-"))
        word = next;
    const int own = word ? vx_utf8_width(word + 1) : 0;
    return own && own <= width / 2 ? own : (width - 2) / 2;
}

/* Prints text in at most `width` columns: of a longer one the beginning and the end. */
static void put_cut(FILE *out, const char *text, int width)
{
    const int all = vx_utf8_width(text), tail = tail_of(text, width);
    if (all <= width) {
        fputs(text, out);
        return;
    }
    const char *begin = vx_utf8_skip(text, width - 2 - tail), *end = vx_utf8_skip(text, all - tail);
    fprintf(out, "%.*s..%s", (int)(begin - text), text, end);
}

static void put_cell(const vx_columns *table, const int *width, size_t i, bool colours, FILE *out)
{
    const struct cell *cell = &table->cell[i];
    const int c = (int)(i % (size_t)table->columns);
    const int own = vx_utf8_width(cell->text), blanks = own < width[c] ? width[c] - own : 0;
    const bool left = c == 0 || table->gives[c] == VX_CUT, marked = colours && cell->marked;
    bool more = false; /* columns to the right: no line ends in blanks */
    for (int k = c + 1; k < table->columns; k++)
        more |= width[k] > 0;
    if (!width[c])
        return;
    fprintf(out, "%s%s%*s", c ? "  " : "", marked ? "\033[1;32m" : "", left ? 0 : blanks, "");
    put_cut(out, cell->text, width[c]);
    fprintf(out, "%s%*s", marked ? "\033[0m" : "", left && more ? blanks : 0, "");
}

vx_status vx_columns_print(const vx_columns *table, FILE *out, vx_error *error)
{
    int *width = vx_array((size_t)table->columns, sizeof *width);
    const bool colours = vx_colours(out);
    if (!width || table->short_of_memory) {
        free(width);
        return vx_fail_memory(error);
    }
    for (int c = 0; c < table->columns; c++)
        width[c] = width_of(table, c);
    fit(table, width, vx_terminal_width(out));
    for (size_t i = 0; i < table->cells; i++) {
        const bool title = colours && i < (size_t)table->columns;
        const size_t c = i % (size_t)table->columns;
        if (title && c == 0)
            fputs("\033[1m", out);
        put_cell(table, width, i, colours, out);
        if (c == (size_t)table->columns - 1)
            fprintf(out, "%s\n", title ? "\033[0m" : "");
    }
    free(width);
    return VX_OK;
}
