/* The model of some of a study's participants: its covariates and nuisance over the rows of a matrix. */
#ifndef VX_OUTCOME_STUDY_MODEL_H
#define VX_OUTCOME_STUDY_MODEL_H

#include "voxstat/voxstat.h"

/* vx_model_new of voxstat/model.h for rows that belong to `participant` (n study indices, ascending), which replaces
 * that of the options. `adjust` is one more nuisance, of n values in the order of the rows; null: none. */
vx_status vx_model_of_study(const vx_study *study, const vx_model_options *options, const vx_regressor *adjust,
                            const int64_t *participant, int64_t n, vx_model **model, vx_error *error);

#endif
