/* The alternatives of a results folder: their texts from run.json, and their figures from results.h5. */
#include "results/reading.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* The number of the choice of that name. */
static size_t choice_of(vx_reading *r, const char *name)
{
    const vx_results *results = r->results;
    for (size_t k = 0; k < results->choices; k++)
        if (!strcmp(results->choice[k], name))
            return k;
    vx_reading_fail(r, VX_QUOTED(VX_KEY_CHOICE) " \"%.60s\" is not among the " VX_QUOTED(VX_KEY_CHOICES), name);
    return 0;
}

static void read_texts(vx_reading *r, const json_t *object, vx_results_sensitivity *row)
{
    row->choice = choice_of(r, vx_get_text(r, object, VX_KEY_CHOICE));
    row->modality = vx_get_text(r, object, VX_KEY_MODALITY);
    row->effect = vx_get_text(r, object, VX_KEY_EFFECT);
    row->what = (vx_sensitivity_what)vx_get_word(r, object, VX_KEY_WHAT, vx_sensitivity_what_names);
    row->name = vx_get_text_or_null(r, object, VX_KEY_NAME);
    row->units = vx_get_text_or_null(r, object, VX_KEY_UNITS);
    row->place = vx_get_text_or_null(r, object, VX_KEY_REGION);
    row->conclusion = (vx_conclusion)vx_get_word(r, object, VX_KEY_CONCLUSION, vx_conclusion_names);
    row->compared = !json_is_null(json_object_get(object, VX_KEY_CHANGES));
    row->changes = row->compared && vx_get_flag(r, object, VX_KEY_CHANGES);
    if (!r->status && row->what != VX_OF_MASK && !row->name)
        vx_reading_fail(r, "a region or search volume of " VX_QUOTED(VX_KEY_SENSITIVITY) " has no name");
}

static void read_figures(vx_reading *r, vx_sensitivity_column column)
{
    const vx_results *results = r->results;
    const vx_sensitivity_column_row *about = vx_sensitivity_about(column);
    double *value = vx_reading_numbers(r, VX_GROUP_SENSITIVITY, NULL, about->name, 1, &results->sensitivities, true);
    for (size_t i = 0; !r->status && i < results->sensitivities; i++) {
        results->sensitivity[i].value[column] = value[i];
        if ((about->is_p && !isnan(value[i]) && !(value[i] >= 0 && value[i] <= 1)) ||
            (about->is_count && !isnan(value[i]) && !(value[i] >= 0 && value[i] < 0x1p53)))
            r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_HDF5_FILE ": " VX_GROUP_SENSITIVITY "/%s holds %g: it is "
                                "damaged", results->folder, about->name, value[i]);
    }
    free(value);
}

void vx_read_sensitivity(vx_reading *r)
{
    vx_results *results = r->results;
    const json_t *all = r->status ? NULL : json_object_get(results->run, VX_KEY_SENSITIVITY);
    if (!all)
        return;
    results->choice = vx_get_texts(r, all, VX_KEY_CHOICES, &results->choices);
    if (!r->status && results->choices < 2)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_CHOICES) " lists no alternative");
    const json_t *rows = vx_get_array(r, all, VX_KEY_ROWS);
    results->sensitivity = vx_reading_array(r, json_array_size(rows), sizeof *results->sensitivity);
    for (size_t i = 0; !r->status && i < json_array_size(rows); i++, results->sensitivities++)
        read_texts(r, json_array_get(rows, i), &results->sensitivity[i]);
    for (int column = 0; !r->status && column < VX_SENSITIVITY_COLUMNS; column++)
        read_figures(r, column);
}

/* ---- rows of one result ---- */

static bool same_result(const vx_results_sensitivity *a, const vx_results_sensitivity *b)
{
    return a->what == b->what && !strcmp(a->modality, b->modality) && !strcmp(a->effect, b->effect) &&
           (a->what == VX_OF_MASK || !strcmp(a->name, b->name));
}

size_t vx_results_sensitivity_end(const vx_results *results, size_t first)
{
    size_t end = first + 1;
    while (end < results->sensitivities && same_result(&results->sensitivity[first], &results->sensitivity[end]))
        end++;
    return end;
}

bool vx_results_sensitivity_changes(const vx_results *results, size_t first)
{
    const size_t end = vx_results_sensitivity_end(results, first);
    bool changes = false;
    for (size_t i = first; i < end && !changes; i++)
        changes = results->sensitivity[i].changes;
    return changes;
}
