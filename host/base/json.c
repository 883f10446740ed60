#include "base/json.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/stream.h"

#include <math.h>
#include <string.h>

static const size_t bytes_max = (size_t)1 << 26;

/* `json` where the last step succeeded. Otherwise frees it and returns null; jansson has freed the added value. */
static json_t *kept_if(bool good, json_t *json)
{
    if (good)
        return json;
    json_decref(json);
    return NULL;
}

json_t *vx_json_append(json_t *array, json_t *value)
{
    return kept_if(vx_json_grow(array, value), array);
}

json_t *vx_json_set(json_t *object, const char *key, json_t *value)
{
    return kept_if(vx_json_put(object, key, value), object);
}

json_t *vx_json_extend(json_t *array, const json_t *other)
{
    return kept_if(json_array_extend(array, (json_t *)other) == 0, array);
}

bool vx_json_grow(json_t *array, json_t *value)
{
    return json_array_append_new(array, value) == 0;
}

bool vx_json_put_first(json_t *array, json_t *value)
{
    return json_array_insert_new(array, 0, value) == 0;
}

bool vx_json_put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

json_t *vx_json_text(const char *value)
{
    if (!value)
        return json_null();
    json_t *string = json_string(value);
    char *plain = string ? NULL : vx_copy_text(value);
    for (char *c = plain; c && *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    if (plain)
        string = json_string(plain);
    free(plain);
    return string;
}

json_t *vx_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *vx_json_count(uint64_t value)
{
    return value <= INT64_MAX ? json_integer((json_int_t)value) : json_null();
}

json_t *vx_json_numbers(const double *value, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        array = vx_json_append(array, vx_json_number(value[i]));
    return array;
}

json_t *vx_json_integers(const int64_t *value, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        array = vx_json_append(array, json_integer(value[i]));
    return array;
}

/* json_dumps omits a key of an object when memory is short, and reports success. A stream records the loss. */
char *vx_json_dump(json_t *json, size_t flags)
{
    char *text = NULL;
    FILE *stream = json ? vx_text_stream(&text, NULL) : NULL;
    bool complete = stream && json_dumpf(json, stream, flags) == 0;
    json_decref(json);
    complete = vx_stream_close(stream) && complete;
    if (complete)
        return text;
    free(text);
    return NULL;
}

vx_status vx_json_read(const char *path, json_t **object, vx_error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    json_error_t why;
    char *text = NULL;
    size_t size, skipped;
    *object = NULL;
    vx_status status = vx_file_read(path, bytes_max, &text, &size, error);
    if (status)
        return status;
    skipped = strncmp(text, mark, strlen(mark)) ? 0 : strlen(mark);
    *object = json_loadb(text + skipped, size - skipped, 0, &why);
    free(text);
    if (!*object && (!*why.text || json_error_code(&why) == json_error_out_of_memory))
        return vx_fail_memory(error); /* jansson has words for every error of the text */
    if (!*object)
        return vx_fail(error, VX_INPUT, "%s, line %d: not JSON: %s", path, why.line, why.text);
    if (json_is_object(*object))
        return VX_OK;
    json_decref(*object);
    *object = NULL;
    return vx_fail(error, VX_INPUT, "%s: a JSON object is expected", path);
}
