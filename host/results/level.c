#include "results/level.h"

#include <math.h>

float vx_p_stored(double p, vx_p_format format)
{
    return (float)vx_p_formatted(p, format);
}

/* The end of the format's range that p = 0 approaches. */
static float limit(vx_p_format format)
{
    return format == VX_P_PLAIN ? -INFINITY : INFINITY;
}

/* Maps hold float p, so the level is rounded to float before its conversion, as they are. */
static float level(vx_p_format format)
{
    return vx_p_stored((float)VX_LEVEL, format);
}

float vx_level_shown(vx_p_format format)
{
    return nextafterf(level(format), limit(format));
}

/* A float logarithm and its inverse move p by a relative 1e-7, which may cross the level. */
float vx_p_plain(float stored, vx_p_format format)
{
    const float at = (float)VX_LEVEL, below = nextafterf(at, 0);
    if (format == VX_P_PLAIN || isnan(stored))
        return stored;
    if (format == VX_P_LOG10 && stored == 0) /* as most of a map of corrected p */
        return 1;
    const float p = format == VX_P_LOG10 ? (float)pow(10, -(double)stored) : 1 - stored;
    return stored > level(format) ? fminf(p, below) : fmaxf(p, at);
}

uint64_t vx_level_count(uint64_t count)
{
    uint64_t largest = (uint64_t)(VX_LEVEL * (double)count) + 1;
    while (largest && !vx_significant((double)largest / (double)count))
        largest--;
    return largest;
}
