#include "outcome/expected.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "base/number.h"
#include "univariate/expected.h"
#include "univariate/percent.h"
#include "univariate/t_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The columns of the table; those from `optional` on may be absent. */
typedef enum vx_expected_input {
    NAME, CHANGE, SE, UNIT, WEEKS, SOURCE, MODALITY, LOW, HIGH, INPUTS, optional = MODALITY
} vx_expected_input;
static const char *const input_name[INPUTS] = {"region", "change", "se", "unit", "interval_weeks", "source",
                                               "modality", "low", "high"};

/* One table and the outcomes that it is for, on the way. */
typedef struct vx_expected_reading {
    const vx_table *table;
    int64_t column[INPUTS], row;
    const vx_outcome *outcome;
    size_t outcomes;
    const vx_study *study;
    double weeks, alpha;
    vx_error *error;
} vx_expected_reading;

static const char *cell(const vx_expected_reading *r, vx_expected_input column)
{
    return r->column[column] < 0 ? NULL : vx_table_cell(r->table, r->row, r->column[column]);
}

static vx_status find_columns(vx_expected_reading *r)
{
    for (int k = 0; k < INPUTS; k++) {
        vx_status status = VX_OK;
        if (k < optional)
            status = vx_table_column(r->table, input_name[k], &r->column[k], r->error);
        else
            r->column[k] = vx_table_find(r->table, input_name[k]);
        if (status)
            return status;
    }
    for (int64_t c = 0; c < r->table->columns; c++) {
        const char *name = r->table->name[c];
        bool known = false;
        for (int k = 0; k < INPUTS; k++)
            known = known || r->column[k] == c;
        if (!known) {
            const char *near = vx_nearest(name, input_name, INPUTS);
            return vx_fail(r->error, VX_INPUT, "%s: column %s has no meaning in a table of expected changes%s%s%s",
                           r->table->path, name, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        }
    }
    return VX_OK;
}

static vx_status read_number(const vx_expected_reading *r, vx_expected_input column, const char *expected,
                             double *value)
{
    const char *text = cell(r, column);
    if (!text)
        return vx_fail(r->error, VX_INPUT, "column %s: it is missing; expected %s", input_name[column], expected);
    if (!vx_number_read(text, value))
        return vx_fail(r->error, VX_INPUT, "column %s: found '%s', expected %s", input_name[column], text, expected);
    return VX_OK;
}

static vx_status read_rate(const vx_expected_reading *r, vx_rate *rate)
{
    static const char se[] = "a standard error of 0 or more", weeks[] = "a number of weeks above 0";
    vx_status status = read_number(r, CHANGE, "a number", &rate->change);
    if (!status)
        status = read_number(r, SE, se, &rate->se);
    if (!status && !(rate->se >= 0))
        status = vx_fail(r->error, VX_INPUT, "column se: found '%s', expected %s", cell(r, SE), se);
    if (!status)
        status = read_number(r, WEEKS, weeks, &rate->weeks);
    if (!status && !(rate->weeks > 0))
        status = vx_fail(r->error, VX_INPUT, "column interval_weeks: found '%s', expected %s", cell(r, WEEKS), weeks);
    return status;
}

static vx_status read_unit(const vx_expected_reading *r, vx_expected_unit *unit)
{
    const char *text = cell(r, UNIT);
    if (text && (!strcmp(text, "%") || !strcmp(text, vx_expected_unit_names[VX_EXPECTED_PERCENT])))
        *unit = VX_EXPECTED_PERCENT;
    else if (text && !strcmp(text, vx_expected_unit_names[VX_EXPECTED_ABSOLUTE]))
        *unit = VX_EXPECTED_ABSOLUTE;
    else
        return vx_fail(r->error, VX_INPUT, "column unit: found '%s', expected percent (or %%) of baseline, or absolute "
                       "for the units of the values", text ? text : "n/a");
    return VX_OK;
}

/* Bounds are NaN where the row has none. */
static vx_status read_bounds(const vx_expected_reading *r, vx_interval *bounds)
{
    *bounds = (vx_interval){NAN, NAN};
    if (!cell(r, LOW) && !cell(r, HIGH))
        return VX_OK;
    vx_status status = read_number(r, LOW, "a number, as there is a bound high", &bounds->low);
    if (!status)
        status = read_number(r, HIGH, "a number, as there is a bound low", &bounds->high);
    if (!status && !(bounds->low < bounds->high))
        status = vx_fail(r->error, VX_INPUT, "column low: found '%s', expected less than high, which is %s",
                         cell(r, LOW), cell(r, HIGH));
    return status;
}

/* ---- the outcome of a row ---- */

static vx_status fail_unknown(const vx_expected_reading *r, const char *name)
{
    const char **candidate = vx_array(r->outcomes, sizeof *candidate);
    if (!candidate)
        return vx_fail_memory(r->error);
    for (size_t o = 0; o < r->outcomes; o++)
        candidate[o] = r->outcome[o].name;
    const char *near = vx_nearest(name, candidate, r->outcomes);
    vx_status status = vx_fail(r->error, VX_INPUT, "no region or marker of this run is called %s%s%s%s", name,
                               near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    free(candidate);
    return status;
}

/* Writes "pet, gm": the modalities of outcomes with the name, as many as fit. */
static void list_modalities(const vx_expected_reading *r, const char *name, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (size_t o = 0; o < r->outcomes && used < size; o++)
        if (!strcmp(r->outcome[o].name, name)) {
            const char *modality = r->outcome[o].modality ? r->outcome[o].modality : "a marker";
            int length = snprintf(text + used, size - used, "%s%s", used ? ", " : "", modality);
            used += length > 0 ? (size_t)length : 0;
        }
}

static vx_status find_outcome(const vx_expected_reading *r, const vx_outcome **outcome)
{
    const char *name = cell(r, NAME), *modality = cell(r, MODALITY);
    char list[200];
    size_t named = 0, found = 0;
    if (!name)
        return vx_fail(r->error, VX_INPUT, "column region: the name is missing");
    for (size_t o = 0; o < r->outcomes; o++) {
        const vx_outcome *one = &r->outcome[o];
        if (strcmp(one->name, name) != 0)
            continue;
        named++;
        if (!modality || (one->modality && !strcmp(one->modality, modality))) {
            *outcome = one;
            found++;
        }
    }
    if (!named)
        return fail_unknown(r, name);
    list_modalities(r, name, list, sizeof list);
    if (!found)
        return vx_fail(r->error, VX_INPUT, "column modality: %s is not in '%s', but in %s", name, modality, list);
    if (found > 1)
        return vx_fail(r->error, VX_INPUT, "%s is in %zu modalities (%s): a column modality has to say in which", name,
                       found, list);
    return VX_OK;
}

/* ---- the comparison of a row ---- */

static vx_status observe(const vx_expected_reading *r, const vx_outcome *outcome, vx_expected_unit unit,
                         vx_t_test *observed)
{
    vx_status status = VX_OK;
    if (!outcome->value[0])
        return vx_fail(r->error, VX_INPUT, "%s has one session, and a change needs two", outcome->name);
    if (unit == VX_EXPECTED_ABSOLUTE && outcome->scale == VX_ON_LOG)
        return vx_fail(r->error, VX_INPUT, "%s is tested on the log scale, where changes are ratios: the unit has to "
                       "be percent", outcome->name);
    double *change = vx_array((size_t)outcome->n, sizeof *change);
    if (!change)
        return vx_fail_memory(r->error);
    for (int64_t i = 0; !status && i < outcome->n; i++) {
        const double before = outcome->value[0][i], after = outcome->value[1][i];
        change[i] = unit == VX_EXPECTED_PERCENT ? vx_percentage(before, after) : after - before;
        if (isnan(change[i]))
            status = vx_fail(r->error, VX_INPUT, "%s: the baseline of %s is %g, and percentages need one above 0; an "
                             "absolute change does not", outcome->name,
                             r->study->participant[outcome->participant[i]], before);
    }
    if (!status)
        *observed = vx_t_test_of(change, outcome->n, VX_TWO_TAILS, r->alpha);
    free(change);
    return status;
}

static void compare(const vx_expected_reading *r, const vx_t_test *observed, vx_rate rate, vx_interval bounds,
                    double *value)
{
    const vx_rate own = {observed->mean, observed->se, r->weeks};
    const vx_expected e = vx_expected_of(own, observed->df, rate, r->alpha);
    value[VX_EXPECTED_OBSERVED] = observed->mean;
    value[VX_EXPECTED_OBSERVED_SE] = observed->se;
    value[VX_EXPECTED_OBSERVED_DF] = observed->df;
    value[VX_EXPECTED_RATE] = rate.change;
    value[VX_EXPECTED_RATE_SE] = rate.se;
    value[VX_EXPECTED_RATE_WEEKS] = rate.weeks;
    value[VX_EXPECTED_EXPECTED] = e.expected;
    value[VX_EXPECTED_EXPECTED_SE] = e.expected_se;
    value[VX_EXPECTED_DIFFERENCE] = e.difference;
    value[VX_EXPECTED_SE] = e.se;
    value[VX_EXPECTED_DF] = e.df;
    value[VX_EXPECTED_CI_LOW] = e.interval.low;
    value[VX_EXPECTED_CI_HIGH] = e.interval.high;
    value[VX_EXPECTED_P] = e.p;
    value[VX_EXPECTED_BOUND_LOW] = bounds.low;
    value[VX_EXPECTED_BOUND_HIGH] = bounds.high;
    value[VX_EXPECTED_P_EQUIVALENCE] = vx_equivalence_p(e.difference, e.se, e.df, bounds);
}

static vx_status read_row(const vx_expected_reading *r, vx_expected_comparisons *made)
{
    vx_expected_comparison *one = &made->comparison[made->comparisons];
    vx_rate rate;
    vx_interval bounds;
    vx_t_test observed;
    vx_status status = find_outcome(r, &one->outcome);
    for (size_t i = 0; !status && i < made->comparisons; i++)
        if (made->comparison[i].outcome == one->outcome)
            status = vx_fail(r->error, VX_INPUT, "%s stands twice, at line %lld before", one->outcome->name,
                             (long long)r->table->line[i]);
    if (!status)
        status = read_rate(r, &rate);
    if (!status)
        status = read_unit(r, &one->unit);
    if (!status)
        status = read_bounds(r, &bounds);
    if (!status && !(one->source = cell(r, SOURCE)))
        status = vx_fail(r->error, VX_INPUT, "column source: it is missing; an external rate needs one");
    if (!status)
        status = observe(r, one->outcome, one->unit, &observed);
    if (status)
        return vx_error_prefix(r->error, status, "%s, line %lld", r->table->path, (long long)r->table->line[r->row]);
    one->value[VX_EXPECTED_N] = (double)one->outcome->n;
    compare(r, &observed, rate, bounds, one->value);
    made->comparisons++;
    return VX_OK;
}

vx_status vx_expected_test(const char *path, double weeks, const vx_outcome *outcome, size_t outcomes,
                           const vx_study *study, double alpha, vx_expected_comparisons **comparisons,
                           vx_error *error)
{
    vx_expected_comparisons *made = vx_array_zero(1, sizeof *made);
    vx_expected_reading r = {.outcome = outcome, .outcomes = outcomes, .study = study, .weeks = weeks, .alpha = alpha,
                             .error = error};
    vx_status status = made ? VX_OK : vx_fail_memory(error);
    if (!status && !(weeks > 0))
        status = vx_fail(error, VX_INPUT, "%s: the study's interval is %g weeks; one above 0 is needed", path, weeks);
    if (!status)
        status = vx_table_read(path, &made->table, error);
    if (status)
        goto cleanup;
    made->weeks = weeks;
    r.table = &made->table;
    status = find_columns(&r);
    if (!status && !(made->comparison = vx_array_zero((size_t)made->table.rows, sizeof *made->comparison)))
        status = vx_fail_memory(error);
    for (; !status && r.row < made->table.rows; r.row++)
        status = read_row(&r, made);

cleanup:
    if (status)
        vx_expected_comparisons_free(made);
    else
        *comparisons = made;
    return status;
}

void vx_expected_comparisons_free(vx_expected_comparisons *comparisons)
{
    if (!comparisons)
        return;
    vx_table_destroy(&comparisons->table);
    free(comparisons->comparison);
    free(comparisons);
}
