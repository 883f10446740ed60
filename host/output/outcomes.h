/* Shared by the writers of regions and markers: the columns of their tables, which are also the datasets of results.h5.
 *
 * A line is a test. Its texts (vx_outcome_text) come first, the one of VX_TEXT_INFLUENTIAL last, and the figures of
 * outcome/columns.h between them. */
#ifndef VX_OUTPUT_OUTCOMES_H
#define VX_OUTPUT_OUTCOMES_H

#include "output/h5.h"
#include "output/output.h"

#include <jansson.h>

typedef enum vx_outcome_text {
    VX_TEXT_NAME, VX_TEXT_FAMILY, VX_TEXT_MODALITY, VX_TEXT_EFFECT, VX_TEXT_UNITS, VX_TEXT_SCALE,
    VX_TEXT_INFLUENTIAL, VX_OUTCOME_TEXTS
} vx_outcome_text;

/* Whether the table of that kind has the column; one of values beside others only where some test has a figure. */
bool vx_outcome_has_text(vx_outcome_kind kind, vx_outcome_text text);
bool vx_outcome_has_column(const vx_record *record, vx_outcome_kind kind, vx_outcome_column column);

/* A column's name and description, and its value in a test: null where it has none. */
const char *vx_outcome_text_name(vx_outcome_kind kind, vx_outcome_text text);
const char *vx_outcome_text_description(vx_outcome_text text);
const char *vx_outcome_text_of(const vx_record *record, const vx_outcome_test *test, vx_outcome_text text);

const char *vx_outcome_unit_words(vx_outcome_unit unit);

/* The number of outcomes of a kind, and of their tests. */
size_t vx_outcome_count(const vx_record *record, vx_outcome_kind kind);
size_t vx_outcome_tests_count(const vx_record *record, vx_outcome_kind kind);

/* The relabellings of a test's effect. */
const vx_plan *vx_outcome_plan(const vx_record *record, const vx_outcome_test *test);

/* The name of a session of an outcome, VX_MEAN_...; null where it has none. */
const char *vx_outcome_session(const vx_record *record, const vx_outcome *outcome, int session);

/* VX_KEY_OUTCOMES of run.json; null where memory is short. */
json_t *vx_outcomes_json(const vx_record *record);

/* Writes the groups of regions, markers and covariates. */
void vx_h5_put_outcomes(vx_h5 *h5, const vx_record *record);

/* Print tables for a paper: the file <kind>.md or <kind>.tex. Memory that is short fails the stream. */
void vx_outcome_print_markdown(FILE *stream, const vx_record *record, vx_outcome_kind kind);
void vx_outcome_print_latex(FILE *stream, const vx_record *record, vx_outcome_kind kind);

#endif
