#include "voxstat/model.h"

#include "base/memory.h"
#include "base/options.h"
#include "model/orthonormal.h"
#include "model/ranks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The design of one effect under construction: nuisance first, the regressor of interest last. */
typedef struct design {
    int64_t n, columns;
    const char **name;
    double *value; /* columns x n */
} design;

static void design_add(design *d, const char *name, const double *value)
{
    d->name[d->columns] = name;
    memcpy(d->value + d->columns * d->n, value, (size_t)d->n * sizeof *value);
    d->columns++;
}

static void design_add_intercept(design *d)
{
    d->name[d->columns] = "intercept";
    for (int64_t i = 0; i < d->n; i++)
        d->value[d->columns * d->n + i] = 1.0;
    d->columns++;
}

/* Adds a regressor: its values at the effect's rows, ranked where the effect is of ranks, and mean-centred. */
static vx_status design_add_regressor(design *d, const vx_regressor *from, const vx_effect *effect, vx_error *error)
{
    vx_status status = VX_OK;
    int64_t n = effect->n;
    vx_ranked *scratch = vx_array((size_t)n, sizeof *scratch);
    double *value = vx_array((size_t)n, sizeof *value);
    if (!scratch || !value) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    bool constant = true;
    for (int64_t i = 0; i < n; i++) {
        value[i] = from->value[effect->row[i]];
        constant = constant && value[i] == value[0];
    }
    if (constant) {
        status = vx_fail(error, VX_INPUT, "%s is constant: %g in all %lld participants; it must vary to be tested",
                         from->name, value[0], (long long)n);
        goto cleanup;
    }
    if (effect->ranks)
        vx_midranks(value, n, 0.0, scratch);
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += value[i];
    for (int64_t i = 0; i < n; i++)
        value[i] -= sum / (double)n;
    design_add(d, from->name, value);
cleanup:
    free(scratch);
    free(value);
    return status;
}

/* Names the dependent column and the columns before it. */
static vx_status fail_dependent(const design *d, int64_t column, vx_error *error)
{
    char before[512] = "";
    for (int64_t j = 0; j < column; j++) {
        size_t used = strlen(before);
        snprintf(before + used, sizeof before - used, "%s%s", j ? ", " : "", d->name[j]);
    }
    return vx_fail(error, VX_INPUT, "rank-deficient design: %s is a linear combination of %s; leave one of them out",
                   d->name[column], before);
}

/* Stores the design for reports: centred columns, their names, and a contrast on the last. */
static vx_status keep_design(const design *d, vx_effect *effect, vx_error *error)
{
    effect->columns = d->columns;
    effect->design = vx_array((size_t)(d->columns * d->n), sizeof *effect->design);
    effect->contrast = vx_array_zero((size_t)d->columns, sizeof *effect->contrast);
    effect->column_name = vx_array_zero((size_t)d->columns, sizeof *effect->column_name);
    if (!effect->design || !effect->contrast || !effect->column_name)
        return vx_fail_memory(error);
    memcpy(effect->design, d->value, (size_t)(d->columns * d->n) * sizeof *effect->design);
    effect->contrast[d->columns - 1] = 1.0;
    for (int64_t j = 0; j < d->columns; j++)
        if (!(effect->column_name[j] = vx_copy_text(d->name[j])))
            return vx_fail_memory(error);
    return VX_OK;
}

/* Orthonormalises the design and splits it. Z is all columns but the last, x~ is the last, and q are the columns of Z
 * that relabelling changes. Permuting leaves an intercept, which is then the first column of Z, unchanged. */
static vx_status finish_effect(const design *d, vx_effect *effect, vx_error *error)
{
    int64_t n = d->n, m = d->columns, fixed = effect->scheme == VX_PERMUTE ? 1 : 0;
    if (n < m + 1)
        return vx_fail(error, VX_INPUT, "%lld participants for %lld parameters; at least %lld are needed", (long long)n,
                       (long long)m, (long long)m + 1);
    vx_status status = VX_OK;
    int64_t dependent;
    double *q = vx_array((size_t)(m * n), sizeof *q);
    effect->z_columns = m - 1;
    effect->nuisance = m - 1 - fixed;
    effect->df = (double)(n - m);
    effect->x = vx_array((size_t)n, sizeof *effect->x);
    effect->z = vx_array((size_t)(effect->z_columns * n), sizeof *effect->z);
    effect->q = vx_array((size_t)(effect->nuisance * n), sizeof *effect->q);
    if (!q || !effect->x || !effect->z || !effect->q) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    memcpy(q, d->value, (size_t)(m * n) * sizeof *q);
    if ((status = vx_orthonormalise(q, n, m, &effect->norm, &dependent, error)))
        goto cleanup;
    if (dependent >= 0) {
        status = fail_dependent(d, dependent, error);
        goto cleanup;
    }
    memcpy(effect->z, q, (size_t)(effect->z_columns * n) * sizeof *q);
    memcpy(effect->q, q + fixed * n, (size_t)(effect->nuisance * n) * sizeof *q);
    memcpy(effect->x, q + (m - 1) * n, (size_t)n * sizeof *q);
    status = keep_design(d, effect, error);
cleanup:
    free(q);
    return status;
}

/* The arguments of vx_model_new. */
typedef struct request {
    const vx_model_options *options;
    int64_t n, covariates, nuisances;
    const vx_regressor *covariate, *nuisance;
} request;

/* The covariates of interest [first, last) in the model of effect `which` (-1: the mean, whose model has none). */
static void covariates_of(const request *r, int64_t which, int64_t *first, int64_t *last)
{
    bool all = which >= 0 && r->options->joint;
    *first = all || which < 0 ? 0 : which;
    *last = all ? r->covariates : which < 0 ? 0 : which + 1;
}

/* Chooses the rows of the effect: those with a value of all its covariates of interest. */
static vx_status choose_rows(const request *r, int64_t which, vx_effect *effect, vx_error *error)
{
    int64_t first, last;
    covariates_of(r, which, &first, &last);
    effect->row = vx_array((size_t)r->n, sizeof *effect->row);
    effect->participant = vx_array((size_t)r->n, sizeof *effect->participant);
    if (!effect->row || !effect->participant)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < r->n; i++) {
        bool complete = true;
        for (int64_t c = first; c < last; c++)
            complete = complete && !isnan(r->covariate[c].value[i]);
        if (!complete)
            continue;
        effect->row[effect->n] = i;
        effect->participant[effect->n++] = r->options->participant ? r->options->participant[i] : i;
    }
    if (effect->n < 2)
        return vx_fail(error, VX_INPUT, "%lld participants have a value; at least 2 are needed", (long long)effect->n);
    return VX_OK;
}

static vx_status add_columns(const request *r, int64_t which, design *d, const vx_effect *effect, vx_error *error)
{
    vx_status status = VX_OK;
    int64_t first, last;
    covariates_of(r, which, &first, &last);
    if (which >= 0)
        design_add_intercept(d);
    for (int64_t k = 0; k < r->nuisances && !status; k++)
        status = design_add_regressor(d, &r->nuisance[k], effect, error);
    for (int64_t c = first; c < last && !status; c++)
        if (c != which)
            status = design_add_regressor(d, &r->covariate[c], effect, error);
    if (status)
        return status;
    if (which < 0)
        design_add_intercept(d);
    else
        status = design_add_regressor(d, &r->covariate[which], effect, error);
    return status;
}

/* Keeps the participants who share relabellings. */
static vx_status keep_shared(const request *r, vx_effect *effect, vx_error *error)
{
    const size_t count = (size_t)r->options->shared_count;
    if (!r->options->shared)
        return VX_OK;
    if (!(effect->shared = vx_array(count, sizeof *effect->shared)))
        return vx_fail_memory(error);
    memcpy(effect->shared, r->options->shared, count * sizeof *effect->shared);
    effect->shared_count = r->options->shared_count;
    return VX_OK;
}

/* Builds effect `which`: -1 is the mean, other numbers are covariates. */
static vx_status build_effect(const request *r, int64_t which, vx_effect *effect, vx_error *error)
{
    vx_status status = VX_OK;
    int64_t capacity = 1 + r->nuisances + r->covariates;
    design d = {.n = 0};
    d.name = vx_array((size_t)capacity, sizeof *d.name);
    d.value = vx_array((size_t)(capacity * r->n), sizeof *d.value);
    effect->name = vx_copy_text(which < 0 ? r->options->mean_name : r->covariate[which].name);
    if (!d.name || !d.value || !effect->name) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    effect->kind = which < 0 ? VX_MEAN : VX_SLOPE;
    effect->scheme = effect->kind == VX_MEAN ? VX_SIGN_FLIP : VX_PERMUTE;
    effect->ranks = effect->kind == VX_SLOPE && r->options->correlation == VX_SPEARMAN;
    if ((status = choose_rows(r, which, effect, error)) || (status = keep_shared(r, effect, error)))
        goto cleanup;
    d.n = effect->n;
    if ((status = add_columns(r, which, &d, effect, error)))
        goto cleanup;
    status = finish_effect(&d, effect, error);
cleanup:
    if (status && effect->name)
        vx_error_prefix(error, status, "effect %s", effect->name);
    free(d.name);
    free(d.value);
    return status;
}

static vx_status check_nuisance(const request *r, vx_error *error)
{
    for (int64_t k = 0; k < r->nuisances; k++)
        for (int64_t i = 0; i < r->n; i++)
            if (isnan(r->nuisance[k].value[i]))
                return vx_fail(error, VX_INPUT, "nuisance %s: no value in row %lld", r->nuisance[k].name, (long long)i);
    return VX_OK;
}

/* Effects are identified by name. */
static vx_status check_names(const request *r, vx_error *error)
{
    for (int64_t k = 0; k < r->covariates; k++)
        if (strcmp(r->covariate[k].name, r->options->mean_name) == 0)
            return vx_fail(error, VX_INPUT, "covariate %s: the effect of the mean has that name; rename the column",
                           r->covariate[k].name);
    return VX_OK;
}

/* The participants who share relabellings ascend, and those of the rows are among them. */
static vx_status check_shared(const request *r, vx_error *error)
{
    const vx_model_options *o = r->options;
    int64_t at = 0;
    for (int64_t i = 1; o->shared && i < o->shared_count; i++)
        if (o->shared[i] <= o->shared[i - 1])
            return vx_fail(error, VX_USAGE, "participants who share relabellings: %lld after %lld; they must ascend",
                           (long long)o->shared[i], (long long)o->shared[i - 1]);
    for (int64_t i = 0; o->shared && i < r->n; i++) {
        int64_t participant = o->participant ? o->participant[i] : i;
        while (at < o->shared_count && o->shared[at] < participant)
            at++;
        if (at == o->shared_count || o->shared[at] != participant)
            return vx_fail(error, VX_USAGE, "participant %lld is not among those who share relabellings",
                           (long long)participant);
    }
    return VX_OK;
}

vx_status vx_model_new(const vx_model_options *given, int64_t n, const vx_regressor *covariate, int64_t covariates,
                       const vx_regressor *nuisance, int64_t nuisances, vx_model **model, vx_error *error)
{
    vx_model_options options;
    request r = {&options, n, covariates, nuisances, covariate, nuisance};
    vx_status status = vx_options_take(given, "vx_model_options", sizeof options, &options, error);
    if (status || (status = check_nuisance(&r, error)) || (status = check_names(&r, error)) ||
        (status = check_shared(&r, error)))
        return status;
    vx_model *made = vx_array_zero(1, sizeof *made);
    if (!made || !(made->effect = vx_array_zero((size_t)covariates + 1, sizeof *made->effect))) {
        free(made);
        return vx_fail_memory(error);
    }
    made->effects = covariates + 1;
    for (int64_t e = 0; e < made->effects && !status; e++)
        status = build_effect(&r, e - 1, &made->effect[e], error);
    if (status)
        vx_model_free(made);
    else
        *model = made;
    return status;
}

void vx_model_free(vx_model *model)
{
    if (!model)
        return;
    for (int64_t e = 0; e < model->effects; e++) {
        vx_effect *effect = &model->effect[e];
        for (int64_t j = 0; effect->column_name && j < effect->columns; j++)
            free(effect->column_name[j]);
        free(effect->column_name);
        free(effect->name);
        free(effect->row);
        free(effect->participant);
        free(effect->x);
        free(effect->q);
        free(effect->z);
        free(effect->design);
        free(effect->contrast);
        free(effect->shared);
    }
    free(model->effect);
    free(model);
}
