#include "report/effect_brain.h"

#include "infer/quantity.h"
#include "report/ground.h"
#include "report/kept.h"
#include "results/level.h"

#include <math.h>
#include <stdlib.h>

const vx_look vx_look_usual = {.map = VX_MAP_T, .threshold = NAN};

static const vx_look *look_of(const vx_report *report)
{
    return report->look ? report->look : &vx_look_usual;
}

const char *vx_background_words(const vx_report *report)
{
    return report->template_found && report->template ? "the MNI template" : report->template ? "the template"
                                                                                          : "the mean of all images";
}

/* Reads where p of a kind is significant. */
static vx_status read_significant(vx_report *report, const vx_effect_view *view, const float *mask,
                                  vx_effect_brain *of, vx_error *error)
{
    const vx_look *look = look_of(report);
    const vx_grid *grid = &view->modality->grid;
    const vx_quantity kind = look->by_p ? look->kind : report->results->primary;
    const float level = (float)(look->by_p ? look->level : VX_LEVEL);
    if (!look->by_p && (vx_quantity_about(kind)->control == VX_CONTROL_NONE || !view->effect->p[kind].below))
        return VX_OK;
    const vx_status status = vx_report_map(report, view->effect, grid, kind, &of->significant, error);
    bool any = false;
    for (size_t i = 0; !status && i < vx_grid_elements(grid); i++) {
        const bool below = mask[i] > 0 && of->significant[i] < level;
        of->significant[i] = below;
        any |= below;
    }
    if (!any) {
        free(of->significant);
        of->significant = NULL;
    }
    return status;
}

/* Turns p into -log10 p with the sign of t. */
static void sign_p(const vx_grid *grid, float *p, const float *t)
{
    for (size_t i = 0; i < vx_grid_elements(grid); i++)
        p[i] = (float)(t[i] < 0 ? log10(p[i]) : -log10(p[i]));
}

static vx_status read_volumes(vx_report *report, const vx_effect_view *view, const float *mask,
                              vx_effect_brain *of, vx_error *error)
{
    const vx_look *look = look_of(report);
    const vx_grid *grid = &view->modality->grid;
    vx_status status = vx_report_map(report, view->effect, grid, VX_MAP_T, &of->map, error);
    if (!status && look->map != VX_MAP_T)
        status = vx_report_map(report, view->effect, grid, look->map, &of->colour, error);
    if (!status)
        status = read_significant(report, view, mask, of, error);
    if (!status && look->map != VX_MAP_T && vx_quantity_is_p(look->map)) {
        sign_p(grid, of->colour, of->map);
        free(of->map);
        of->map = of->colour;
        of->colour = NULL;
    }
    return status;
}

/* The largest size of a map, where t is beyond a threshold. Positive, because colours divide by it. */
static double largest_size(const vx_grid *grid, const float *map, const float *t, double threshold)
{
    double largest = 0;
    for (size_t i = 0; i < vx_grid_elements(grid); i++)
        if (fabsf(t[i]) > threshold && isfinite(map[i]))
            largest = fmax(largest, fabsf(map[i]));
    return largest;
}

/* Of corrections whose p falls with t, the t from which they are significant; of the others, the smallest t that is. */
static double significant_from(const vx_grid *grid, const vx_effect_brain *of, double none)
{
    float smallest = INFINITY;
    for (size_t i = 0; of->significant && i < vx_grid_elements(grid); i++)
        if (of->significant[i] > 0)
            smallest = fminf(smallest, fabsf(of->map[i]));
    return isfinite(smallest) ? nextafterf(smallest, 0) : none;
}

static double threshold_of(const vx_look *look, const vx_effect_view *view, const vx_effect_brain *of, double limit)
{
    const double level = look->by_p ? look->level : isnan(look->threshold) ? VX_LEVEL : look->threshold;
    if (vx_quantity_is_p(look->map))
        return -log10(level);
    if (look->by_p)
        return vx_quantity_about(look->kind)->of_cluster ? view->effect->threshold_t
                                                         : significant_from(&view->modality->grid, of, limit);
    return isnan(look->threshold) ? view->effect->threshold_t : look->threshold;
}

static const char *units_of(const vx_look *look, const vx_effect_view *view)
{
    const vx_quantity_row *about = vx_quantity_about(look->map);
    if (vx_quantity_is_p(look->map))
        return "\xE2\x88\x92log\xE2\x82\x81\xE2\x82\x80 p";
    const char *own = view->effect->kind == VX_SLOPE ? NULL : view->modality->change_units;
    return about->title && about->units ? about->title : !about->units && own ? own : about->name;
}

vx_status vx_effect_brain_init(vx_report *report, const vx_effect_view *view, vx_effect_brain *of, vx_error *error)
{
    const vx_look *look = look_of(report);
    const vx_results_effect *effect = view->effect;
    const vx_grid *grid = &view->modality->grid;
    *of = (vx_effect_brain){0};
    const vx_ground *ground = NULL;
    vx_status status = vx_ground_of(report, view->modality, &ground, error);
    if (!status)
        status = read_volumes(report, view, ground->mask, of, error);
    if (status)
        return status;
    const double limit = fmax(largest_size(grid, of->map, of->map, -1), 1e-30);
    const double threshold = threshold_of(look, view, of, limit);
    vx_brain *const brain = &of->brain;
    *brain = ground->brain;
    brain->map = vx_sampler_new(grid, of->map);
    brain->significant = vx_sampler_new(grid, of->significant);
    brain->colour = vx_sampler_new(grid, of->colour);
    brain->strict = look->by_p;
    brain->threshold = threshold;
    brain->limit = limit;
    brain->positive = effect->tails != VX_NEGATIVE;
    brain->negative = effect->tails != VX_POSITIVE;
    brain->cluster = effect->cluster;
    brain->clusters = effect->clusters;
    brain->units = units_of(look, view);
    for (int k = 0; k < 3; k++)
        brain->peak[k] = effect->peak_mm[k];
    if (of->colour) {
        const double beyond = largest_size(grid, of->colour, of->map, threshold);
        of->brain.colour_limit = beyond > 0 ? beyond : fmax(largest_size(grid, of->colour, of->map, -1), 1e-30);
    }
    return VX_OK;
}

void vx_effect_brain_destroy(vx_effect_brain *of)
{
    if (!of)
        return;
    free(of->map);
    free(of->significant);
    free(of->colour);
    *of = (vx_effect_brain){0};
}
