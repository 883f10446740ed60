/* What a reader must know of the covariates before their effects: whether the other columns of a model say nearly the
 * same, whether two covariates do, and whether one participant lies so far out that the slope hangs on them. */
#include "cli/run.h"

#include "base/distribution.h"
#include "base/number.h"
#include "outcome/study_model.h"

#include <math.h>

static const double INFLATION_MOST = 5; /* a common bound: 80 % of a covariate's variance is that of the others */
static const double LIKENESS_MOST = 0.9;
static const double OUTLIER_P = 0.01;

static const double *tested_column(const vx_effect *effect)
{
    int64_t c = 0;
    while (effect->contrast[c] == 0)
        c++;
    return effect->design + c * effect->n;
}

static double sum_of_squares(const double *value, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += value[i] * value[i];
    return sum;
}

/* The variance inflation factor of the covariate: ||x||^2 / ||R_Z x||^2, x mean-centred. */
static vx_status remark_inflation(vx_run *run, const char *modality, const vx_effect *effect, vx_error *error)
{
    const double factor = sum_of_squares(tested_column(effect), effect->n) / (effect->norm * effect->norm);
    if (factor < INFLATION_MOST)
        return VX_OK;
    return vx_run_remark(run, error, "%s %s: the other columns of its model have %.0f %% of its variance (variance "
                         "inflation factor %.3g), so that its effect is hard to tell from theirs", modality,
                         effect->name, 100 * (1 - 1 / factor), factor);
}

/* The test of Grubbs (1950, Ann Math Stat 21:27) for the participant furthest out, given the nuisance. With x~ the unit
 * residual of the covariate and h = x~_i^2 / (1 - sum_k z_ki^2),
 *
 *     t = sqrt(df h / (1 - h))      p = 2 n P(T_df > t) */
static vx_status remark_furthest(vx_run *run, const char *modality, const vx_effect *effect, vx_error *error)
{
    double most = 0;
    int64_t furthest = 0;
    for (int64_t i = 0; i < effect->n; i++) {
        double left = 1;
        for (int64_t k = 0; k < effect->z_columns; k++)
            left -= effect->z[k * effect->n + i] * effect->z[k * effect->n + i];
        const double share = left > 1e-9 ? effect->x[i] * effect->x[i] / left : 0;
        if (share > most) {
            most = share;
            furthest = i;
        }
    }
    const double t = most < 1 ? sqrt(effect->df * most / (1 - most)) : INFINITY;
    const double p = most < 1 ? 2 * (double)effect->n * vx_t_upper(t, effect->df) : 0;
    char text[32];
    if (!(p < OUTLIER_P))
        return VX_OK;
    return vx_run_remark(run, error, "%s %s: %s lies far from the others (Grubbs' test, p = %s) and has %.0f %% of "
                         "what tells the slope: see it without that participant (--exclude), or by ranks "
                         "(--correlation spearman)", modality, effect->name,
                         run->study->participant[effect->participant[furthest]], vx_p_ascii(p, text),
                         100 * effect->x[furthest] * effect->x[furthest]);
}

/* Two covariates, each in a model of its own, by the correlation over the participants of both. */
static vx_status remark_likeness(vx_run *run, const vx_effect *a, const vx_effect *b, vx_error *error)
{
    const double *x = tested_column(a), *y = tested_column(b);
    double n = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0, j = 0; i < a->n; i++) {
        while (j < b->n && b->participant[j] < a->participant[i])
            j++;
        if (j == b->n || b->participant[j] != a->participant[i])
            continue;
        n++;
        sx += x[i];
        sy += y[j];
        xx += x[i] * x[i];
        yy += y[j] * y[j];
        xy += x[i] * y[j];
    }
    const double r = (n * xy - sx * sy) / sqrt((n * xx - sx * sx) * (n * yy - sy * sy));
    if (!(fabs(r) >= LIKENESS_MOST))
        return VX_OK;
    return vx_run_remark(run, error, "%s and %s say nearly the same (r = %.2f): what is found with one of them may "
                         "belong to the other", a->name, b->name, r);
}

/* `of` begins the remarks: a modality, or the markers. Two covariates are compared in the first model only. */
static vx_status remark_model(vx_run *run, const char *of, const vx_model *model, bool first, vx_error *error)
{
    vx_status status = VX_OK;
    for (int64_t e = 0; e < model->effects && !status; e++) {
        const vx_effect *effect = &model->effect[e];
        if (effect->kind != VX_SLOPE)
            continue;
        status = remark_inflation(run, of, effect, error);
        if (!status)
            status = remark_furthest(run, of, effect, error);
        for (int64_t o = 0; o < e && first && !run->model.joint && !status; o++)
            if (model->effect[o].kind == VX_SLOPE)
                status = remark_likeness(run, &model->effect[o], effect, error);
    }
    return status;
}

/* Of a study without images: the model of the marker that most participants have. */
static vx_status remark_markers(vx_run *run, vx_error *error)
{
    const vx_study_marker *fullest = run->study->marker;
    vx_model *model = NULL;
    for (size_t m = 1; m < run->study->markers; m++)
        fullest = run->study->marker[m].n > fullest->n ? &run->study->marker[m] : fullest;
    vx_status status =
        vx_model_of_study(run->study, &run->model, NULL, fullest->participant, fullest->n, &model, error);
    if (!status)
        status = remark_model(run, "markers", model, true, error);
    else
        status = vx_error_prefix(error, status, "%s", fullest->name);
    vx_model_free(model);
    return status;
}

vx_status vx_run_remark_covariates(vx_run *run, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t m = 0; m < run->study->modalities && !status; m++)
        status = remark_model(run, run->modality[m].study->name, run->modality[m].model, m == 0, error);
    return status || run->study->modalities || !run->study->markers ? status : remark_markers(run, error);
}
