#include "bids/filter.h"

#include "base/json.h"
#include "base/memory.h"
#include "image/files.h"

#include <fnmatch.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

/* ---- reading ---- */

/* Takes over a text; null where memory is short. */
static char *keep_text(vx_bids_filters *filters, char *text)
{
    char **grown = text ? vx_array_grow(filters->text, filters->texts, 1, sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        return NULL;
    }
    filters->text = grown;
    return filters->text[filters->texts++] = text;
}

/* Finds the filter of a modality, or makes it. It is valid until the next call; null where memory is short. */
static vx_bids_filter *filter_of(vx_bids_filters *filters, const char *modality)
{
    vx_bids_filter *found = (vx_bids_filter *)vx_bids_filters_find(filters, modality);
    vx_bids_filter *grown = found ? NULL : vx_array_grow(filters->item, filters->count, 1, sizeof *grown);
    if (!grown)
        return found;
    filters->item = grown;
    filters->item[filters->count] = (vx_bids_filter){.modality = modality};
    return filters->item + filters->count++;
}

/* The short name of an entity that pybids calls `key`. */
static const char *short_key(const char *key)
{
    static const char *const name[][2] = {
        {"subject", "sub"}, {"session", "ses"}, {"acquisition", "acq"}, {"ceagent", "ce"}, {"tracer", "trc"},
        {"reconstruction", "rec"}, {"direction", "dir"}, {"resolution", "res"}, {"density", "den"},
        {"description", "desc"}, {"segmentation", "seg"}, {"hemisphere", "hemi"},
    };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (!strcmp(key, name[i][0]))
            return name[i][1];
    return key;
}

/* The texts are null where memory was short. */
static vx_status add_condition(vx_bids_filter *filter, const char *key, const char *pattern, vx_error *error)
{
    if (!key || !pattern)
        return vx_fail_memory(error);
    vx_condition *grown = vx_array_grow(filter->condition, filter->conditions, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    filter->condition = grown;
    filter->condition[filter->conditions++] = (vx_condition){short_key(key), pattern};
    return VX_OK;
}

/* Cuts the blanks around `text` off, in place. */
static char *trim(char *text)
{
    text += strspn(text, blanks);
    size_t length = strlen(text);
    while (length && strchr(blanks, text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

/* Reads "pet:pvc=none,desc=preproc", in place. `given` is for messages. */
static vx_status read_text(vx_bids_filters *filters, const char *given, char *text, vx_error *error)
{
    char *rest = strchr(text, ':'), *equals;
    if (!rest)
        return vx_fail(error, VX_USAGE, "--bids-filter '%s': expected MODALITY:KEY=VALUE[,KEY=VALUE...] or the name of "
                       "a JSON file", given);
    *rest++ = '\0';
    vx_bids_filter *filter = filter_of(filters, trim(text));
    vx_status status = filter ? VX_OK : vx_fail_memory(error);
    for (char *part; !status && (part = strsep(&rest, ","));) {
        equals = strchr(part, '=');
        if (!equals || !*trim(equals + 1) || equals == part)
            return vx_fail(error, VX_USAGE, "--bids-filter '%s': found '%s', expected KEY=VALUE, with a value such as "
                           "preproc, or none for a name without the key", given, part);
        *equals = '\0';
        status = add_condition(filter, trim(part), trim(equals + 1), error);
    }
    return status;
}

/* The pattern that a value of JSON means: a text, a number, null, or a list of these; the caller frees it. Null where
 * memory is short, and, with *known = false, for any other value. */
static char *pattern_of(const json_t *value, bool *known)
{
    char *joined = NULL;
    *known = true;
    if (json_is_string(value))
        return vx_copy_text(json_string_value(value));
    if (json_is_integer(value))
        return vx_text("%lld", (long long)json_integer_value(value));
    if (json_is_null(value))
        return vx_copy_text("none");
    *known = json_is_array(value) && json_array_size(value);
    for (size_t i = 0; *known && i < json_array_size(value) && (!i || joined); i++) {
        const json_t *one = json_array_get(value, i);
        char *part = json_is_array(one) ? NULL : pattern_of(one, known);
        char *longer = !part ? NULL : joined ? vx_text("%s|%s", joined, part) : vx_copy_text(part);
        *known = *known && !json_is_array(one);
        free(part);
        free(joined);
        joined = longer;
    }
    if (*known)
        return joined;
    free(joined);
    return NULL;
}

/* Reads {"pvc": null, "desc": "preproc"}. The suffix tells the data type, which is not looked at. */
static vx_status read_conditions(vx_bids_filters *filters, const char *path, const char *modality, json_t *conditions,
                                 vx_error *error)
{
    const char *key;
    json_t *value;
    char *name = keep_text(filters, vx_copy_text(modality));
    vx_bids_filter *filter = name ? filter_of(filters, name) : NULL;
    if (!filter)
        return vx_fail_memory(error);
    if (!json_is_object(conditions))
        return vx_fail(error, VX_INPUT, "%s: %s is not an object {\"key\": \"value\"}", path, modality);
    json_object_foreach(conditions, key, value) {
        bool known;
        char *pattern = pattern_of(value, &known);
        if (!known)
            return vx_fail(error, VX_INPUT, "%s: %s, %s: expected a text, null, or a list of these", path, modality,
                           key);
        pattern = keep_text(filters, pattern);
        char *kept = keep_text(filters, vx_copy_text(key));
        vx_status status = strcmp(key, "datatype") ? add_condition(filter, kept, pattern, error) : VX_OK;
        if (status)
            return status;
    }
    return VX_OK;
}

static vx_status read_file(vx_bids_filters *filters, const char *path, vx_error *error)
{
    json_t *object = NULL, *conditions;
    const char *modality;
    vx_status status = vx_json_read(path, &object, error);
    json_object_foreach(object, modality, conditions)
        if (!status)
            status = read_conditions(filters, path, modality, conditions, error);
    json_decref(object);
    return status;
}

vx_status vx_bids_filters_read(const char *const *text, size_t texts, vx_bids_filters *filters, vx_error *error)
{
    vx_status status = VX_OK;
    *filters = (vx_bids_filters){0};
    for (size_t i = 0; !status && i < texts; i++) {
        char *copy = keep_text(filters, vx_copy_text(text[i]));
        if (!copy)
            status = vx_fail_memory(error);
        else
            status = vx_image_ends(copy, ".json") ? read_file(filters, copy, error)
                                                  : read_text(filters, text[i], copy, error);
    }
    if (status)
        vx_bids_filters_destroy(filters);
    return status;
}

void vx_bids_filters_destroy(vx_bids_filters *filters)
{
    if (!filters)
        return;
    for (size_t i = 0; i < filters->count; i++)
        free(filters->item[i].condition);
    for (size_t i = 0; i < filters->texts; i++)
        free(filters->text[i]);
    free(filters->item);
    free(filters->text);
    *filters = (vx_bids_filters){0};
}

const vx_bids_filter *vx_bids_filters_find(const vx_bids_filters *filters, const char *modality)
{
    for (size_t i = 0; i < filters->count; i++)
        if (!strcmp(filters->item[i].modality, modality))
            return filters->item + i;
    return NULL;
}

/* ---- use ---- */

/* Whether one value of a pattern, of `length` bytes, matches. */
static bool value_matches(const char *key, const char *pattern, size_t length, const char *value)
{
    char glob[256];
    if (length >= sizeof glob)
        return false;
    memcpy(glob, pattern, length);
    glob[length] = '\0';
    if (!strcmp(glob, "none") && !value)
        return true;
    return value && fnmatch(glob, value, strcmp(key, "space") ? 0 : FNM_CASEFOLD) == 0;
}

bool vx_condition_met(const vx_condition *condition, const vx_entities *entities)
{
    const char *value = vx_entity_value(entities, condition->key);
    for (const char *at = condition->pattern;; at++) {
        const size_t length = strcspn(at, "|");
        if (value_matches(condition->key, at, length, value))
            return true;
        at += length;
        if (!*at)
            return false;
    }
}

bool vx_conditions_met(const vx_condition *condition, size_t conditions, const vx_bids_filter *filter,
                       const vx_entities *entities)
{
    for (size_t f = 0; filter && f < filter->conditions; f++)
        if (!vx_condition_met(filter->condition + f, entities))
            return false;
    for (size_t c = 0; c < conditions; c++) {
        bool replaced = false;
        for (size_t f = 0; filter && f < filter->conditions; f++)
            replaced |= !strcmp(filter->condition[f].key, condition[c].key);
        if (!replaced && !vx_condition_met(condition + c, entities))
            return false;
    }
    return true;
}
