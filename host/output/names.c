#include "output/names.h"

#include <limits.h>
#include <string.h>

/* Letters and digits of ASCII whatever the locale. U+0080 to U+009F, the controls beyond ASCII, are the bytes C2 80 to
 * C2 9F: some terminals obey them. */
static bool is_safe(const char *name, const char *c)
{
    const unsigned char byte = (unsigned char)*c;
    if (c == name && byte == '.') /* a hidden file, or ".." */
        return false;
    if (byte >= 0x80)
        return !(byte <= 0x9f && c > name && (unsigned char)c[-1] == 0xc2);
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte && strchr("_-.+", byte));
}

bool vx_file_name_safe(const char *name)
{
    if (!name || !*name || strlen(name) > NAME_MAX)
        return false;
    for (const char *c = name; *c; c++)
        if (!is_safe(name, c))
            return false;
    return true;
}
