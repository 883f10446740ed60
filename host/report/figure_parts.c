#include "report/figure_parts.h"

#include "base/memory.h"
#include "base/stream.h"
#include "infer/quantity.h"
#include "report/sections.h"

#include <math.h>
#include <string.h>

#define DECLARE(name) extern const vx_section vx_section_##name;
VX_SECTIONS(DECLARE)

/* The parts of an effect, and how the words for their pictures begin. */
static const struct {
    void (*write)(vx_report *, const vx_effect_view *);
    const char *word[3];
} part[] = {
    {vx_effect_maps, {"slices", "glass"}}, {vx_effect_values, {"values", "cluster"}}, {vx_effect_null, {"null"}},
    {vx_effect_qq, {"qq"}},
};
enum { PARTS = sizeof part / sizeof *part };

static const vx_section *const section[] = {
    &vx_section_regions, &vx_section_markers, &vx_section_expected, &vx_section_sensitivity, &vx_section_quality,
    &vx_section_reference, &vx_section_design,
};

bool vx_figure_of_effects(const char *word)
{
    for (int i = 0; i < PARTS; i++)
        for (int k = 0; part[i].word[k]; k++)
            if (!strncmp(word, part[i].word[k], strlen(part[i].word[k])))
                return true;
    return false;
}

/* Quantiles need a map to be read and sorted: not for other pictures. */
static bool is_wanted(const vx_report *report, const vx_effect_view *view, void (*write)(vx_report *,
                                                                                       const vx_effect_view *))
{
    char *name = write == vx_effect_qq ? vx_text("%s_qq", view->effect->stem) : NULL;
    const bool wanted = !name || vx_report_wants(report, name);
    free(name);
    return wanted;
}

/* An effect without the map that is wanted has no slices. */
void vx_figure_effect(vx_report *report, const vx_effect_view *view)
{
    const bool has_map = vx_results_has_map(report->results, view->effect, report->look->map);
    for (int i = 0; !report->status && i < PARTS; i++)
        if ((part[i].write != vx_effect_maps || has_map) && is_wanted(report, view, part[i].write))
            part[i].write(report, view);
}

void vx_figure_sections(vx_report *report)
{
    for (size_t i = 0; !report->status && i < sizeof section / sizeof *section; i++)
        if (!section[i]->applies || section[i]->applies(report))
            section[i]->write(report);
}

/* ---- what there is ---- */

/* Joins names by ", ". Names that are there already are left out. */
static bool add_name(char **list, const char *name)
{
    for (const char *at = *list; at && *at; at = strstr(at, ", ") ? strstr(at, ", ") + 2 : NULL) {
        const char *end = strstr(at, ", ");
        const size_t length = end ? (size_t)(end - at) : strlen(at);
        if (length == strlen(name) && !strncmp(at, name, length))
            return true;
    }
    char *joined = *list ? vx_text("%s, %s", *list, name) : vx_copy_text(name);
    free(*list);
    *list = joined;
    return joined;
}

char *vx_figure_words(char *names)
{
    char *list = NULL, *rest = names;
    for (char *name; rest && *rest && (name = strsep(&rest, "\n"));)
        if (*name && !add_name(&list, name))
            return NULL;
    return list ? list : vx_copy_text("none");
}

/* Fails with what there is, taking `list`. */
static vx_status absent(const char *option, const char *name, const char *what, char *list, vx_error *error)
{
    const vx_status status = vx_fail(error, VX_INPUT, "--%s %s: the results have no such %s; there are: %s", option,
                                     name, what, list ? list : "none");
    free(list);
    return status;
}

static vx_status check_names(const vx_results *results, const vx_figure_options *options, vx_error *error)
{
    for (size_t i = 0; i < options->modalities; i++) {
        char *list = NULL;
        bool found = false;
        for (size_t m = 0; m < results->modalities; m++) {
            found |= !strcmp(results->modality[m].name, options->modality[i]);
            add_name(&list, results->modality[m].name);
        }
        if (!found)
            return absent("modality", options->modality[i], "modality", list, error);
        free(list);
    }
    for (size_t i = 0; i < options->effects; i++) {
        char *list = NULL;
        bool found = false;
        for (size_t m = 0; m < results->modalities; m++)
            for (size_t e = 0; e < results->modality[m].effects; e++) {
                found |= !strcmp(results->modality[m].effect[e].name, options->effect[i]);
                add_name(&list, results->modality[m].effect[e].name);
            }
        if (!found)
            return absent("effect", options->effect[i], "effect", list, error);
        free(list);
    }
    return VX_OK;
}

/* Whether some chosen effect has a map; adds the maps that there are to the list. */
static bool has_map(const vx_results *results, const vx_figure_options *options, vx_quantity quantity, bool only_p,
                    char **list)
{
    bool found = false;
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            bool asked = !options->effects;
            for (size_t i = 0; i < options->effects; i++)
                asked |= !strcmp(options->effect[i], effect->name);
            if (!asked)
                continue;
            found |= vx_results_has_map(results, effect, quantity);
            for (int q = 0; q < VX_QUANTITIES; q++)
                if (q != VX_MAP_CLUSTERS && (!only_p || vx_quantity_is_p((vx_quantity)q)) &&
                    vx_results_has_map(results, effect, (vx_quantity)q))
                    add_name(list, only_p ? vx_quantity_about((vx_quantity)q)->word
                                          : vx_quantity_about((vx_quantity)q)->name);
        }
    return found;
}

vx_status vx_figure_check(const vx_results *results, const vx_figure_options *options, vx_error *error)
{
    const vx_look *look = &options->look;
    char *maps = NULL, *kinds = NULL;
    vx_status status = check_names(results, options, error);
    if (!status && results->modalities && !has_map(results, options, look->map, false, &maps)) {
        status = absent("map", vx_quantity_about(look->map)->name, "map of these effects", maps, error);
        maps = NULL;
    }
    if (!status && look->by_p && !has_map(results, options, look->kind, true, &kinds)) {
        status = absent("threshold", vx_quantity_about(look->kind)->word, "kind of p", kinds, error);
        kinds = NULL;
    }
    free(maps);
    free(kinds);
    return status;
}
