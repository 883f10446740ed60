#include "bids/derivative.h"

#include "base/memory.h"
#include "base/stream.h"
#include "bids/covariates.h"
#include "bids/entities.h"

#include <string.h>

/* ---- labels ---- */

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); /* of ASCII in every locale */
}

/* A copy of a text's letters and digits; null where memory is short. */
static char *label_of(const char *text)
{
    char *label = vx_array_zero(strlen(text) + 2, 1);
    size_t length = 0;
    for (const char *c = text; label && *c; c++)
        if (is_letter_or_digit(*c))
            label[length++] = *c;
    if (label && !length)
        label[0] = 'x';
    return label;
}

static bool is_taken(char *const *label, size_t labels, const char *name)
{
    for (size_t i = 0; i < labels; i++)
        if (!strcmp(label[i], name))
            return true;
    return false;
}

vx_status vx_bids_labels(const char *key, const char *const *text, size_t count, char **label, vx_error *error)
{
    for (size_t i = 0; i < count; i++) {
        char *plain = label_of(vx_bids_label(text[i], key)), *name = plain ? vx_copy_text(plain) : NULL;
        for (int k = 2; name && is_taken(label, i, name); k++) {
            free(name);
            name = vx_text("%s%d", plain, k);
        }
        free(plain);
        if (!(label[i] = name))
            return vx_fail_memory(error);
    }
    return VX_OK;
}

/* ---- what BIDS has ---- */

bool vx_bids_suffix(const char *modality)
{
    return !strcmp(modality, "pet");
}

/* The kinds of data, and the entities of the raw names that derivatives keep, in the order of BIDS. */
static const struct kind {
    const char *modality, *folder;
    const char *entity[5];
} kinds[] = {
    {"pet", "pet", {"task", "trc", "rec", "run"}},
    {"cbf", "perf", {"acq", "rec", "dir", "run"}},
    {"gm", "anat", {"acq", "ce", "rec", "run"}},
    {"wm", "anat", {"acq", "ce", "rec", "run"}},
};

static struct kind kind_of(const char *modality)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].modality, modality))
            return kinds[i];
    return (struct kind){modality, modality, {"acq", "ce", "trc", "rec", "run"}};
}

/* ---- names ---- */

/* The label of an entity on which all images agree; null where they do not. */
static const char *agreed(const vx_entities *image, size_t images, const char *key)
{
    const char *value = images ? vx_entity_value(&image[0], key) : NULL;
    for (size_t i = 1; i < images; i++)
        if (!vx_entity_same(key, value, vx_entity_value(&image[i], key)))
            return NULL;
    return value && *value ? value : NULL;
}

/* Writes an entity on which the images agree, with the letters and digits of its label. */
static void put_agreed(FILE *stream, const vx_entities *image, size_t images, const char *key)
{
    const char *value = agreed(image, images, key);
    if (value)
        fprintf(stream, "_%s-", key);
    for (const char *c = value ? value : ""; *c; c++)
        if (is_letter_or_digit(*c))
            putc(*c, stream);
}

static char *make_stem(const vx_derivative_of *of, const struct kind *kind, const vx_entities *image,
                       const vx_derivative *made)
{
    char *stem = NULL;
    FILE *stream = vx_text_stream(&stem, NULL);
    if (!stream)
        return NULL;
    fprintf(stream, "sub-%s", of->participant);
    if (of->session)
        fprintf(stream, "_ses-%s", of->session);
    for (size_t k = 0; k < sizeof kind->entity / sizeof *kind->entity && kind->entity[k]; k++)
        put_agreed(stream, image, of->images, kind->entity[k]);
    if (made->space)
        fprintf(stream, "_space-%s", made->space);
    if (made->resolution)
        fprintf(stream, "_res-%s", made->resolution);
    fprintf(stream, "_desc-%s_%s", of->description, of->modality);
    return vx_stream_close(stream) ? stem : NULL;
}

/* The names of the images, in their parts. */
static vx_status parse_images(const vx_derivative_of *of, vx_entities *image, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t i = 0; i < of->images && !status; i++) {
        const char *slash = strrchr(of->image[i], '/');
        status = vx_entities_parse(slash ? slash + 1 : of->image[i], &image[i], error);
    }
    return status;
}

static vx_status fill(const vx_derivative_of *of, const vx_entities *image, vx_derivative *made, vx_error *error)
{
    const struct kind kind = kind_of(of->modality);
    const char *space = agreed(image, of->images, "space");
    const char *resolution = of->regridded ? NULL : agreed(image, of->images, "res");
    made->space = space ? label_of(space) : NULL;
    made->resolution = resolution ? label_of(resolution) : NULL;
    made->folder = of->session ? vx_text("sub-%s/ses-%s/%s", of->participant, of->session, kind.folder)
                               : vx_text("sub-%s/%s", of->participant, kind.folder);
    made->stem = make_stem(of, &kind, image, made);
    const bool good = made->folder && made->stem && (!space || made->space) && (!resolution || made->resolution);
    return good ? VX_OK : vx_fail_memory(error);
}

vx_status vx_derivative_name(const vx_derivative_of *of, vx_derivative *derivative, vx_error *error)
{
    vx_derivative made = {0};
    *derivative = (vx_derivative){0};
    vx_entities *image = vx_array_zero(of->images, sizeof *image);
    vx_status status = image ? parse_images(of, image, error) : vx_fail_memory(error);
    if (!status)
        status = fill(of, image, &made, error);
    for (size_t i = 0; image && i < of->images; i++)
        vx_entities_destroy(&image[i]);
    free(image);
    if (status)
        vx_derivative_destroy(&made);
    else
        *derivative = made;
    return status;
}

void vx_derivative_destroy(vx_derivative *derivative)
{
    if (!derivative)
        return;
    free(derivative->folder);
    free(derivative->stem);
    free(derivative->space);
    free(derivative->resolution);
    *derivative = (vx_derivative){0};
}
