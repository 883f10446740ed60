/* regions.tsv and markers.tsv, a line per outcome and effect; regions_values.tsv and markers_values.tsv, a line per
 * outcome, participant and session; and the data dictionary of each, as in BIDS. */
#include "output/outcomes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "output/record.h"

#include <math.h>
#include <string.h>

#define ABSENT "n/a"

/* The columns of the values. */
static const char participant_column[] = "participant_id", session_column[] = "session_id", value_column[] = "value";

/* A cell that begins with a quote would be read as a quoted one; it is quoted itself, with its quotes doubled. */
static void put_cell(FILE *stream, const char *text)
{
    if (!text || !*text) {
        fputs(ABSENT, stream);
    } else if (*text != '"') {
        vx_put_cell(stream, text);
    } else {
        fputc('"', stream);
        for (const char *c = text; *c; c++)
            fprintf(stream, *c == '"' ? "\"\"" : "%c", *c);
        fputc('"', stream);
    }
}

static void put_number(FILE *stream, double value, int digits)
{
    if (isfinite(value))
        fprintf(stream, "%.*g", digits, value);
    else
        fputs(ABSENT, stream);
}

/* ---- the tests ---- */

static void print_header(FILE *stream, vx_outcome_kind kind)
{
    for (int k = 0; k < VX_TEXT_INFLUENTIAL; k++)
        if (vx_outcome_has_text(kind, k))
            fprintf(stream, "%s\t", vx_outcome_text_name(kind, k));
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if (vx_outcome_has_column(kind, k))
            fprintf(stream, "%s\t", vx_outcome_about(k)->name);
    fprintf(stream, "%s\n", vx_outcome_text_name(kind, VX_TEXT_INFLUENTIAL));
}

static void print_test(FILE *stream, const vx_record *record, const vx_outcome_test *test)
{
    enum { DIGITS = 7 };
    const vx_outcome_kind kind = test->outcome->kind;
    for (int k = 0; k < VX_TEXT_INFLUENTIAL; k++)
        if (vx_outcome_has_text(kind, k)) {
            put_cell(stream, vx_outcome_text_of(record, test, k));
            fputc('\t', stream);
        }
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if (vx_outcome_has_column(kind, k)) {
            put_number(stream, test->value[k], DIGITS);
            fputc('\t', stream);
        }
    put_cell(stream, vx_outcome_text_of(record, test, VX_TEXT_INFLUENTIAL));
    fputc('\n', stream);
}

static void print_tests(FILE *stream, const vx_record *record, vx_outcome_kind kind)
{
    const vx_outcome_tests *tests = record->outcome_tests;
    print_header(stream, kind);
    for (size_t i = 0; i < tests->tests; i++)
        if (tests->test[i].outcome->kind == kind)
            print_test(stream, record, &tests->test[i]);
}

/* ---- the values ---- */

static void print_values(FILE *stream, const vx_record *record, vx_outcome_kind kind)
{
    enum { DIGITS = 9 }; /* of a float, none is lost */
    const bool region = kind == VX_OUTCOME_REGION;
    fprintf(stream, "%s\t%s\t", participant_column, session_column);
    if (region)
        fprintf(stream, "%s\t", vx_outcome_text_name(kind, VX_TEXT_MODALITY));
    fprintf(stream, "%s\t%s", vx_outcome_text_name(kind, VX_TEXT_NAME), value_column);
    fprintf(stream, region ? "\t%s\n" : "\n", vx_outcome_about(VX_OUTCOME_COVERAGE)->name);
    for (size_t o = 0; o < record->outcomes; o++) {
        const vx_outcome *outcome = &record->outcome[o];
        for (int64_t i = 0; outcome->kind == kind && i < outcome->n; i++)
            for (int s = 0; s < VX_MEAN_SESSIONS; s++) {
                if (!outcome->value[s])
                    continue;
                put_cell(stream, record->study->participant[outcome->participant[i]]);
                fputc('\t', stream);
                put_cell(stream, vx_outcome_session(record, outcome, s));
                fputc('\t', stream);
                if (region) {
                    put_cell(stream, outcome->modality);
                    fputc('\t', stream);
                }
                put_cell(stream, outcome->name);
                fputc('\t', stream);
                put_number(stream, outcome->value[s][i], DIGITS);
                if (region) {
                    fputc('\t', stream);
                    put_number(stream, outcome->coverage, DIGITS);
                }
                fputc('\n', stream);
            }
    }
}

/* ---- the data dictionaries ---- */

static json_t *described(const char *description)
{
    return json_pack("{so}", "Description", vx_json_text(description));
}

static json_t *described_column(vx_outcome_column column)
{
    const vx_outcome_column_row *about = vx_outcome_about(column);
    return vx_json_set(described(about->description), "Units", vx_json_text(vx_outcome_unit_words(about->unit)));
}

static json_t *described_text(vx_outcome_text text)
{
    json_t *object = described(vx_outcome_text_description(text));
    if (text == VX_TEXT_SCALE)
        object = vx_json_set(object, "Levels",
                             json_pack("{ss ss}", vx_scale_names[false], "the values themselves",
                                       vx_scale_names[true], "natural logarithms of the values"));
    return object;
}

static json_t *dictionary_of_tests(vx_outcome_kind kind)
{
    json_t *object = json_object();
    for (int k = 0; k < VX_TEXT_INFLUENTIAL; k++)
        if (vx_outcome_has_text(kind, k))
            object = vx_json_set(object, vx_outcome_text_name(kind, k), described_text(k));
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if (vx_outcome_has_column(kind, k))
            object = vx_json_set(object, vx_outcome_about(k)->name, described_column(k));
    return vx_json_set(object, vx_outcome_text_name(kind, VX_TEXT_INFLUENTIAL), described_text(VX_TEXT_INFLUENTIAL));
}

static json_t *dictionary_of_values(vx_outcome_kind kind)
{
    const bool region = kind == VX_OUTCOME_REGION;
    json_t *object = json_pack("{so so}", participant_column, described("The participant, as in the table."),
                               session_column, described("The session, as in the table."));
    if (region)
        object = vx_json_set(object, vx_outcome_text_name(kind, VX_TEXT_MODALITY), described_text(VX_TEXT_MODALITY));
    object = vx_json_set(object, vx_outcome_text_name(kind, VX_TEXT_NAME), described_text(VX_TEXT_NAME));
    object = vx_json_set(object, value_column,
                         described(region ? "Mean of the image over the region, within the modality's mask."
                                          : "Value of the marker, as it was tested apart from logarithms."));
    if (region)
        object = vx_json_set(object, vx_outcome_about(VX_OUTCOME_COVERAGE)->name,
                             described_column(VX_OUTCOME_COVERAGE));
    return object;
}

/* ---- the files ---- */

static vx_status write_text(const char *folder, vx_outcome_kind kind, vx_outcome_file file, const char *text,
                            vx_error *error)
{
    char *path = vx_text("%s/%s%s", folder, vx_outcome_groups[kind], vx_outcome_endings[file]);
    vx_status status = text && path ? vx_write_file(path, text, strlen(text), error) : vx_fail_memory(error);
    free(path);
    return status;
}

static vx_status write_table(const char *folder, const vx_record *record, vx_outcome_kind kind, vx_outcome_file file,
                             void print(FILE *, const vx_record *, vx_outcome_kind), vx_error *error)
{
    char *text = NULL;
    FILE *stream = vx_text_stream(&text, NULL);
    if (stream)
        print(stream, record, kind);
    const bool good = vx_stream_close(stream);
    vx_status status = good ? write_text(folder, kind, file, text, error) : vx_fail_memory(error);
    free(text);
    return status;
}

static vx_status write_dictionary(const char *folder, vx_outcome_kind kind, vx_outcome_file file, json_t *dictionary,
                                  vx_error *error)
{
    char *text = vx_json_dump(dictionary, JSON_INDENT(2));
    vx_status status = write_text(folder, kind, file, text, error);
    free(text);
    return status;
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
            status = write_dictionary(folder, kind, VX_OUTCOME_DICTIONARY, dictionary_of_tests(kind), error);
        if (!status)
            status = write_table(folder, record, kind, VX_OUTCOME_VALUES, print_values, error);
        if (!status)
            status = write_dictionary(folder, kind, VX_OUTCOME_VALUES_DICTIONARY, dictionary_of_values(kind), error);
        if (!status)
            status = write_table(folder, record, kind, VX_OUTCOME_MARKDOWN, vx_outcome_print_markdown, error);
        if (!status)
            status = write_table(folder, record, kind, VX_OUTCOME_LATEX, vx_outcome_print_latex, error);
    }
    return status;
}
