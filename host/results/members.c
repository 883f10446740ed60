/* Values of run.json by key. */
#include "results/reading.h"

#include "base/memory.h"
#include "results/names.h"
#include "results/schema.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void vx_reading_fail(vx_reading *r, const char *format, ...)
{
    char words[300];
    va_list arguments;
    if (r->status)
        return;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_RUN_FILE ": %s: it is damaged, or an older voxstat wrote it; run "
                        "the analysis again", r->results->folder, words);
}

static json_t *member(vx_reading *r, const json_t *object, const char *key, bool good_type(const json_t *))
{
    json_t *value = json_object_get(object, key);
    if (!r->status && (!value || !good_type(value)))
        vx_reading_fail(r, "lacks \"%s\"", key);
    return r->status ? NULL : value;
}

static bool is_text(const json_t *value) { return json_is_string(value); }
static bool is_text_or_null(const json_t *value) { return json_is_string(value) || json_is_null(value); }
static bool is_integer(const json_t *value) { return json_is_integer(value); }
static bool is_number(const json_t *value) { return json_is_number(value) || json_is_null(value); }
static bool is_flag(const json_t *value) { return json_is_boolean(value); }
static bool is_array(const json_t *value) { return json_is_array(value); }
static bool is_object(const json_t *value) { return json_is_object(value); }

const json_t *vx_get_array(vx_reading *r, const json_t *object, const char *key)
{
    return member(r, object, key, is_array);
}

const json_t *vx_get_object(vx_reading *r, const json_t *object, const char *key)
{
    return member(r, object, key, is_object);
}

const char *vx_get_text(vx_reading *r, const json_t *object, const char *key)
{
    const char *text = json_string_value(member(r, object, key, is_text));
    return text ? text : "";
}

const char *vx_get_name(vx_reading *r, const json_t *object, const char *key)
{
    const char *name = vx_get_text(r, object, key);
    if (!r->status && !vx_file_name_safe(name))
        vx_reading_fail(r, "\"%s\" is \"%.60s\", which is no name that voxstat gives to a file", key, name);
    return r->status ? "" : name;
}

const char *vx_get_place(vx_reading *r, const json_t *object, const char *key)
{
    const char *place = vx_get_text(r, object, key), *slash = strchr(place, '/');
    char *modality = slash ? strndup(place, (size_t)(slash - place)) : NULL;
    if (!r->status && slash && !modality)
        r->status = vx_fail_memory(r->error);
    if (!r->status && !(vx_file_name_safe(modality) && vx_file_name_safe(slash + 1)))
        vx_reading_fail(r, "\"%s\" is \"%.60s\", which is no place that voxstat writes to", key, place);
    free(modality);
    return r->status ? "" : place;
}

const char *vx_get_text_or_null(vx_reading *r, const json_t *object, const char *key)
{
    return json_string_value(member(r, object, key, is_text_or_null));
}

int64_t vx_get_integer(vx_reading *r, const json_t *object, const char *key)
{
    const int64_t value = json_integer_value(member(r, object, key, is_integer));
    if (value < 0)
        vx_reading_fail(r, "\"%s\" is %lld", key, (long long)value);
    return r->status ? 0 : value;
}

static double number(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

double vx_get_number(vx_reading *r, const json_t *object, const char *key)
{
    return number(member(r, object, key, is_number));
}

bool vx_get_flag(vx_reading *r, const json_t *object, const char *key)
{
    return json_is_true(member(r, object, key, is_flag));
}

int vx_get_word(vx_reading *r, const json_t *object, const char *key, const char *const *words)
{
    const char *text = vx_get_text(r, object, key);
    for (int i = 0; words[i]; i++)
        if (!strcmp(text, words[i]))
            return i;
    vx_reading_fail(r, "\"%s\" is \"%.60s\", which this version does not know", key, text);
    return 0;
}

void vx_get_row(vx_reading *r, const json_t *array, const char *key, size_t count, double *value)
{
    if (!r->status && json_array_size(array) != count)
        vx_reading_fail(r, "\"%s\" has %zu numbers and not %zu", key, json_array_size(array), count);
    for (size_t i = 0; !r->status && i < count; i++)
        value[i] = number(json_array_get(array, i));
}

void vx_get_numbers(vx_reading *r, const json_t *object, const char *key, size_t count, double *value)
{
    vx_get_row(r, vx_get_array(r, object, key), key, count, value);
}

const char **vx_get_texts(vx_reading *r, const json_t *object, const char *key, size_t *count)
{
    const json_t *array = vx_get_array(r, object, key);
    const char **text = vx_reading_array(r, json_array_size(array), sizeof *text);
    *count = 0;
    for (size_t i = 0; text && i < json_array_size(array); i++) {
        const char *one = json_string_value(json_array_get(array, i));
        if (!one)
            vx_reading_fail(r, "\"%s\" holds a value that is not a text", key);
        text[(*count)++] = one ? one : "";
    }
    return text;
}
