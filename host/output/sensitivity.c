/* sensitivity.tsv, a line per result and choice of the preparation, with its data dictionary; the same in results.h5
 * and in run.json. */
#include "output/sensitivity.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "output/json.h"
#include "output/output.h"
#include "output/table_file.h"
#include "results/level.h"

#include <math.h>

typedef enum vx_sensitivity_text { CHOICE, MODALITY, EFFECT, WHAT, NAME, UNITS, REGION, CONCLUSION, CHANGES, TEXTS }
    vx_sensitivity_text;

/* Those from the units on stand after the figures. */
static const struct {
    const char *name, *description;
} texts[TEXTS] = {
    [CHOICE] = {VX_KEY_CHOICE, "The run as it is, or the one option that is another in this alternative."},
    [MODALITY] = {VX_KEY_MODALITY, "The images."},
    [EFFECT] = {VX_KEY_EFFECT, "What is tested: the mean change, or a covariate."},
    [WHAT] = {VX_KEY_WHAT, "Where: the complete mask, a search volume, or a region."},
    [NAME] = {VX_KEY_NAME, "Name of the search volume or region."},
    [UNITS] = {VX_KEY_UNITS,
               "Units of estimate, se and ci; of a covariate per unit of it. Choices may differ in them."},
    [REGION] = {VX_KEY_REGION, "Region of the atlas where p is smallest."},
    [CONCLUSION] = {VX_KEY_CONCLUSION,
                    "By the primary correction at the level " VX_LEVEL_TEXT ": a significant rise, fall, both (in "
                    "different voxels) or none."},
    [CHANGES] = {VX_KEY_CHANGES, "Whether the conclusion is another than that of the run as it is."}};

static const char *text_of(const vx_sensitivity *s, const vx_sensitivity_row *row, vx_sensitivity_text text)
{
    switch (text) {
    case CHOICE: return s->choice[row->choice];
    case MODALITY: return row->modality;
    case EFFECT: return row->effect;
    case WHAT: return vx_sensitivity_what_names[row->what];
    case NAME: return row->name;
    case UNITS: return row->units;
    case REGION: return row->place;
    case CONCLUSION: return vx_conclusion_names[row->conclusion];
    case CHANGES: return row->compared ? row->changes ? "yes" : "no" : NULL;
    case TEXTS: break;
    }
    return NULL;
}

static const char *units_of(vx_sensitivity_column column)
{
    const char *units = vx_sensitivity_about(column)->units;
    return units ? units : "as units says";
}

/* ---- sensitivity.tsv ---- */

static void print_line(FILE *stream, const vx_sensitivity *s, const vx_sensitivity_row *row)
{
    enum { DIGITS = 7 };
    for (int k = 0; k < UNITS; k++) {
        vx_cell_put_text(stream, text_of(s, row, k));
        fputc('\t', stream);
    }
    for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++) {
        vx_cell_put_number(stream, row->value[k], DIGITS);
        fputc('\t', stream);
    }
    for (int k = UNITS; k < TEXTS; k++) {
        vx_cell_put_text(stream, text_of(s, row, k));
        fputc(k + 1 < TEXTS ? '\t' : '\n', stream);
    }
}

static void print_table(FILE *stream, const vx_sensitivity *s)
{
    for (int k = 0; k < UNITS; k++)
        fprintf(stream, "%s\t", texts[k].name);
    for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++)
        fprintf(stream, "%s\t", vx_sensitivity_about(k)->name);
    for (int k = UNITS; k < TEXTS; k++)
        fprintf(stream, "%s%c", texts[k].name, k + 1 < TEXTS ? '\t' : '\n');
    for (size_t i = 0; i < s->rows; i++)
        print_line(stream, s, &s->row[i]);
}

static json_t *dictionary(void)
{
    json_t *object = json_object();
    for (int k = 0; k < UNITS; k++)
        object = vx_json_set(object, texts[k].name, vx_column_described(texts[k].description, NULL));
    for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++)
        object = vx_json_set(object, vx_sensitivity_about(k)->name,
                             vx_column_described(vx_sensitivity_about(k)->description, units_of(k)));
    for (int k = UNITS; k < TEXTS; k++)
        object = vx_json_set(object, texts[k].name, vx_column_described(texts[k].description, NULL));
    return object;
}

vx_status vx_write_sensitivity(const char *folder, const vx_record *record, vx_error *error)
{
    char *text = NULL;
    if (!record->sensitivity)
        return VX_OK;
    FILE *stream = vx_text_stream(&text, NULL);
    if (stream)
        print_table(stream, record->sensitivity);
    vx_status status = vx_stream_close(stream)
                           ? vx_table_file_put(folder, VX_SENSITIVITY_FILE, VX_TABLE_ENDING, text, error)
                           : vx_fail_memory(error);
    if (!status)
        status = vx_table_file_put_dictionary(folder, VX_SENSITIVITY_FILE, VX_DICTIONARY_ENDING, dictionary(), error);
    free(text);
    return status;
}

/* ---- run.json and results.h5 ---- */

static json_t *row_object(const vx_sensitivity *s, const vx_sensitivity_row *row)
{
    json_t *object = json_object();
    for (int k = 0; k < CHANGES; k++)
        object = vx_json_set(object, texts[k].name, vx_json_text(text_of(s, row, k)));
    object = vx_json_set(object, texts[CHANGES].name, row->compared ? json_boolean(row->changes) : json_null());
    for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++) {
        const vx_sensitivity_column_row *about = vx_sensitivity_about(k);
        const double value = row->value[k];
        object = vx_json_set(object, about->name, about->is_count && isfinite(value) ? json_integer((json_int_t)value)
                                                                                     : vx_json_number(value));
    }
    return object;
}

static json_t *preparation_object(const vx_sensitivity *s, const vx_sensitivity_preparation *of)
{
    json_t *steps = json_array();
    for (size_t k = 0; k < of->steps; k++)
        steps = vx_json_append(steps, vx_step_json(&of->step[k]));
    return vx_json_with_scaling(json_pack("{so so so sI so}",
                                          VX_KEY_CHOICE, vx_json_text(s->choice[of->choice]),
                                          VX_KEY_MODALITY, vx_json_text(of->modality),
                                          VX_KEY_CHANGE_UNITS, vx_json_text(of->units),
                                          VX_KEY_VOXELS, (json_int_t)of->voxels,
                                          VX_KEY_PREPARATION, steps),
                                &of->scaling);
}

json_t *vx_sensitivity_json(const vx_sensitivity *s)
{
    json_t *choices = json_array(), *preparations = json_array(), *rows = json_array();
    for (size_t i = 0; i < s->choices; i++)
        choices = vx_json_append(choices, vx_json_text(s->choice[i]));
    for (size_t i = 0; i < s->preparations; i++)
        preparations = vx_json_append(preparations, preparation_object(s, &s->preparation[i]));
    for (size_t i = 0; i < s->rows; i++)
        rows = vx_json_append(rows, row_object(s, &s->row[i]));
    return json_pack("{so so so}", VX_KEY_CHOICES, choices, VX_KEY_PREPARATIONS, preparations, VX_KEY_ROWS, rows);
}

void vx_h5_put_sensitivity(vx_h5 *h5, const vx_sensitivity *s)
{
    const char **text = vx_array(s->rows, sizeof *text);
    double *value = vx_array(s->rows, sizeof *value);
    vx_h5_check(h5, text && value);
    for (int k = 0; !h5->failed && k < TEXTS; k++) {
        for (size_t i = 0; i < s->rows; i++) {
            const char *found = text_of(s, &s->row[i], k);
            text[i] = found ? found : ""; /* HDF5 has no missing text */
        }
        vx_h5_put_texts(h5, VX_GROUP_SENSITIVITY, NULL, texts[k].name, text, s->rows);
        vx_h5_put_text_attribute(h5, "description", texts[k].description);
    }
    for (int k = 0; !h5->failed && k < VX_SENSITIVITY_COLUMNS; k++) {
        for (size_t i = 0; i < s->rows; i++)
            value[i] = s->row[i].value[k];
        vx_h5_put_column(h5, VX_GROUP_SENSITIVITY, vx_sensitivity_about(k)->name, value, s->rows, units_of(k),
                         vx_sensitivity_about(k)->description);
    }
    free(text);
    free(value);
}
