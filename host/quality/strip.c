#include "quality/strip.h"

#include "base/memory.h"
#include "base/sort.h"
#include "space/grid.h"

#include <math.h>

enum { AXIAL = 4, SLICES = AXIAL + 2, GAP = 1 };

/* The box around the group's extent, in steps of a cell. */
typedef struct box {
    double low[3], step; /* mm */
    int64_t size[3];     /* steps */
} box;

/* A slice: `across` and `up` are axes of the world, `at` the place on the third one in mm. */
typedef struct slice {
    int across, up, third;
    double at;
} slice;

/* The box has a margin of one cell. Without an extent it is that of one cell. */
static box box_around(const vx_survey *survey, const bool *in_group)
{
    const vx_grid *grid = &survey->thumbnail.grid;
    double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY};
    box b = {.step = fmax(grid->pixdim[0], fmax(grid->pixdim[1], grid->pixdim[2]))};
    for (int64_t c = 0; c < (int64_t)vx_grid_elements(grid); c++) {
        double mm[3];
        vx_grid_mm(grid, c, mm);
        for (int k = 0; in_group[c] && k < 3; k++) {
            low[k] = fmin(low[k], mm[k]);
            high[k] = fmax(high[k], mm[k]);
        }
    }
    for (int k = 0; k < 3; k++) {
        const bool any = low[k] <= high[k];
        b.low[k] = any ? low[k] - b.step : 0;
        b.size[k] = any ? (int64_t)ceil((high[k] - low[k]) / b.step - 1e-6) + 3 : 1;
    }
    return b;
}

/* Axial slices at even distances within the box, and the middle of the others. */
static void find_slices(const box *b, slice found[SLICES])
{
    for (int s = 0; s < AXIAL; s++)
        found[s] = (slice){0, 1, 2, b->low[2] + b->step * round((double)(b->size[2] - 1) * (s + 1) / (AXIAL + 1))};
    found[AXIAL] = (slice){0, 2, 1, b->low[1] + b->step * round((double)(b->size[1] - 1) / 2)};
    found[AXIAL + 1] = (slice){1, 2, 0, b->low[0] + b->step * round((double)(b->size[0] - 1) / 2)};
}

/* The values that are darkest and lightest. */
static vx_status find_greys(const float *thumbnail, const bool *in_group, int64_t cells, double grey[2],
                            vx_error *error)
{
    float *order = vx_array((size_t)cells, sizeof *order);
    size_t count = 0;
    if (!order)
        return vx_fail_memory(error);
    for (int64_t c = 0; c < cells; c++)
        if (in_group[c])
            order[count++] = thumbnail[c];
    vx_sort_floats(order, count);
    grey[0] = count ? fmin(0, order[count * 2 / 100]) : 0;
    grey[1] = count ? order[(count - 1) * 98 / 100] : 0;
    free(order);
    return VX_OK;
}

static uint8_t grey_of(double value, const double grey[2])
{
    const double share = grey[1] > grey[0] ? (value - grey[0]) / (grey[1] - grey[0]) : 0;
    return (uint8_t)(1 + 254 * fmin(fmax(share, 0), 1));
}

/* Draws a slice from column `left` of a strip on, in the middle of its height. */
static void draw_slice(const vx_survey *survey, const float *thumbnail, const box *b, const slice *s, int64_t left,
                       const double grey[2], const vx_strips *strips, uint8_t *strip)
{
    const vx_grid *grid = &survey->thumbnail.grid;
    const int64_t top = (strips->height - b->size[s->up]) / 2;
    double inverse[3][4];
    vx_grid_inverse(grid, inverse);
    for (int64_t row = 0; row < b->size[s->up]; row++)
        for (int64_t column = 0; column < b->size[s->across]; column++) {
            double mm[3], point[3];
            int64_t cell[3];
            mm[s->across] = b->low[s->across] + b->step * (double)column;
            mm[s->up] = b->low[s->up] + b->step * (double)(b->size[s->up] - 1 - row);
            mm[s->third] = s->at;
            for (int k = 0; k < 3; k++)
                point[k] = inverse[k][0] * mm[0] + inverse[k][1] * mm[1] + inverse[k][2] * mm[2] + inverse[k][3];
            if (vx_grid_nearest(grid->dim, point, cell))
                strip[(top + row) * strips->width + left + column] =
                    grey_of(thumbnail[vx_grid_place(grid, cell)], grey);
        }
}

vx_status vx_strips_make(const vx_survey *survey, const bool *in_group, vx_strips *strips, vx_error *error)
{
    const int64_t cells = (int64_t)vx_grid_elements(&survey->thumbnail.grid), images = survey->n * survey->sessions;
    const box b = box_around(survey, in_group);
    slice slices[SLICES];
    size_t pixels, all;
    vx_status status = VX_OK;
    find_slices(&b, slices);
    *strips = (vx_strips){.images = images, .width = (SLICES - 1) * GAP};
    for (int k = 0; k < SLICES; k++) {
        strips->width += b.size[slices[k].across];
        strips->height = b.size[slices[k].up] > strips->height ? b.size[slices[k].up] : strips->height;
    }
    if (vx_multiply((size_t)strips->width, (size_t)strips->height, &pixels) &&
        vx_multiply(pixels, (size_t)images, &all))
        strips->grey = vx_array_zero(all, 1);
    if (!strips->grey)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < images && !status; i++) {
        const float *thumbnail = survey->image[i].thumbnail;
        double grey[2] = {0, 0};
        int64_t left = 0;
        if (!thumbnail)
            continue;
        status = find_greys(thumbnail, in_group, cells, grey, error);
        for (int k = 0; k < SLICES && !status; k++) {
            draw_slice(survey, thumbnail, &b, &slices[k], left, grey, strips, strips->grey + (size_t)i * pixels);
            left += b.size[slices[k].across] + GAP;
        }
    }
    return status;
}

void vx_strips_destroy(vx_strips *strips)
{
    if (!strips)
        return;
    free(strips->grey);
    *strips = (vx_strips){0};
}
