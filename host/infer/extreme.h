/* Where in a result the most extreme values are. "Extreme" is in the direction of the alternative: |t| of two tails, t
 * of the positive one, -t of the negative one. */
#ifndef VX_INFER_EXTREME_H
#define VX_INFER_EXTREME_H

#include "voxstat/result.h"

double vx_extremity(vx_tails tails, double t);

/* The element of the most extreme t; -1 without any. */
int64_t vx_extreme_t(const vx_result *result);

/* The element of the smallest value of a map of p, among equal ones that of the most extreme t; -1 without any. */
int64_t vx_extreme_p(const vx_result *result, const vx_map *p);

#endif
