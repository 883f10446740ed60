/* The volumes of the page for the viewer: backgrounds, regions, and the maps of all effects. */
#include "report/viewer.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/sort.h"
#include "infer/quantity.h"
#include "report/draw/colour.h"
#include "report/draw/sample.h"
#include "report/kept.h"
#include "report/volume.h"
#include "results/level.h"
#include "results/schema.h"
#include "space/grid.h"

#include <math.h>

/* Limits the compressed bytes of volumes, so that mail and browsers still accept the page. */
static const size_t volume_bytes_max = 5 << 20;

/* The numbers of integer steps from 0 to the end of the colours. p has three digits over several powers of ten. */
enum { STEPS_OF_STATISTIC = VX_VIEWER_STEPS, STEPS_OF_P = INT16_MAX, STEPS_OF_BACKGROUND = UINT8_MAX };

/* The mask of a modality and its bounding box. */
typedef struct vx_mask_region {
    const vx_results_modality *modality;
    float *mask; /* owned by put_volumes */
    vx_box box;
} vx_mask_region;

/* A map of an effect between being read and being written to the page. */
typedef struct vx_map_packing {
    vx_quantity quantity;
    const vx_mask_region *region;
    const vx_results_effect *effect;
    float *value;
    double largest, limit, threshold;
    vx_bytes packed;
    vx_status status;
    vx_error error;
} vx_map_packing;

/* The state of writing volumes to the page. */
typedef struct vx_volume_page {
    vx_report *report;
    size_t used;             /* bytes of volume_bytes_max */
    int64_t shown, left_out; /* maps */
    bool full;               /* further maps are left out, and not read */
    vx_map_packing packing[8];   /* maps that are packed in parallel */
    int packings;
} vx_volume_page;

static vx_status region_new(const vx_report *report, const vx_results_modality *modality, vx_mask_region *region)
{
    *region = (vx_mask_region){.modality = modality};
    vx_status status = vx_results_mask(report->results, modality, &region->mask, report->error);
    if (!status)
        region->box = vx_box_around(&modality->grid, region->mask, 2);
    return status;
}

/* The initial threshold of a map: the level for p, the forming threshold converted to the units of the map, or half of
 * its range. */
static double first_threshold(vx_quantity quantity, const vx_results_effect *effect, double largest)
{
    const double t = effect->threshold_t;
    if (vx_quantity_is_p(quantity))
        return -log10(VX_LEVEL);
    if (quantity == VX_MAP_T)
        return t;
    if (quantity == VX_MAP_R || quantity == VX_MAP_RHO)
        return t / sqrt(t * t + effect->df); /* the r that has this t */
    if (quantity == VX_MAP_DZ)
        return t / sqrt((double)effect->n);
    return largest / 2;
}

/* Converts a map to the values shown, with 0 outside the mask, and returns the largest absolute value. */
static double prepare(vx_quantity quantity, const vx_mask_region *region, float *value)
{
    const size_t elements = vx_grid_elements(&region->modality->grid);
    double largest = 0;
    for (size_t i = 0; i < elements; i++) {
        if (region->mask[i] == 0)
            value[i] = 0;
        else if (vx_quantity_is_p(quantity))
            value[i] = -log10f(value[i]);
        if (isfinite(value[i]))
            largest = fmax(largest, fabs((double)value[i]));
    }
    return largest;
}

/* Ends an open <script> tag and writes a volume into the element. Browsers ignore its type. */
static void put_volume(vx_page *page, const vx_bytes *packed)
{
    vx_put_markup(page, ">");
    vx_put_base64(page, packed->data, packed->size);
    vx_put_markup(page, "</script>\n");
}

/* The value of one integer step. For p, the level is just below the middle of two steps: p equal to the level is
 * rounded to the step below the threshold, and any smaller p to the step above. */
static vx_steps steps_of(const vx_map_packing *p)
{
    if (!vx_quantity_is_p(p->quantity))
        return (vx_steps){p->limit / STEPS_OF_STATISTIC, -STEPS_OF_STATISTIC, STEPS_OF_STATISTIC};
    const double step = p->limit / STEPS_OF_P, level = -log10(VX_LEVEL), below = floor(level / step - 0.5);
    return (vx_steps){below < 0 ? step : level / (below + 0.5) * (1 + 1e-6), 0, STEPS_OF_P};
}

static void pack(vx_map_packing *p)
{
    p->largest = prepare(p->quantity, p->region, p->value);
    p->threshold = first_threshold(p->quantity, p->effect, p->largest);
    p->limit = fmax(p->largest, 1.1 * p->threshold); /* the slider reaches beyond the threshold */
    const vx_steps steps = steps_of(p);
    if (p->limit > 0)
        p->status = vx_volume_pack(&p->region->modality->grid, &p->region->box, p->value, &steps, &p->packed,
                                   &p->error);
    free(p->value);
}

/* The units of the values of a map, for its colour bar: those of the change, of a slope by the covariate. */
static void put_units(const vx_report *report, const vx_map_packing *p)
{
    const vx_quantity_row *about = vx_quantity_about(p->quantity);
    const bool slope = p->quantity == VX_MAP_SLOPE;
    const char *units = about->units ? NULL : p->region->modality->change_units;
    const char *of_covariate = slope ? vx_results_covariate_units(report->results, p->effect->name) : NULL;
    if (units)
        vx_put(report->page, " data-units=\"%s%s%s\"", units, !slope ? "" : of_covariate ? " / " : " per unit",
               of_covariate ? of_covariate : "");
}

/* The sizes that have the colours of a tail, as in the pictures: viewer.js finds the colours between them. */
static void put_stops(vx_page *page, const vx_map_packing *p)
{
    vx_put_markup(page, " data-stops=\"");
    for (int i = 0; i < VX_VIEWER_COLOURS; i++)
        vx_put(page, "%s%.5g", i ? " " : "",
               vx_colour_size((double)i / (VX_VIEWER_COLOURS - 1), p->threshold, p->largest));
    vx_put_markup(page, "\"");
}

/* Writes a map unless it is too large for the page. A page of which three quarters are used is full with the first map
 * that is: others are hardly smaller, and packing them all only to leave them out takes longer than packing what is
 * shown. For signed maps viewer.js needs the tails that were tested; volumes of p hold −log10 p, which viewer.js tells
 * as p. */
static void put_map(vx_volume_page *filling, const vx_map_packing *p)
{
    const vx_quantity_row *about = vx_quantity_about(p->quantity);
    const bool is_p = vx_quantity_is_p(p->quantity);
    if (filling->used + p->packed.size > volume_bytes_max) {
        filling->left_out++;
        filling->full |= filling->used > volume_bytes_max / 4 * 3;
        return;
    }
    vx_page *page = filling->report->page;
    vx_put(page, "<script type=\"text/plain\" class=\"volume\" data-modality=\"%s\" data-of=\"%s: %s\" "
           "data-map=\"%s\"", p->region->modality->stem, p->region->modality->name, p->effect->name, about->name);
    vx_viewer_target(page, p->effect);
    put_units(filling->report, p);
    vx_put(page, " data-title=\"%s%s%s\" data-limit=\"%.9g\" data-threshold=\"%.9g\" data-tails=\"%s\"",
           is_p ? "p, " : "", about->title, p->quantity == filling->report->results->primary ? " (primary)" : "",
           p->limit, p->threshold, is_p ? "" : vx_tails_names[p->effect->tails]);
    put_stops(page, p);
    if (is_p)
        vx_put(page, " data-p=\"%s\"", p->quantity == filling->report->results->primary ? "primary" : "further");
    put_volume(page, &p->packed);
    filling->used += p->packed.size;
    filling->shown++;
}

/* Waits for the maps that are being packed and writes them to the page in order. */
static vx_status put_packed(vx_volume_page *filling)
{
    vx_status status = VX_OK;
#pragma omp taskwait
    for (int i = 0; i < filling->packings; i++) {
        const vx_map_packing *p = &filling->packing[i];
        if (!status && p->status) {
            status = p->status;
            *filling->report->error = p->error;
        }
        if (!status && p->packed.data && filling->full)
            filling->left_out++;
        else if (!status && p->packed.data)
            put_map(filling, p);
        free(p->packed.data);
    }
    filling->packings = 0;
    return status;
}

/* Reads a map if it exists, and packs it in a task. Reading stays on this thread, as HDF5 is not thread-safe. */
static vx_status add_map(vx_volume_page *filling, vx_quantity quantity, const vx_mask_region *region,
                         const vx_results_effect *effect)
{
    vx_report *report = filling->report;
    vx_map_packing *p = &filling->packing[filling->packings];
    if (!vx_results_has_map(report->results, effect, quantity))
        return VX_OK;
    if (filling->full) {
        filling->left_out++;
        return VX_OK;
    }
    *p = (vx_map_packing){.quantity = quantity, .region = region, .effect = effect};
    vx_status status = vx_report_map(report, effect, &region->modality->grid, quantity, &p->value, report->error);
    if (status)
        return status;
#pragma omp task
    pack(p);
    const int max = sizeof filling->packing / sizeof *filling->packing;
    return ++filling->packings == max ? put_packed(filling) : VX_OK;
}

/* The value that is drawn nearly white: the 98th percentile within the mask, so that a few bright voxels do not darken
 * the others. */
static vx_status white(const vx_mask_region *region, const float *value, double *top, vx_error *error)
{
    const size_t elements = vx_grid_elements(&region->modality->grid);
    float *inside = vx_array(elements, sizeof *inside);
    size_t count = 0;
    if (!inside)
        return vx_fail_memory(error);
    for (size_t i = 0; i < elements; i++)
        if (region->mask[i] != 0 && isfinite(value[i]))
            inside[count++] = value[i];
    vx_sort_floats(inside, count);
    *top = count ? fmax(inside[count * 98 / 100], 0) : 0;
    free(inside);
    return VX_OK;
}

/* Resamples the template to the grid of the results, because the viewer needs one grid for all volumes. */
static void resample(const vx_volume *template, const vx_grid *grid, float *value)
{
    const vx_sampler sampler = vx_sampler_new(&template->grid, template->data);
    for (size_t i = 0; i < vx_grid_elements(grid); i++) {
        double mm[3];
        vx_grid_mm(grid, (int64_t)i, mm);
        value[i] = (float)vx_sample(&sampler, mm, 0);
    }
}

/* Writes the background image for the maps of a modality. */
static vx_status put_background(vx_volume_page *filling, const vx_mask_region *region)
{
    const vx_report *report = filling->report;
    const vx_grid *grid = &region->modality->grid;
    vx_bytes packed = {0};
    float *value = NULL;
    double top = 0;
    vx_status status = vx_results_mean(report->results, region->modality, &value, report->error);
    if (!status && report->template)
        resample(&report->template_image, grid, value);
    if (!status)
        status = white(region, value, &top, report->error);
    const vx_steps steps = {top > 0 ? top / STEPS_OF_BACKGROUND : 1, 0, STEPS_OF_BACKGROUND};
    if (!status)
        status = vx_volume_pack(grid, &region->box, value, &steps, &packed, report->error);
    if (!status) {
        vx_put(report->page, "<script type=\"text/plain\" class=\"volume\" data-modality=\"%s\" data-white=\"%.9g\"",
               region->modality->stem, top);
        put_volume(report->page, &packed);
        filling->used += packed.size;
    }
    free(packed.data);
    free(value);
    return status;
}

/* Writes the regions of the atlas for the modality: their names, and which of them lies where. */
static vx_status put_regions(vx_volume_page *filling, const vx_mask_region *region)
{
    const vx_results_modality *modality = region->modality;
    json_t *names = json_array();
    float *value = NULL;
    vx_bytes packed = {0};
    for (size_t k = 0; k < modality->regions; k++)
        names = vx_json_append(names, vx_json_text(modality->region[k]));
    char *text = vx_json_dump(names, JSON_COMPACT);
    vx_status status = text ? vx_results_atlas(filling->report->results, modality, &value, filling->report->error)
                            : vx_fail_memory(filling->report->error);
    if (!status)
        status = vx_volume_pack(&modality->grid, &region->box, value, &(vx_steps){1, 0, INT16_MAX}, &packed,
                                filling->report->error);
    if (!status) {
        vx_put(filling->report->page, "<script type=\"text/plain\" class=\"volume\" data-modality=\"%s\" "
               "data-regions=\"%s\"", modality->stem, text);
        put_volume(filling->report->page, &packed);
        filling->used += packed.size;
    }
    free(text);
    free(value);
    free(packed.data);
    return status;
}

/* The i-th quantity of the viewer, the most needed ones first: t, the primary p, the others. */
static vx_quantity quantity_at(const vx_results *results, int i)
{
    const int estimates = VX_QUANTITIES - VX_P_KINDS;
    return i == 0 ? VX_MAP_T
         : i == 1 ? results->primary
         : i - 2 < estimates ? (vx_quantity)(VX_P_KINDS + i - 2)
                             : vx_p_corrections[i - 2 - estimates];
}

/* No map is shown twice. Uncorrected p is not shown, because t shows the same. */
static bool wanted(const vx_results *results, int i)
{
    const vx_quantity quantity = quantity_at(results, i);
    const vx_quantity_row *about = vx_quantity_about(quantity);
    const bool again = i > 1 && (quantity == VX_MAP_T || quantity == results->primary);
    return about->title && !again && (!vx_quantity_is_p(quantity) || about->control != VX_CONTROL_NONE);
}

/* Writes the backgrounds of all modalities, then the maps, the most important first, until the page is full. */
static vx_status put_volumes(vx_volume_page *filling)
{
    const vx_results *results = filling->report->results;
    vx_mask_region *region = vx_array_zero(results->modalities, sizeof *region);
    vx_status status = region ? VX_OK : vx_fail_memory(filling->report->error);
    for (size_t m = 0; !status && m < results->modalities; m++) {
        status = region_new(filling->report, &results->modality[m], &region[m]);
        if (!status)
            status = put_background(filling, &region[m]);
        if (!status && results->modality[m].regions)
            status = put_regions(filling, &region[m]);
    }
    for (int i = 0; i < VX_QUANTITIES + 2; i++)
        for (size_t m = 0; wanted(results, i) && !status && m < results->modalities; m++)
            for (size_t e = 0; !status && e < results->modality[m].effects; e++)
                status = add_map(filling, quantity_at(results, i), &region[m], &results->modality[m].effect[e]);
    const vx_status rest = put_packed(filling);
    status = status ? status : rest;
    for (size_t m = 0; region && m < results->modalities; m++)
        free(region[m].mask);
    free(region);
    return status;
}

vx_status vx_viewer_volumes(vx_report *report, int64_t *shown, int64_t *left_out)
{
    vx_volume_page filling = {.report = report};
    const vx_status status = put_volumes(&filling);
    *shown = filling.shown;
    *left_out = filling.left_out;
    return status;
}
