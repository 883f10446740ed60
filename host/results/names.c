#include "results/names.h"

#include "base/memory.h"
#include "results/schema.h"

#include <limits.h>
#include <string.h>

/* Letters and digits are ASCII's in every locale. Some terminals obey the control characters U+0080 to U+009F, which
 * are the bytes C2 80 to C2 9F. */
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

char *vx_file_name_from(const char *text)
{
    char *name = vx_copy_text(text);
    for (char *c = name; c && *c; c++)
        if (!is_safe(name, c)) {
            if ((unsigned char)*c >= 0x80) /* the second byte of a control character: its first is invalid alone */
                c[-1] = '-';
            *c = '-';
        }
    return name;
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t length = strlen(name), end = strlen(ending);
    return length > end && !strcmp(name + length - end, ending);
}

bool vx_file_name_of_report(const char *name)
{
    return !strcmp(name, "report.html") || ends_with(name, ".png") || ends_with(name, ".svg");
}

static bool is_of_outcomes(const char *name)
{
    for (int kind = 0; vx_outcome_groups[kind]; kind++) {
        const size_t stem = strlen(vx_outcome_groups[kind]);
        for (int file = 0; !strncmp(name, vx_outcome_groups[kind], stem) && vx_outcome_endings[file]; file++)
            if (!strcmp(name + stem, vx_outcome_endings[file]))
                return true;
    }
    return false;
}

bool vx_file_name_of_voxstat(const char *name)
{
    return vx_file_name_of_report(name) || !strcmp(name, VX_HDF5_FILE) || ends_with(name, ".json") ||
           ends_with(name, ".nii.gz") || ends_with(name, ".tsv") || ends_with(name, ".nidm.zip") ||
           is_of_outcomes(name);
}
