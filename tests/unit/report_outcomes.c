/* Pictures and sentences of regions and markers: what a view holds, against answers worked by hand, where the drawings
 * put their marks, and what the page says. */
#include "unit/report_outcomes_fixture.h"

#include "base/stream.h"
#include "report/draw/colour.h"
#include "report/draw/forest.h"
#include "report/draw/heat.h"
#include "report/draw/tiles.h"
#include "report/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define assert_close(a, b, tolerance) assert_true(fabs((double)(a) - (b)) <= (tolerance))

extern const vx_section vx_section_regions, vx_section_markers;

static const char *const regions[] = {"striatum", "<b>insula", "precuneus", "thalamus", "pons"};
static const char *const families[] = {"primary", "secondary", "primary", "exploratory", "secondary"};
static const char *const markers[] = {"ttau", "nfl"};
static const fixture_kind both[] = {{VX_OUTCOME_REGION, 5, regions, families}, {VX_OUTCOME_MARKER, 2, markers, NULL}};

static vx_outcome_view view_of(const vx_results *results, vx_outcome_kind kind, bool planned)
{
    vx_outcome_view view;
    vx_error error;
    assert_int_equal(vx_outcome_view_init(results, kind, kind == VX_OUTCOME_REGION ? "pet" : NULL, planned, &view,
                                          &error), VX_OK);
    return view;
}

static void views_keep_families_together(void **state)
{
    const char *const planned[] = {"striatum", "precuneus", "<b>insula", "pons"};
    const bool opens[] = {true, false, true, false};
    vx_results *results = fixture_results_new(both, 2, 5);
    (void)state;
    vx_outcome_view view = view_of(results, VX_OUTCOME_REGION, true);
    assert_int_equal(view.rows, 4);
    for (size_t row = 0; row < view.rows; row++) {
        assert_string_equal(view.row[row]->name, planned[row]);
        assert_int_equal(vx_view_opens_family(&view, row), opens[row]);
    }
    assert_int_equal(view.covariates, FIXTURE_COVARIATES);
    assert_string_equal(vx_view_under(&view, 2, "dose <mg>")->name, "<b>insula");
    assert_null(vx_view_under(&view, 2, "absent"));
    vx_outcome_view_destroy(&view);
    view = view_of(results, VX_OUTCOME_REGION, false);
    assert_int_equal(view.rows, 1);
    assert_string_equal(view.row[0]->name, "thalamus");
    vx_outcome_view_destroy(&view);
    assert_string_equal(vx_results_region_modality(results, 0), "pet");
    assert_null(vx_results_region_modality(results, 1));
    fixture_results_free(results);
}

/* Changes of 6, 3, 0, -3 and -6 percent: the first and the last are significant. */
static void rows_that_nobody_planned_are_sorted_by_p(void **state)
{
    static const char *const sorted[] = {"striatum", "pons", "<b>insula", "precuneus", "thalamus"};
    const fixture_kind one = {VX_OUTCOME_REGION, 5, regions, NULL};
    vx_results *results = fixture_results_new(&one, 1, 5);
    (void)state;
    vx_outcome_view view = view_of(results, VX_OUTCOME_REGION, false);
    assert_int_equal(view.rows, 5);
    for (size_t row = 0; row < view.rows; row++)
        assert_string_equal(view.row[row]->name, sorted[row]);
    vx_outcome_view_destroy(&view);
    fixture_results_free(results);
}

/* Baselines 80, 100, 120 (mean 100) and changes 10, 0, -4 (mean 2): 10, 0 and -4 percent of the mean baseline. On the
 * log scale, follow-up / baseline is 9/8, 1 and 29/30. The SD of the changes is sqrt(104 / 2). */
static void changes_on_every_axis(void **state)
{
    const fixture_kind one = {VX_OUTCOME_MARKER, 1, markers, NULL};
    vx_results *results = fixture_results_new(&one, 1, 3);
    double *before = results->outcome_values[VX_OUTCOME_MARKER][0], *value = results->outcome[0].value, change[3];
    double *after = results->outcome_values[VX_OUTCOME_MARKER][1];
    (void)state;
    before[0] = 80, before[1] = 100, before[2] = 120;
    after[0] = 90, after[1] = 100, after[2] = 116;
    value[VX_OUTCOME_CHANGE] = 2, value[VX_OUTCOME_CI_LOW] = -1, value[VX_OUTCOME_CI_HIGH] = 5;
    vx_outcome_view view = view_of(results, VX_OUTCOME_MARKER, false);
    assert_int_equal(view.axis, VX_AXIS_PERCENT);
    vx_view_changes(&view, 0, change);
    assert_close(change[0], 10, 1e-12);
    assert_close(change[2], -4, 1e-12);
    assert_close(vx_view_change(&view, 0).low, -1, 1e-12);
    assert_string_equal(vx_view_axis_words(&view), "change, % of the mean baseline");
    vx_outcome_view_destroy(&view);
    results->outcome[0].scale = VX_ON_LOG;
    view = view_of(results, VX_OUTCOME_MARKER, false);
    assert_string_equal(vx_view_axis_words(&view), "geometric mean ratio, change in %");
    value[VX_OUTCOME_CHANGE] = log(1.25);
    vx_view_changes(&view, 0, change);
    assert_close(change[0], 12.5, 1e-12);
    assert_close(change[2], 100 * (29.0 / 30 - 1), 1e-12);
    assert_close(vx_view_change(&view, 0).estimate, 25, 1e-12);
    results->outcome[0].scale = VX_ON_LINEAR;
    view.axis = VX_AXIS_SD;
    value[VX_OUTCOME_CHANGE] = 2;
    vx_view_changes(&view, 0, change);
    assert_close(change[0], 10 / sqrt(52), 1e-12);
    assert_close(vx_view_change(&view, 0).high, 5 / sqrt(52), 1e-12);
    vx_outcome_view_destroy(&view);
    fixture_results_free(results);
}

/* A baseline of zero has no percent: regions then keep their units, and markers, which have several, get SDs. An
 * outcome that was not tested does not decide. */
static void axes_where_percent_is_impossible(void **state)
{
    vx_results *results = fixture_results_new(both, 2, 5);
    (void)state;
    results->outcome_values[VX_OUTCOME_REGION][0][0] = 0;
    results->outcome_values[VX_OUTCOME_MARKER][0][0] = 0;
    vx_outcome_view view = view_of(results, VX_OUTCOME_REGION, true);
    assert_int_equal(view.axis, VX_AXIS_UNITS);
    vx_outcome_view_destroy(&view);
    view = view_of(results, VX_OUTCOME_MARKER, false);
    assert_int_equal(view.axis, VX_AXIS_SD);
    vx_outcome_view_destroy(&view);
    results->outcome[0].value[VX_OUTCOME_CHANGE] = NAN;
    view = view_of(results, VX_OUTCOME_REGION, true);
    assert_int_equal(view.axis, VX_AXIS_PERCENT);
    vx_outcome_view_destroy(&view);
    fixture_results_free(results);
}

/* ---- drawings ---- */

static cairo_surface_t *drawn(const vx_drawing *drawing)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(drawing->width), (int)ceil(drawing->height));
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    drawing->draw(cairo, drawing);
    assert_int_equal(cairo_status(cairo), CAIRO_STATUS_SUCCESS);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    return surface;
}

/* The number of pixels of about that colour, and the mean of their x and y. */
static int pixels(cairo_surface_t *surface, vx_colour colour, double *x, double *y)
{
    const double want[] = {colour.b, colour.g, colour.r};
    int count = 0;
    *x = *y = 0;
    for (int j = 0; j < cairo_image_surface_get_height(surface); j++)
        for (int i = 0; i < cairo_image_surface_get_width(surface); i++) {
            const unsigned char *pixel = cairo_image_surface_get_data(surface) +
                                         j * cairo_image_surface_get_stride(surface) + 4 * i;
            bool same = true;
            for (int k = 0; k < 3; k++)
                same = same && fabs(pixel[k] / 255.0 - want[k]) < 0.012;
            count += same;
            *x += same ? i : 0;
            *y += same ? j : 0;
        }
    *x /= count;
    *y /= count;
    return count;
}

/* Where the orange pixels of a forest with one estimate are: its diamond alone, as it has no interval and no text. */
static int diamond(double estimate, bool significant, double dot, double *x)
{
    const vx_forest_row row = {.label = "a", .mark = {{.dot = &dot, .dots = 1, .estimate = estimate, .low = NAN,
                                                       .high = NAN, .significant = significant}}};
    const vx_forest_panel panel = {.title = "", .axis = "", .column = {"", "", "", ""}, .width = 200,
                                   .range = {-10, 10}};
    const vx_forest_plot plot = {&row, 1, &panel, 1, ""};
    const vx_drawing drawing = vx_forest_drawing(&plot);
    cairo_surface_t *surface = drawn(&drawing);
    double y;
    const int count = pixels(surface, vx_orange, x, &y);
    cairo_surface_destroy(surface);
    return count;
}

static void forest_puts_estimates_where_they_are(void **state)
{
    double x[3], none;
    (void)state;
    for (int k = 0; k < 3; k++)
        assert_true(diamond(5 * k - 5, true, NAN, &x[k]) > 20);
    assert_close(x[1] - x[0], 50, 0.5); /* 5 of 20 units on 200 pixels */
    assert_close(x[2] - x[1], 50, 0.5);
    assert_int_equal(diamond(5, false, NAN, &none), 0);
    assert_int_equal(diamond(NAN, true, 3, &none), 0);
    assert_true(diamond(0, true, 1e6, &none) > 20); /* a dot beyond the side */
}

static void heat_has_the_colour_of_r(void **state)
{
    const char *const rows[] = {"a", "b"}, *const columns[] = {"x", "y", "z"};
    const double r[] = {0.8, NAN, NAN, NAN, NAN, -0.8}, p[] = {0.01, NAN, NAN, NAN, NAN, 0.5};
    const vx_heat_plot plot = {r, p, 2, 3, rows, columns, "r"};
    const vx_drawing drawing = vx_heat_drawing(&plot);
    cairo_surface_t *surface = drawn(&drawing);
    double up[2], down[2];
    (void)state;
    assert_true(pixels(surface, vx_colour_diverging(0.8), &up[0], &up[1]) > 400);
    assert_true(pixels(surface, vx_colour_diverging(-0.8), &down[0], &down[1]) > 800);
    assert_true(down[0] - up[0] > 100 && down[1] - up[1] > 15); /* two columns to the right, one row below */
    cairo_surface_destroy(surface);
}

static void draw_square(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_colour *colour = drawing->context;
    cairo_set_source_rgb(cairo, colour->r, colour->g, colour->b);
    cairo_rectangle(cairo, 0, 0, drawing->width, drawing->height);
    cairo_fill(cairo);
}

static void tiles_fill_rows(void **state)
{
    const vx_colour colour[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    vx_tile tile[3];
    double x[3], y[3];
    (void)state;
    for (int k = 0; k < 3; k++)
        tile[k] = (vx_tile){"", {.width = 40, .height = 30, .scale = 2, .draw = draw_square, .context = &colour[k]}};
    const vx_tile_grid tiles = {tile, 3, 2};
    const vx_drawing drawing = vx_tiles_drawing(&tiles);
    cairo_surface_t *surface = drawn(&drawing);
    for (int k = 0; k < 3; k++)
        assert_int_equal(pixels(surface, colour[k], &x[k], &y[k]), 40 * 30);
    assert_true(x[1] - x[0] >= 40 && y[1] == y[0]);
    assert_true(x[2] == x[0] && y[2] - y[0] >= 30);
    cairo_surface_destroy(surface);
}

/* ---- the page ---- */

typedef struct fixture_page {
    vx_page page;
    vx_report report;
    vx_error error;
    char *text;
    size_t size;
} fixture_page;

static void write_sections(fixture_page *p, const vx_results *results)
{
    *p = (fixture_page){0};
    p->report = (vx_report){.page = &p->page, .error = &p->error, .results = results};
    p->page.out = vx_text_stream(&p->text, &p->size);
    assert_non_null(p->page.out);
    const vx_section *const section[] = {&vx_section_regions, &vx_section_markers};
    for (int k = 0; k < 2; k++)
        if (section[k]->applies(&p->report))
            section[k]->write(&p->report);
    assert_true(vx_stream_close(p->page.out));
    assert_int_equal(p->report.status, VX_OK);
}

static void close_page(fixture_page *p)
{
    vx_pictures_destroy(&p->report.pictures);
    free(p->text);
}

static bool has_picture(const fixture_page *p, const char *name)
{
    for (const vx_drawn_picture *picture = p->report.pictures.first; picture; picture = picture->next)
        if (!strcmp(picture->name, name))
            return true;
    return false;
}

static void page_says_what_was_found(void **state)
{
    static const char *const said[] = {
        "<strong>primary</strong> (2) and <strong>secondary</strong> (2), in 14 participants",
        "by all 16,384 sign flips, the correlation with <strong>level</strong> and <strong>dose &lt;mg&gt;</strong> by "
        "10,000 random permutations",
        "<summary><strong>change</strong>: <span class=\"found\">2 of 4 regions reach p &lt; 0.05</span> (change, % of "
        "the mean baseline): striatum (+6\xC2\xA0%, corrected p 0.00490), pons (\xE2\x88\x92" "6\xC2\xA0%, corrected "
        "p 0.00490)</summary><div class=\"scroll\" id=\"regions-1-1\"",
        "<strong>level</strong>: <span class=\"found\">2 of 4 regions reach p &lt; 0.05</span>: striatum (r 0.72, ",
        "<strong>dose &lt;mg&gt;</strong>: none of 1 region reaches p &lt; 0.05; the least corrected p is "
        "0.875 (thalamus)",
        "<tr id=\"outcome-12\"><th scope=\"row\">pons</th>",
        "&lt;b&gt;insula", "There is one arm and no control", "<summary>1 exploratory region of pet</summary>"};
    static const char *const pictures[] = {"regions_pet_forest", "regions_pet_matrix", "regions_pet_participants",
                                           "regions_pet_forest_exploratory", "markers_forest", "markers_participants"};
    vx_results *results = fixture_results_new(both, 2, 14);
    fixture_page p;
    (void)state;
    write_sections(&p, results);
    for (size_t k = 0; k < sizeof said / sizeof *said; k++)
        if (!strstr(p.text, said[k]))
            fail_msg("the page lacks: %s", said[k]);
    for (size_t k = 0; k < sizeof pictures / sizeof *pictures; k++)
        if (!has_picture(&p, pictures[k]))
            fail_msg("the page lacks the picture %s", pictures[k]);
    assert_null(strstr(p.text, "<b>"));
    assert_false(has_picture(&p, "regions_pet_scatter")); /* the values of the covariates are not known */
    close_page(&p);
    fixture_results_free(results);
}

/* Of many regions that nobody planned the sentences name six, and the pictures are folded. */
static void page_of_many_regions(void **state)
{
    static const char *const many[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"};
    (void)state;
    for (size_t count = 12; count <= 13; count++) {
        const fixture_kind one = {VX_OUTCOME_REGION, count, many, NULL};
        vx_results *results = fixture_results_new(&one, 1, 5);
        fixture_page p;
        for (size_t i = 0; i < results->outcomes; i++)
            results->outcome[i].value[VX_OUTCOME_P_FWE] = i % 3 ? 0.5 : 0.04 - 0.001 * (double)i; /* the last least */
        write_sections(&p, results);
        const char *fold = strstr(p.text, "<details><summary>Pictures of all 13 regions of pet</summary>");
        assert_int_equal(fold != NULL, count == 13);
        assert_true(!fold || strstr(fold, "Forest plot"));
        char said[120];
        snprintf(said, sizeof said, "%zu of %zu regions reach p &lt; 0.05</span> (change, %% of "
                 "the mean baseline): %s (", count, count, many[count - 1]);
        assert_non_null(strstr(p.text, said));
        snprintf(said, sizeof said, "corrected p %s) and %zu more</summary>", count == 13 ? "0.0190" : "0.0220",
                 count - 6);
        if (!strstr(p.text, said))
            fail_msg("the page lacks: %s", said);
        close_page(&p);
        fixture_results_free(results);
    }
}

/* The values alone decide: with two participants no line can be drawn, so that there is no plot. */
static void page_with_covariates_has_scatter_plots(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= 14; n += 12) {
        double value[FIXTURE_COVARIATES][14];
        vx_results_column column[FIXTURE_COVARIATES];
        vx_results *results = fixture_results_new(both, 2, n);
        fixture_page p;
        for (int c = 0; c < FIXTURE_COVARIATES; c++) {
            column[c] = (vx_results_column){fixture_covariate_names[c], value[c]};
            for (int64_t i = 0; i < n; i++)
                value[c][i] = i == 3 ? NAN : fixture_place(i, n, 3 + 2 * c);
        }
        results->covariate = column;
        results->covariates = FIXTURE_COVARIATES;
        write_sections(&p, results);
        assert_int_equal(has_picture(&p, "regions_pet_scatter"), n > 2);
        assert_int_equal(has_picture(&p, "markers_scatter"), n > 2);
        assert_int_equal(strstr(p.text, "the strongest is striatum with level.") != NULL, n > 2);
        close_page(&p);
        fixture_results_free(results);
    }
}

/* Absent figures and participants leave gaps, and no "nan". */
static void page_without_figures(void **state)
{
    vx_results *results = fixture_results_new(both, 2, 3);
    fixture_page p;
    (void)state;
    for (size_t i = 0; i < results->outcomes; i++)
        for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
            results->outcome[i].value[k] = NAN;
    for (int64_t i = 0; i < 3; i++)
        results->outcome_values[VX_OUTCOME_MARKER][0][i] = NAN;
    write_sections(&p, results);
    if (strstr(p.text, "nan") || strstr(p.text, "inf"))
        fail_msg("%.200s", strstr(p.text, "nan") ? strstr(p.text, "nan") : strstr(p.text, "inf"));
    assert_non_null(strstr(p.text, "not tested"));
    assert_true(has_picture(&p, "markers_forest"));
    close_page(&p);
    fixture_results_free(results);
}

static void page_without_outcomes_is_as_before(void **state)
{
    const vx_results results = {0};
    fixture_page p;
    (void)state;
    write_sections(&p, &results);
    assert_int_equal(p.size, 0);
    close_page(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_keep_families_together),
        cmocka_unit_test(rows_that_nobody_planned_are_sorted_by_p),
        cmocka_unit_test(changes_on_every_axis),
        cmocka_unit_test(axes_where_percent_is_impossible),
        cmocka_unit_test(forest_puts_estimates_where_they_are),
        cmocka_unit_test(heat_has_the_colour_of_r),
        cmocka_unit_test(tiles_fill_rows),
        cmocka_unit_test(page_says_what_was_found),
        cmocka_unit_test(page_of_many_regions),
        cmocka_unit_test(page_with_covariates_has_scatter_plots),
        cmocka_unit_test(page_without_figures),
        cmocka_unit_test(page_without_outcomes_is_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
