/* The model: which effects are tested, each as one regressor of interest given nuisance, and how it is permuted.
 *
 * Every effect is brought to one form (Winkler et al. 2014, NeuroImage 92:381, the Freedman-Lane method): with Z the
 * nuisance, y_z = R_Z y, x~ the unit residual of the regressor of interest and q an orthonormal basis of the nuisance,
 *
 *     r = x~'y_z / sqrt(||y_z||^2 - sum_j (q_j'y_z)^2)          t = sqrt(df) r / sqrt(1 - r^2)
 *
 * Unpermuted, q'y_z = 0. Under permutation or sign flips of x~ and q it is not, and dropping it is wrong.
 * A vx_model owns its effects; vx_model_free releases it. */
#ifndef VOXSTAT_MODEL_H
#define VOXSTAT_MODEL_H

#include "voxstat/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an effect is. */
typedef enum vx_effect_kind {
    VX_MEAN,  /* the intercept: the mean of the data, or of their changes */
    VX_SLOPE, /* a regressor */
} vx_effect_kind;

/* How the data are relabelled under the null hypothesis: a set of flags, each an assumption about the errors. */
typedef enum vx_scheme {
    VX_SIGN_FLIP = 1, /* symmetric about zero */
    VX_PERMUTE = 2,   /* exchangeable between participants */
} vx_scheme;

typedef enum vx_correlation { VX_PEARSON, VX_SPEARMAN } vx_correlation;

typedef struct vx_model_options {
    size_t size;                  /* sizeof(vx_model_options) */
    const char *mean_name;        /* name of the intercept's effect: "change" (paired), "mean" (one sample) */
    const int64_t *participant;   /* n: each row's participant, as a number in the study, ascending; null: 0 to n - 1 */
    bool joint;                   /* all covariates of interest in one model */
    vx_correlation correlation;
} vx_model_options;

/* A named regressor over the matrix' rows, raw (not centred); NaN where missing. */
typedef struct vx_regressor {
    const char *name;
    const double *value; /* n */
} vx_regressor;

typedef struct vx_effect {
    char *name;
    vx_effect_kind kind;
    vx_scheme scheme;
    bool ranks;       /* Spearman: data, regressor and nuisance are mid-ranks */
    int64_t n;        /* participants in this effect */
    int64_t *row;     /* n: their rows of the matrix, ascending */
    int64_t *participant; /* n: their numbers in the study, ascending */
    int64_t nuisance; /* k: columns of q */
    double df;        /* n - rank of the whole design */
    double *x;        /* n: x~, unit length, orthogonal to Z */
    double *q;        /* k x n: orthonormal nuisance that the scheme moves (an intercept is not moved by permuting) */
    int64_t z_columns;
    double *z;        /* z_columns x n: orthonormal basis of the whole nuisance Z, q among them */
    double norm;      /* ||R_Z x||: estimate = x~'y_z / norm, in the data's units per unit of the regressor */

    /* The design as a person writes it, for the record: columns x n (raw columns mean-centred, the intercept ones). */
    int64_t columns;
    char **column_name;
    double *design;   /* columns x n */
    double *contrast; /* columns */
} vx_effect;

typedef struct vx_model {
    vx_effect *effect; /* the mean first, then one a covariate in the order given */
    int64_t effects;
} vx_model;

/* Builds the effects of one modality with n rows. Covariates and nuisance are mean-centred over the rows that an
 * effect uses; rows where a covariate of interest is missing leave that covariate's effect only.
 * Errors (VX_INPUT, naming the column): a constant covariate; a rank-deficient design (which column repeats which);
 * fewer rows than parameters plus one; a missing nuisance value; a covariate called as the mean is. */
VX_API vx_status vx_model_new(const vx_model_options *options, int64_t n, const vx_regressor *covariate,
                              int64_t covariates, const vx_regressor *nuisance, int64_t nuisances, vx_model **model,
                              vx_error *error);
VX_API void vx_model_free(vx_model *model);

#ifdef __cplusplus
}
#endif
#endif
