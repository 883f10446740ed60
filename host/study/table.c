#include "study/table.h"

#include "base/memory.h"
#include "base/nearest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static vx_status read_text(const char *path, char **text, vx_error *error)
{
    size_t size = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        return vx_fail(error, VX_INPUT, "%s: cannot read the table: %s", path, strerror(errno));
    /* Text has no zero byte, so one "line" that ends at a zero is the whole file. */
    errno = 0;
    ssize_t length = getdelim(text, &size, '\0', file);
    int reason = errno, whole = feof(file);
    fclose(file);
    if (length < 0 && reason)
        return vx_fail(error, VX_INPUT, "%s: cannot read the table: %s", path, strerror(reason));
    if (length <= 0)
        return vx_fail(error, VX_INPUT, "%s: the table is empty", path);
    if (!whole)
        return vx_fail(error, VX_INPUT, "%s: not a plain text table (UTF-8, tab-separated)", path);
    return VX_OK;
}

/* Cuts the next line off *rest. Returns null at the end. */
static char *next_line(char **rest)
{
    char *line = *rest;
    if (!line || !*line)
        return NULL;
    size_t length = strcspn(line, "\n");
    *rest = line[length] ? line + length + 1 : NULL;
    line[length] = '\0';
    if (length && line[length - 1] == '\r')
        line[length - 1] = '\0';
    return line;
}

static char *next_cell(char **rest)
{
    char *cell = strsep(rest, "\t");
    cell += strspn(cell, " ");
    size_t length = strlen(cell);
    while (length && cell[length - 1] == ' ')
        cell[--length] = '\0';
    return cell;
}

static bool blank(const char *line)
{
    return !line[strspn(line, " \t")];
}

static int64_t count(const char *text, char c)
{
    int64_t n = 0;
    for (; *text; text++)
        n += *text == c;
    return n;
}

static vx_status read_header(vx_table *table, char *line, vx_error *error)
{
    if (!strchr(line, '\t') && strpbrk(line, ",; "))
        return vx_fail(error, VX_INPUT,
                       "%s, line 1: the header has no tab, but '%c'; a tab-separated table is expected", table->path,
                       *strpbrk(line, ",; "));
    table->columns = count(line, '\t') + 1;
    table->name = vx_array_zero((size_t)table->columns, sizeof *table->name);
    if (!table->name)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < table->columns; i++) {
        const char *name = next_cell(&line);
        if (!*name)
            return vx_fail(error, VX_INPUT, "%s, line 1: column %lld has no name", table->path, (long long)i + 1);
        for (int64_t j = 0; j < i; j++) {
            if (!strcmp(name, table->name[j]))
                return vx_fail(error, VX_INPUT, "%s, line 1: two columns are named %s", table->path, name);
        }
        table->name[i] = name;
    }
    return VX_OK;
}

static vx_status read_row(vx_table *table, char *line, int64_t number, vx_error *error)
{
    int64_t cells = count(line, '\t') + 1;
    const char **cell = table->cell + table->rows * table->columns;
    if (cells != table->columns)
        return vx_fail(error, VX_INPUT, "%s, line %lld (%.*s): %lld cells; the header has %lld", table->path,
                       (long long)number, (int)strcspn(line, "\t"), line, (long long)cells, (long long)table->columns);
    for (int64_t i = 0; i < cells; i++) {
        const char *value = next_cell(&line);
        cell[i] = *value && strcasecmp(value, "n/a") ? value : NULL;
    }
    table->line[table->rows++] = number;
    return VX_OK;
}

vx_status vx_table_read(const char *path, vx_table *table, vx_error *error)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    vx_table read = {.path = path};
    size_t cells;
    vx_status status = read_text(path, &read.text, error);
    if (status)
        goto cleanup;
    char *rest = read.text;
    vx_sha256_text(read.text, strlen(read.text), read.sha256);
    if (!strncmp(rest, byte_order_mark, 3))
        rest += 3;
    size_t lines = (size_t)count(rest, '\n') + 1;
    char *line = next_line(&rest);
    if (!line || blank(line)) {
        status = vx_fail(error, VX_INPUT, "%s: the table is empty", path);
        goto cleanup;
    }
    if ((status = read_header(&read, line, error)))
        goto cleanup;
    if (!vx_multiply(lines, (size_t)read.columns, &cells) || !(read.cell = vx_array_zero(cells, sizeof *read.cell)) ||
        !(read.line = vx_array_zero(lines, sizeof *read.line))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (int64_t number = 2; (line = next_line(&rest)); number++) {
        if (!blank(line) && (status = read_row(&read, line, number, error)))
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

void vx_table_destroy(vx_table *table)
{
    free(table->text);
    free(table->name);
    free(table->cell);
    free(table->line);
    *table = (vx_table){0};
}

int64_t vx_table_find(const vx_table *table, const char *name)
{
    for (int64_t i = 0; i < table->columns; i++) {
        if (!strcmp(table->name[i], name))
            return i;
    }
    return -1;
}

vx_status vx_table_column(const vx_table *table, const char *name, int64_t *column, vx_error *error)
{
    char list[1000] = "";
    *column = vx_table_find(table, name);
    if (*column >= 0)
        return VX_OK;
    for (int64_t i = 0; i < table->columns; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", table->name[i]);
    }
    const char *nearest = vx_nearest(name, table->name, (size_t)table->columns);
    if (nearest)
        return vx_fail(error, VX_INPUT, "%s: no column %s; did you mean %s? The columns are: %s", table->path, name,
                       nearest, list);
    return vx_fail(error, VX_INPUT, "%s: no column %s; the columns are: %s", table->path, name, list);
}
