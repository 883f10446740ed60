/* Slices in rows, with the colour bar beside them. The report's choice: axial ones, through peaks where there are any
 * near, with a sagittal and a coronal slice through the largest peak beside them. */
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/brain.h"
#include "report/draw/contour.h"
#include "report/draw/raster.h"
#include "report/draw/text.h"

#include <math.h>
#include <stdio.h>

enum { COLUMNS = 4, ROWS = 2, AXIAL = COLUMNS * ROWS, PLANES = AXIAL + 2, CHOSEN_COLUMNS = 5 };

static const double LONGEST = 226; /* units, of the longest side of the box: the page is as wide as all of them */
static const double LARGEST = 420; /* of a few chosen slices */
static const double BAR_LONGEST = 420;
static const double PIXELS_A_UNIT = 1.6, LABEL = 18, GAP = 6, BAR = 74;

/* A slice in the plane of the axes `across` and `up`, at `at` mm on the third axis, with its samples. */
typedef struct plane {
    int across, up;
    double at;
    double x, y;                /* its upper left corner in the picture, label included */
    cairo_surface_t *raster;
    int columns, rows;          /* of the samples for contours, one unit apart */
    float *value, *significant; /* significant: null if nothing is */
} plane;

struct vx_slices {
    const vx_brain *brain;
    double units_a_mm, pixels;
    double width, height;
    bool bare;
    size_t planes;
    plane plane[];
};

static double size_mm(const vx_brain *brain, int axis)
{
    return brain->box[axis][1] - brain->box[axis][0];
}

static double wide(const vx_slices *s, const plane *p)
{
    return size_mm(s->brain, p->across) * s->units_a_mm;
}

static double tall(const vx_slices *s, const plane *p)
{
    return size_mm(s->brain, p->up) * s->units_a_mm;
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
static vx_colour ground(const vx_brain *brain, const vx_spot *spot, bool inside)
{
    const double value = vx_sample_spot(&brain->background, spot, 0);
    double share = (value - brain->grey[0]) / (brain->grey[1] - brain->grey[0]);
    const double edge = fmin(fmax(value / (0.3 * fabs(brain->grey[0]) + 1e-30), 0), 1);
    share = 0.45 + 0.42 * fmin(fmax(share, 0), 1);
    const double grey = value == 0 || !inside ? 1 : 1 + (share - 1) * edge;
    return (vx_colour){grey, grey, grey};
}

static void sample_pixels(const vx_slices *s, const plane *p)
{
    const vx_brain *brain = s->brain;
    const double mm_a_pixel = 1 / (s->units_a_mm * s->pixels);
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
            const bool inside = !brain->inside.data || vx_sample_spot(&brain->inside, &spot, 0) >= 0.5;
            const double value = vx_brain_value(brain, &spot);
            const vx_colour under = ground(brain, brain->aligned ? &spot : &other, inside);
            row[i] = isnan(value) ? vx_pixel_mixed(under, 0, under)
                                  : vx_pixel_mixed(vx_brain_colour(brain, vx_brain_coloured(brain, &spot, value)),
                                                   vx_brain_opacity_at(brain, &spot, value), under);
        }
    }
    vx_raster_done(p->raster);
}

static void sample_lines(const vx_slices *s, const plane *p)
{
    const vx_brain *brain = s->brain;
    const double step = 1 / s->units_a_mm; /* mm */
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
static bool plane_allocate(const vx_slices *s, plane *p)
{
    p->columns = (int)wide(s, p) + 1;
    p->rows = (int)tall(s, p) + 1;
    p->raster = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)fmax(1, wide(s, p) * s->pixels),
                                           (int)fmax(1, tall(s, p) * s->pixels));
    p->value = vx_array((size_t)p->columns * (size_t)p->rows, sizeof *p->value);
    if (s->brain->significant.data)
        p->significant = vx_array((size_t)p->columns * (size_t)p->rows, sizeof *p->significant);
    return p->value && (p->significant || !s->brain->significant.data) && !cairo_surface_status(p->raster);
}

static plane plane_at(int axis, double mm)
{
    return (plane){.across = axis == 0 ? 1 : 0, .up = axis == 2 ? 1 : 2, .at = mm};
}

/* The height of an axial slice: that of the largest peak within `reach` mm of `even`, or `even`. *t: of the peak, 0
 * without one. */
static double height_of_slice(const vx_brain *brain, double even, double reach, double *t)
{
    double height = rounded(brain, even);
    *t = fabs(even - brain->peak[2]) <= reach ? INFINITY : 0;
    if (*t > 0)
        return brain->peak[2];
    for (size_t c = 0; c < brain->clusters; c++)
        if (fabs(even - brain->cluster[c].peak_mm[2]) <= reach && fabs(brain->cluster[c].peak_t) > *t) {
            *t = fabs(brain->cluster[c].peak_t);
            height = brain->cluster[c].peak_mm[2];
        }
    return height;
}

/* Finds the heights of the axial slices. Of two peaks that lie nearer to each other than half a step the larger one has
 * its slice, and the other slice lies at its even place. */
static void find_heights(const vx_brain *brain, double height[AXIAL])
{
    const double step = (brain->axial[1] - brain->axial[0]) / (AXIAL - 1);
    double t[AXIAL];
    for (int i = 0; i < AXIAL; i++)
        height[i] = height_of_slice(brain, brain->axial[0] + i * step, step / 2, &t[i]);
    for (int i = 0; i + 1 < AXIAL; i++) {
        const int weaker = t[i] < t[i + 1] ? i : i + 1;
        if (height[i + 1] - height[i] < step / 2 && t[weaker] > 0)
            height[weaker] = rounded(brain, brain->axial[0] + weaker * step), t[weaker] = 0;
    }
}

/* Places the report's choice: two rows of axial slices, and the other two above one another beside them. */
static void place_usual(vx_slices *s, double width)
{
    const vx_brain *brain = s->brain;
    const double aside = fmax(size_mm(brain, 0), size_mm(brain, 1));
    const double gaps = COLUMNS * GAP + 3 * GAP + BAR, mm = COLUMNS * size_mm(brain, 0) + aside;
    s->units_a_mm = width > gaps ? (width - gaps) / mm : LONGEST / brain->extent;
    double height[AXIAL];
    find_heights(brain, height);
    for (int i = 0; i < AXIAL; i++)
        s->plane[i] = plane_at(2, height[i]);
    s->plane[AXIAL] = plane_at(0, brain->peak[0]);
    s->plane[AXIAL + 1] = plane_at(1, brain->peak[1]);
    const double across = wide(s, s->plane) + GAP, down = tall(s, s->plane) + LABEL;
    for (int i = 0; i < AXIAL; i++) {
        s->plane[i].x = i % COLUMNS * across;
        s->plane[i].y = i / COLUMNS * down;
    }
    s->plane[AXIAL].x = s->plane[AXIAL + 1].x = COLUMNS * across + 2 * GAP;
    s->plane[AXIAL + 1].y = tall(s, &s->plane[AXIAL]) + LABEL + GAP;
    s->width = ceil(gaps + mm * s->units_a_mm);
    s->height = ceil(fmax(ROWS * down, 2 * s->plane[AXIAL + 1].y));
}

/* Places chosen slices in rows of equal length, in their order, as large as the width allows. */
static void place_chosen(vx_slices *s, const vx_brain_layout *layout)
{
    const vx_brain *brain = s->brain;
    const size_t rows = (s->planes + CHOSEN_COLUMNS - 1) / CHOSEN_COLUMNS, columns = (s->planes + rows - 1) / rows;
    const double bar = layout->bare ? 0 : 2 * GAP + BAR, gaps = (double)columns * GAP + bar;
    double longest = 0, x = 0, y = 0, lowest = 0;
    for (size_t i = 0; i < s->planes; i++) {
        s->plane[i] = plane_at(layout->slice[i].axis, layout->slice[i].mm);
        x = (i % columns ? x : 0) + size_mm(brain, s->plane[i].across);
        longest = fmax(longest, x);
    }
    s->units_a_mm = (layout->width > gaps ? fmin((layout->width - gaps) / longest, LARGEST / brain->extent)
                                          : LONGEST / brain->extent);
    for (size_t i = 0; i < s->planes; i++) {
        plane *p = &s->plane[i];
        if (i && i % columns == 0) {
            y = lowest + GAP;
            x = 0;
        } else if (i == 0) {
            x = 0;
        }
        p->x = x;
        p->y = y;
        x += wide(s, p) + GAP;
        lowest = fmax(lowest, y + LABEL + tall(s, p));
        s->width = fmax(s->width, ceil(x + bar));
    }
    s->height = ceil(layout->bare ? lowest : fmax(lowest, 6 * LABEL));
    s->bare = layout->bare;
}

vx_slices *vx_slices_new(const vx_brain *brain, const vx_brain_layout *layout)
{
    const size_t planes = layout->slices ? layout->slices : PLANES;
    vx_slices *slices = vx_array_zero(1, sizeof *slices + planes * sizeof(plane));
    bool complete = slices != NULL;
    if (slices) {
        slices->brain = brain;
        slices->planes = planes;
        slices->pixels = layout->pixels > 0 ? layout->pixels : PIXELS_A_UNIT;
        if (layout->slices)
            place_chosen(slices, layout);
        else
            place_usual(slices, layout->width);
    }
    for (size_t i = 0; complete && i < planes; i++)
        complete = plane_allocate(slices, &slices->plane[i]);
    if (!complete) {
        vx_slices_free(slices);
        return NULL;
    }
#pragma omp taskloop grainsize(1)
    for (size_t i = 0; i < planes; i++) {
        sample_pixels(slices, &slices->plane[i]);
        sample_lines(slices, &slices->plane[i]);
    }
    return slices;
}

void vx_slices_free(vx_slices *slices)
{
    for (size_t i = 0; slices && i < slices->planes; i++) {
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

static void draw_plane(cairo_t *cairo, const vx_slices *s, const plane *p)
{
    static const char axis[] = "xyz";
    const double width = wide(s, p);
    char text[48], mm[32];
    snprintf(text, sizeof text, "%c = %s", axis[3 - p->across - p->up], vx_number_text(p->at, mm));
    vx_text_draw(cairo, p->x + width / 2, p->y + 12, 0.5, VX_TEXT_SMALL, vx_muted, text);
    vx_raster_paint(cairo, p->raster, s->pixels, p->x, p->y + LABEL);
    outline(cairo, s->brain, p, p->x, p->y + LABEL);
    if (p->across == 0) {
        vx_text_draw(cairo, p->x + 0.12 * width, p->y + 12, 0.5, VX_TEXT_SMALL, vx_ink, "L");
        vx_text_draw(cairo, p->x + 0.88 * width, p->y + 12, 0.5, VX_TEXT_SMALL, vx_ink, "R");
    }
}

/* Marks on a sagittal slice where the axial ones lie. */
static void mark_axial(cairo_t *cairo, const vx_slices *s, const plane *on)
{
    for (size_t i = 0; i < s->planes; i++) {
        if (s->plane[i].up != 1)
            continue;
        cairo_move_to(cairo, on->x, on->y + LABEL + (s->brain->box[2][1] - s->plane[i].at) * s->units_a_mm);
        cairo_rel_line_to(cairo, wide(s, on), 0);
    }
    cairo_set_source_rgba(cairo, vx_ink.r, vx_ink.g, vx_ink.b, 0.35);
    cairo_set_line_width(cairo, 0.6);
    cairo_stroke(cairo);
}

static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_slices *s = drawing->context;
    bool marked = false;
    for (size_t i = 0; i < s->planes; i++) {
        const plane *p = &s->plane[i];
        draw_plane(cairo, s, p);
        if (p->across == 1 && !marked) {
            mark_axial(cairo, s, p);
            marked = true;
        }
    }
    const double height = fmin(drawing->height - LABEL - 24, BAR_LONGEST);
    if (!s->bare)
        vx_colour_bar(cairo, s->brain, drawing->width - BAR + 8, LABEL + 14, 16, height);
}

vx_drawing vx_slices_drawing(const vx_slices *slices)
{
    return (vx_drawing){.width = slices->width, .height = slices->height, .draw = draw, .context = slices,
                        .scale = slices->bare ? slices->pixels : PIXELS_A_UNIT};
}
