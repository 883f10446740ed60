#include "report/draw/brain.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/sort.h"
#include "report/draw/text.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>

/* Sets the bounding box of the mask in mm, with a margin of one voxel. */
static void frame_box(vx_brain *brain, const vx_grid *grid)
{
    const double margin = fmax(fmax(grid->pixdim[0], grid->pixdim[1]), grid->pixdim[2]);
    for (int k = 0; k < 3; k++) {
        brain->box[k][0] = INFINITY;
        brain->box[k][1] = -INFINITY;
    }
    for (size_t i = 0; i < vx_grid_elements(grid); i++) {
        double mm[3];
        if (!(brain->mask.data[i] > 0))
            continue;
        vx_grid_mm(grid, (int64_t)i, mm);
        for (int k = 0; k < 3; k++) {
            brain->box[k][0] = fmin(brain->box[k][0], mm[k] - margin);
            brain->box[k][1] = fmax(brain->box[k][1], mm[k] + margin);
        }
    }
}

/* Sets the range of axial slices: those with at least a fifth of the voxels of the largest slice of the mask. */
static void frame_axial(vx_brain *brain)
{
    enum { LEVELS = 64, STEPS = 32 };
    const double *x = brain->box[0], *y = brain->box[1], *z = brain->box[2];
    int area[LEVELS], largest = 0;
    for (int level = 0; level < LEVELS; level++) {
        area[level] = 0;
        for (int cell = 0; cell < STEPS * STEPS; cell++) {
            const double mm[3] = {x[0] + (x[1] - x[0]) * (cell % STEPS + 0.5) / STEPS,
                                  y[0] + (y[1] - y[0]) * (cell / STEPS + 0.5) / STEPS,
                                  z[0] + (z[1] - z[0]) * (level + 0.5) / LEVELS};
            area[level] += vx_sample_nearest(&brain->mask, mm, 0) > 0;
        }
        largest = area[level] > largest ? area[level] : largest;
    }
    brain->axial[0] = INFINITY;
    for (int level = 0; level < LEVELS; level++)
        if (5 * area[level] >= largest) {
            brain->axial[1] = z[0] + (z[1] - z[0]) * (level + 0.5) / LEVELS;
            brain->axial[0] = fmin(brain->axial[0], brain->axial[1]);
        }
}

/* Sets the grey range to the 2nd and 98th percentile of the nonzero background. */
static bool frame_grey(vx_brain *brain)
{
    const vx_sampler *b = &brain->background;
    const size_t elements = (size_t)(b->dim[0] * b->dim[1] * b->dim[2]);
    float *value = vx_array(elements, sizeof *value);
    size_t count = 0;
    brain->grey[0] = 0;
    brain->grey[1] = 1;
    for (size_t i = 0; value && i < elements; i++)
        if (isfinite(b->data[i]) && b->data[i] != 0)
            value[count++] = b->data[i];
    if (count) {
        vx_sort_floats(value, count);
        brain->grey[0] = value[count * 2 / 100];
        brain->grey[1] = value[count - 1 - count * 2 / 100];
    }
    const bool complete = value;
    free(value);
    return complete;
}

bool vx_brain_frame(vx_brain *brain, const vx_grid *grid)
{
    brain->aligned = vx_sampler_aligned(&brain->background, &brain->map);
    frame_box(brain, grid);
    brain->extent = 0;
    for (int k = 0; k < 3; k++)
        brain->extent = fmax(brain->extent, brain->box[k][1] - brain->box[k][0]);
    frame_axial(brain);
    const bool complete = frame_grey(brain);
    for (int i = 0; i < VX_PALETTE; i++)
        for (int positive = 0; positive < 2; positive++)
            brain->palette[positive][i] = vx_colour_glowing((double)i / (VX_PALETTE - 1), positive);
    return complete;
}

vx_colour vx_brain_colour(const vx_brain *brain, double value)
{
    const double share = brain->colour.data ? vx_colour_share(fabs(value), 0, brain->colour_limit)
                                            : vx_colour_share(fabs(value), brain->threshold, brain->limit);
    return brain->palette[value >= 0][lround(share * (VX_PALETTE - 1))];
}

double vx_brain_opacity(const vx_brain *brain, double value)
{
    const double share = fmin(fabs(value) / brain->threshold, 1);
    return vx_brain_beyond(brain, value) ? 1 : 0.75 * share * share;
}

double vx_brain_opacity_at(const vx_brain *brain, const vx_spot *spot, double value)
{
    const double opacity = vx_brain_opacity(brain, value);
    const bool faded = brain->strict && !(brain->significant.data &&
                                          vx_sample_spot(&brain->significant, spot, 0) >= 0.5);
    return faded ? fmin(opacity, 0.6) : opacity;
}

double vx_brain_coloured(const vx_brain *brain, const vx_spot *spot, double value)
{
    const double inside = brain->colour.data ? vx_sample_spot(&brain->mask, spot, 0) : 0;
    return inside >= 0.5 ? vx_sample_spot(&brain->colour, spot, 0) / inside : value;
}

uint32_t vx_pixel_mixed(vx_colour colour, double share, vx_colour under)
{
    const double r = under.r + share * (colour.r - under.r), g = under.g + share * (colour.g - under.g);
    const double b = under.b + share * (colour.b - under.b);
    return (uint32_t)lround(255 * r) << 16 | (uint32_t)lround(255 * g) << 8 | (uint32_t)lround(255 * b);
}

double vx_brain_value(const vx_brain *brain, const vx_spot *spot)
{
    const double inside = vx_sample_spot(&brain->mask, spot, 0);
    return inside >= 0.5 ? vx_sample_spot(&brain->map, spot, 0) / inside : NAN;
}

bool vx_brain_beyond(const vx_brain *brain, double value)
{
    return (brain->positive && value > brain->threshold) || (brain->negative && value < -brain->threshold);
}

/* The value at both ends of a colour bar. */
static double end_of_bar(const vx_brain *brain)
{
    return brain->colour.data ? brain->colour_limit : brain->limit;
}

/* The place of a value on the half of a colour bar that has its sign, from 0 at the middle to 1 at the end. */
static double place_on_bar(const vx_brain *brain, double value, bool tested)
{
    const double faded = 0.3, size = fabs(value), range = brain->limit - brain->threshold;
    if (!tested || range <= 0 || brain->colour.data)
        return size / end_of_bar(brain);
    return size <= brain->threshold ? faded * size / brain->threshold
                                    : faded + (1 - faded) * (size - brain->threshold) / range;
}

/* Draws the half of a bar with the colours of one sign from its middle at `y`. */
static void half_bar(cairo_t *cairo, const vx_brain *brain, int sign, bool tested, double x, double y, double width,
                     double height)
{
    enum { STEPS = 240 };
    const vx_colour grey = {0.7, 0.7, 0.7};
    for (int i = 0; i < STEPS; i++) {
        const double end = end_of_bar(brain), value = sign * end * (i + 0.5) / STEPS;
        const double from = place_on_bar(brain, end * i / STEPS, tested) * height;
        const double to = place_on_bar(brain, end * (i + 1) / STEPS, tested) * height;
        const vx_colour c = vx_brain_colour(brain, value);
        const double share = brain->colour.data ? 1 : vx_brain_opacity(brain, value);
        vx_ink_set(cairo, (vx_colour){grey.r + share * (c.r - grey.r), grey.g + share * (c.g - grey.g),
                                      grey.b + share * (c.b - grey.b)});
        cairo_rectangle(cairo, x, sign > 0 ? y - to : y + from, width, to - from + 0.6);
        cairo_fill(cairo);
    }
}

/* Every mark has a line. Of labels that would overlap, the first in the order of `mark` is drawn. */
void vx_colour_bar(cairo_t *cairo, const vx_brain *brain, double x, double y, double width, double height)
{
    const double half = height / 2, end = end_of_bar(brain), threshold = brain->colour.data ? end : brain->threshold;
    const double mark[] = {end, -end, threshold, -threshold, 0};
    double labelled[5];
    char text[32];
    half_bar(cairo, brain, 1, brain->positive, x, y + half, width, half);
    half_bar(cairo, brain, -1, brain->negative, x, y + half, width, half);
    for (int i = 0, labels = 0; i < 5; i++) {
        const bool tested = mark[i] >= 0 ? brain->positive : brain->negative;
        const double share = place_on_bar(brain, mark[i], tested);
        const double at = y + half - (mark[i] >= 0 ? 1 : -1) * half * share;
        bool fits = true;
        if (share > 1 || (i > 1 && brain->colour.data && mark[i] != 0) || (fabs(mark[i]) == threshold && !tested))
            continue;
        for (int k = 0; k < labels; k++)
            fits = fits && fabs(at - labelled[k]) >= VX_TEXT_SMALL;
        if (fits) {
            labelled[labels++] = at;
            vx_text_draw(cairo, x + width + 6, at + 4, 0, VX_TEXT_SMALL, vx_ink,
                         mark[i] == 0         ? "0"
                         : brain->colour.data ? vx_number_text(mark[i], text)
                                              : vx_fixed_text(mark[i], 2, text));
        }
        vx_ink_set(cairo, vx_ink);
        cairo_set_line_width(cairo, 1);
        cairo_move_to(cairo, x + width, at);
        cairo_rel_line_to(cairo, 3, 0);
        cairo_stroke(cairo);
    }
    vx_text_draw(cairo, x, y - 8, 0, VX_TEXT_NORMAL, vx_ink, brain->units);
}
