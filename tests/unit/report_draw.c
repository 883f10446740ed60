/* Colours whose luminance is monotonic, positions between voxels, and lines of equal value, against answers worked out
 * by hand. A single voxel beyond the threshold shows in every picture. */
#include "base/memory.h"
#include "report/draw/brain.h"
#include "report/draw/colour.h"
#include "report/draw/contour.h"
#include "report/draw/plot.h"
#include "report/draw/sample.h"
#include "report/draw/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* In double, which cmocka's own comparison is not. */
#define assert_close(a, b, tolerance) assert_true(fabs((double)(a) - (b)) <= (tolerance))

/* CIE L* of an sRGB colour (IEC 61966-2-1; CIE 15), which is not how the colours are made. */
static double lightness(vx_colour c)
{
    const double channel[] = {c.r, c.g, c.b}, weight[] = {0.2126, 0.7152, 0.0722};
    double y = 0;
    for (int k = 0; k < 3; k++) {
        assert_true(channel[k] >= 0 && channel[k] <= 1);
        y += weight[k] * (channel[k] <= 0.04045 ? channel[k] / 12.92 : pow((channel[k] + 0.055) / 1.055, 2.4));
    }
    return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : y * 24389 / 27;
}

static void each_side_darkens(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2)
        for (int i = 0; i < 100; i++)
            assert_true(lightness(vx_colour_diverging(sign * (i + 1) / 100.0)) <
                        lightness(vx_colour_diverging(sign * i / 100.0)) - 0.2); /* 50 of L* over 100 steps, evenly */
    assert_true(lightness(vx_colour_diverging(0)) > 90);
    assert_true(lightness(vx_colour_diverging(1)) < 40);
}

/* Equal distances from zero are about as dark on both sides, and blue is blue, orange orange to all kinds of eyes: the
 * difference of the blue and the red channel, which protanopes and deuteranopes keep. */
static void sides_are_alike_and_apart(void **state)
{
    (void)state;
    for (int i = 1; i <= 20; i++) {
        const vx_colour up = vx_colour_diverging(i / 20.0), down = vx_colour_diverging(-i / 20.0);
        assert_true(fabs(lightness(up) - lightness(down)) < 6);
        if (i >= 4)
            assert_true(up.r - up.b > 0.2 && down.b - down.r > 0.2);
    }
    const vx_colour end = vx_colour_diverging(1), beyond = vx_colour_diverging(7);
    assert_memory_equal(&end, &beyond, sizeof end);
}

/* Over a brain the end is the lightest and most vivid, what just counts the darkest, and the sides stay apart. */
static void beyond_the_threshold_colours_glow(void **state)
{
    (void)state;
    for (int positive = 0; positive < 2; positive++)
        for (int i = 0; i < 50; i++)
            assert_true(lightness(vx_colour_glowing((i + 1) / 50.0, positive)) >
                        lightness(vx_colour_glowing(i / 50.0, positive)));
    for (int i = 0; i <= 20; i++) {
        const vx_colour up = vx_colour_glowing(i / 20.0, true), down = vx_colour_glowing(i / 20.0, false);
        assert_true(up.r - up.b > 0.4 && down.b - down.r > 0.4);
    }
    assert_true(lightness(vx_colour_glowing(0, true)) < 45 && lightness(vx_colour_glowing(1, true)) > 85);
}

/* Taylor et al. 2023: below the threshold the square of the value, above it everything. */
static void what_misses_the_threshold_fades(void **state)
{
    const vx_brain brain = {.limit = 8, .threshold = 4, .positive = true};
    (void)state;
    assert_close(vx_brain_opacity(&brain, 4.01), 1, 0);
    assert_close(vx_brain_opacity(&brain, 4), 0.75, 1e-12);
    assert_close(vx_brain_opacity(&brain, -2), 0.75 / 4, 1e-12);
    assert_close(vx_brain_opacity(&brain, -7), 0.75, 1e-12); /* in a tail that was not tested */
    assert_close(vx_brain_opacity(&brain, 0), 0, 0);
    assert_int_equal(vx_pixel_mixed((vx_colour){1, 0, 0}, 0.2, (vx_colour){0, 1, 0.2}), 0x33cc29);
}

static float eight[8] = {0, 1, 2, 3, 4, 5, 6, 7}; /* x + 2 y + 4 z */

static void between_voxels(void **state)
{
    const vx_grid grid = vx_grid_new(2, 2, 2, 2, (double[]){10, 20, 30});
    const vx_sampler s = vx_sampler_new(&grid, eight);
    (void)state;
    assert_close(vx_sample(&s, (double[]){10, 20, 30}, -1), 0, 1e-12);
    assert_close(vx_sample(&s, (double[]){12, 22, 32}, -1), 7, 1e-12);
    assert_close(vx_sample(&s, (double[]){11, 21, 31}, -1), 3.5, 1e-12);
    assert_close(vx_sample(&s, (double[]){10.5, 21, 32}, -1), 0.25 + 1 + 4, 1e-12); /* the volume is linear */
    assert_close(vx_sample(&s, (double[]){10.5, 21.2, 31.6}, -1), 0.25 + 1.2 + 3.2, 1e-12);
    assert_close(vx_sample(&s, (double[]){9, 20, 30}, -1), 0.5 * -1 + 0.5 * 0, 1e-12); /* half outside */
    assert_close(vx_sample(&s, (double[]){7, 20, 30}, -1), -1, 0);
    assert_close(vx_sample_nearest(&s, (double[]){10.9, 21.1, 30}, -1), 2, 0);
    assert_close(vx_sample_nearest(&s, (double[]){8.9, 20, 30}, -1), -1, 0);
}

/* Axes swapped, one reversed, and of three sizes: i goes to -y in steps of 3, j to x by 2, k to z by 4. */
static void any_orientation(void **state)
{
    vx_grid grid = {.dim = {2, 2, 2}, .affine = {{0, 2, 0, 5}, {-3, 0, 0, 9}, {0, 0, 4, -8}, {0, 0, 0, 1}}};
    const vx_sampler s = vx_sampler_new(&grid, eight);
    (void)state;
    assert_close(vx_sample(&s, (double[]){5, 6, -8}, -1), 1, 1e-12);      /* i = 1 */
    assert_close(vx_sample(&s, (double[]){7, 9, -8}, -1), 2, 1e-12);      /* j = 1 */
    assert_close(vx_sample(&s, (double[]){6, 7.5, -6}, -1), 3.5, 1e-12);  /* the middle */
}

static void what_is_not_finite_is_outside(void **state)
{
    float volume[2] = {4, NAN};
    const vx_grid grid = vx_grid_new(2, 1, 1, 1, (double[]){0, 0, 0});
    const vx_sampler s = vx_sampler_new(&grid, volume);
    (void)state;
    assert_close(vx_sample(&s, (double[]){0, 0, 0}, 0), 4, 0);
    assert_close(vx_sample(&s, (double[]){0.5, 0, 0}, 0), 2, 1e-12);
}

static void overlap_counts_voxels_of_the_mask(void **state)
{
    const vx_grid grid = vx_grid_new(2, 2, 2, 2, (double[]){0, 0, 0});
    const vx_grid half = vx_grid_new(1, 2, 2, 2, (double[]){0, 0, 0}); /* x = 0 only */
    const vx_grid away = vx_grid_new(2, 2, 2, 2, (double[]){90, 0, 0});
    const float mask[8] = {1, 1, 1, 1, 1, 0, 0, 0}, image[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    (void)state;
    assert_close(vx_sample_overlap(&grid, mask, &grid, image), 1, 0);
    assert_close(vx_sample_overlap(&grid, mask, &half, image), 3.0 / 5, 1e-12);
    assert_close(vx_sample_overlap(&grid, mask, &away, image), 0, 0);
}

/* One high sample in the middle of 3 x 3: the line is a diamond around it, half way to its neighbours. */
static void a_line_around_a_peak(void **state)
{
    const float field[9] = {0, 0, 0, 0, 1, 0, 0, 0, 0};
    double low[2], high[2];
    (void)state;
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, NULL);
    cairo_t *cairo = cairo_create(surface);
    vx_contour(cairo, field, 3, 3, 0.5, 10, 20, 2, false);
    cairo_path_extents(cairo, &low[0], &low[1], &high[0], &high[1]);
    assert_close(low[0], 11, 0.01); /* cairo rounds to 1/256 */
    assert_close(high[0], 13, 0.01);
    assert_close(low[1], 21, 0.01);
    assert_close(high[1], 23, 0.01);
    cairo_new_path(cairo);
    vx_contour(cairo, field, 3, 3, 2, 10, 20, 2, false);
    assert_false(cairo_has_current_point(cairo));
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

/* How many of the glass brain's three views have a coloured pixel, neither grey nor ink. The views are side by side
 * with white between them. */
static int coloured_views(const vx_brain *brain)
{
    enum { TITLES = 50 /* rows */, VIEWS = 3 };
    vx_glass *glass = vx_glass_new(brain, &(vx_brain_layout){0});
    assert_non_null(glass);
    const vx_drawing drawing = vx_glass_drawing(glass);
    const int width = (int)(drawing.width * drawing.scale), height = (int)(drawing.height * drawing.scale);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_scale(cairo, drawing.scale, drawing.scale);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    drawing.draw(cairo, &drawing);
    cairo_surface_flush(surface);
    int view = -1, coloured[VIEWS] = {0};
    bool before = false;
    for (int i = 0; i < width; i++) {
        bool shown = false, colour = false;
        for (int j = TITLES; j < height; j++) {
            const unsigned char *pixel = cairo_image_surface_get_data(surface) +
                                         j * cairo_image_surface_get_stride(surface) + 4 * i;
            shown = shown || pixel[0] < 250 || pixel[1] < 250 || pixel[2] < 250;
            colour = colour || abs(pixel[0] - pixel[2]) > 60;
        }
        view += shown && !before;
        before = shown;
        if (colour && view < VIEWS) /* the bar of colours comes after them */
            coloured[view] = 1;
    }
    assert_true(view >= VIEWS);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    vx_glass_free(glass);
    return coloured[0] + coloured[1] + coloured[2];
}

/* A head of 180 mm in voxels of 4 mm. Samples are 2 mm apart and hit the centre of hardly any voxel, and a voxel just
 * beyond the threshold among zeros is below it everywhere but at its centre. */
static void one_voxel_is_seen_in_every_view(void **state)
{
    enum { SIDE = 45, VOXELS = SIDE * SIDE * SIDE };
    const int at[][3] = {{22, 22, 22}, {7, 30, 13}, {31, 8, 40}, {0, 44, 20}}; /* the last at the edge */
    const vx_grid grid = vx_grid_new(SIDE, SIDE, SIDE, 4, (double[]){-90, -126, -72});
    float *map = vx_array_zero(VOXELS, sizeof *map), *mask = vx_array(VOXELS, sizeof *mask);
    (void)state;
    assert_true(map && mask);
    for (int i = 0; i < VOXELS; i++)
        mask[i] = 1;
    vx_brain brain = {.background = vx_sampler_new(&grid, mask), .map = vx_sampler_new(&grid, map),
                      .mask = vx_sampler_new(&grid, mask), .limit = 4, .threshold = 3.9, .positive = true,
                      .negative = true, .units = "t"};
    vx_brain_frame(&brain, &grid);
    assert_int_equal(coloured_views(&brain), 0);
    for (int k = 0; k < 4; k++)
        for (int sign = -1; sign <= 1; sign += 2) {
            float *voxel = &map[at[k][0] + SIDE * (at[k][1] + SIDE * at[k][2])];
            *voxel = (float)sign * 4;
            assert_int_equal(coloured_views(&brain), 3);
            *voxel = 0;
        }
    free(map);
    free(mask);
}

/* How many labels a colour bar of 150 has: blocks of rows with ink, none of them higher than a line. */
static int labels_of_bar(double threshold, double limit)
{
    enum { WIDTH = 80, HEIGHT = 180, LABELS = 26 /* columns: right of the bar and its marks */ };
    const vx_brain brain = {.limit = limit, .threshold = threshold, .positive = true, .negative = true, .units = ""};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    vx_colour_bar(cairo, &brain, 5, 15, 16, 150);
    cairo_surface_flush(surface);
    int labels = 0, rows = 0;
    for (int j = 0; j < HEIGHT; j++) {
        const unsigned char *row = cairo_image_surface_get_data(surface) + j * cairo_image_surface_get_stride(surface);
        bool ink = false;
        for (int i = LABELS; i < WIDTH; i++)
            ink = ink || row[4 * i] < 200;
        labels += ink && !rows;
        rows = ink ? rows + 1 : 0;
        assert_true(rows <= VX_TEXT_SMALL);
    }
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return labels;
}

static void labels_of_a_bar_keep_apart(void **state)
{
    (void)state;
    assert_int_equal(labels_of_bar(3.9, 8), 5);
    assert_int_equal(labels_of_bar(3.9, 236), 5); /* the thresholds have their place whatever the limit is */
    assert_int_equal(labels_of_bar(3.9, 4), 5);
    assert_int_equal(labels_of_bar(3.9, 3), 3);   /* below the threshold there is still an end */
}

static void ticks_are_round(void **state)
{
    double tick[VX_TICKS_MAX], step;
    (void)state;
    assert_int_equal(vx_ticks(0, 10, 5, tick, &step), 6);
    assert_close(step, 2, 1e-12);
    assert_close(tick[5], 10, 1e-12);
    assert_int_equal(vx_ticks(-0.13, 0.22, 4, tick, &step), 4); /* -0.1 0 0.1 0.2 */
    assert_close(tick[0], -0.1, 1e-12);
    assert_false(signbit(tick[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_side_darkens),
        cmocka_unit_test(sides_are_alike_and_apart),
        cmocka_unit_test(beyond_the_threshold_colours_glow),
        cmocka_unit_test(what_misses_the_threshold_fades),
        cmocka_unit_test(between_voxels),
        cmocka_unit_test(any_orientation),
        cmocka_unit_test(what_is_not_finite_is_outside),
        cmocka_unit_test(overlap_counts_voxels_of_the_mask),
        cmocka_unit_test(a_line_around_a_peak),
        cmocka_unit_test(one_voxel_is_seen_in_every_view),
        cmocka_unit_test(labels_of_a_bar_keep_apart),
        cmocka_unit_test(ticks_are_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
