#include "base/paths.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\n"

/* The length of the absolute path that begins at `at`, before which `before` stands (0 at the beginning); 0: none. */
static size_t path_length(const char *at, char before)
{
    const bool quoted = before == '"' || before == '\'';
    if (at[0] != '/' || (before && !quoted && !strchr(BLANKS "=,([", before)))
        return 0;
    const size_t length = quoted ? strcspn(at, (char[]){before, '\0'}) : strcspn(at, BLANKS "\"',;)]");
    const char *second = memchr(at + 1, '/', length ? length - 1 : 0);
    return second && second > at + 1 && second + 1 < at + length ? length : 0;
}

char *vx_paths_shortened(const char *text)
{
    char *copy = vx_copy_text(text), *to = copy;
    for (const char *from = copy; from && *from;) {
        const size_t length = path_length(from, from > copy ? text[from - copy - 1] : '\0');
        const char *end = from + length, *last = end;
        while (length && last > from && (last[-1] != '/' || last == end)) /* a slash at the end belongs to the part */
            last--;
        from = length ? last : from;
        do
            *to++ = *from++;
        while (from < end);
    }
    if (copy)
        *to = '\0';
    return copy;
}
