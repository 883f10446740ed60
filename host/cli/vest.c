#include "cli/vest.h"

#include "base/file.h"
#include "base/memory.h"
#include "cli/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 64 << 20 }; /* much more than any design */

static const char blanks[] = " \t,;";

typedef struct vest_reader {
    vx_vest *vest;
    size_t used;  /* of vest->value */
    size_t waves; /* the value of /NumWaves; 0: absent */
    size_t line;  /* from 1 */
    const char *path;
} vest_reader;

/* Appends a value. */
static vx_status append(vest_reader *r, double value, vx_error *error)
{
    double *grown = vx_array_grow(r->vest->value, r->used, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    r->vest->value = grown;
    r->vest->value[r->used++] = value;
    return VX_OK;
}

/* Reads a header line of a VEST file. The matrix starts after "/Matrix", so all values before it are dropped. */
static bool header_line(vest_reader *r, const char *line)
{
    if (line[0] != '/')
        return false;
    if (!strncmp(line, "/NumWaves", 9))
        r->waves = strtoull(line + 9, NULL, 10);
    if (!strncmp(line, "/Matrix", 7))
        r->used = 0;
    return true;
}

static vx_status read_line(vest_reader *r, char *line, vx_error *error)
{
    const size_t before = r->used;
    vx_status status = VX_OK;
    r->line++;
    if (header_line(r, line))
        return VX_OK;
    if (strchr(line, ';') && strchr(line, ','))
        return vx_fail(error, VX_INPUT, "%s, line %zu: both ';' and ',' are in it, so commas may be decimal ones; "
                       "write numbers with a point", r->path, r->line);
    for (char *word; !status && (word = strsep(&line, blanks));) {
        double value;
        if (!*word)
            continue;
        if (!vx_value_real(word, &value))
            status = vx_fail(error, VX_INPUT, "%s, line %zu: found '%.40s', expected a number", r->path, r->line, word);
        else
            status = append(r, value, error);
    }
    if (status || r->used == before)
        return status;
    if (!before)
        r->vest->columns = r->used;
    if (r->used - before != r->vest->columns)
        return vx_fail(error, VX_INPUT, "%s, line %zu: found %zu numbers, expected %zu as before", r->path, r->line,
                       r->used - before, r->vest->columns);
    return VX_OK;
}

/* Accepts the line ends of Unix (\n), Windows (\r\n) and old Macs (\r). */
static vx_status read_lines(vest_reader *r, char *text, vx_error *error)
{
    vx_status status = VX_OK;
    if (!strncmp(text, "\xEF\xBB\xBF", 3)) /* the byte order mark that Excel writes before UTF-8 */
        text += 3;
    while (!status && text) {
        char *line = text, *end = text + strcspn(text, "\r\n");
        text = *end ? end + (end[0] == '\r' && end[1] == '\n' ? 2 : 1) : NULL;
        *end = '\0';
        status = read_line(r, line, error);
    }
    return status;
}

vx_status vx_vest_read(const char *path, vx_vest *vest, vx_error *error)
{
    char *text = NULL;
    size_t size = 0;
    vest_reader r = {.vest = vest, .path = path};
    *vest = (vx_vest){0};
    vx_status status = vx_file_read(path, BYTES_MAX, &text, &size, error);
    if (!status && strlen(text) != size)
        status = vx_fail(error, VX_INPUT, "%s: no plain text (zero bytes are in it); save it as UTF-8", path);
    if (!status)
        status = read_lines(&r, text, error);
    if (!status && !r.used)
        status = vx_fail(error, VX_INPUT, "%s: no matrix of numbers in it", path);
    if (!status && r.waves && r.waves != vest->columns)
        status = vx_fail(error, VX_INPUT, "%s: found %zu columns, expected %zu as its /NumWaves says", path,
                         vest->columns, r.waves);
    if (status)
        vx_vest_destroy(vest);
    else
        vest->rows = r.used / vest->columns;
    free(text);
    return status;
}

void vx_vest_destroy(vx_vest *vest)
{
    if (!vest)
        return;
    free(vest->value);
    *vest = (vx_vest){0};
}
