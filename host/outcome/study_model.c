#include "outcome/study_model.h"

#include "base/error.h"
#include "base/memory.h"

/* The columns over `n` participants, and memory for one more. Their values are in *values. The caller frees both. */
static vx_regressor *regressors(const vx_column *column, size_t columns, const int64_t *participant, int64_t n,
                                double **values)
{
    size_t elements;
    vx_regressor *regressor = vx_array(columns + 1, sizeof *regressor);
    *values = vx_multiply(columns, (size_t)n, &elements) ? vx_array(elements, sizeof **values) : NULL;
    if (!regressor || !*values) {
        free(regressor);
        return NULL;
    }
    for (size_t c = 0; c < columns; c++) {
        double *value = *values + c * (size_t)n;
        for (int64_t i = 0; i < n; i++)
            value[i] = column[c].value[participant[i]];
        regressor[c] = (vx_regressor){column[c].name, value};
    }
    return regressor;
}

vx_status vx_model_of_study(const vx_study *study, const vx_model_options *options, const vx_regressor *adjust,
                            const int64_t *participant, int64_t n, vx_model **model, vx_error *error)
{
    int64_t nuisances = (int64_t)study->nuisances;
    vx_model_options o = *options;
    double *covariate_values = NULL, *nuisance_values = NULL;
    vx_regressor *covariate = regressors(study->covariate, study->covariates, participant, n, &covariate_values);
    vx_regressor *nuisance = regressors(study->nuisance, study->nuisances, participant, n, &nuisance_values);
    o.participant = participant;
    if (nuisance && adjust)
        nuisance[nuisances++] = *adjust;
    vx_status status = covariate && nuisance ? vx_model_new(&o, n, covariate, (int64_t)study->covariates, nuisance,
                                                            nuisances, model, error)
                                             : vx_fail_memory(error);
    free(covariate);
    free(nuisance);
    free(covariate_values);
    free(nuisance_values);
    return status;
}
