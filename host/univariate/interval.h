/* What the statistics of one series share: intervals, and how close values are that count as equal. */
#ifndef VX_UNIVARIATE_INTERVAL_H
#define VX_UNIVARIATE_INTERVAL_H

/* The closed interval [low, high]. A limit that the data do not bound is -INFINITY or INFINITY; both are NaN where the
 * interval does not exist. */
typedef struct vx_interval {
    double low, high;
} vx_interval;

/* Differences of decimal numbers, such as 5.3 - 5.1 and 4.2 - 4.0, are equal on paper and differ by rounding in a
 * computer. The statistics of ranks and of flips depend on ties, so values this close count as equal. `scale` is the
 * size of the numbers compared. Rounding costs 2^-53 of a subtraction's operands, so that ties survive where a change
 * is 2^-12 of what was measured. */
static inline double vx_tie_width(double scale)
{
    return 0x1p-40 * scale;
}

#endif
