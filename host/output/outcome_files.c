/* regions.tsv and markers.tsv, a line per outcome and effect; regions_values.tsv and markers_values.tsv, a line per
 * outcome, participant and session; and the data dictionary of each, as in BIDS. */
#include "output/outcomes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "output/table_file.h"

#include <math.h>

/* The columns of the values. */
static const char participant_column[] = "participant_id", session_column[] = "session_id", value_column[] = "value";

/* ---- the tests ---- */

static void print_header(FILE *stream, const vx_record *record, vx_outcome_kind kind)
{
    for (int k = 0; k < VX_TEXT_INFLUENTIAL; k++)
        if (vx_outcome_has_text(kind, k))
            fprintf(stream, "%s\t", vx_outcome_text_name(kind, k));
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if (vx_outcome_has_column(record, kind, k))
            fprintf(stream, "%s\t", vx_outcome_about(k)->name);
    fprintf(stream, "%s\n", vx_outcome_text_name(kind, VX_TEXT_INFLUENTIAL));
}

static void print_test(FILE *stream, const vx_record *record, const vx_outcome_test *test)
{
    enum { DIGITS = 7 };
    const vx_outcome_kind kind = test->outcome->kind;
    for (int k = 0; k < VX_TEXT_INFLUENTIAL; k++)
        if (vx_outcome_has_text(kind, k)) {
            vx_cell_put_text(stream, vx_outcome_text_of(record, test, k));
            fputc('\t', stream);
        }
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if (vx_outcome_has_column(record, kind, k)) {
            vx_cell_put_number(stream, test->value[k], DIGITS);
            fputc('\t', stream);
        }
    vx_cell_put_text(stream, vx_outcome_text_of(record, test, VX_TEXT_INFLUENTIAL));
    fputc('\n', stream);
}

static void print_tests(FILE *stream, const vx_record *record, vx_outcome_kind kind)
{
    const vx_outcome_tests *tests = record->outcome_tests;
    print_header(stream, record, kind);
    for (size_t i = 0; i < tests->tests; i++)
        if (tests->test[i].outcome->kind == kind)
            print_test(stream, record, &tests->test[i]);
}

/* ---- the values ---- */

/* Whether some outcome of the kind has values beside its own. */
static bool has_beside(const vx_record *record, vx_outcome_kind kind, int beside)
{
    bool any = false;
    for (size_t o = 0; o < record->outcomes; o++)
        any |= record->outcome[o].kind == kind && record->outcome[o].beside[beside][1];
    return any;
}

static void print_values(FILE *stream, const vx_record *record, vx_outcome_kind kind)
{
    enum { DIGITS = 9 }; /* of a float, none is lost */
    const bool region = kind == VX_OUTCOME_REGION;
    fprintf(stream, "%s\t%s\t", participant_column, session_column);
    if (region)
        fprintf(stream, "%s\t", vx_outcome_text_name(kind, VX_TEXT_MODALITY));
    fprintf(stream, "%s\t%s", vx_outcome_text_name(kind, VX_TEXT_NAME), value_column);
    if (region)
        fprintf(stream, "\t%s", vx_outcome_about(VX_OUTCOME_COVERAGE)->name);
    for (int b = 0; b < VX_BESIDES; b++)
        if (has_beside(record, kind, b))
            fprintf(stream, "\t%s_%s", value_column, vx_beside_words[b]);
    fputc('\n', stream);
    for (size_t o = 0; o < record->outcomes; o++) {
        const vx_outcome *outcome = &record->outcome[o];
        for (int64_t i = 0; outcome->kind == kind && i < outcome->n; i++)
            for (int s = 0; s < VX_MEAN_SESSIONS; s++) {
                if (!outcome->value[s])
                    continue;
                vx_cell_put_text(stream, record->study->participant[outcome->participant[i]]);
                fputc('\t', stream);
                vx_cell_put_text(stream, vx_outcome_session(record, outcome, s));
                fputc('\t', stream);
                if (region) {
                    vx_cell_put_text(stream, outcome->modality);
                    fputc('\t', stream);
                }
                vx_cell_put_text(stream, outcome->name);
                fputc('\t', stream);
                vx_cell_put_number(stream, outcome->value[s][i], DIGITS);
                if (region) {
                    fputc('\t', stream);
                    vx_cell_put_number(stream, outcome->coverage, DIGITS);
                }
                for (int b = 0; b < VX_BESIDES; b++)
                    if (has_beside(record, kind, b)) {
                        fputc('\t', stream);
                        vx_cell_put_number(stream, outcome->beside[b][s] ? outcome->beside[b][s][i] : NAN, DIGITS);
                    }
                fputc('\n', stream);
            }
    }
}

/* ---- the data dictionaries ---- */

static json_t *described_column(vx_outcome_column column)
{
    const vx_outcome_column_row *about = vx_outcome_about(column);
    return vx_column_described(about->description, vx_outcome_unit_words(about->unit));
}

static json_t *described_text(vx_outcome_text text)
{
    json_t *object = vx_column_described(vx_outcome_text_description(text), NULL);
    if (text == VX_TEXT_SCALE)
        object = vx_json_set(object, "Levels",
                             json_pack("{ss ss ss ss}", vx_scale_names[VX_ON_LINEAR], "the values themselves",
                                       vx_scale_names[VX_ON_LOG], "natural logarithms of the values",
                                       vx_scale_names[VX_ON_PERCENT], "changes in percent of the baseline",
                                       vx_scale_names[VX_ON_SYMMETRIC], "differences over the mean of both sessions"));
    return object;
}

static json_t *dictionary_of_tests(const vx_record *record, vx_outcome_kind kind)
{
    json_t *object = json_object();
    for (int k = 0; k < VX_TEXT_INFLUENTIAL; k++)
        if (vx_outcome_has_text(kind, k))
            object = vx_json_set(object, vx_outcome_text_name(kind, k), described_text(k));
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if (vx_outcome_has_column(record, kind, k))
            object = vx_json_set(object, vx_outcome_about(k)->name, described_column(k));
    return vx_json_set(object, vx_outcome_text_name(kind, VX_TEXT_INFLUENTIAL), described_text(VX_TEXT_INFLUENTIAL));
}

static json_t *dictionary_of_values(const vx_record *record, vx_outcome_kind kind)
{
    const bool region = kind == VX_OUTCOME_REGION;
    json_t *object = json_pack("{so so}",
                               participant_column, vx_column_described("The participant, as in the table.", NULL),
                               session_column, vx_column_described("The session, as in the table.", NULL));
    if (region)
        object = vx_json_set(object, vx_outcome_text_name(kind, VX_TEXT_MODALITY), described_text(VX_TEXT_MODALITY));
    object = vx_json_set(object, vx_outcome_text_name(kind, VX_TEXT_NAME), described_text(VX_TEXT_NAME));
    object = vx_json_set(object, value_column,
                         vx_column_described(region ? "Mean of the image over the region, within the modality's mask."
                                                    : "Value of the marker, as it was tested apart from logarithms.",
                                             NULL));
    if (region)
        object = vx_json_set(object, vx_outcome_about(VX_OUTCOME_COVERAGE)->name,
                             described_column(VX_OUTCOME_COVERAGE));
    for (int b = 0; b < VX_BESIDES; b++) {
        static const char *const words[VX_BESIDES] = {
            [VX_BESIDE_NOPVC] = "The same without partial-volume correction of the image.",
            [VX_BESIDE_GTM] = "Mean of the complete region, corrected by the geometric transfer matrix (Rousset et al. "
                              "1998, J Nucl Med 39:904)."};
        char name[40];
        snprintf(name, sizeof name, "%s_%s", value_column, vx_beside_words[b]);
        if (has_beside(record, kind, b))
            object = vx_json_set(object, name, vx_column_described(words[b], NULL));
    }
    return object;
}

/* ---- the files ---- */

static vx_status write_table(const char *folder, const vx_record *record, vx_outcome_kind kind, vx_outcome_file file,
                             void print(FILE *, const vx_record *, vx_outcome_kind), vx_error *error)
{
    char *text = NULL;
    FILE *stream = vx_text_stream(&text, NULL);
    if (stream)
        print(stream, record, kind);
    const bool good = vx_stream_close(stream);
    vx_status status =
        good ? vx_table_file_put(folder, vx_outcome_groups[kind], vx_outcome_endings[file], text, error)
             : vx_fail_memory(error);
    free(text);
    return status;
}

static vx_status write_dictionary(const char *folder, vx_outcome_kind kind, vx_outcome_file file, json_t *dictionary,
                                  vx_error *error)
{
    return vx_table_file_put_dictionary(folder, vx_outcome_groups[kind], vx_outcome_endings[file], dictionary, error);
}

vx_status vx_write_outcomes(const char *folder, const vx_record *record, vx_error *error)
{
    vx_status status = VX_OK;
    for (int k = 0; !status && vx_outcome_groups[k]; k++) {
        const vx_outcome_kind kind = (vx_outcome_kind)k;
        if (!vx_outcome_tests_count(record, kind))
            continue;
        status = write_table(folder, record, kind, VX_OUTCOME_TABLE, print_tests, error);
        if (!status)
            status = write_dictionary(folder, kind, VX_OUTCOME_DICTIONARY, dictionary_of_tests(record, kind), error);
        if (!status)
            status = write_table(folder, record, kind, VX_OUTCOME_VALUES, print_values, error);
        if (!status)
            status = write_dictionary(folder, kind, VX_OUTCOME_VALUES_DICTIONARY, dictionary_of_values(record, kind),
                                      error);
        if (!status)
            status = write_table(folder, record, kind, VX_OUTCOME_MARKDOWN, vx_outcome_print_markdown, error);
        if (!status)
            status = write_table(folder, record, kind, VX_OUTCOME_LATEX, vx_outcome_print_latex, error);
    }
    return status;
}
