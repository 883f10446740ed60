#include "bids/contradiction.h"

#include "base/json.h"
#include "base/memory.h"
#include "bids/sidecar.h"
#include "image/files.h"
#include "image/source.h"

#include <math.h>
#include <stdio.h>

/* The fields of the JSON file beside an image; null without one that can be read. */
static vx_status read_beside(const char *image, json_t **fields, vx_error *error)
{
    char *path = vx_text("%.*s.json", (int)vx_image_stem(image), image);
    vx_status status = path ? vx_json_read(path, fields, error) : vx_fail_memory(error);
    free(path);
    return status;
}

/* The fields that have to agree with the header. Null without any. */
static vx_status read_fields(const char *image, const vx_series *series, json_t **fields, vx_error *error)
{
    vx_sidecar sidecar;
    if (series->volumes == 1)
        return read_beside(image, fields, error);
    vx_status status = vx_sidecar_read(image, &sidecar, error);
    if (!status) {
        *fields = json_incref(sidecar.fields);
        vx_sidecar_destroy(&sidecar);
    }
    return status;
}

static void compare(const char *image, const json_t *fields, const vx_series *series, char *text, size_t size)
{
    static const char *const list[] = {"FrameTimesStart", "FrameDuration", "VolumeTiming"};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        const json_t *value = json_object_get(fields, list[k]);
        if (json_is_array(value) && (int64_t)json_array_size(value) != series->volumes) {
            snprintf(text, size, "%s has %zu entr%s, but %s has %lld volume%s", list[k], json_array_size(value),
                     json_array_size(value) == 1 ? "y" : "ies", image, (long long)series->volumes,
                     series->volumes == 1 ? "" : "s");
            return;
        }
    }
    const double told = json_number_value(json_object_get(fields, "RepetitionTime")); /* 0 without it */
    if (series->volumes > 1 && told > 0 && fabs(told - series->interval) > 1e-3 * fmax(1, told))
        snprintf(text, size, "RepetitionTime is %g s, but the header of %s has %g s between volumes", told, image,
                 series->interval);
}

vx_status vx_sidecar_contradiction(const char *image, char *text, size_t size, vx_error *error)
{
    vx_series series;
    json_t *fields = NULL;
    *text = '\0';
    vx_status status = vx_image_series(image, &series, error);
    if (!status)
        status = read_fields(image, &series, &fields, error);
    if (!status)
        compare(image, fields, &series, text, size);
    json_decref(fields);
    return status == VX_INPUT ? VX_OK : status;
}
