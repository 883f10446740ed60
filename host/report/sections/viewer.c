/* The viewer: the maps of every effect as volumes in the page, and the controls that viewer.js brings to life. */
#include "report/section.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "infer/quantity.h"
#include "report/draw/colour.h"
#include "report/draw/sample.h"
#include "report/volume.h"
#include "results/level.h"
#include "results/schema.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

/* Compressed bytes of volumes, so that the page stays one that mail and browsers take. */
static const size_t room = 8 << 20;

/* A modality's grid, where its mask lies on it, and the mask. */
typedef struct vx_place {
    const vx_results_modality *modality;
    float *mask; /* owned by who made the place */
    vx_box box;
} vx_place;

/* A map of an effect, from when it is read until it is in the page. */
typedef struct vx_packing {
    vx_quantity quantity;
    const vx_place *place;
    const vx_results_effect *effect;
    float *value;
    double limit, threshold;
    vx_bytes packed;
    vx_status status;
    vx_error error;
} vx_packing;

/* The page while volumes are put into it. */
typedef struct vx_filling {
    vx_report *report;
    size_t used;             /* of the room */
    int64_t shown, left_out; /* maps */
    vx_packing packing[8];   /* packed at once: that many volumes are not much memory */
    int packings;
} vx_filling;

static vx_status place_new(const vx_report *report, const vx_results_modality *modality, vx_place *place)
{
    *place = (vx_place){.modality = modality};
    vx_status status = vx_results_mask(report->results, modality, &place->mask, report->error);
    if (!status)
        place->box = vx_box_around(&modality->grid, place->mask, 2);
    return status;
}

/* Where the threshold of a map starts: the level of p, what the forming threshold is in its terms, or half its
 * range. */
static double first_threshold(vx_quantity quantity, const vx_results_effect *effect, double largest)
{
    const double t = effect->threshold_t;
    if (vx_quantity_is_p(quantity))
        return -log10(VX_LEVEL);
    if (quantity == VX_MAP_T)
        return t;
    if (quantity == VX_MAP_R || quantity == VX_MAP_RHO)
        return t / sqrt(t * t + effect->df); /* r of that t */
    if (quantity == VX_MAP_DZ)
        return t / sqrt((double)effect->n);
    return largest / 2;
}

/* Makes of a map what is shown, 0 outside the mask, and returns the largest size. */
static double prepare(vx_quantity quantity, const vx_place *place, float *value)
{
    const size_t elements = vx_grid_elements(&place->modality->grid);
    double largest = 0;
    for (size_t i = 0; i < elements; i++) {
        if (place->mask[i] == 0)
            value[i] = 0;
        else if (vx_quantity_is_p(quantity))
            value[i] = -log10f(value[i]);
        if (isfinite(value[i]))
            largest = fmax(largest, fabs((double)value[i]));
    }
    return largest;
}

/* A volume as an element of the page that no browser reads by itself; the caller has opened the tag. */
static void put_volume(vx_page *page, const vx_bytes *packed)
{
    vx_put_markup(page, ">");
    vx_put_base64(page, packed->data, packed->size);
    vx_put_markup(page, "</script>\n");
}

/* The value of one step of the whole numbers. Of p the level lies between two steps, nearly half way, so that p equal
 * to it is rounded to the lower one, below the threshold, and any smaller p to the upper one. */
static double step_of(const vx_packing *p)
{
    const double step = p->limit / INT16_MAX, level = -log10(VX_LEVEL), below = floor(level / step - 0.5);
    return !vx_quantity_is_p(p->quantity) || below < 0 ? step : level / (below + 0.5) * (1 + 1e-6);
}

static void pack(vx_packing *p)
{
    const double largest = prepare(p->quantity, p->place, p->value);
    p->threshold = first_threshold(p->quantity, p->effect, largest);
    p->limit = fmax(largest, 1.1 * p->threshold); /* as in the pictures: a map of noise stays pale */
    if (p->limit > 0)
        p->status = vx_volume_pack(&p->place->modality->grid, &p->place->box, p->value, VX_VOLUME_INT16,
                                   step_of(p), &p->packed, &p->error);
    free(p->value);
}

/* Unless the page is full. Of a signed map viewer.js has to know which tails were tested. */
static void put_map(vx_filling *filling, const vx_packing *p)
{
    const vx_quantity_row *about = vx_quantity_about(p->quantity);
    const bool is_p = vx_quantity_is_p(p->quantity);
    if (filling->used + p->packed.size > room) {
        filling->left_out++;
        return;
    }
    vx_put(filling->report->page, "<script type=\"text/plain\" class=\"volume\" data-modality=\"%s\" "
           "data-effect=\"%s\" data-of=\"%s: %s\" data-map=\"%s\" data-title=\"%s%s\" data-limit=\"%.9g\" "
           "data-threshold=\"%.9g\" data-tails=\"%s\"", p->place->modality->stem, p->effect->stem,
           p->place->modality->name, p->effect->name, about->name, is_p ? "−log10 p, " : "", about->title, p->limit,
           p->threshold, is_p ? "" : vx_tails_names[p->effect->tails]);
    put_volume(filling->report->page, &p->packed);
    filling->used += p->packed.size;
    filling->shown++;
}

/* Waits for the maps that are being packed and puts them into the page, in their order. */
static vx_status put_packed(vx_filling *filling)
{
    vx_status status = VX_OK;
#pragma omp taskwait
    for (int i = 0; i < filling->packings; i++) {
        const vx_packing *p = &filling->packing[i];
        if (!status && p->status) {
            status = p->status;
            *filling->report->error = p->error;
        }
        if (!status && p->packed.data)
            put_map(filling, p);
        free(p->packed.data);
    }
    filling->packings = 0;
    return status;
}

/* Reads a map, where there is one, and has it packed as a task; HDF5 itself is for one thread. */
static vx_status add_map(vx_filling *filling, vx_quantity quantity, const vx_place *place,
                         const vx_results_effect *effect)
{
    const vx_report *report = filling->report;
    vx_packing *p = &filling->packing[filling->packings];
    if (!vx_results_has_map(report->results, effect, quantity))
        return VX_OK;
    *p = (vx_packing){.quantity = quantity, .place = place, .effect = effect};
    vx_status status = vx_results_map(report->results, effect, &place->modality->grid, quantity, &p->value,
                                      report->error);
    if (status)
        return status;
#pragma omp task
    pack(p);
    const int most = sizeof filling->packing / sizeof *filling->packing;
    return ++filling->packings == most ? put_packed(filling) : VX_OK;
}

/* The value that is drawn nearly white: 98 % of the mask stay under it, for a few bright voxels must not darken all
 * others. */
static vx_status white(const vx_place *place, const float *value, double *top, vx_error *error)
{
    const size_t elements = vx_grid_elements(&place->modality->grid);
    float *inside = vx_array(elements, sizeof *inside);
    size_t count = 0;
    if (!inside)
        return vx_fail_memory(error);
    for (size_t i = 0; i < elements; i++)
        if (place->mask[i] != 0 && isfinite(value[i]))
            inside[count++] = value[i];
    vx_sort_floats(inside, count);
    *top = count ? fmax(inside[count * 98 / 100], 0) : 0;
    free(inside);
    return VX_OK;
}

/* The template at the voxels of the results, so that crosshair and maps share one grid. */
static void resample(const vx_volume *template, const vx_grid *grid, float *value)
{
    const vx_sampler sampler = vx_sampler_new(&template->grid, template->data);
    for (size_t i = 0; i < vx_grid_elements(grid); i++) {
        double mm[3];
        vx_grid_mm(grid, (int64_t)i, mm);
        value[i] = (float)vx_sample(&sampler, mm, 0);
    }
}

/* What lies under the maps of a modality. */
static vx_status put_background(vx_filling *filling, const vx_place *place)
{
    const vx_report *report = filling->report;
    const vx_grid *grid = &place->modality->grid;
    vx_bytes packed = {0};
    float *value = NULL;
    double top = 0;
    vx_status status = vx_results_mean(report->results, place->modality, &value, report->error);
    if (!status && report->template)
        resample(&report->template_image, grid, value);
    if (!status)
        status = white(place, value, &top, report->error);
    if (!status)
        status = vx_volume_pack(grid, &place->box, value, VX_VOLUME_UINT8, top > 0 ? top / UINT8_MAX : 1, &packed,
                                report->error);
    if (!status) {
        vx_put(report->page, "<script type=\"text/plain\" class=\"volume\" data-modality=\"%s\" data-white=\"%.9g\"",
               place->modality->stem, top);
        put_volume(report->page, &packed);
        filling->used += packed.size;
    }
    free(packed.data);
    free(value);
    return status;
}

/* The quantity that comes i-th: statistics and estimates in the order of their list, then p. */
static vx_quantity in_turn(int i)
{
    const int estimates = VX_QUANTITIES - VX_P_KINDS;
    return i < estimates ? (vx_quantity)(VX_P_KINDS + i) : vx_p_corrections[i - estimates];
}

/* t stands for uncorrected p too. */
static bool wanted(int i)
{
    const vx_quantity_row *about = vx_quantity_about(in_turn(i));
    return about->title && (!vx_quantity_is_p(in_turn(i)) || about->control != VX_CONTROL_NONE);
}

/* Modality by modality for the backgrounds, then the maps in the order in which they are wanted. */
static vx_status put_volumes(vx_filling *filling)
{
    const vx_results *results = filling->report->results;
    vx_place *place = vx_array_zero(results->modalities, sizeof *place);
    vx_status status = place ? VX_OK : vx_fail_memory(filling->report->error);
    for (size_t m = 0; !status && m < results->modalities; m++) {
        status = place_new(filling->report, &results->modality[m], &place[m]);
        if (!status)
            status = put_background(filling, &place[m]);
    }
    for (int i = 0; i < VX_QUANTITIES; i++)
        for (size_t m = 0; wanted(i) && !status && m < results->modalities; m++)
            for (size_t e = 0; !status && e < results->modality[m].effects; e++)
                status = add_map(filling, in_turn(i), &place[m], &results->modality[m].effect[e]);
    const vx_status rest = put_packed(filling);
    status = status ? status : rest;
    for (size_t m = 0; place && m < results->modalities; m++)
        free(place[m].mask);
    free(place);
    return status;
}

/* The colours of one tail, as steps from 0 to the limit. */
static void put_tail_colours(vx_page *page, int sign)
{
    enum { STEPS = 16 };
    for (int i = 0; i <= STEPS; i++) {
        const vx_colour c = vx_colour_diverging(sign * fmax(i, 1e-3) / STEPS); /* which side of 0 the first is on */
        vx_put(page, "%s[%.0f, %.0f, %.0f]", i ? ", " : "", 255 * c.r, 255 * c.g, 255 * c.b);
    }
}

/* The colours of the pictures, for viewer.js. */
static void put_colours(vx_page *page)
{
    vx_put_markup(page, "<script type=\"application/json\" id=\"viewer-colours\">{\"positive\": [");
    put_tail_colours(page, 1);
    vx_put_markup(page, "], \"negative\": [");
    put_tail_colours(page, -1);
    vx_put_markup(page, "]}</script>\n");
}

static void put_controls(vx_page *page)
{
    vx_put_markup(page,
        "<div id=\"viewer-app\" hidden>\n<div class=\"viewer-controls\">\n"
        "<label>Effect <select id=\"viewer-effect\"></select></label>\n"
        "<label>Map <select id=\"viewer-map\"></select></label>\n"
        "<label>Cluster <select id=\"viewer-cluster\"></select></label>\n"
        "<div class=\"viewer-pair\"><label><span id=\"viewer-tails\">Threshold</span> <input type=\"range\" "
        "id=\"viewer-threshold\" min=\"0\" step=\"any\"></label><input type=\"number\" "
        "id=\"viewer-threshold-typed\" min=\"0\" step=\"any\" aria-label=\"Threshold, as a number\"></div>\n"
        "<label class=\"across\"><input type=\"checkbox\" id=\"viewer-faded\" checked> fade what lies below, do not "
        "hide it</label>\n"
        "<div class=\"viewer-pair\" role=\"group\" aria-label=\"Crosshair\">"
        "<label>x, mm <input type=\"number\" id=\"viewer-x\" step=\"any\"></label>"
        "<label>y, mm <input type=\"number\" id=\"viewer-y\" step=\"any\"></label>"
        "<label>z, mm <input type=\"number\" id=\"viewer-z\" step=\"any\"></label></div>\n</div>\n"
        "<div id=\"viewer-frame\"><canvas id=\"viewer-canvas\" tabindex=\"0\" role=\"application\" aria-label=\"Axial, "
        "coronal and sagittal slice through the crosshair\" aria-describedby=\"viewer-keys\"></canvas></div>\n"
        "<p id=\"viewer-readout\" role=\"status\"></p>\n"
        "<div class=\"viewer-legend\"><span id=\"viewer-least\"></span><div class=\"viewer-bar\" id=\"viewer-bar\"><i>"
        "</i><i></i></div><span id=\"viewer-most\"></span></div>\n"
        "<p id=\"viewer-keys\" class=\"note\">Click or drag to move the crosshair; with the slices in focus, the arrow "
        "keys move it along x and y, Page Up and Page Down along z, and the wheel through the slice under the pointer. "
        "A row of a table of clusters, or its number, leads here.</p>\n</div>\n");
}

static void put_remarks(const vx_filling *filling)
{
    const vx_report *report = filling->report;
    vx_put(report->page, "<p class=\"note\">Under the maps lies the %s in 256 greys. The maps are rounded to 1/32767 "
           "of the end of their colour bar; voxels are drawn as they are, without interpolation.",
           report->template ? "template, at the voxels of the results," : "mean of all images");
    if (filling->left_out)
        vx_put(report->page, " Left out so that the page does not grow too large: %lld maps; they are in the folder.",
               (long long)filling->left_out);
    vx_put_markup(report->page, "</p>\n");
}

static void write(vx_report *report)
{
    vx_filling filling = {.report = report};
    vx_page *page = report->page;
    const char *niivue = vx_page_file("niivue.js");
    if (!niivue) {
        vx_put_markup(page, "<p>This voxstat was built without NiiVue, so there is no viewer here, only the pictures "
                      "above; where npm is installed, <code>sh bootstrap.sh build</code> fetches it.</p>\n");
        return;
    }
    report->status = put_volumes(&filling);
    if (report->status)
        return;
    if (!filling.shown) {
        vx_put_markup(page, "<p>The maps are too large to look around in here; the pictures above show them, and any "
                      "viewer of NIfTI opens those in the folder.</p>\n");
        return;
    }
    vx_put_markup(page, "<p id=\"viewer-note\" class=\"note\">The viewer starts when it comes into sight; it needs "
                  "JavaScript and WebGL 2.</p>\n");
    put_controls(page);
    put_colours(page);
    put_remarks(&filling);
    vx_put_markup(page, "<script type=\"text/plain\" id=\"niivue\">\n");
    vx_page_write(page, niivue);
    vx_put_markup(page, "</script>\n<script>\n");
    vx_page_write(page, vx_page_file("viewer.js"));
    vx_put_markup(page, "</script>\n");
}

const vx_section vx_section_viewer = {"viewer", "Viewer", NULL, write, NULL};
