/* Whether the t of a map are spread as chance spreads them.
 *
 * Under the null hypothesis the spread of the data as observed is exchangeable with those of the relabellings, whatever
 * the dependence between voxels. With m_k the median of |t| over the mask in relabelling k, and 0 the observed data,
 *
 *     p = #{k : m_k >= m_0} / count      P(p <= a) <= a
 *
 * (m_0 / median of m_k)^2 is the genomic inflation factor (Devlin & Roeder 1999, Biometrics 55:997), with the
 * relabellings in the place of theory: theory holds for independent elements, and neighbours are alike.
 *
 * An alarm does not say that p are wrong. It says that half of the mask has moved, and asks what moved it. */
#ifndef VX_RESULTS_CALIBRATION_H
#define VX_RESULTS_CALIBRATION_H

#include "voxstat/result.h"

typedef struct vx_calibration {
    double median, low, high; /* of |t|: as observed, and the middle 95 % of the relabellings */
    double inflation;
    double p;
    double middle_t;          /* the median of t, whose sign is the direction in which most voxels moved */
    bool alarm;               /* p <= VX_LEVEL / effects */
} vx_calibration;

/* `effects` is the number of effects of all modalities: a study in which nothing has an effect has any alarm with
 * probability at most VX_LEVEL. NaN and no alarm without quantiles. Errors: VX_INTERNAL without memory. */
vx_status vx_calibration_find(const vx_quantiles *quantiles, size_t effects, vx_calibration *calibration,
                              vx_error *error);

/* Sets of how many relabellings a study of so many effects keeps quantiles: of enough for the band, and of more only
 * where these leave an alarm possible. */
void vx_calibration_ask(size_t effects, vx_inference_options *options);

/* Fills low[i] and high[i], the middle 95 % of the relabellings at each rank. Errors: VX_INTERNAL without memory. */
vx_status vx_calibration_band(const vx_quantiles *quantiles, double *low, double *high, vx_error *error);

/* An alarm in words, without a full stop at the end. `covariate` is that of the effect; null: the mean, of
 * changes if `paired`. The caller frees; null where memory is short. */
char *vx_calibration_text(const vx_calibration *calibration, const char *covariate, bool paired);

#endif
