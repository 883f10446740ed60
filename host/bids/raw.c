#include "bids/raw.h"

#include "base/memory.h"
#include "bids/folder.h"
#include "image/files.h"

#include <string.h>

/* The suffix of the raw image. */
static const char *raw_suffix(const char *suffix)
{
    static const char *const from[][2] = {{"cbf", "asl"}, {"probseg", "T1w"}, {"dseg", "T1w"}, {"probability", "T1w"}};
    for (size_t i = 0; i < sizeof from / sizeof *from; i++)
        if (!strcmp(suffix, from[i][0]))
            return from[i][1];
    return suffix;
}

/* The folder <raw> of <raw>/derivatives/<name>; null for any other. */
static char *raw_top(const char *top)
{
    static const char middle[] = "/derivatives";
    const char *name = strrchr(top, '/');
    const size_t length = name ? (size_t)(name - top) : 0, tail = sizeof middle - 1;
    if (length <= tail || strncmp(top + length - tail, middle, tail))
        return NULL;
    return strndup(top, length - tail);
}

/* Whether a file may be the raw image: no entity of its name has another value in the derivative's. */
static vx_status fits(const char *name, const vx_entities *image, bool *yes, vx_error *error)
{
    vx_entities raw;
    *yes = false;
    if (!vx_image_name(name))
        return VX_OK;
    vx_status status = vx_entities_parse(name, &raw, error);
    if (status)
        return status;
    *yes = !strcmp(raw.suffix, raw_suffix(image->suffix)) && !*raw.prefix;
    for (size_t i = 0; i < raw.count; i++) {
        const char *value = vx_entity_value(image, raw.entity[i].key);
        *yes = *yes && (!value || vx_entity_same(raw.entity[i].key, value, raw.entity[i].value));
    }
    vx_entities_destroy(&raw);
    return VX_OK;
}

/* Looks in one folder, <raw>/sub-X/ses-Y/pet. A second image that fits makes *several true. */
static vx_status look_in(const char *folder, const vx_entities *image, char **raw, bool *several, vx_error *error)
{
    vx_folder_names names;
    vx_status status = vx_folder_names_read(folder, NULL, &names, error);
    for (size_t i = 0; !status && i < names.count; i++) {
        bool yes;
        status = fits(names.name[i], image, &yes, error);
        if (status || !yes)
            continue;
        *several = *several || *raw;
        if (!*several && !(*raw = vx_text("%s/%s", folder, names.name[i])))
            status = vx_fail_memory(error);
    }
    vx_folder_names_destroy(&names);
    return status;
}

vx_status vx_raw_find(const char *top, const vx_entities *image, char **raw, vx_error *error)
{
    static const char *const kind[] = {"pet", "perf", "anat"};
    const char *subject = vx_entity_value(image, "sub"), *session = vx_entity_value(image, "ses");
    char *raw_folder = raw_top(top);
    bool several = false;
    vx_status status = VX_OK;
    *raw = NULL;
    for (size_t i = 0; raw_folder && subject && !status && i < sizeof kind / sizeof *kind; i++) {
        char *folder = vx_text("%s/sub-%s%s%s/%s", raw_folder, subject, session ? "/ses-" : "", session ? session : "",
                               kind[i]);
        status = folder ? look_in(folder, image, raw, &several, error) : vx_fail_memory(error);
        free(folder);
    }
    free(raw_folder);
    if (status || several) {
        free(*raw);
        *raw = NULL;
    }
    return status;
}
