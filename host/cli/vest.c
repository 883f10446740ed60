#include "cli/vest.h"

#include "base/memory.h"
#include "cli/values.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char blanks[] = " \t\r\n,;";

/* One more value. */
static vx_status append(vx_vest *vest, size_t *used, size_t *room, double value, vx_error *error)
{
    if (*used == *room) {
        size_t more = *room ? 2 * *room : 256, size;
        double *grown = vx_multiply(more, sizeof *grown, &size) ? realloc(vest->value, size) : NULL;
        if (!grown)
            return vx_fail_memory(error);
        vest->value = grown;
        *room = more;
    }
    vest->value[(*used)++] = value;
    return VX_OK;
}

/* Starts the matrix of a VEST file anew at its "/Matrix", and reads how many columns it should have. */
static bool header_line(const char *line, size_t *waves, size_t *used)
{
    if (line[0] != '/')
        return false;
    if (!strncmp(line, "/NumWaves", 9))
        *waves = strtoull(line + 9, NULL, 10);
    if (!strncmp(line, "/Matrix", 7))
        *used = 0;
    return true;
}

vx_status vx_vest_read(const char *path, vx_vest *vest, vx_error *error)
{
    char *line = NULL;
    size_t size = 0, number = 0, used = 0, room = 0, waves = 0;
    vx_status status = VX_OK;
    FILE *file = fopen(path, "r");
    *vest = (vx_vest){0};
    if (!file)
        return vx_fail(error, VX_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    while (!status && getline(&line, &size, file) >= 0) {
        size_t before = used;
        number++;
        if (header_line(line, &waves, &used))
            continue;
        char *rest = line;
        for (char *word; !status && (word = strsep(&rest, blanks));) {
            double value;
            if (!*word)
                continue;
            if (!vx_value_real(word, &value))
                status = vx_fail(error, VX_INPUT, "%s, line %zu: found '%.40s', expected a number", path, number, word);
            else
                status = append(vest, &used, &room, value, error);
        }
        if (used == before)
            continue;
        vest->columns = before ? vest->columns : used;
        if (!status && used - before != vest->columns)
            status = vx_fail(error, VX_INPUT, "%s, line %zu: found %zu numbers, expected %zu as before", path, number,
                             used - before, vest->columns);
    }
    if (!status && ferror(file))
        status = vx_fail(error, VX_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    if (!status && !used)
        status = vx_fail(error, VX_INPUT, "%s: no matrix of numbers in it", path);
    if (!status && waves && waves != vest->columns)
        status = vx_fail(error, VX_INPUT, "%s: found %zu columns, expected %zu as its /NumWaves says", path,
                         vest->columns, waves);
    if (status)
        vx_vest_destroy(vest);
    else
        vest->rows = used / vest->columns;
    free(line);
    fclose(file);
    return status;
}

void vx_vest_destroy(vx_vest *vest)
{
    if (!vest)
        return;
    free(vest->value);
    *vest = (vx_vest){0};
}
