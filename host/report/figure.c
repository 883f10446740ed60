#include "report/figure.h"

#include "base/memory.h"
#include "base/stream.h"
#include "infer/quantity.h"
#include "report/figure_parts.h"
#include "report/figure_sheet.h"
#include "report/ground.h"
#include "report/kept.h"

#include <math.h>
#include <string.h>

struct vx_composed {
    vx_figure_options asked;
    const vx_figure_options *options; /* of asked */
    vx_results *results;
    vx_report report;
    vx_look look;
    vx_page page;
    char *text;           /* of the page, which nobody reads */
    vx_figure_item *item;
    size_t items;
    const vx_effect_view *view; /* whose pictures are taken; null: those of a section */
    FILE *list;           /* names of pictures are written there instead; null: no */
    cairo_t *cairo;       /* pictures are drawn there; null: they are measured */
};

static const double MM_A_POINT = 25.4 / 72, WIDEST = 180 /* mm: two columns of a journal */;

/* The unit of drawings in mm, at which text has the wanted size. */
static double unit_of(const vx_figure_options *options)
{
    return options->text_pt * MM_A_POINT / VX_TEXT_NORMAL;
}

static double width_of(const vx_figure_options *options)
{
    return (options->width_mm > 0 ? options->width_mm : WIDEST) / unit_of(options);
}

/* ---- which pictures ---- */

static bool chosen(const char *const *name, size_t names, const char *one)
{
    for (size_t i = 0; i < names; i++)
        if (!strcmp(name[i], one))
            return true;
    return !names;
}

/* The words that a name answers to begin it or follow a '_' or '-', and end it or come before a '-': "slices" and
 * "pet_change_slices" of pet_change_slices, "null" and "null-extent" of pet_change_null-extent, "values". */
static bool answers(const char *name, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = name; at; at = strpbrk(at, "_-") ? strpbrk(at, "_-") + 1 : NULL)
        if (!strncmp(at, word, length) && (!at[length] || at[length] == '-'))
            return true;
    return false;
}

/* Whether a name has `stem` between its beginning, '_' and its end. */
static bool has_part(const char *name, const char *stem)
{
    const size_t length = strlen(stem);
    for (const char *at = name; at; at = strchr(at, '_') ? strchr(at, '_') + 1 : NULL)
        if (!strncmp(at, stem, length) && (!at[length] || at[length] == '_'))
            return true;
    return false;
}

/* Whether a picture of a section is of a modality that was not chosen. Of several stems in a name the longest
 * counts. */
static bool of_other_modality(const vx_composed *figure, const char *name)
{
    const vx_results *results = figure->results;
    const vx_results_modality *best = NULL;
    for (size_t m = 0; m < results->modalities; m++)
        if (has_part(name, results->modality[m].stem) &&
            (!best || strlen(results->modality[m].stem) > strlen(best->stem)))
            best = &results->modality[m];
    return best && !chosen(figure->options->modality, figure->options->modalities, best->name);
}

/* The place of the first word that a picture answers to; `pictures`: none. */
static size_t word_of(const vx_composed *figure, const char *name)
{
    const vx_figure_options *options = figure->options;
    for (size_t i = 0; i < options->pictures; i++)
        if (answers(name, options->picture[i]))
            return i;
    return options->pictures;
}

static bool wants(void *of, const char *name)
{
    const vx_composed *figure = of;
    return figure->list ||
           (word_of(figure, name) < figure->options->pictures && (figure->view || !of_other_modality(figure, name)));
}

/* ---- taking them ---- */

/* The name of a picture without that of its effect. */
static const char *without_effect(const vx_composed *figure, const char *name)
{
    const char *stem = figure->view ? figure->view->effect->stem : NULL;
    const size_t length = stem ? strlen(stem) : 0;
    return stem && !strncmp(name, stem, length) && name[length] == '_' ? name + length + 1 : name;
}

/* What kind of picture it is: "slices", and "forest" of regions_pet_forest. */
static const char *kind_of(const vx_composed *figure, const char *name)
{
    const char *own = without_effect(figure, name), *last = figure->view ? NULL : strrchr(own, '_');
    return last ? last + 1 : own;
}

/* Keeps what a picture is, or its new size. */
static vx_status measure(vx_composed *figure, const vx_picture *picture, vx_error *error)
{
    for (size_t i = 0; i < figure->items; i++)
        if (!strcmp(figure->item[i].name, picture->name)) {
            figure->item[i].width = picture->drawing.width;
            figure->item[i].height = picture->drawing.height;
            return VX_OK;
        }
    vx_figure_item *grown = vx_array_grow(figure->item, figure->items, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    figure->item = grown;
    const vx_effect_view *view = figure->view;
    const char *caption = picture->caption ? picture->caption : "";
    vx_figure_item *item = &grown[figure->items++];
    *item = (vx_figure_item){.name = vx_copy_text(picture->name), .caption = vx_copy_text(caption),
                             .title = view ? vx_text("%s: %s", view->modality->name, view->effect->name)
                                           : vx_copy_text(""),
                             .word = word_of(figure, picture->name), .place = figure->items,
                             .width = picture->drawing.width, .height = picture->drawing.height,
                             .stretches = picture->drawing.stretches};
    item->kind = item->name ? kind_of(figure, item->name) : "";
    return item->name && item->caption && item->title ? VX_OK : vx_fail_memory(error);
}

static vx_status take(void *of, const vx_picture *picture, vx_error *error)
{
    vx_composed *figure = of;
    if (figure->list) {
        fprintf(figure->list, "%s\n", without_effect(figure, picture->name));
        return VX_OK;
    }
    if (!figure->cairo)
        return measure(figure, picture, error);
    for (size_t i = 0; i < figure->items; i++) {
        const vx_figure_item *item = &figure->item[i];
        if (!item->shown || strcmp(item->name, picture->name) != 0)
            continue;
        vx_drawing drawing = picture->drawing;
        drawing.width = item->at_width;
        drawing.height = item->at_height;
        cairo_save(figure->cairo);
        cairo_translate(figure->cairo, item->x, item->y);
        drawing.draw(figure->cairo, &drawing);
        cairo_restore(figure->cairo);
    }
    return VX_OK;
}

/* Runs the sections that draw what is wanted. */
static vx_status run(vx_composed *figure, vx_error *error)
{
    const vx_figure_options *options = figure->options;
    const vx_results *results = figure->results;
    const vx_picture_taker taker = {wants, take, figure};
    vx_report *report = &figure->report;
    bool sections = figure->list;
    report->taker = &taker;
    report->error = error;
    report->status = VX_OK;
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_effect_view view = {&results->modality[m], &results->modality[m].effect[e], ""};
            figure->view = &view;
            if (chosen(options->modality, options->modalities, view.modality->name) &&
                chosen(options->effect, options->effects, view.effect->name))
                vx_figure_effect(report, &view);
            figure->view = NULL;
        }
    for (size_t i = 0; i < options->pictures; i++)
        sections |= !vx_figure_of_effects(options->picture[i]);
    if (sections)
        vx_figure_sections(report);
    report->taker = NULL;
    return report->status;
}

/* Finds the sizes of the pictures; brains are as wide as the figure. */
static vx_status measure_all(vx_composed *figure, double width, vx_error *error)
{
    figure->look.layout.width = width;
    figure->look.layout.pixels = 0.2; /* few, as nothing is drawn */
    return run(figure, error);
}

/* ---- errors ---- */

/* Fails with the sorted words for pictures that there are. */
static vx_status no_picture(vx_composed *figure, const char *word, vx_error *error)
{
    char *names = NULL;
    figure->list = vx_text_stream(&names, NULL);
    vx_status status = figure->list ? run(figure, error) : vx_fail_memory(error);
    const bool complete = vx_stream_close(figure->list);
    figure->list = NULL;
    char *words = !status && complete ? vx_figure_words(names) : NULL;
    if (!status && !words)
        status = vx_fail_memory(error);
    if (!status)
        status = vx_fail(error, VX_INPUT, "--picture %s: the report has no such picture%s; there are: %s", word,
                         figure->options->modalities || figure->options->effects ? " of what was chosen" : "", words);
    free(words);
    free(names);
    return status;
}

static vx_status check_pictures(vx_composed *figure, vx_error *error)
{
    const vx_figure_options *options = figure->options;
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < options->pictures; i++) {
        bool found = false;
        for (size_t k = 0; k < figure->items; k++)
            found |= answers(figure->item[k].name, options->picture[i]);
        if (!found)
            status = no_picture(figure, options->picture[i], error);
    }
    return status;
}

static int in_order(const void *a, const void *b)
{
    const vx_figure_item *x = a, *y = b;
    if (x->word != y->word)
        return x->word < y->word ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* ---- the figure ---- */

static void set_letters(vx_composed *figure)
{
    for (size_t i = 0; figure->options->panels && i < figure->items; i++)
        snprintf(figure->item[i].letter, sizeof figure->item[i].letter, i < 26 ? "%c" : "%c%zu",
                 (char)('A' + i % 26), i / 26 + 1);
}

vx_status vx_figure_new(const char *folder, const vx_figure_options *options, vx_composed **made, vx_error *error)
{
    static const char *const usual[] = {"forest", "slices"};
    vx_composed *figure = vx_array_zero(1, sizeof *figure);
    *made = figure;
    if (!figure)
        return vx_fail_memory(error);
    figure->asked = *options;
    options = figure->options = &figure->asked;
    figure->look = options->look;
    figure->look.layout.width = width_of(options);
    vx_status status = vx_results_open(folder, &figure->results, error);
    if (status)
        goto cleanup;
    if (!options->pictures) {
        figure->asked.picture = &usual[figure->results->modalities > 0];
        figure->asked.pictures = 1;
    }
    figure->report = (vx_report){.results = figure->results, .template = options->template,
                                 .orientation = options->orientation, .say = options->say, .look = &figure->look,
                                 .page = &figure->page,
                                 .error = error};
    figure->page.out = vx_text_stream(&figure->text, NULL);
    status = figure->page.out ? vx_figure_check(figure->results, options, error) : vx_fail_memory(error);
    if (!status)
        status = vx_report_read_template(&figure->report, error);
    if (!status)
        status = measure_all(figure, width_of(options), error);
    if (!status)
        status = check_pictures(figure, error);
    if (status)
        goto cleanup;
    qsort(figure->item, figure->items, sizeof *figure->item, in_order);
    set_letters(figure);
cleanup:
    if (status) {
        vx_figure_free(figure);
        *made = NULL;
    }
    return status;
}

void vx_figure_free(vx_composed *figure)
{
    for (size_t i = 0; figure && i < figure->items; i++) {
        free(figure->item[i].name);
        free(figure->item[i].title);
        free(figure->item[i].caption);
    }
    if (!figure)
        return;
    if (figure->page.out)
        fclose(figure->page.out);
    free(figure->text);
    free(figure->item);
    vx_report_free_template(&figure->report);
    vx_grounds_free(figure->report.ground, figure->results ? figure->results->modalities : 0);
    vx_kept_maps_free(figure->report.kept);
    vx_results_close(figure->results);
    free(figure);
}

size_t vx_figure_count(const vx_composed *figure)
{
    return figure->items;
}

const char *vx_figure_name(const vx_composed *figure, size_t i)
{
    return figure->item[i].name;
}

char *vx_figure_captions(const vx_composed *figure)
{
    return vx_sheet_captions(figure->item, figure->items);
}

static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    vx_composed *figure = (vx_composed *)(uintptr_t)drawing->context;
    vx_sheet_draw_heads(cairo, figure->item, figure->items);
    figure->cairo = cairo;
    if (!figure->report.status)
        run(figure, figure->report.error);
    figure->cairo = NULL;
}

vx_status vx_figure_render(vx_composed *figure, size_t only, vx_figure_format format, vx_bytes *bytes,
                           vx_figure_size *size, vx_error *error)
{
    const vx_figure_options *options = figure->options;
    const double unit = unit_of(options), widest = width_of(options);
    for (size_t i = 0; i < figure->items; i++)
        figure->item[i].shown = only == figure->items || i == only;
    double width = widest;
    for (size_t i = 0; only == figure->items && i < figure->items; i++)
        width = fmax(width, figure->item[i].width);
    vx_status status = measure_all(figure, width, error);
    if (status)
        return status;
    const bool fill = options->width_mm > 0 || only == figure->items;
    const vx_sheet sheet = vx_sheet_lay_out(figure->item, figure->items, width, fill);
    const double mm = options->width_mm > 0 ? options->width_mm / sheet.width : fmin(unit, WIDEST / sheet.width);
    const vx_figure_paper paper = {mm, options->dpi, "voxstat", figure->results->started};
    const vx_drawing all = {.width = sheet.width, .height = sheet.height, .draw = draw, .context = figure};
    figure->look.layout.pixels = fmin(mm / 25.4 * options->dpi, 8);
    figure->report.error = error;
    figure->report.status = VX_OK;
    status = vx_figure_draw(&all, format, &paper, bytes, error);
    if (!status)
        status = figure->report.status;
    *size = (vx_figure_size){{sheet.width * mm, sheet.height * mm},
                             {vx_figure_pixels(&paper, sheet.width), vx_figure_pixels(&paper, sheet.height)},
                             VX_TEXT_NORMAL * mm / MM_A_POINT};
    return status;
}
