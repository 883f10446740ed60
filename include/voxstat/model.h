/* The model: the effects under test. Each is one regressor of interest given nuisance, with a permutation scheme.
 *
 * Every effect takes one form (Winkler et al. 2014, NeuroImage 92:381, the Freedman-Lane method). With Z the nuisance,
 * y_z = R_Z y, x~ the unit residual of the regressor of interest and q an orthonormal basis of the nuisance,
 *
 *     r = x~'y_z / sqrt(||y_z||^2 - sum_j (q_j'y_z)^2)          t = sqrt(df) r / sqrt(1 - r^2)
 *
 * q'y_z is 0 for the observed data. It is not 0 once x~ and q are permuted or sign-flipped, so the term must stay.
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

/* The regressor of interest. */
typedef enum vx_effect_kind {
    VX_MEAN,  /* the intercept: the mean of the data, or of their changes */
    VX_SLOPE, /* a regressor */
} vx_effect_kind;

/* How the data are relabelled under the null hypothesis. The flags state what is assumed of the errors. */
typedef enum vx_scheme {
    VX_SIGN_FLIP = 1, /* symmetric about zero */
    VX_PERMUTE = 2,   /* exchangeable between participants */
} vx_scheme;

/* The alternative to the null hypothesis: an effect in either direction, above 0, or below 0. */
typedef enum vx_tails { VX_TWO_TAILS, VX_POSITIVE, VX_NEGATIVE } vx_tails;

typedef enum vx_correlation { VX_PEARSON, VX_SPEARMAN } vx_correlation;

typedef struct vx_model_options {
    size_t size;                  /* sizeof(vx_model_options) */
    const char *mean_name;        /* name of the intercept's effect: "change" (paired), "mean" (one sample) */
    const int64_t *participant;   /* n: study index of each row's participant, ascending; null: 0 to n - 1 */
    bool joint;                   /* all covariates of interest in one model */
    vx_correlation correlation;
    const int64_t *shared;        /* shared_count: study indices, ascending, of the participants whose relabellings all
                                   * effects share; null: each effect relabels its own participants */
    int64_t shared_count;
} vx_model_options;

/* A named regressor over the rows of the matrix: raw values, not centred; NaN where missing. */
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
    int64_t *row;     /* n: their rows in the matrix, ascending */
    int64_t *participant; /* n: their indices in the study, ascending */
    int64_t nuisance; /* k: columns of q */
    double df;        /* residual degrees of freedom: n - rank of the design */
    double *x;        /* n: x~, unit length, orthogonal to Z */
    double *q;        /* k x n: orthonormal nuisance that relabelling changes (permuting leaves an intercept fixed) */
    int64_t z_columns;
    double *z;        /* z_columns x n: orthonormal basis of all nuisance Z; its last k columns are q */
    double norm;      /* ||R_Z x||: estimate = x~'y_z / norm, in the data's units per unit of the regressor */

    /* The design matrix before orthonormalisation, for reports: columns are mean-centred, an intercept is 1. */
    int64_t columns;
    char **column_name;
    double *design;   /* columns x n */
    double *contrast; /* columns */

    /* The participants over whom relabellings are made, `participant` among them; null: the effect's own. */
    int64_t shared_count;
    int64_t *shared;  /* shared_count: their indices in the study, ascending */
} vx_effect;

typedef struct vx_model {
    vx_effect *effect; /* the mean first, then one for each covariate, in the order given */
    int64_t effects;
} vx_model;

/* Builds the effects of one modality with n rows. Covariates and nuisance are mean-centred over the rows that an
 * effect uses. A row without a value of a covariate of interest is excluded from that covariate's effect only; in a
 * joint model, from the effects of all covariates.
 *
 * With vx_model_options.shared, relabelling i moves the same people the same way in every effect, whoever is missing
 * there: several images, regions and markers of one study then have a joint null distribution (vx_family_correct). An
 * effect relabels its own participants as the restriction of one relabelling of all of them:
 *
 *     sign flips      every participant keeps the sign
 *     permutations    participant i is paired with pi(i), or, where pi(i) is missing, with the next participant on the
 *                     cycle of pi who is not
 *
 * The restriction of a uniformly drawn permutation is uniform (Pitman 2006, Combinatorial Stochastic Processes, sec.
 * 3.1), so every effect's test is as valid as with relabellings of its own. A restriction that equals the observed
 * labelling stays in the set.
 * Errors (VX_INPUT, naming the column): a constant covariate; a rank-deficient design (the message names the dependent
 * columns); fewer rows than parameters plus one; a missing nuisance value; a covariate with the name of the mean.
 * VX_USAGE: participants who share relabellings that do not ascend, or that lack the participant of a row. */
VX_API vx_status vx_model_new(const vx_model_options *options, int64_t n, const vx_regressor *covariate,
                              int64_t covariates, const vx_regressor *nuisance, int64_t nuisances, vx_model **model,
                              vx_error *error);
VX_API void vx_model_free(vx_model *model);

#ifdef __cplusplus
}
#endif
#endif
