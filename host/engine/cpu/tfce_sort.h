/* The stage sort of tfce.c: the voxels by descending height, ties in the order of the grid.
 *
 * Two passes of a radix sort order the voxels by their level, a number of 22 bits that falls in even steps as the
 * height rises. An insertion straightens the few neighbours of equal level, one voxel in 20. Where the heights are so
 * uneven that it would move many, a radix sort by every bit of the height follows. Every step is stable. */
#ifndef VX_ENGINE_CPU_TFCE_SORT_H
#define VX_ENGINE_CPU_TFCE_SORT_H

#include "engine/cpu/tfce_map.h"

enum { DIGIT = 11, DIGITS = 1 << DIGIT };

/* Adding to the height makes the steps of a float even: 2^-19 up to BASE, twice as wide up to 3 BASE = 12. All that is
 * higher has level 0. */
#define BASE 4.0f
static inline uint32_t level_of(uint32_t height)
{
    const float most = 4 * BASE, sum = height_of(height) + BASE;
    int32_t end, at;
    memcpy(&end, &most, sizeof end);
    memcpy(&at, &sum, sizeof at);
    at = end - 1 - at;
    return (uint32_t)(at > 0 ? at : 0) >> (24 - 2 * DIGIT);
}

/* Turns the counts of the digits into the places where they begin. */
static inline void begin_digits(uint32_t count[DIGITS])
{
    uint32_t begin = 0;
    for (int d = 0; d < DIGITS; d++) {
        const uint32_t next = begin + count[d];
        count[d] = begin;
        begin = next;
    }
}

/* One pass by any digit of the height, for the few maps that need it. */
static void sort_pass(const vx_sorted_voxel *restrict from, vx_sorted_voxel *restrict to, int voxels, int shift)
{
    uint32_t count[DIGITS] = {0};
    for (int e = 0; e < voxels; e++)
        count[~from[e].height >> shift & (DIGITS - 1)]++;
    begin_digits(count);
    for (int e = 0; e < voxels; e++)
        to[count[~from[e].height >> shift & (DIGITS - 1)]++] = from[e];
}

/* Puts a list that is nearly in order into order. It gives up, and returns false, where too many voxels would move. */
static bool straighten(vx_sorted_voxel *entry, int voxels)
{
    long moves = 4L * voxels;
    for (int e = 1; e < voxels; e++) {
        if (__builtin_expect(entry[e].height <= entry[e - 1].height, 1))
            continue;
        const vx_sorted_voxel voxel = entry[e];
        int at = e;
        for (; at > 0 && entry[at - 1].height < voxel.height; at--, moves--)
            entry[at] = entry[at - 1];
        entry[at] = voxel;
        if (moves < 0)
            return false;
    }
    return true;
}

/* The passes take a chunk of voxels at a time, so that vectors compute levels. */
enum { SORT_CHUNK = 256 };
#define HILL 0x80000000u /* the bit of a voxel with which a hill begins */

static void count_levels(const vx_tfce_map *map, uint32_t low[DIGITS], uint32_t high[DIGITS])
{
    for (int from = 0; from < map->voxels; from += SORT_CHUNK) {
        const int32_t *voxel = map->voxel + from;
        const int count = map->voxels - from < SORT_CHUNK ? map->voxels - from : SORT_CHUNK;
        uint16_t l[SORT_CHUNK], h[SORT_CHUNK];
        for (int v = 0; v < count; v++) {
            const uint32_t level = level_of((uint32_t)voxel[v] & ~HILL);
            l[v] = (uint16_t)(level & (DIGITS - 1));
            h[v] = (uint16_t)(level >> DIGIT);
        }
        for (int v = 0; v < count; v++) {
            low[l[v]]++;
            high[h[v]]++;
        }
    }
}

/* Lists the voxels by the lower digit of their level, with their maxima. A voxel that is a saddle gets the saddle's
 * number instead. Saddles between two maxima do not need the grid any more. */
static void sort_low(vx_tfce_map *map, uint32_t begin[DIGITS], vx_sorted_voxel *restrict to)
{
    const int32_t *maximum = map->maximum;
    int s = 0, hill = -1, next = map->saddles ? voxel_at(map, map->saddle[0].a) : map->voxels;
    for (int from = 0; from < map->voxels; from += SORT_CHUNK) {
        const uint32_t *voxel = (const uint32_t *)map->voxel + from;
        const int count = map->voxels - from < SORT_CHUNK ? map->voxels - from : SORT_CHUNK;
        uint16_t digit[SORT_CHUNK];
        for (int v = 0; v < count; v++)
            digit[v] = level_of(voxel[v] & ~HILL) & (DIGITS - 1);
        for (int v = 0; v < count; v++) {
            for (; v < count && from + v < next; v++) {
                hill += (int)(voxel[v] >> 31);
                to[begin[digit[v]]++] = (vx_sorted_voxel){voxel[v] & ~HILL, (uint32_t)maximum[hill]};
            }
            if (v == count)
                break;
            vx_saddle *saddle = &map->saddle[s];
            hill += (int)(voxel[v] >> 31);
            to[begin[digit[v]]++] = (vx_sorted_voxel){voxel[v] & ~HILL, SADDLE | (uint32_t)s};
            const int32_t rest = saddle->b & (saddle->b - 1);
            if ((rest & (rest - 1)) == 0)
                *saddle = (vx_saddle){~maximum_at(map, saddle->a, saddle->b), maximum_at(map, saddle->a, rest)};
            next = ++s < map->saddles ? voxel_at(map, map->saddle[s].a) : map->voxels;
        }
    }
}

static void sort_high(const vx_sorted_voxel *restrict from, int voxels, uint32_t begin[DIGITS],
                      vx_sorted_voxel *restrict to)
{
    for (; voxels > 0; voxels -= SORT_CHUNK, from += SORT_CHUNK) {
        const int count = voxels < SORT_CHUNK ? voxels : SORT_CHUNK;
        uint16_t digit[SORT_CHUNK];
        for (int i = 0; i < count; i++)
            digit[i] = (uint16_t)(level_of(from[i].height) >> DIGIT);
        for (int i = 0; i < count; i++)
            to[begin[digit[i]]++] = from[i];
    }
}

/* The result is in `entry`. */
static void sort(vx_tfce_map *map)
{
    uint32_t low[DIGITS] = {0}, high[DIGITS] = {0};
    count_levels(map, low, high);
    begin_digits(low);
    begin_digits(high);
    sort_low(map, low, map->spare);
    sort_high(map->spare, map->voxels, high, map->entry);
    if (straighten(map->entry, map->voxels))
        return;
    sort_pass(map->entry, map->spare, map->voxels, 0);
    sort_pass(map->spare, map->entry, map->voxels, DIGIT);
    sort_pass(map->entry, map->spare, map->voxels, 2 * DIGIT);
    memcpy(map->entry, map->spare, (size_t)map->voxels * sizeof *map->entry);
}

#endif
