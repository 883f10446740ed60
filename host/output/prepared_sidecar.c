/* The sidecar of a kept change map. */
#include "output/prepared.h"

#include "base/json.h"
#include "base/memory.h"
#include "bids/sidecar.h"
#include "output/json.h"
#include "results/change.h"

#include <stdio.h>
#include <string.h>

/* The sources of a row: one image, or baseline and follow-up. */
typedef struct sources {
    const vx_source *image[2];
    vx_sidecar sidecar[2];
    char *uri[2];
    int count;
} sources;

static vx_status open_sources(const vx_prepared_image *image, vx_datasets *datasets, sources *s, vx_error *error)
{
    const vx_sources *all = image->modality->sources;
    vx_status status = VX_OK;
    for (int64_t k = 0; k < all->row[image->row].sessions && k < 2 && !status; k++) {
        const vx_source *source = s->image[k] = vx_sources_image(all, image->row, k);
        s->count++;
        status = vx_sidecar_read(source->path, &s->sidecar[k], error);
        if (!status)
            status = vx_source_uri(datasets, source->path, &s->uri[k], error);
        if (status)
            vx_source_prefix(source, status, error);
    }
    return status;
}

static void sources_destroy(sources *s)
{
    for (int k = 0; k < s->count; k++) {
        vx_sidecar_destroy(&s->sidecar[k]);
        free(s->uri[k]);
    }
}

static json_t *uris_array(const sources *s)
{
    json_t *array = json_array();
    for (int k = 0; k < s->count; k++)
        array = vx_json_append(array, vx_json_text(s->uri[k]));
    return array;
}

/* [{Source, SHA256, Steps}], the steps as in run.json. */
static json_t *preparation_array(const sources *s)
{
    json_t *array = json_array();
    for (int k = 0; k < s->count; k++)
        array = vx_json_append(array, json_pack("{so ss so}",
                                                "Source", vx_json_text(s->uri[k]),
                                                "SHA256", s->image[k]->files ? s->image[k]->file[0].sha256 : "",
                                                "Steps", vx_steps_json(s->image[k]->step, s->image[k]->steps)));
    return array;
}

/* The value of a field on which the sidecars of all sources agree, or null. Borrowed. */
static json_t *agreed(const sources *s, const char *key)
{
    json_t *value = s->count ? json_object_get(s->sidecar[0].fields, key) : NULL;
    for (int k = 1; k < s->count; k++)
        if (!json_equal(value, json_object_get(s->sidecar[k].fields, key)))
            return NULL;
    return value;
}

/* Facts about scanner, tracer and reconstruction hold for the change as for its images. */
static json_t *with_agreed(json_t *object, const sources *s)
{
    static const char *const key[] = {
        "Manufacturer", "ManufacturersModelName", "MagneticFieldStrength", "DeviceSerialNumber", "BodyPart",
        "TracerName", "TracerRadionuclide", "ModeOfAdministration", "AcquisitionMode", "ImageDecayCorrected",
        "ReconMethodName", "ReconMethodParameterLabels", "ReconMethodParameterUnits", "ReconMethodParameterValues",
        "ReconFilterType", "ReconFilterSize", "AttenuationCorrection"};
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        json_t *value = agreed(s, key[i]);
        if (value)
            object = vx_json_set(object, key[i], json_incref(value));
    }
    return object;
}

/* Without a word of the sidecars, an explicit mask counts as one of the brain. */
static bool skull_stripped(const vx_prepared_image *image, const sources *s)
{
    int said = s->count ? s->sidecar[0].skull_stripped : -1;
    for (int k = 1; k < s->count; k++)
        said = s->sidecar[k].skull_stripped < said ? s->sidecar[k].skull_stripped : said;
    return said < 0 ? image->modality->sources->mask.path != NULL : said > 0;
}

/* What the images say of their space, or else one of them, which lies in it. */
static json_t *spatial_reference(const sources *s)
{
    json_t *said = agreed(s, "SpatialReference");
    return said ? json_incref(said) : vx_json_text(s->uri[0]);
}

static json_t *resolution(const vx_prepared_image *image, const sources *s)
{
    const double *mm = image->modality->matrix->space.grid.pixdim;
    const json_t *said = agreed(s, "Resolution");
    char text[100];
    if (json_is_object(said)) /* words for each label */
        said = json_object_get(said, image->name.resolution);
    snprintf(text, sizeof text, "%g x %g x %g mm voxels", mm[0], mm[1], mm[2]);
    return vx_json_text(json_is_string(said) ? json_string_value(said) : text);
}

static json_t *description(const vx_record *record, const vx_prepared_image *image)
{
    const vx_study *study = record->study;
    const vx_record_modality *modality = image->modality;
    const char *participant = study->participant[modality->study->participant[image->row]];
    char *text = study->design == VX_PAIRED
                     ? vx_text("%s of %s, %s minus %s%s, as voxstat tested it; 0 at voxels that were not analysed",
                               modality->name, participant, study->session[1], study->session[0],
                               vx_change_words(modality->change))
                     : vx_text("%s of %s, as voxstat tested it; 0 at voxels that were not analysed", modality->name,
                               participant);
    json_t *made = text ? vx_json_text(text) : NULL;
    free(text);
    return made;
}

vx_status vx_prepared_sidecar(const vx_record *record, const vx_prepared_image *image, vx_datasets *datasets,
                              json_t **sidecar, vx_error *error)
{
    sources s = {0};
    const vx_record_modality *modality = image->modality;
    const char *units = record->study->design == VX_PAIRED ? vx_change_units(modality->change, modality->units)
                                                           : modality->units;
    json_t *made = NULL;
    vx_status status = open_sources(image, datasets, &s, error);
    if (status)
        goto cleanup;
    made = json_pack("{so so ss sb so}",
                     "Description", description(record, image),
                     "Sources", uris_array(&s),
                     "Units", units ? units : "arbitrary",
                     "SkullStripped", (int)skull_stripped(image, &s),
                     "Preparation", preparation_array(&s));
    if (record->study->design == VX_PAIRED)
        made = vx_json_set(made, "Change", vx_json_text(vx_change_names[modality->change]));
    if (image->name.space)
        made = vx_json_set(made, "SpatialReference", spatial_reference(&s));
    if (image->name.resolution)
        made = vx_json_set(made, "Resolution", resolution(image, &s));
    made = with_agreed(made, &s);
    if (!made)
        status = vx_fail_memory(error);
cleanup:
    sources_destroy(&s);
    *sidecar = made;
    return status;
}
