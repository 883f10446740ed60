/* The quality control of a modality. */
#include "results/reading.h"

#include "base/memory.h"

enum { STRIP_MAX = 10000 }; /* pixels of a side */

void vx_quality_size(vx_reading *r, const json_t *object, vx_results_modality *modality)
{
    vx_results_quality *quality = &modality->quality;
    double strip[2] = {0, 0};
    if (r->status || !json_object_get(object, VX_KEY_QUALITY))
        return;
    const json_t *of = vx_get_object(r, object, VX_KEY_QUALITY);
    quality->images = vx_get_integer(r, of, VX_KEY_IMAGES);
    quality->sessions = r->results->design == VX_PAIRED ? 2 : 1;
    vx_get_numbers(r, of, VX_KEY_STRIP, 2, strip);
    const bool good = quality->images % quality->sessions == 0 && quality->images / quality->sessions == modality->n &&
                      strip[0] >= 1 && strip[1] >= 1 && strip[0] <= STRIP_MAX && strip[1] <= STRIP_MAX;
    if (!r->status && !good)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_QUALITY) " of %.60s is not of its %lld participants", modality->name,
                        (long long)modality->n);
    quality->width = (int64_t)strip[0];
    quality->height = (int64_t)strip[1];
    if (r->status)
        quality->images = 0;
}

/* Integers from `low` to `high`, of participants by sessions. */
static double *integers(vx_reading *r, const vx_results_modality *modality, const char *name, double low, double high)
{
    const vx_results_quality *quality = &modality->quality;
    const size_t shape[2] = {(size_t)modality->n, (size_t)quality->sessions};
    double *value = vx_reading_numbers(r, VX_GROUP_QUALITY, modality->stem, name, 2, shape, false);
    for (int64_t i = 0; !r->status && i < quality->images; i++)
        if (value[i] < low || value[i] > high)
            r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_HDF5_FILE ": " VX_GROUP_QUALITY "/%s/%s holds %g: it is "
                                "damaged", r->results->folder, modality->stem, name, value[i]);
    return value;
}

void vx_read_quality(vx_reading *r, vx_results_modality *modality)
{
    vx_results_quality *quality = &modality->quality;
    const size_t shape[2] = {(size_t)modality->n, (size_t)quality->sessions}, images = (size_t)quality->images;
    if (r->status || !images)
        return;
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
        quality->value[k] = vx_reading_numbers(r, VX_GROUP_QUALITY, modality->stem, vx_quality_about(k)->name, 2, shape,
                                               true);
    quality->flag = vx_reading_array(r, images, sizeof *quality->flag);
    quality->nearest = vx_reading_array(r, images, sizeof *quality->nearest);
    double *flags = integers(r, modality, VX_DATASET_FLAGS, 0, (1 << VX_QUALITY_FLAGS) - 1);
    double *nearest = integers(r, modality, VX_DATASET_NEAREST, -1, (double)modality->n - 1);
    for (size_t i = 0; !r->status && i < images; i++) {
        quality->flag[i] = (unsigned)flags[i];
        quality->nearest[i] = (int64_t)nearest[i];
    }
    free(flags);
    free(nearest);
}
