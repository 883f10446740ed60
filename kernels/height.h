/* The height of a score: the spatial ops work on it, and only the comparisons of the dense ops read scores otherwise.
 *
 *   t = root_df r / sqrt((1 - r) (1 + r))                            r = u scale, or the float r
 *   t = root_df q / sqrt(q),  q = (s - 1) (s + 1)                    where the score is s = 1 / sqrt(1 - r^2)
 *
 * Each operation is rounded once to float, so the bits are the same wherever root and division are rounded correctly.
 * |t| is at most VX_MASS_T_MAX, and t has the sign of r. There are no branches, so that loops over the function become
 * vectors. Plain reference: tests/ops/reference.h, vx_reference_height. */
#ifndef VX_HEIGHT_H
#define VX_HEIGHT_H

#include "args.h"
#include "language.h"

/* fixed_point: whether the scores are those of signflip; else they are those of correlation. */
static inline VX_FLOATS vx_height(VX_INTS score, int fixed_point, float scale, float root_df)
{
    const VX_FLOATS none = 0.0f, most = VX_MASS_T_MAX;
    VX_INTS bits = vx_ordered(score) & 0x7fffffff, near = bits >= VX_NEAR_BITS;
    VX_FLOATS s = VX_AS_FLOATS(bits), square = (s - 1.0f) * (s + 1.0f);
    VX_FLOATS r = fixed_point ? VX_ABS(VX_TO_FLOATS(score) * scale) : s, rest = (1.0f - r) * (1.0f + r);
    r = near ? square : r;
    rest = near ? square : rest;
    VX_FLOATS t = root_df * r / VX_SQRT(rest);
    t = ((rest > none) & (t < most)) ? t : most;
    return VX_AS_FLOATS(VX_AS_INTS(t) | (score & (-0x7fffffff - 1)));
}

#endif
