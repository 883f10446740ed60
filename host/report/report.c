#include "report/report.h"

#include "base/embedded.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/stop.h"
#include "base/stream.h"
#include "report/draw/named_points.h"
#include "report/ground.h"
#include "report/kept.h"
#include "report/section.h"
#include "report/sections.h"

#include <stdio.h>
#include <string.h>

extern const vx_embedded vx_embedded_page[];

#define DECLARE(name) extern const vx_section vx_section_##name;
#define ADDRESS(name) &vx_section_##name,
VX_SECTIONS(DECLARE)
static const vx_section *const section[] = {VX_SECTIONS(ADDRESS)};
enum { SECTIONS = sizeof section / sizeof *section };

const char *vx_page_file(const char *name)
{
    for (const vx_embedded *file = vx_embedded_page; file->name; file++)
        if (!strcmp(file->name, name))
            return file->text;
    return NULL;
}

bool vx_report_has_images(const vx_report *report)
{
    return report->results->modalities;
}

static bool applies(const vx_report *report, const vx_section *one)
{
    return !one->applies || one->applies(report);
}

/* Lays the names of a picture's points over it. They are no content of their own: tables have them, too. */
static void put_names(vx_report *report, const vx_drawing *drawing)
{
    vx_named_points points = {0};
    report->status = vx_named_points_find(drawing, &points, report->error);
    if (points.points)
        vx_put(report->page, "<span aria-hidden=\"true\" class=\"%s\">", drawing->dense ? "dense" : "points");
    for (size_t i = 0; i < points.points; i++)
        vx_put(report->page, "<i title=\"%s\" style=\"left:%.2f%%;top:%.2f%%\"></i>", points.point[i].text,
               100 * points.point[i].x / drawing->width, 100 * points.point[i].y / drawing->height);
    if (points.points)
        vx_put_markup(report->page, "</span>");
    vx_named_points_destroy(&points);
}

bool vx_report_wants(const vx_report *report, const char *name)
{
    return !report->taker || report->taker->wants(report->taker->of, name);
}

/* The size of the PNG: " (1,240 × 620 pixels, 105 × 52 mm at 300 dpi)". */
static void put_size(vx_page *page, const vx_drawing *drawing)
{
    const double mm = 25.4 / VX_FIGURE_DPI;
    char wide[32], high[32];
    int pixels[2];
    vx_figure_png_size(drawing, pixels);
    vx_put(page, " (%s \xC3\x97 %s pixels, %.0f \xC3\x97 %.0f mm at %d dpi)", vx_count_text((uint64_t)pixels[0], wide),
           vx_count_text((uint64_t)pixels[1], high), mm * pixels[0], mm * pixels[1], VX_FIGURE_DPI);
}

void vx_report_picture(vx_report *report, const vx_picture *picture)
{
    vx_page *page = report->page;
    if (report->status || (report->status = vx_stop_check(report->error)))
        return;
    if (report->taker) {
        if (vx_report_wants(report, picture->name))
            report->status = report->taker->take(report->taker->of, picture, report->error);
        return;
    }
    vx_drawn_picture *drawn = vx_pictures_draw(&report->pictures, picture->name, picture->vector, &picture->drawing,
                                               report->error);
    if (!drawn) {
        report->status = VX_INTERNAL;
        return;
    }
    vx_put(page, "<figure class=\"%s\"><div class=\"over\"><img loading=\"lazy\" decoding=\"async\" width=\"%.0f\" "
           "height=\"%.0f\" alt=\"%s\" src=\"data:image/%s,", picture->vector ? "plot" : "map",
           picture->drawing.width, picture->drawing.height, picture->alt, picture->vector ? "svg+xml" : "webp;base64");
    drawn->at = (size_t)ftell(page->out);
    vx_put_markup(page, "\">");
    if (picture->vector)
        put_names(report, &picture->drawing);
    if (!picture->caption) {
        vx_put_markup(page, "</div></figure>\n");
        return;
    }
    vx_put(page, "</div><figcaption>%s <span class=\"files\">" VX_FIGURES_FOLDER "/%s.png", picture->caption,
           picture->name);
    put_size(page, &picture->drawing);
    vx_put_markup(page, ", .svg</span></figcaption></figure>\n");
}

static void write_head(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    vx_put_markup(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
                  "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n");
    vx_put(page, "<meta name=\"generator\" content=\"voxstat %s\">\n<title>voxstat report: %s</title>\n<style>\n",
           results->version, results->table);
    vx_page_write(page, vx_page_file("report.css"));
    vx_page_write(page, vx_page_file("viewer.css"));
    vx_put_markup(page, "</style>\n<script>document.documentElement.className = \"js\"</script>\n</head>\n<body>\n"
                  "<a class=\"skip\" href=\"#main\">Skip to the results</a>\n");
}

static void write_contents(vx_report *report)
{
    vx_put_markup(report->page, "<nav aria-label=\"Contents\"><ul>\n");
    for (int i = 0; i < SECTIONS; i++) {
        if (!applies(report, section[i]))
            continue;
        vx_put(report->page, "<li><a href=\"#%s\">%s</a>", section[i]->id, section[i]->title);
        if (section[i]->contents)
            section[i]->contents(report);
        vx_put_markup(report->page, "</li>\n");
    }
    vx_put_markup(report->page, "</ul></nav>\n");
}

static void write_page(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    write_head(report);
    vx_put_markup(page, "<header><p class=\"kind\">voxstat report</p><h1>");
    for (size_t m = 0; m < results->modalities; m++)
        vx_put(page, "%s%s", m ? ", " : "", results->modality[m].name);
    if (!results->modalities)
        vx_put_markup(page, "Markers");
    if (results->design == VX_PAIRED)
        vx_put(page, ": %s to %s", results->session[0], results->session[1]);
    vx_put(page, "</h1><p class=\"when\">%s; %lld participants; %s</p></header>\n<div class=\"columns\">\n",
           results->table, (long long)results->participants, results->started);
    write_contents(report);
    vx_put_markup(page, "<main id=\"main\" tabindex=\"-1\">\n");
    for (int i = 0; !report->status && i < SECTIONS; i++) {
        if (!applies(report, section[i]))
            continue;
        vx_put(page, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n", section[i]->id,
               section[i]->id, section[i]->id, section[i]->title);
        section[i]->write(report);
        vx_put_markup(page, "</section>\n");
    }
    vx_put_markup(page, "</main>\n</div>\n<footer><p>For research; not a medical device.</p></footer>\n<script>\n");
    vx_page_write(page, vx_page_file("report.js"));
    vx_put_markup(page, "</script>\n</body>\n</html>\n");
}

vx_status vx_report_write(const char *folder, const vx_report_options *options, vx_error *error)
{
    vx_results *results = NULL;
    char *text = NULL;
    size_t size = 0;
    vx_page page = {0};
    vx_report report = {.template = options->template, .orientation = options->orientation, .say = options->say,
                        .page = &page, .error = error};
    report.status = vx_results_open(folder, &results, error);
    if (report.status)
        return report.status;
    report.results = results;
    report.status = vx_report_read_template(&report, error);
    report.files = vx_files_new();
    page.out = vx_text_stream(&text, &size);
    if (!report.status && !(report.files && page.out))
        report.status = vx_fail_memory(error);
    /* This thread writes the page and draws pictures. The others run the tasks that it creates. */
    if (!report.status) {
#pragma omp parallel
#pragma omp master
        write_page(&report);
    }
    const bool complete = vx_stream_close(page.out) && !page.out_of_memory;
    if (!report.status && !complete)
        report.status = vx_fail_memory(error);
    if (!report.status)
        report.status = vx_pictures_file(&report.pictures, text, size, report.files, error);
    if (!report.status)
        report.status = vx_files_commit(report.files, folder, results->run, true, error);
    free(text);
    vx_pictures_destroy(&report.pictures);
    vx_files_free(report.files);
    vx_report_free_template(&report);
    vx_grounds_free(report.ground, results->modalities);
    vx_kept_maps_free(report.kept);
    vx_results_close(results);
    return report.status;
}
