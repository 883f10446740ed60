#include "bids/sidecar.h"

#include "base/json.h"
#include "base/memory.h"
#include "bids/inheritance.h"

#include <math.h>
#include <string.h>

/* Merges the files; the fields of later ones replace those of earlier ones. */
static vx_status merge(const vx_inheritance *files, vx_sidecar *made, vx_error *error)
{
    vx_status status = (made->fields = json_object()) ? VX_OK : vx_fail_memory(error);
    for (size_t i = 0; !status && i < files->count; i++) {
        json_t *object, *value;
        const char *key;
        status = vx_json_read(files->path[i], &object, error);
        json_object_foreach(object, key, value)
            if (!status && !vx_json_put(made->fields, key, json_incref(value)))
                status = vx_fail_memory(error);
        json_decref(object);
    }
    if (!status && files->count && !(made->path = vx_copy_text(files->path[files->count - 1])))
        status = vx_fail_memory(error);
    return status;
}

/* ---- fields ---- */

static const char *text_of(const vx_sidecar *made, const char *key)
{
    return json_string_value(json_object_get(made->fields, key));
}

static double number_of(const vx_sidecar *made, const char *key)
{
    const json_t *value = json_object_get(made->fields, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The dose in MBq; NaN for other units than those of BIDS and the curie. */
static double dose_of(const vx_sidecar *made)
{
    static const struct { const char *name; double mbq; } unit[] = {
        {"MBq", 1}, {"kBq", 1e-3}, {"Bq", 1e-6}, {"GBq", 1e3}, {"mCi", 37}, {"Ci", 37000}, {"uCi", 0.037},
        {"\xc2\xb5" "Ci", 0.037}, {"\xce\xbc" "Ci", 0.037},
    };
    const char *units = text_of(made, "InjectedRadioactivityUnits");
    for (size_t i = 0; units && i < sizeof unit / sizeof *unit; i++)
        if (!strcmp(units, unit[i].name))
            return unit[i].mbq * number_of(made, "InjectedRadioactivity");
    return NAN;
}

/* Joins fields of any type by ", "; null where none is there. */
static vx_status join(const vx_sidecar *made, const char *const *key, size_t keys, char **joined, vx_error *error)
{
    *joined = NULL;
    for (size_t i = 0; i < keys; i++) {
        json_t *value = json_object_get(made->fields, key[i]);
        char *text = !value ? NULL : json_is_string(value) ? vx_copy_text(json_string_value(value))
                                                           : vx_json_dump(json_incref(value), JSON_ENCODE_ANY);
        char *longer = !text ? NULL : *joined ? vx_text("%s, %s", *joined, text) : vx_copy_text(text);
        free(text);
        if (value && !longer)
            return vx_fail_memory(error);
        if (!value)
            continue;
        free(*joined);
        *joined = longer;
    }
    return VX_OK;
}

static vx_status read_texts(vx_sidecar *made, vx_error *error)
{
    static const char *const scanner[] = {"Manufacturer", "ManufacturersModelName", "MagneticFieldStrength",
                                          "DeviceSerialNumber"};
    static const char *const reconstruction[] = {"ReconMethodName", "ReconMethodParameterLabels",
                                                 "ReconMethodParameterValues", "ReconFilterType", "ReconFilterSize"};
    const json_t *stripped = json_object_get(made->fields, "SkullStripped");
    made->units = text_of(made, "Units");
    made->tracer = text_of(made, "TracerName");
    made->dose = dose_of(made);
    made->weight = number_of(made, "PatientWeight");
    made->skull_stripped = json_is_boolean(stripped) ? json_is_true(stripped) : -1;
    vx_status status = join(made, scanner, sizeof scanner / sizeof *scanner, &made->scanner, error);
    return status ? status : join(made, reconstruction, sizeof reconstruction / sizeof *reconstruction,
                                  &made->reconstruction, error);
}

/* ---- frames ---- */

static vx_status read_list(const vx_sidecar *made, const char *key, double **value, size_t *count, vx_error *error)
{
    const json_t *list = json_object_get(made->fields, key);
    *count = json_array_size(list);
    if (list && !json_is_array(list))
        return vx_fail(error, VX_INPUT, "%s: %s is not a list", made->path, key);
    if (!(*value = vx_array(*count, sizeof **value)))
        return vx_fail_memory(error);
    for (size_t i = 0; i < *count; i++) {
        const json_t *number = json_array_get(list, i);
        if (!json_is_number(number))
            return vx_fail(error, VX_INPUT, "%s: %s, frame %zu (from 0): a number of seconds is expected", made->path,
                           key, i);
        (*value)[i] = json_number_value(number);
    }
    return VX_OK;
}

static vx_status read_frames(vx_sidecar *made, vx_error *error)
{
    size_t durations;
    vx_status status = read_list(made, "FrameTimesStart", &made->start, &made->frames, error);
    if (!status)
        status = read_list(made, "FrameDuration", &made->duration, &durations, error);
    if (!status && made->frames && !durations) /* the one without the other says too little */
        made->frames = 0;
    if (!status && made->frames && durations != made->frames)
        status = vx_fail(error, VX_INPUT, "%s: FrameTimesStart has %zu frames and FrameDuration %zu", made->path,
                         made->frames, durations);
    for (size_t i = 0; !status && i < made->frames; i++) {
        if (!(made->duration[i] > 0))
            status = vx_fail(error, VX_INPUT, "%s: FrameDuration, frame %zu (from 0): found %g s, expected more than 0",
                             made->path, i, made->duration[i]);
        else if (i && !(made->start[i] > made->start[i - 1]))
            status = vx_fail(error, VX_INPUT, "%s: FrameTimesStart, frame %zu (from 0): %g s is not after the %g s of "
                             "the frame before", made->path, i, made->start[i], made->start[i - 1]);
    }
    return status;
}

vx_status vx_sidecar_read(const char *image, vx_sidecar *sidecar, vx_error *error)
{
    vx_inheritance files;
    vx_sidecar made = {0};
    *sidecar = (vx_sidecar){0};
    vx_status status = vx_inheritance_find(image, &files, error);
    if (status)
        return status;
    status = merge(&files, &made, error);
    if (!status)
        status = read_texts(&made, error);
    if (!status)
        status = read_frames(&made, error);
    vx_inheritance_destroy(&files);
    if (status)
        vx_sidecar_destroy(&made);
    else
        *sidecar = made;
    return status;
}

void vx_sidecar_destroy(vx_sidecar *sidecar)
{
    if (!sidecar)
        return;
    json_decref(sidecar->fields);
    free(sidecar->path);
    free(sidecar->scanner);
    free(sidecar->reconstruction);
    free(sidecar->start);
    free(sidecar->duration);
    *sidecar = (vx_sidecar){0};
}
