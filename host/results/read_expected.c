/* The comparisons with expected changes of a results folder: their texts from run.json, and their figures from
 * results.h5. */
#include "results/reading.h"

#include "base/memory.h"

#include <math.h>

static void read_texts(vx_reading *r, const json_t *object, vx_results_expected *one)
{
    one->kind = (vx_outcome_kind)vx_get_word(r, object, VX_KEY_KIND, vx_outcome_kind_names);
    one->name = vx_get_text(r, object, VX_KEY_NAME);
    one->modality = vx_get_text_or_null(r, object, VX_KEY_MODALITY);
    one->unit = (vx_expected_unit)vx_get_word(r, object, VX_KEY_UNIT, vx_expected_unit_names);
    one->source = vx_get_text(r, object, VX_KEY_SOURCE);
}

static void read_figures(vx_reading *r, vx_expected_column column)
{
    const vx_results *results = r->results;
    const vx_expected_column_row *about = vx_expected_about(column);
    double *value = vx_reading_numbers(r, VX_GROUP_EXPECTED, NULL, about->name, 1, &results->expecteds, true);
    for (size_t i = 0; !r->status && i < results->expecteds; i++) {
        results->expected[i].value[column] = value[i];
        if (about->is_p && !isnan(value[i]) && !(value[i] >= 0 && value[i] <= 1))
            r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_HDF5_FILE ": " VX_GROUP_EXPECTED "/%s holds %g: it is "
                                "damaged", results->folder, about->name, value[i]);
    }
    free(value);
}

void vx_read_expected(vx_reading *r)
{
    vx_results *results = r->results;
    const json_t *expected = r->status ? NULL : json_object_get(results->run, VX_KEY_EXPECTED);
    results->expected_weeks = NAN;
    if (!expected)
        return;
    results->expected_weeks = vx_get_number(r, expected, VX_KEY_INTERVAL_WEEKS);
    const json_t *list = vx_get_array(r, expected, VX_KEY_COMPARISONS);
    results->expected = vx_reading_array(r, json_array_size(list), sizeof *results->expected);
    for (size_t i = 0; !r->status && i < json_array_size(list); i++, results->expecteds++)
        read_texts(r, json_array_get(list, i), &results->expected[i]);
    for (int column = 0; !r->status && column < VX_EXPECTED_COLUMNS; column++)
        read_figures(r, column);
}
