/* What the sections of regions and markers share: the views in order, and the parts of each. */
#include "base/memory.h"
#include "report/section.h"
#include "results/names.h"

#include <string.h>

typedef void part_writer(vx_report *report, const vx_outcome_part *part);
static part_writer *const answer[] = {vx_outcome_question, vx_outcome_table, NULL};
static part_writer *const picture[] = {
    vx_outcome_forest, vx_outcome_beside, vx_outcome_matrix, vx_outcome_sessions, vx_outcome_scatter, NULL,
};
static part_writer *const picture_of_others[] = {vx_outcome_forest, vx_outcome_beside, vx_outcome_matrix, NULL};

enum { LONG_VIEW = 12 }; /* rows; the pictures of longer views are folded where they are not planned */

bool vx_outcomes_apply(const vx_report *report, vx_outcome_kind kind)
{
    for (size_t i = 0; i < report->results->outcomes; i++)
        if (report->results->outcome[i].kind == kind)
            return true;
    return false;
}

void vx_outcome_picture(vx_report *report, const vx_outcome_part *part, const char *name, vx_drawing drawing, char *alt,
                        char *caption)
{
    char *file = vx_text("%s_%s%s", part->stem, name, part->ending);
    if (!report->status && file && alt && caption)
        vx_report_picture(report, &(vx_picture){file, drawing, true, alt, caption});
    else if (!report->status)
        report->status = vx_fail_memory(report->error);
    free(file);
    free(alt);
    free(caption);
}

void vx_outcome_id(const vx_results *results, const char *modality, const char *effect, char id[VX_OUTCOME_ID])
{
    const char *name;
    size_t m = 0, e = 0;
    while (modality && (name = vx_results_region_modality(results, m)) && strcmp(name, modality))
        m++;
    while ((name = vx_answers_effect(results, e)) && strcmp(name, effect))
        e++;
    if (modality)
        snprintf(id, VX_OUTCOME_ID, "regions-%zu-%zu", m + 1, e + 1);
    else
        snprintf(id, VX_OUTCOME_ID, "markers-%zu", e + 1);
}

/* "regions_" and the modality as in the names of its maps. */
static char *stem_of(const vx_report *report, const char *modality)
{
    for (size_t m = 0; m < report->results->modalities; m++)
        if (!strcmp(report->results->modality[m].name, modality))
            return vx_text("regions_%s", report->results->modality[m].stem);
    char *safe = vx_file_name_from(modality), *stem = safe ? vx_text("regions_%s", safe) : NULL;
    free(safe);
    return stem;
}

static void write_parts(vx_report *report, const vx_outcome_part *part, part_writer *const *write)
{
    for (; !report->status && *write; write++)
        (*write)(report, part);
}

/* Opens a fold: "Pictures of all 45 regions of pet", "3 exploratory markers". */
static void open_fold(vx_report *report, const vx_outcome_view *view, const char *before, const char *which)
{
    vx_put(report->page, "<details><summary>%s%zu %s%s%s%s%s</summary>\n", before, view->rows, which,
           vx_outcome_kind_names[view->kind], view->rows == 1 ? "" : "s", view->modality ? " of " : "",
           view->modality ? view->modality : "");
}

static void write_view(vx_report *report, const vx_outcome_part *part)
{
    const vx_outcome_view *view = part->view;
    const bool folded = !view->planned && view->rows > LONG_VIEW;
    write_parts(report, part, answer);
    if (folded)
        open_fold(report, view, "Pictures of all ", "");
    write_parts(report, part, picture);
    if (folded)
        vx_put_markup(report->page, "</details>\n");
}

/* Outcomes without a planned family are folded below those that have one. */
static void write_others(vx_report *report, const vx_outcome_part *part)
{
    open_fold(report, part->view, "", "exploratory ");
    write_parts(report, part, answer);
    write_parts(report, part, picture_of_others);
    vx_put_markup(report->page, "</details>\n");
}

static void write_modality(vx_report *report, vx_outcome_kind kind, const char *modality)
{
    bool any_planned = false;
    for (int planned = 1; !report->status && planned >= 0; planned--) {
        vx_outcome_view view;
        vx_outcome_part part = {&view, modality ? stem_of(report, modality) : vx_copy_text("markers"),
                                planned || !any_planned ? "" : "_exploratory"};
        report->status = vx_outcome_view_init(report->results, kind, modality, planned, &view, report->error);
        if (!report->status && !part.stem)
            report->status = vx_fail_memory(report->error);
        if (!report->status && view.rows)
            (!planned && any_planned ? write_others : write_view)(report, &part);
        any_planned |= view.rows > 0;
        free(part.stem);
        vx_outcome_view_destroy(&view);
    }
}

/* What a single arm cannot tell stands beside the first picture. */
static void put_direction(vx_report *report)
{
    const vx_results *results = report->results;
    if (results->design == VX_PAIRED)
        vx_put(report->page, "<p class=\"note\">Change is <em>%s minus %s</em>. There is one arm and no control: a "
               "change is what happened between the sessions, whatever caused it.</p>\n", results->session[1],
               results->session[0]);
}

void vx_outcomes_write(vx_report *report, vx_outcome_kind kind)
{
    const char *modality;
    put_direction(report);
    if (kind == VX_OUTCOME_MARKER) {
        write_modality(report, kind, NULL);
        return;
    }
    const bool several = vx_results_region_modality(report->results, 1) != NULL;
    for (size_t m = 0; !report->status && (modality = vx_results_region_modality(report->results, m)); m++) {
        if (several)
            vx_put(report->page, "<h3>%s</h3>\n", modality);
        write_modality(report, kind, modality);
    }
}
