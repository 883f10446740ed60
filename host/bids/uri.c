#include "bids/uri.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "bids/derivative.h"
#include "bids/inheritance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Writes a path with %XX for what a URI cannot contain (RFC 3986, 2.3). */
static void put_encoded(FILE *stream, const char *path)
{
    for (const char *c = path; *c; c++) {
        const unsigned char byte = (unsigned char)*c;
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        if (plain || strchr("-._~/+", byte))
            putc(byte, stream);
        else
            fprintf(stream, "%%%02X", byte);
    }
}

static char *encoded(const char *start, const char *path)
{
    char *text = NULL;
    FILE *stream = vx_text_stream(&text, NULL);
    if (!stream)
        return NULL;
    fputs(start, stream);
    put_encoded(stream, path);
    return vx_stream_close(stream) ? text : NULL;
}

vx_status vx_datasets_init(const char *folder, const char *within, vx_datasets *datasets, vx_error *error)
{
    *datasets = (vx_datasets){0};
    char *real = realpath(folder, NULL);
    if (!real)
        return errno == ENOMEM ? vx_fail_memory(error)
                               : vx_fail(error, VX_OUTPUT, "%s: cannot be resolved: %s", folder, strerror(errno));
    datasets->from = vx_text("%s/%s", real, within);
    free(real);
    return datasets->from ? VX_OK : vx_fail_memory(error);
}

void vx_datasets_destroy(vx_datasets *datasets)
{
    if (!datasets)
        return;
    for (size_t i = 0; i < datasets->count; i++) {
        free(datasets->dataset[i].top);
        free(datasets->dataset[i].name);
    }
    free(datasets->dataset);
    free(datasets->from);
    *datasets = (vx_datasets){0};
}

/* The name of a new dataset: that of its folder, with "2", "3" ... where another one has it. */
static char *new_name(const vx_datasets *datasets, const char *top)
{
    const char *slash = strrchr(top, '/'), *folder = slash ? slash + 1 : top;
    char *plain = NULL;
    if (vx_bids_labels("", &folder, 1, &plain, NULL))
        return NULL;
    char *name = vx_copy_text(plain);
    for (int k = 2; name; k++) {
        bool taken = false;
        for (size_t i = 0; i < datasets->count; i++)
            taken = taken || !strcmp(datasets->dataset[i].name, name);
        if (!taken)
            break;
        free(name);
        name = vx_text("%s%d", plain, k);
    }
    free(plain);
    return name;
}

/* The name of the dataset at `top`, which joins the list. Takes over `top`. Null where memory is short. */
static const char *name_of(vx_datasets *datasets, char *top)
{
    for (size_t i = 0; i < datasets->count; i++)
        if (!strcmp(datasets->dataset[i].top, top)) {
            free(top);
            return datasets->dataset[i].name;
        }
    char *name = new_name(datasets, top);
    vx_dataset *grown = name ? vx_array_grow(datasets->dataset, datasets->count, 1, sizeof *grown) : NULL;
    if (!grown) {
        free(name);
        free(top);
        return NULL;
    }
    datasets->dataset = grown;
    grown[datasets->count++] = (vx_dataset){top, name};
    return name;
}

/* `path` as seen from the folder `from`; both are absolute and resolved. */
static char *relative(const char *from, const char *path)
{
    size_t common = 0; /* the length of the folders that both have, with the "/" after them */
    char *text = NULL;
    FILE *stream = vx_text_stream(&text, NULL);
    if (!stream)
        return NULL;
    for (size_t i = 0; from[i] && from[i] == path[i]; i++)
        if (from[i] == '/')
            common = i + 1;
    for (const char *c = from + common; c; c = strchr(c, '/'), c = c ? c + 1 : NULL)
        fputs("../", stream);
    fputs(path + common, stream);
    return vx_stream_close(stream) ? text : NULL;
}

vx_status vx_source_uri(vx_datasets *datasets, const char *path, char **uri, vx_error *error)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    char *given = slash ? vx_text("%.*s", (int)(slash - path + 1), path) : vx_copy_text(".");
    char *folder = given ? realpath(given, NULL) : NULL;
    char *real = folder ? vx_text("%s/%s", folder, file) : NULL, *top = NULL;
    vx_status status = real ? vx_dataset_top(folder, &top, error) : vx_fail_memory(error);
    *uri = NULL;
    if (top) {
        const size_t length = strlen(top);
        const char *name = name_of(datasets, top); /* now owns top */
        char *start = name ? vx_text("bids:%s:", name) : NULL;
        *uri = start ? encoded(start, real + length + 1) : NULL;
        free(start);
    } else if (!status) {
        *uri = relative(datasets->from, real);
    }
    free(given);
    free(folder);
    free(real);
    return status || *uri ? status : vx_fail_memory(error);
}

json_t *vx_datasets_links(const vx_datasets *datasets)
{
    json_t *object = json_object();
    for (size_t i = 0; i < datasets->count; i++) {
        char *url = encoded("file://", datasets->dataset[i].top);
        object = url ? vx_json_set(object, datasets->dataset[i].name, vx_json_text(url))
                     : vx_json_set(object, datasets->dataset[i].name, NULL);
        free(url);
    }
    return object;
}

/* What a dataset says of itself: nothing where its description cannot be read. Null where memory is short. */
static json_t *description_of(const vx_dataset *dataset)
{
    json_t *description = NULL;
    char *path = vx_text("%s/dataset_description.json", dataset->top);
    const vx_status status = path ? vx_json_read(path, &description, NULL) : VX_INTERNAL;
    free(path);
    return status == VX_INPUT ? json_object() : description;
}

json_t *vx_datasets_sources(const vx_datasets *datasets)
{
    static const char *const said[][2] = {{"DatasetDOI", "DOI"}, {"DatasetVersion", "Version"}};
    json_t *array = json_array();
    for (size_t i = 0; i < datasets->count; i++) {
        json_t *description = description_of(&datasets->dataset[i]);
        char *url = encoded("file://", datasets->dataset[i].top);
        json_t *one = url && description ? json_pack("{so}", "URL", vx_json_text(url)) : NULL;
        for (size_t k = 0; k < sizeof said / sizeof *said; k++) {
            const json_t *value = json_object_get(description, said[k][0]);
            if (json_is_string(value))
                one = vx_json_set(one, said[k][1], vx_json_text(json_string_value(value)));
        }
        array = vx_json_append(array, one);
        free(url);
        json_decref(description);
    }
    return array;
}
