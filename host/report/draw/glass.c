/* The glass brain: projections of the value furthest from 0 along each axis, where it is beyond the threshold, over the
 * mask shaded by its depth. What is beyond the threshold is paler the deeper it begins. */
#include "base/memory.h"
#include "report/draw/brain.h"
#include "report/draw/contour.h"
#include "report/draw/raster.h"
#include "report/draw/text.h"

#include <math.h>
#include <stdio.h>

enum { SAMPLES = 95 }; /* along the longest side of the box */

static const double USUAL = 2.9 /* units a sample */, LABEL = 22, GAP = 26, BAR = 84, PIXELS_A_UNIT = 2;

/* A projection along one axis, with rows from top to bottom. */
typedef struct view {
    int along, across, up, columns, rows;
    float *high, *low; /* max(0, largest value) and min(0, smallest value) */
    float *depth;      /* share of the samples along the axis that are in the mask */
    float *front;      /* share of the axis in front of the first sample beyond the threshold; 1 without one */
    cairo_surface_t *raster;
    double unit, pixels; /* units a sample, pixels a unit */
} view;

struct vx_glass {
    const vx_brain *brain;
    double unit; /* units a sample */
    view view[3]; /* from the right, from behind, from above */
};

static double step(const vx_brain *brain)
{
    return brain->extent / SAMPLES; /* mm */
}

static int samples(const vx_brain *brain, int axis)
{
    return (int)((brain->box[axis][1] - brain->box[axis][0]) / step(brain)) + 1;
}

/* Samples the map in the box, x fastest; NaN outside the mask. */
static void sample_box(const vx_brain *brain, const int n[3], float *value)
{
#pragma omp taskloop grainsize(1)
    for (int z = 0; z < n[2]; z++)
        for (int y = 0; y < n[1]; y++)
            for (int x = 0; x < n[0]; x++) {
                const double mm[3] = {brain->box[0][0] + x * step(brain), brain->box[1][0] + y * step(brain),
                                      brain->box[2][0] + z * step(brain)};
                vx_spot spot;
                vx_spot_find(&brain->map, mm, &spot);
                const double at = vx_brain_value(brain, &spot);
                /* The nearest voxel counts too: interpolation could miss a single voxel beyond the threshold. */
                const double nearest = isnan(at) ? NAN : vx_sample_nearest(&brain->map, mm, 0);
                const double shown = vx_brain_beyond(brain, nearest) ? nearest : at;
                const bool left_out = brain->strict && vx_brain_beyond(brain, shown) &&
                                      !(brain->significant.data &&
                                        vx_sample_nearest(&brain->significant, mm, 0) >= 0.5);
                value[((size_t)z * (size_t)n[1] + (size_t)y) * (size_t)n[0] + (size_t)x] =
                    left_out ? 0 : (float)shown;
            }
}

static void project(const vx_brain *brain, view *v, const int n[3], const float *value)
{
    for (int cell = 0; cell < v->columns * v->rows; cell++)
        v->front[cell] = 1;
    for (int z = 0; z < n[2]; z++)
        for (int y = 0; y < n[1]; y++)
            for (int x = 0; x < n[0]; x++, value++) {
                const int at[3] = {x, y, z}, cell = (v->rows - 1 - at[v->up]) * v->columns + at[v->across];
                if (isnan(*value))
                    continue;
                v->depth[cell] += 1.0f / (float)n[v->along];
                v->high[cell] = fmaxf(v->high[cell], *value);
                v->low[cell] = fminf(v->low[cell], *value);
                /* From behind y grows away; x and z come nearer. */
                const int before = v->along == 1 ? y : n[v->along] - 1 - at[v->along];
                if (vx_brain_beyond(brain, *value))
                    v->front[cell] = fminf(v->front[cell], (float)before / (float)n[v->along]);
            }
}

/* Interpolates a field between four cells, at the share (a, b) of the way. */
static double between(const float *field, const int cell[4], double a, double b)
{
    return (1 - b) * ((1 - a) * field[cell[0]] + a * field[cell[1]]) +
           b * ((1 - a) * field[cell[2]] + a * field[cell[3]]);
}

/* The mean of the fronts of those of four cells that have one. */
static double front_of(const view *v, const int cell[4])
{
    double sum = 0;
    int count = 0;
    for (int k = 0; k < 4; k++)
        if (v->front[cell[k]] < 1) {
            sum += v->front[cell[k]];
            count++;
        }
    return count ? sum / count : 0;
}

static void fill(const vx_brain *brain, const view *v)
{
    const vx_colour white = {1, 1, 1};
    const double samples_a_pixel = 1 / (v->unit * v->pixels);
    const int width = cairo_image_surface_get_width(v->raster), height = cairo_image_surface_get_height(v->raster);
    for (int j = 0; j < height; j++) {
        const double down = j * samples_a_pixel;
        const int above = (int)down * v->columns, below = (int)down + 1 < v->rows ? above + v->columns : above;
        uint32_t *row = vx_raster_row(v->raster, j);
        for (int i = 0; i < width; i++) {
            const double across = i * samples_a_pixel, a = across - (int)across, b = down - (int)down;
            const int left = (int)across, right = left + 1 < v->columns ? left + 1 : left;
            const int cell[4] = {above + left, above + right, below + left, below + right};
            const double high = between(v->high, cell, a, b), low = between(v->low, cell, a, b);
            const double depth = between(v->depth, cell, a, b);
            const double value = !vx_brain_beyond(brain, low) || (vx_brain_beyond(brain, high) && high > -low) ? high
                                                                                                               : low;
            const uint32_t shade = (uint32_t)lround(255 - 40 * depth);
            row[i] = vx_brain_beyond(brain, value)
                         ? vx_pixel_mixed(vx_brain_colour(brain, value), 1 - 0.5 * front_of(v, cell), white)
                         : 0x010101 * shade;
        }
    }
    vx_raster_done(v->raster);
}

/* Allocates a view; false without memory. */
static bool view_init(view *v, const vx_brain *brain, int along, double unit, double pixels)
{
    const double samples_a_pixel = 1 / (unit * pixels);
    const int across = along == 0, up = along == 2 ? 1 : 2;
    *v = (view){.along = along, .across = across, .up = up, .columns = samples(brain, across),
                .rows = samples(brain, up), .unit = unit, .pixels = pixels};
    const size_t cells = (size_t)v->columns * (size_t)v->rows;
    v->high = vx_array_zero(cells, sizeof *v->high);
    v->low = vx_array_zero(cells, sizeof *v->low);
    v->depth = vx_array_zero(cells, sizeof *v->depth);
    v->front = vx_array(cells, sizeof *v->front);
    v->raster = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(v->columns / samples_a_pixel),
                                           (int)(v->rows / samples_a_pixel));
    return v->high && v->low && v->depth && v->front && !cairo_surface_status(v->raster);
}

/* The width of a glass brain with so many units a sample. */
static double width_of(const vx_brain *brain, double unit)
{
    return (2 * samples(brain, 0) + samples(brain, 1)) * unit + 3.5 * GAP + BAR;
}

vx_glass *vx_glass_new(const vx_brain *brain, const vx_brain_layout *layout)
{
    const double fixed = width_of(brain, 0), pixels = layout->pixels > 0 ? layout->pixels : PIXELS_A_UNIT;
    const double unit = layout->width > fixed ? (layout->width - fixed) / (width_of(brain, 1) - fixed) : USUAL;
    const int n[3] = {samples(brain, 0), samples(brain, 1), samples(brain, 2)};
    vx_glass *glass = vx_array_zero(1, sizeof *glass);
    float *value = vx_array((size_t)n[0] * (size_t)n[1] * (size_t)n[2], sizeof *value);
    bool complete = glass && value;
    complete = complete && view_init(&glass->view[0], brain, 0, unit, pixels);
    complete = complete && view_init(&glass->view[1], brain, 1, unit, pixels);
    complete = complete && view_init(&glass->view[2], brain, 2, unit, pixels);
    if (complete) {
        glass->brain = brain;
        glass->unit = unit;
        sample_box(brain, n, value);
#pragma omp taskloop grainsize(1)
        for (int k = 0; k < 3; k++) {
            project(brain, &glass->view[k], n, value);
            fill(brain, &glass->view[k]);
        }
    }
    free(value);
    if (complete)
        return glass;
    vx_glass_free(glass);
    return NULL;
}

void vx_glass_free(vx_glass *glass)
{
    for (int k = 0; glass && k < 3; k++) {
        free(glass->view[k].high);
        free(glass->view[k].low);
        free(glass->view[k].depth);
        free(glass->view[k].front);
        cairo_surface_destroy(glass->view[k].raster);
    }
    free(glass);
}

static void draw_view(cairo_t *cairo, const vx_brain *brain, const view *v, const char *title, double x)
{
    const double width = v->columns * v->unit;
    vx_text_draw(cairo, x + width / 2, 13, 0.5, VX_TEXT_NORMAL, vx_muted, title);
    vx_raster_paint(cairo, v->raster, v->pixels, x, LABEL);
    vx_ink_set(cairo, vx_muted);
    cairo_set_line_width(cairo, 1.2);
    vx_contour(cairo, v->depth, v->columns, v->rows, 0.02, x, LABEL, v->unit, false);
    cairo_stroke(cairo);
    vx_ink_set(cairo, vx_ink);
    cairo_set_line_width(cairo, 0.7);
    if (brain->positive)
        vx_contour(cairo, v->high, v->columns, v->rows, brain->threshold, x, LABEL, v->unit, false);
    if (brain->negative)
        vx_contour(cairo, v->low, v->columns, v->rows, -brain->threshold, x, LABEL, v->unit, true);
    cairo_stroke(cairo);
    vx_text_draw(cairo, x + 0.08 * width, 13, 0, VX_TEXT_NORMAL, vx_ink, v->across == 0 ? "L" : "back");
    vx_text_draw(cairo, x + 0.92 * width, 13, 1, VX_TEXT_NORMAL, vx_ink, v->across == 0 ? "R" : "front");
}

static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    static const char *const title[] = {"from the right", "from behind", "from above"};
    const vx_glass *glass = drawing->context;
    double x = GAP / 2;
    for (int k = 0; k < 3; k++) {
        draw_view(cairo, glass->brain, &glass->view[k], title[k], x);
        x += glass->view[k].columns * glass->unit + GAP;
    }
    vx_colour_bar(cairo, glass->brain, x, 44, 16, fmax(drawing->height - 64, 40));
}

vx_drawing vx_glass_drawing(const vx_glass *glass)
{
    const vx_brain *brain = glass->brain;
    const int y = samples(brain, 1), z = samples(brain, 2);
    return (vx_drawing){.width = ceil(width_of(brain, glass->unit)),
                        .height = ceil((y > z ? y : z) * glass->unit + LABEL + 6), .scale = PIXELS_A_UNIT,
                        .draw = draw, .context = glass};
}
