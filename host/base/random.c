#include "base/random.h"

#include <math.h>

#include <Random123/philox.h>

vx_random4 vx_philox(uint64_t seed, uint64_t index, uint32_t block, uint32_t stream)
{
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), block, stream}};
    philox4x32_ctr_t drawn = philox4x32(counter, key);
    return (vx_random4){{drawn.v[0], drawn.v[1], drawn.v[2], drawn.v[3]}};
}

/* A number in (0, 1) from 53 bits of two words. The shift by half a step excludes 0 and 1. */
static double unit(uint32_t high, uint32_t low)
{
    uint64_t bits = ((uint64_t)high << 32 | low) >> 11;
    return ((double)bits + 0.5) * 0x1p-53;
}

double vx_uniform(uint64_t seed, uint64_t index, uint32_t k, uint32_t stream)
{
    vx_random4 drawn = vx_philox(seed, index, k / 2, stream);
    return k % 2 ? unit(drawn.word[2], drawn.word[3]) : unit(drawn.word[0], drawn.word[1]);
}

/* Box & Muller 1958: one block gives a pair. */
double vx_normal(uint64_t seed, uint64_t index, uint32_t k, uint32_t stream)
{
    vx_random4 drawn = vx_philox(seed, index, k / 2, stream);
    double radius = sqrt(-2.0 * log(unit(drawn.word[0], drawn.word[1])));
    double angle = 2.0 * M_PI * unit(drawn.word[2], drawn.word[3]);
    return k % 2 ? radius * sin(angle) : radius * cos(angle);
}
