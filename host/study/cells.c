#include "study/cells.h"

#include "base/memory.h"
#include "base/number.h"
#include "image/files.h"

#include <math.h>
#include <string.h>

bool vx_cell_undecorated(const char *text, char *plain, size_t size)
{
    static const struct { const char *mark, *plain; } marks[] = {
        {" ", ""}, {"\xc2\xa0", ""}, {"\xe2\x80\x89", ""}, {"\xe2\x80\xaf", ""}, {"'", ""}, {"\xe2\x80\x99", ""},
        {"%", ""}, {"\xe2\x88\x92", "-"},
    };
    size_t used = 0;
    double value;
    while (*text && used + 1 < size) {
        size_t i = 0, count = sizeof marks / sizeof *marks;
        while (i < count && strncmp(text, marks[i].mark, strlen(marks[i].mark)))
            i++;
        plain[used] = i < count ? *marks[i].plain : *text;
        used += plain[used] != '\0';
        text += i < count ? strlen(marks[i].mark) : 1;
    }
    plain[used] = '\0';
    return !*text && vx_number_read(plain, &value);
}

/* Whether the user meant a number that voxstat does not accept: one that strtod reads, digits with commas, or digits
 * with decoration. */
static bool meant_as_number(const char *text)
{
    char *end, plain[64];
    strtod(text, &end);
    return (end > text && !*end) || vx_cell_undecorated(text, plain, sizeof plain) ||
           (strchr(text, ',') && strpbrk(text, "0123456789") && !text[strspn(text, "+-0123456789.,eE")]);
}

/* Whether a text has the ending of an image, or has it before "[N]". */
static bool names_image(const char *text)
{
    int64_t volume;
    const size_t length = vx_image_volume(text, &volume);
    char *name = volume < 0 ? NULL : strndup(text, length);
    const bool yes = vx_image_name(name ? name : text);
    free(name);
    return yes;
}

vx_cell_kind vx_cell_read(const char *text, double *value)
{
    *value = NAN;
    if (!text)
        return VX_CELL_MISSING;
    if (vx_number_read(text, value))
        return VX_CELL_NUMBER;
    if (*text == '<' && vx_number_read(text + 1 + strspn(text + 1, " "), value) && *value > 0)
        return VX_CELL_BELOW;
    *value = NAN;
    if (meant_as_number(text))
        return VX_CELL_DECORATED;
    return names_image(text) ? VX_CELL_IMAGE : VX_CELL_TEXT;
}

/* Whether `value` is the name of an image without its ending. */
static bool bare_image_name(const vx_table *table, const char *value)
{
    const char *slash = strrchr(table->path, '/');
    int64_t volume;
    const int length = (int)vx_image_volume(value, &volume);
    char *path = *value == '/' || !slash ? vx_text("%.*s", length, value)
                                         : vx_text("%.*s/%.*s", (int)(slash - table->path), table->path, length, value);
    const bool found = path && vx_image_bare_name(path);
    free(path);
    return found;
}

vx_column_kind vx_column_kind_of(const vx_table *table, int64_t column)
{
    int64_t cells[VX_CELL_TEXT + 1] = {0}, first = -1;
    double value;
    for (int64_t row = 0; row < table->rows; row++) {
        const char *text = vx_table_cell(table, row, column);
        cells[vx_cell_read(text, &value)]++;
        first = first < 0 && text ? row : first;
    }
    if (first < 0)
        return VX_COLUMN_EMPTY;
    if (cells[VX_CELL_IMAGE])
        return VX_COLUMN_IMAGES;
    const char *text = vx_table_cell(table, first, column);
    if (vx_cell_read(text, &value) == VX_CELL_TEXT && bare_image_name(table, text))
        return VX_COLUMN_IMAGES;
    const bool numbers = cells[VX_CELL_NUMBER] || cells[VX_CELL_DECORATED];
    return numbers || (cells[VX_CELL_BELOW] && !cells[VX_CELL_TEXT]) ? VX_COLUMN_NUMBERS : VX_COLUMN_TEXT;
}

int64_t vx_column_text_row(const vx_table *table, int64_t column)
{
    double value;
    for (int64_t row = 0; row < table->rows; row++) {
        const char *text = vx_table_cell(table, row, column);
        if (vx_cell_read(text, &value) == VX_CELL_TEXT && !bare_image_name(table, text))
            return row;
    }
    return -1;
}
