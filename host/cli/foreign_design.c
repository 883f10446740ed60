#include "base/memory.h"
#include "cli/foreign.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Whether a column is constant and not zero. */
static bool constant(const vx_vest *design, size_t column)
{
    double first = vx_vest_at(design, 0, column);
    for (size_t i = 1; i < design->rows; i++) {
        if (fabs(vx_vest_at(design, i, column) - first) > 1e-9 * fabs(first))
            return false;
    }
    return first != 0.0;
}

static bool centred(const vx_vest *design, size_t column)
{
    double sum = 0, size = 0;
    for (size_t i = 0; i < design->rows; i++) {
        sum += vx_vest_at(design, i, column);
        size += fabs(vx_vest_at(design, i, column));
    }
    return fabs(sum) <= 1e-4 * size; /* such files have few digits */
}

/* Whether every row has exactly one 1 in the columns of zeros and ones. Such columns code groups, or the participants
 * of a paired design in long form. */
static bool codes_groups(const vx_vest *design)
{
    size_t codes = 0;
    double *total = vx_array_zero(design->rows, sizeof *total);
    bool shares = total != NULL;
    for (size_t c = 0; total && c < design->columns; c++) {
        bool binary = !constant(design, c);
        for (size_t i = 0; i < design->rows; i++)
            binary &= vx_vest_at(design, i, c) == 0.0 || vx_vest_at(design, i, c) == 1.0;
        codes += binary;
        for (size_t i = 0; binary && i < design->rows; i++)
            total[i] += vx_vest_at(design, i, c);
    }
    for (size_t i = 0; shares && i < design->rows; i++)
        shares = total[i] == 1.0;
    free(total);
    return shares && codes > 1;
}

/* "ev2,ev3": appends EV `column` to *names. */
static bool append(char **names, size_t column)
{
    char *longer = *names ? vx_text("%s,ev%zu", *names, column + 1) : vx_text("ev%zu", column + 1);
    free(*names);
    *names = longer;
    return longer != NULL;
}

/* The only column with a weight in a contrast; VX_USAGE for several or none. */
static vx_status weighed(const vx_vest *contrasts, size_t row, size_t *column, vx_error *error)
{
    size_t weights = 0;
    for (size_t c = 0; c < contrasts->columns; c++) {
        if (vx_vest_at(contrasts, row, c) != 0.0) {
            *column = c;
            weights++;
        }
    }
    if (weights == 1)
        return VX_OK;
    return vx_fail(error, VX_USAGE, "contrast %zu weighs %zu columns: differences of groups and general contrasts are "
                   "not supported yet. Two groups can be one column of 0 and 1 beside the mean, tested by itself: that "
                   "is a covariate here", row + 1, weights);
}

/* Marks the directions of columns that the contrasts test: bit 0 positive, bit 1 negative. */
static vx_status read_contrasts(const vx_vest *design, const vx_vest *contrasts, size_t only, unsigned *asked,
                                vx_error *error)
{
    if (contrasts->columns != design->columns)
        return vx_fail(error, VX_INPUT, "the contrasts have %zu columns, the design has %zu", contrasts->columns,
                       design->columns);
    if (only > contrasts->rows)
        return vx_fail(error, VX_INPUT, "there is no contrast %zu: found %zu", only, contrasts->rows);
    for (size_t row = 0; row < contrasts->rows; row++) {
        size_t column = 0;
        vx_status status = only && row + 1 != only ? VX_OK : weighed(contrasts, row, &column, error);
        if (status)
            return status;
        if (!only || row + 1 == only)
            asked[column] |= vx_vest_at(contrasts, row, column) > 0.0 ? 1 : 2;
    }
    return VX_OK;
}

/* Counts the constant columns, and fails unless the model contains exactly one mean. */
static vx_status find_mean(const vx_vest *design, bool demeaned, size_t *means, vx_error *error)
{
    *means = 0;
    for (size_t c = 0; c < design->columns; c++)
        *means += constant(design, c);
    if (*means > 1)
        return vx_fail(error, VX_USAGE, "the design has %zu constant columns, so it does not have full rank", *means);
    if (*means || demeaned)
        return VX_OK;
    if (codes_groups(design))
        return vx_fail(error, VX_USAGE, "the design codes groups, or participants, by columns of 0 and 1: two groups "
                       "and designs in long form are not supported yet. Two scans of everybody are --design paired "
                       "here");
    return vx_fail(error, VX_USAGE, "the design has no column of ones and the data keep their mean (no -D): there are "
                   "no models without a mean here");
}

static vx_status name_columns(const vx_vest *design, const unsigned *asked, vx_foreign_test *test, vx_error *error)
{
    unsigned directions = 0;
    bool even = true, named = true;
    for (size_t c = 0; named && c < design->columns; c++) {
        bool mean = constant(design, c);
        even = even && (!asked[c] || !directions || asked[c] == directions);
        directions |= asked[c];
        test->mean |= mean && asked[c];
        if (mean)
            continue;
        test->covariates += asked[c] != 0;
        named = append(asked[c] ? &test->covariate : &test->nuisance, c);
    }
    for (size_t c = 0; named && test->mean && c < design->columns; c++) {
        if (!constant(design, c) && !centred(design, c))
            named = append(&test->off_centre, c);
    }
    test->positive = directions & 1;
    test->negative = directions & 2;
    test->uneven = !even;
    if (!named)
        return vx_fail_memory(error);
    if (test->mean && test->covariates)
        return vx_fail(error, VX_USAGE, "the contrasts test the mean and covariates: these are commands of their own "
                       "here, as the mean is that given the nuisance. Keep one kind of contrast in the file");
    return VX_OK;
}

vx_status vx_foreign_test_read(const vx_vest *design, const vx_vest *contrasts, size_t only, bool demeaned,
                               vx_foreign_test *test, vx_error *error)
{
    size_t means;
    unsigned *asked = vx_array_zero(design->columns, sizeof *asked);
    *test = (vx_foreign_test){0};
    vx_status status = asked ? read_contrasts(design, contrasts, only, asked, error) : vx_fail_memory(error);
    if (!status)
        status = find_mean(design, demeaned, &means, error);
    if (!status)
        status = name_columns(design, asked, test, error);
    if (!status && test->mean && demeaned)
        status = vx_fail(error, VX_USAGE, "the contrast tests the mean, which -D takes out of the data");
    if (status)
        vx_foreign_test_destroy(test);
    free(asked);
    return status;
}

void vx_foreign_test_destroy(vx_foreign_test *test)
{
    if (!test)
        return;
    free(test->covariate);
    free(test->nuisance);
    free(test->off_centre);
    *test = (vx_foreign_test){0};
}
