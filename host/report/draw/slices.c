/* Axial slices in rows, through peaks where there are any near, with a sagittal and a coronal slice through the largest
 * peak and the colour bar beside them. */
#include "base/memory.h"
#include "report/draw/brain.h"
#include "report/draw/contour.h"
#include "report/draw/raster.h"
#include "report/draw/text.h"

#include <math.h>
#include <stdio.h>

enum { COLUMNS = 5, ROWS = 2, AXIAL = COLUMNS * ROWS, PLANES = AXIAL + 2 };

static const double LONGEST = 190; /* units, of the longest side of the box */
static const double PIXELS_A_UNIT = 1.6, LABEL = 18, GAP = 6, BAR = 74;

/* A slice in the plane of the axes `across` and `up`, at `at` mm on the third axis, with its samples. */
typedef struct plane {
    int across, up;
    double at;
    cairo_surface_t *raster;
    int columns, rows;          /* of the samples for contours, one unit apart */
    float *value, *significant; /* significant: null if nothing is */
} plane;

struct vx_slices {
    const vx_brain *brain;
    plane plane[PLANES]; /* axial, then sagittal and coronal */
};

static double size_mm(const vx_brain *brain, int axis)
{
    return brain->box[axis][1] - brain->box[axis][0];
}

static double units_a_mm(const vx_brain *brain)
{
    return LONGEST / brain->extent;
}

/* Rounds to the power of ten that is closest below a hundredth of the box: 1 mm for a human brain. */
static double rounded(const vx_brain *brain, double mm)
{
    const double unit = pow(10, floor(log10(brain->extent)) - 2);
    return round(mm / unit) * unit + 0.0; /* avoids -0 */
}

static void place(const vx_brain *brain, const plane *p, double across, double down, double mm[3])
{
    mm[3 - p->across - p->up] = p->at;
    mm[p->across] = brain->box[p->across][0] + across;
    mm[p->up] = brain->box[p->up][1] - down;
}

/* The grey of the background image, white outside. The range of greys is limited so that colours stand out, and the
 * edge fades like that of the image. */
static vx_colour ground(const vx_brain *brain, const vx_spot *spot)
{
    const double value = vx_sample_spot(&brain->background, spot, 0);
    double share = (value - brain->grey[0]) / (brain->grey[1] - brain->grey[0]);
    const double edge = fmin(fmax(value / (0.3 * fabs(brain->grey[0]) + 1e-30), 0), 1);
    share = 0.45 + 0.42 * fmin(fmax(share, 0), 1);
    const double grey = value == 0 ? 1 : 1 + (share - 1) * edge;
    return (vx_colour){grey, grey, grey};
}

static void sample_pixels(const vx_brain *brain, const plane *p)
{
    const double mm_a_pixel = 1 / (units_a_mm(brain) * PIXELS_A_UNIT);
    const int width = cairo_image_surface_get_width(p->raster), height = cairo_image_surface_get_height(p->raster);
    for (int j = 0; j < height; j++) {
        uint32_t *row = vx_raster_row(p->raster, j);
        for (int i = 0; i < width; i++) {
            double mm[3];
            vx_spot spot, other;
            place(brain, p, (i + 0.5) * mm_a_pixel, (j + 0.5) * mm_a_pixel, mm);
            vx_spot_find(&brain->map, mm, &spot);
            if (!brain->aligned)
                vx_spot_find(&brain->background, mm, &other);
            const double value = vx_brain_value(brain, &spot);
            const vx_colour under = ground(brain, brain->aligned ? &spot : &other);
            row[i] = vx_pixel_mixed(isnan(value) ? under : vx_brain_colour(brain, value),
                                    isnan(value) ? 0 : vx_brain_opacity(brain, value), under);
        }
    }
    vx_raster_done(p->raster);
}

static void sample_lines(const vx_brain *brain, const plane *p)
{
    const double step = 1 / units_a_mm(brain); /* mm */
    for (int j = 0; j < p->rows; j++)
        for (int i = 0; i < p->columns; i++) {
            double mm[3];
            vx_spot spot;
            place(brain, p, i * step, j * step, mm);
            vx_spot_find(&brain->map, mm, &spot);
            const double value = vx_brain_value(brain, &spot);
            p->value[j * p->columns + i] = isnan(value) ? 0 : (float)value;
            if (p->significant)
                p->significant[j * p->columns + i] = (float)vx_sample_spot(&brain->significant, &spot, 0);
        }
}

/* Allocates the samples of a plane; false without memory. */
static bool plane_init(plane *p, const vx_brain *brain, int across, int up, double at)
{
    const double wide = size_mm(brain, across), high = size_mm(brain, up);
    const double step = 1 / units_a_mm(brain), pixel = 1 / (units_a_mm(brain) * PIXELS_A_UNIT); /* mm */
    const int width = (int)(wide / pixel), height = (int)(high / pixel);
    const int columns = (int)(wide / step) + 1, rows = (int)(high / step) + 1;
    *p = (plane){.across = across, .up = up, .at = at, .columns = columns, .rows = rows};
    p->raster = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    p->value = vx_array((size_t)columns * (size_t)rows, sizeof *p->value);
    if (brain->significant.data)
        p->significant = vx_array((size_t)columns * (size_t)rows, sizeof *p->significant);
    return p->value && (p->significant || !brain->significant.data) && !cairo_surface_status(p->raster);
}

/* The height of an axial slice: that of the largest peak within `reach` mm of `even`, or `even`. Peaks of other slices
 * are as far away or further. */
static double height_of_slice(const vx_brain *brain, double even, double reach)
{
    double height = rounded(brain, even), largest = 0;
    if (fabs(even - brain->peak[2]) <= reach)
        return brain->peak[2];
    for (size_t c = 0; c < brain->clusters; c++)
        if (fabs(even - brain->cluster[c].peak_mm[2]) <= reach && fabs(brain->cluster[c].peak_t) > largest) {
            largest = fabs(brain->cluster[c].peak_t);
            height = brain->cluster[c].peak_mm[2];
        }
    return height;
}

vx_slices *vx_slices_new(const vx_brain *brain)
{
    const double step = (brain->axial[1] - brain->axial[0]) / (AXIAL - 1);
    vx_slices *slices = vx_array_zero(1, sizeof *slices);
    bool complete = slices != NULL;
    for (int i = 0; complete && i < AXIAL; i++)
        complete = plane_init(&slices->plane[i], brain, 0, 1,
                              height_of_slice(brain, brain->axial[0] + i * step, step / 2));
    complete = complete && plane_init(&slices->plane[AXIAL], brain, 1, 2, brain->peak[0]);
    complete = complete && plane_init(&slices->plane[AXIAL + 1], brain, 0, 2, brain->peak[1]);
    if (!complete) {
        vx_slices_free(slices);
        return NULL;
    }
    slices->brain = brain;
#pragma omp taskloop grainsize(1)
    for (int i = 0; i < PLANES; i++) {
        sample_pixels(brain, &slices->plane[i]);
        sample_lines(brain, &slices->plane[i]);
    }
    return slices;
}

void vx_slices_free(vx_slices *slices)
{
    for (int i = 0; slices && i < PLANES; i++) {
        cairo_surface_destroy(slices->plane[i].raster);
        free(slices->plane[i].value);
        free(slices->plane[i].significant);
    }
    free(slices);
}

/* Draws contours at the threshold (dashed for the negative one), and bold ones around significant voxels. */
static void outline(cairo_t *cairo, const vx_brain *brain, const plane *p, double x, double y)
{
    vx_ink_set(cairo, vx_ink);
    cairo_set_line_width(cairo, 0.7);
    if (brain->positive)
        vx_contour(cairo, p->value, p->columns, p->rows, brain->threshold, x, y, 1, false);
    if (brain->negative)
        vx_contour(cairo, p->value, p->columns, p->rows, -brain->threshold, x, y, 1, true);
    cairo_stroke(cairo);
    cairo_set_line_width(cairo, 1.8);
    if (p->significant)
        vx_contour(cairo, p->significant, p->columns, p->rows, 0.5, x, y, 1, false);
    cairo_stroke(cairo);
}

static void draw_plane(cairo_t *cairo, const vx_brain *brain, const plane *p, double x, double y)
{
    static const char axis[] = "xyz";
    const double width = size_mm(brain, p->across) * units_a_mm(brain);
    char text[32];
    snprintf(text, sizeof text, "%c = %.4g", axis[3 - p->across - p->up], p->at == 0 ? 0 : p->at);
    vx_text_draw(cairo, x + width / 2, y + 12, 0.5, VX_TEXT_SMALL, vx_muted, text);
    vx_raster_paint(cairo, p->raster, PIXELS_A_UNIT, x, y + LABEL);
    outline(cairo, brain, p, x, y + LABEL);
    if (p->across == 0) {
        vx_text_draw(cairo, x + 0.12 * width, y + 12, 0.5, VX_TEXT_SMALL, vx_ink, "L");
        vx_text_draw(cairo, x + 0.88 * width, y + 12, 0.5, VX_TEXT_SMALL, vx_ink, "R");
    }
}

/* Marks where the axial slices lie, on the sagittal one at (x, y). */
static void mark_axial(cairo_t *cairo, const vx_slices *slices, double x, double y)
{
    const vx_brain *brain = slices->brain;
    const double width = size_mm(brain, 1) * units_a_mm(brain);
    for (int i = 0; i < AXIAL; i++) {
        const double down = (brain->box[2][1] - slices->plane[i].at) * units_a_mm(brain);
        cairo_move_to(cairo, x, y + LABEL + down);
        cairo_rel_line_to(cairo, width, 0);
    }
    cairo_set_source_rgba(cairo, vx_ink.r, vx_ink.g, vx_ink.b, 0.35);
    cairo_set_line_width(cairo, 0.6);
    cairo_stroke(cairo);
}

static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_slices *slices = drawing->context;
    const vx_brain *brain = slices->brain;
    const plane *at = slices->plane;
    const double width = size_mm(brain, 0) * units_a_mm(brain) + GAP;
    const double height = size_mm(brain, 1) * units_a_mm(brain) + LABEL;
    for (int i = 0; i < AXIAL; i++)
        draw_plane(cairo, brain, &at[i], i % COLUMNS * width, i / COLUMNS * height);
    const double x = COLUMNS * width + 2 * GAP, tall = size_mm(brain, 2) * units_a_mm(brain) + LABEL + GAP;
    draw_plane(cairo, brain, &at[AXIAL], x, 0);
    mark_axial(cairo, slices, x, 0);
    draw_plane(cairo, brain, &at[AXIAL + 1], x, tall);
    vx_colour_bar(cairo, brain, drawing->width - BAR + 8, LABEL + 14, 16, drawing->height - LABEL - 24);
}

vx_drawing vx_slices_drawing(const vx_slices *slices)
{
    const vx_brain *brain = slices->brain;
    const double wide = fmax(size_mm(brain, 0), size_mm(brain, 1)) * units_a_mm(brain);
    const double tall = 2 * (size_mm(brain, 2) * units_a_mm(brain) + LABEL + GAP);
    return (vx_drawing){.width = ceil(COLUMNS * (size_mm(brain, 0) * units_a_mm(brain) + GAP) + 3 * GAP + wide + BAR),
                        .height = ceil(fmax(ROWS * (size_mm(brain, 1) * units_a_mm(brain) + LABEL), tall)),
                        .scale = PIXELS_A_UNIT, .draw = draw, .context = slices};
}
