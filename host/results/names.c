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

bool vx_file_path_safe(const char *path)
{
    bool safe = path && *path;
    for (const char *part = path, *end; safe && part; part = *end ? end + 1 : NULL) {
        char name[NAME_MAX + 1] = "";
        end = strchrnul(part, '/');
        if ((size_t)(end - part) <= NAME_MAX)
            memcpy(name, part, (size_t)(end - part)); /* the rest is zero; a longer name stays "" and is not safe */
        safe = vx_file_name_safe(name) || !strcmp(name, ".bidsignore");
    }
    return safe;
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

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool vx_file_names_meet(const char *one, const char *other)
{
    for (; *one && lower(*one) == lower(*other); one++)
        other++;
    return !*one && !*other;
}

static bool is_picture(const char *name)
{
    return ends_with(name, ".png") || ends_with(name, ".svg");
}

/* Whether the path is that of the folder, or of something in it. */
static bool is_within(const char *path, const char *folder)
{
    const size_t length = strlen(folder);
    return !strncmp(path, folder, length) && (!path[length] || path[length] == '/');
}

bool vx_file_name_of_report(const char *path)
{
    const char *slash = strchr(path, '/');
    return slash ? is_within(path, VX_FIGURES_FOLDER) && !strchr(slash + 1, '/') && is_picture(path)
                 : !strcmp(path, VX_PAGE_FILE);
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

bool vx_folder_name_of_voxstat(const char *path)
{
    return is_within(path, VX_PREPARED_FOLDER) && vx_file_path_safe(path);
}

/* A file of --keep-prepared. */
static bool is_of_prepared(const char *path)
{
    return ends_with(path, ".json") || ends_with(path, ".nii.gz") || ends_with(path, "/README") ||
           ends_with(path, "/.bidsignore");
}

/* A file at the top. The pictures are those of layout 1. */
static bool is_of_top(const char *name)
{
    return !strcmp(name, VX_PAGE_FILE) || !strcmp(name, VX_HDF5_FILE) || ends_with(name, ".json") ||
           ends_with(name, ".nii.gz") || ends_with(name, VX_TABLE_ENDING) || ends_with(name, ".nidm.zip") ||
           is_picture(name) || is_of_outcomes(name);
}

bool vx_file_name_of_voxstat(const char *path)
{
    const char *slash = strchr(path, '/'), *second = slash ? strchr(slash + 1, '/') : NULL;
    if (!slash)
        return is_of_top(path);
    if (is_within(path, VX_PREPARED_FOLDER))
        return vx_folder_name_of_voxstat(path) && is_of_prepared(path);
    if (is_within(path, VX_FIGURES_FOLDER))
        return vx_file_name_of_report(path);
    if (!second) /* <modality>/ */
        return ends_with(path, ".nii.gz");
    return !strchr(second + 1, '/') && (ends_with(path, ".nii.gz") || ends_with(path, VX_TABLE_ENDING));
}

bool vx_folder_name_reserved(const char *name)
{
    char plain[NAME_MAX + 1] = "";
    for (size_t i = 0; i < NAME_MAX && name[i]; i++)
        plain[i] = lower(name[i]);
    return !strcmp(plain, VX_FIGURES_FOLDER) || vx_folder_name_of_voxstat(plain) || is_of_top(plain);
}
