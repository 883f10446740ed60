/* expected.tsv, a line per comparison with an expected change, with its data dictionary; the same in results.h5 and in
 * run.json. */
#include "output/expected.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "output/output.h"
#include "output/table_file.h"

#include <math.h>

typedef enum vx_expected_text { KIND, NAME, MODALITY, UNIT, SOURCE, TEXTS } vx_expected_text;

/* The source stands after the figures. */
static const struct {
    const char *name, *description;
} texts[TEXTS] = {
    [KIND] = {VX_KEY_KIND, "Whether a region or a marker is compared."},
    [NAME] = {VX_KEY_NAME, "Name of the region or marker."},
    [MODALITY] = {VX_KEY_MODALITY, "Images whose mean over the region changed."},
    [UNIT] = {VX_KEY_UNIT, "Unit of the changes, their standard errors, limits and bounds."},
    [SOURCE] = {VX_KEY_SOURCE, "Where the external change comes from; it is another population's."}};

static const char *text_of(const vx_expected_comparison *one, vx_expected_text text)
{
    switch (text) {
    case KIND: return vx_outcome_kind_names[one->outcome->kind];
    case NAME: return one->outcome->name;
    case MODALITY: return one->outcome->modality;
    case UNIT: return vx_expected_unit_names[one->unit];
    case SOURCE: return one->source;
    case TEXTS: break;
    }
    return NULL;
}

static const char *units_of(vx_expected_column column)
{
    return column == VX_EXPECTED_RATE_WEEKS ? "weeks" : vx_expected_about(column)->measured ? "as unit says" : "1";
}

/* ---- expected.tsv ---- */

static void print_line(FILE *stream, const vx_expected_comparison *one)
{
    enum { DIGITS = 7 };
    for (int k = 0; k < SOURCE; k++) {
        vx_cell_put_text(stream, text_of(one, k));
        fputc('\t', stream);
    }
    for (int k = 0; k < VX_EXPECTED_COLUMNS; k++) {
        vx_cell_put_number(stream, one->value[k], DIGITS);
        fputc('\t', stream);
    }
    vx_cell_put_text(stream, one->source);
    fputc('\n', stream);
}

static void print_table(FILE *stream, const vx_expected_comparisons *expected)
{
    for (int k = 0; k < SOURCE; k++)
        fprintf(stream, "%s\t", texts[k].name);
    for (int k = 0; k < VX_EXPECTED_COLUMNS; k++)
        fprintf(stream, "%s\t", vx_expected_about(k)->name);
    fprintf(stream, "%s\n", texts[SOURCE].name);
    for (size_t i = 0; i < expected->comparisons; i++)
        print_line(stream, &expected->comparison[i]);
}

static json_t *described_text(vx_expected_text text)
{
    json_t *object = vx_column_described(texts[text].description, NULL);
    if (text == UNIT)
        object = vx_json_set(object, "Levels",
                             json_pack("{ss ss}", vx_expected_unit_names[VX_EXPECTED_PERCENT], "percent of baseline",
                                       vx_expected_unit_names[VX_EXPECTED_ABSOLUTE], "units of the values"));
    return object;
}

static json_t *dictionary(void)
{
    json_t *object = json_object();
    for (int k = 0; k < SOURCE; k++)
        object = vx_json_set(object, texts[k].name, described_text(k));
    for (int k = 0; k < VX_EXPECTED_COLUMNS; k++)
        object = vx_json_set(object, vx_expected_about(k)->name,
                             vx_column_described(vx_expected_about(k)->description, units_of(k)));
    return vx_json_set(object, texts[SOURCE].name, described_text(SOURCE));
}

vx_status vx_write_expected(const char *folder, const vx_record *record, vx_error *error)
{
    char *text = NULL;
    if (!record->expected)
        return VX_OK;
    FILE *stream = vx_text_stream(&text, NULL);
    if (stream)
        print_table(stream, record->expected);
    vx_status status = vx_stream_close(stream)
                           ? vx_table_file_put(folder, VX_EXPECTED_FILE, VX_TABLE_ENDING, text, error)
                           : vx_fail_memory(error);
    if (!status)
        status = vx_table_file_put_dictionary(folder, VX_EXPECTED_FILE, VX_DICTIONARY_ENDING, dictionary(), error);
    free(text);
    return status;
}

/* ---- run.json and results.h5 ---- */

static json_t *comparison_object(const vx_expected_comparison *one)
{
    json_t *object = json_object();
    for (int k = 0; k < TEXTS; k++)
        object = vx_json_set(object, texts[k].name, vx_json_text(text_of(one, k)));
    for (int k = 0; k < VX_EXPECTED_COLUMNS; k++) {
        const double value = one->value[k];
        object = vx_json_set(object, vx_expected_about(k)->name, !isfinite(value)         ? json_null()
                                                                 : k == VX_EXPECTED_N ? json_integer((json_int_t)value)
                                                                                      : json_real(value));
    }
    return object;
}

json_t *vx_expected_json(const vx_expected_comparisons *expected)
{
    json_t *array = json_array();
    for (size_t i = 0; i < expected->comparisons; i++)
        array = vx_json_append(array, comparison_object(&expected->comparison[i]));
    return json_pack("{so ss sf so}",
                     VX_KEY_TABLE, vx_json_text(expected->table.path),
                     VX_KEY_SHA256, expected->table.sha256,
                     VX_KEY_INTERVAL_WEEKS, expected->weeks,
                     VX_KEY_COMPARISONS, array);
}

void vx_h5_put_expected(vx_h5 *h5, const vx_expected_comparisons *expected)
{
    const size_t rows = expected->comparisons;
    const char **text = vx_array(rows, sizeof *text);
    double *value = vx_array(rows, sizeof *value);
    vx_h5_check(h5, text && value);
    for (int k = 0; !h5->failed && k < TEXTS; k++) {
        for (size_t i = 0; i < rows; i++) {
            const char *found = text_of(&expected->comparison[i], k);
            text[i] = found ? found : ""; /* HDF5 has no missing text */
        }
        vx_h5_put_texts(h5, VX_GROUP_EXPECTED, NULL, texts[k].name, text, rows);
        vx_h5_put_text_attribute(h5, "description", texts[k].description);
    }
    for (int k = 0; !h5->failed && k < VX_EXPECTED_COLUMNS; k++) {
        for (size_t i = 0; i < rows; i++)
            value[i] = expected->comparison[i].value[k];
        vx_h5_put_column(h5, VX_GROUP_EXPECTED, vx_expected_about(k)->name, value, rows, units_of(k),
                         vx_expected_about(k)->description);
    }
    free(text);
    free(value);
}
