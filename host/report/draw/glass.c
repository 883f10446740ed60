/* The glass brain: the value furthest out along each axis of space, where it lies beyond the threshold, over the
 * outline of the mask, whose depth is shaded. */
#include "base/memory.h"
#include "report/draw/brain.h"
#include "report/draw/contour.h"
#include "report/draw/raster.h"
#include "report/draw/text.h"

#include <math.h>
#include <stdio.h>

enum { SAMPLES = 95 }; /* along the longest side */

static const double UNITS_A_STEP = 2.9, LABEL = 22, GAP = 26, BAR = 84, PIXELS_A_UNIT = 2;

/* A view along one axis: rows from above. */
typedef struct view {
    int along, across, up, columns, rows;
    float *high, *low; /* the largest and the smallest value, 0 at least and at most */
    float *depth;      /* how much of the mask lies behind, 0 to 1 */
} view;

static double step(const vx_brain *brain)
{
    return brain->extent / SAMPLES; /* mm */
}

static int samples(const vx_brain *brain, int axis)
{
    return (int)((brain->box[axis][1] - brain->box[axis][0]) / step(brain)) + 1;
}

/* Samples the box once and projects it along all three axes. */
static bool project(const vx_brain *brain, view v[3])
{
    const int n[3] = {samples(brain, 0), samples(brain, 1), samples(brain, 2)};
    for (int k = 0; k < 3; k++) {
        const size_t cells = (size_t)v[k].columns * (size_t)v[k].rows;
        v[k].high = vx_array_zero(cells, sizeof(float));
        v[k].low = vx_array_zero(cells, sizeof(float));
        v[k].depth = vx_array_zero(cells, sizeof(float));
        if (!v[k].high || !v[k].low || !v[k].depth)
            return false;
    }
    for (int z = 0; z < n[2]; z++)
        for (int y = 0; y < n[1]; y++)
            for (int x = 0; x < n[0]; x++) {
                const int at[3] = {x, y, z};
                const double mm[3] = {brain->box[0][0] + x * step(brain), brain->box[1][0] + y * step(brain),
                                      brain->box[2][0] + z * step(brain)};
                double value = vx_brain_value(brain, mm);
                if (isnan(value))
                    continue;
                /* A voxel beyond the threshold is seen, though between it and its neighbours nothing may be. */
                const double nearest = vx_sample_nearest(&brain->map, mm, 0);
                value = vx_brain_beyond(brain, nearest) ? nearest : value;
                for (int k = 0; k < 3; k++) {
                    const int cell = (v[k].rows - 1 - at[v[k].up]) * v[k].columns + at[v[k].across];
                    v[k].depth[cell] += 1.0f / (float)n[v[k].along];
                    v[k].high[cell] = fmaxf(v[k].high[cell], (float)value);
                    v[k].low[cell] = fminf(v[k].low[cell], (float)value);
                }
            }
    return true;
}

static float sample(const view *v, const float *field, int i, int j)
{
    i = i < 0 ? 0 : i >= v->columns ? v->columns - 1 : i;
    j = j < 0 ? 0 : j >= v->rows ? v->rows - 1 : j;
    return field[j * v->columns + i];
}

/* Between the samples, so that no steps are seen. */
static double between(const view *v, const float *field, double x, double y)
{
    const int i = (int)floor(x), j = (int)floor(y);
    const double a = x - i, b = y - j;
    return (1 - b) * ((1 - a) * sample(v, field, i, j) + a * sample(v, field, i + 1, j)) +
           b * ((1 - a) * sample(v, field, i, j + 1) + a * sample(v, field, i + 1, j + 1));
}

static void paint(cairo_t *cairo, const vx_brain *brain, const view *v, double x, double y)
{
    const double samples_a_pixel = 1 / (UNITS_A_STEP * PIXELS_A_UNIT);
    const int width = (int)(v->columns / samples_a_pixel), height = (int)(v->rows / samples_a_pixel);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    unsigned char *data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    for (int j = 0; j < (data ? height : 0); j++)
        for (int i = 0; i < width; i++) {
            const double across = i * samples_a_pixel, down = j * samples_a_pixel;
            const double high = between(v, v->high, across, down), low = between(v, v->low, across, down);
            const double depth = between(v, v->depth, across, down);
            const double value = !vx_brain_beyond(brain, low) || (vx_brain_beyond(brain, high) && high > -low) ? high
                                                                                                               : low;
            const uint32_t shade = (uint32_t)lround(255 - 40 * depth);
            ((uint32_t *)(void *)(data + (ptrdiff_t)j * stride))[i] =
                vx_brain_beyond(brain, value) ? vx_brain_colour(brain, value) : 0x010101 * shade;
        }
    vx_raster_paint(cairo, surface, PIXELS_A_UNIT, x, y);
    cairo_surface_destroy(surface);
}

static void draw_view(cairo_t *cairo, const vx_brain *brain, const view *v, const char *title, double x)
{
    const double width = v->columns * UNITS_A_STEP;
    vx_text_draw(cairo, x + width / 2, 13, 0.5, VX_TEXT_NORMAL, vx_muted, title);
    paint(cairo, brain, v, x, LABEL);
    vx_ink_set(cairo, vx_muted);
    cairo_set_line_width(cairo, 1.2);
    vx_contour(cairo, v->depth, v->columns, v->rows, 0.02, x, LABEL, UNITS_A_STEP, false);
    cairo_stroke(cairo);
    vx_ink_set(cairo, vx_ink);
    cairo_set_line_width(cairo, 0.7);
    if (brain->positive)
        vx_contour(cairo, v->high, v->columns, v->rows, brain->threshold, x, LABEL, UNITS_A_STEP, false);
    if (brain->negative)
        vx_contour(cairo, v->low, v->columns, v->rows, -brain->threshold, x, LABEL, UNITS_A_STEP, true);
    cairo_stroke(cairo);
    vx_text_draw(cairo, x + 0.08 * width, 13, 0, VX_TEXT_NORMAL, vx_ink, v->across == 0 ? "L" : "back");
    vx_text_draw(cairo, x + 0.92 * width, 13, 1, VX_TEXT_NORMAL, vx_ink, v->across == 0 ? "R" : "front");
}

static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_brain *brain = drawing->context;
    view v[3] = {{.along = 0, .across = 1, .up = 2},
                 {.along = 1, .across = 0, .up = 2},
                 {.along = 2, .across = 0, .up = 1}};
    static const char *const title[] = {"from the right", "from behind", "from above"};
    for (int k = 0; k < 3; k++) {
        v[k].columns = samples(brain, v[k].across);
        v[k].rows = samples(brain, v[k].up);
    }
    double x = GAP / 2;
    const bool whole = project(brain, v);
    for (int k = 0; k < 3; k++) {
        if (whole)
            draw_view(cairo, brain, &v[k], title[k], x);
        x += v[k].columns * UNITS_A_STEP + GAP;
        free(v[k].high);
        free(v[k].low);
        free(v[k].depth);
    }
    vx_colour_bar(cairo, brain, x, 44, 16, drawing->height - 64);
}

vx_drawing vx_glass_drawing(const vx_brain *brain)
{
    const int x = samples(brain, 0), y = samples(brain, 1), z = samples(brain, 2);
    return (vx_drawing){.width = ceil((2 * x + y) * UNITS_A_STEP + 3.5 * GAP + BAR),
                        .height = ceil((y > z ? y : z) * UNITS_A_STEP + LABEL + 6), .scale = PIXELS_A_UNIT,
                        .draw = draw, .context = brain};
}
