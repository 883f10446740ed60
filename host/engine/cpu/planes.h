/* Planes: arrays with a bit for each place. Logical operations on their words serve a block of VX_BLOCK places at once.
 * A set of the cube (cube.h) is VX_CUBE blocks here, one for each of its places. */
#ifndef VX_ENGINE_CPU_PLANES_H
#define VX_ENGINE_CPU_PLANES_H

#include "engine/cpu/cube.h"

#include <stdbool.h>
#include <string.h>

enum { VX_WORDS = VX_LANES / 2, VX_BLOCK = 64 * VX_WORDS };
typedef uint64_t vx_words __attribute__((vector_size(8 * VX_WORDS), may_alias));

/* A block by its words, and by the bits of each vector of VX_LANES places. */
typedef union vx_block {
    vx_words words;
    uint64_t word[VX_WORDS];
    uint16_t of16[VX_BLOCK / 16];
    uint8_t of8[VX_BLOCK / 8];
} vx_block;

static inline vx_words vx_words_at(const uint64_t *plane)
{
    vx_words words;
    memcpy(&words, plane, sizeof words);
    return words;
}

static inline bool vx_any_word(vx_words words)
{
    const vx_block block = {words};
    uint64_t any = 0;
    for (int k = 0; k < VX_WORDS; k++)
        any |= block.word[k];
    return any;
}

/* Sets the bits of a vector. Those of vectors before it are set already. */
static inline void vx_set_lanes(vx_block *block, int vector, unsigned lanes)
{
#if VX_LANES == 16
    block->of16[vector] = (uint16_t)lanes;
#elif VX_LANES == 8
    block->of8[vector] = (uint8_t)lanes;
#else
    uint8_t *two = &block->of8[vector / 2];
    *two = (uint8_t)(vector % 2 ? (*two & 15) | lanes << 4 : lanes);
#endif
}

static inline unsigned vx_lanes_of(const vx_block *block, int vector)
{
#if VX_LANES == 16
    return block->of16[vector];
#elif VX_LANES == 8
    return block->of8[vector];
#else
    return block->of8[vector / 2] >> vector % 2 * 4 & 15;
#endif
}

/* The sets with what touches them along the axis whose step in the cube is 1, 3 or 9. */
static inline __attribute__((always_inline)) void vx_spread_along(int step, const vx_words from[VX_CUBE],
                                                                  vx_words to[VX_CUBE])
{
#pragma GCC unroll 27
    for (int i = 0; i < VX_CUBE; i++) {
        vx_words all = from[i];
        if (i / step % 3 > 0)
            all |= from[i - step];
        if (i / step % 3 < 2)
            all |= from[i + step];
        to[i] = all;
    }
}

/* The sets with all places of `within` that touch them, as vx_spread. */
static inline __attribute__((always_inline)) void vx_spread_planes(vx_words set[VX_CUBE],
                                                                   const vx_words within[VX_CUBE], int connectivity)
{
    vx_words x[VX_CUBE], y[VX_CUBE], z[VX_CUBE], xy[VX_CUBE], yz[VX_CUBE], zx[VX_CUBE];
    vx_spread_along(1, set, x);
    vx_spread_along(3, set, y);
    vx_spread_along(9, set, z);
    vx_spread_along(3, x, xy);
    vx_spread_along(9, y, yz);
    vx_spread_along(1, z, zx);
    if (connectivity == 26)
        vx_spread_along(9, xy, set);
#pragma GCC unroll 27
    for (int i = 0; i < VX_CUBE; i++) {
        if (connectivity == 18)
            set[i] = xy[i] | yz[i] | zx[i];
        if (connectivity == 6)
            set[i] = x[i] | y[i] | z[i];
        set[i] &= within[i];
    }
}

#endif
