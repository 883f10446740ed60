/* The stages link and resolve of tfce.c: the hills, their maxima, and the saddles.
 *
 * A hill is a stretch of voxels along x that rises to its top and falls behind it. The neighbour towards the top
 * precedes every other voxel of the hill, which so is of the top's component. The top leads on to a preceding neighbour
 * in another row, or it is a maximum. With falls(x) = x - 1 precedes x, a hill begins at a first voxel, or where the
 * slope before has fallen:
 *
 *     start = in & ~falls & (~in(x - 1) | falls(x - 1))
 *     top   = in & ~falls & ~(x + 1 precedes)
 *
 * Each pair of neighbours is compared once, from the higher place: lower[d] says where the neighbour d < VX_CENTRE of
 * the cube precedes. A voxel precedes its neighbour at a higher place where it does not follow it, a shift away:
 *
 *     before[26 - d] = (in & ~lower[d]), as many places ahead as d lies behind
 *
 * so that blocks are linked `reach` words behind the comparison. The planes of `lower` are a window which moves on,
 * in the nearest caches. */
#ifndef VX_ENGINE_CPU_TFCE_LINK_H
#define VX_ENGINE_CPU_TFCE_LINK_H

#include "engine/cpu/planes.h"
#include "engine/cpu/tfce_map.h"

/* The six places of the cube that share a face with its centre. */
enum {
    X_LOW = VX_CENTRE - 1,
    X_HIGH = VX_CENTRE + 1,
    Y_LOW = VX_CENTRE - 3,
    Y_HIGH = VX_CENTRE + 3,
    Z_LOW = VX_CENTRE - 9,
    Z_HIGH = VX_CENTRE + 9
};

/* The words, in full blocks, from a block to the end of what link_block reads. */
static inline int reach_of(const vx_tfce_map *map)
{
    return (map->offset[VX_CUBE - 1] / 64 + 1 + VX_WORDS) / VX_WORDS * VX_WORDS;
}

/* Finds the voxels of the block at a word, and compares them with their neighbours at lower places. */
static void look_back(vx_tfce_map *map, int word)
{
    const long y = map->args->stride_y, z = map->args->stride_z;
    const int32_t *from = map->height + map->first + 64L * word;
    const int left = map->args->grid_size - map->first - 64 * word, places = left < VX_BLOCK ? left : VX_BLOCK;
    vx_block in = {0}, lower[VX_CENTRE] = {0};
    for (int i = 0; i * VX_LANES < places; i++) {
        const int32_t *at = from + i * VX_LANES;
        const int32_t *const row[] = {at - z - y, at - z, at - z + y, at - y, at};
        vx_ints here, there;
        memcpy(&here, at, sizeof here);
        unsigned lanes = vx_above(here, vx_splat(0));
        if (places - i * VX_LANES < VX_LANES)
            lanes &= (1u << (places - i * VX_LANES)) - 1;
        vx_set_lanes(&in, i, lanes);
        if (!lanes)
            continue;
#pragma GCC unroll 13
        for (int d = 0; d < VX_CENTRE; d++) {
            memcpy(&there, row[d / 3] + d % 3 - 1, sizeof there);
            vx_set_lanes(&lower[d], i, vx_above(there, here - 1));
        }
    }
    memcpy(map->in + word, &in, sizeof in);
#pragma GCC unroll 13
    for (int d = 0; d < VX_CENTRE; d++)
        memcpy(map->lower + d * map->window + word - map->window_from, &lower[d], sizeof lower[d]);
}

/* The places of the cube that precede the voxels of a block. */
static inline __attribute__((always_inline)) void look_around(const vx_tfce_map *map, int word,
                                                              vx_words before[VX_CUBE])
{
    const uint64_t *in = map->in + word, *lower = map->lower + word - map->window_from;
    const vx_words here = vx_words_at(in);
#pragma GCC unroll 13
    for (int d = 0; d < VX_CENTRE; d++, lower += map->window) {
        const int up = VX_CUBE - 1 - d, to = map->offset[up] / 64, shift = map->offset[up] % 64;
        const vx_words low = vx_words_at(in + to) & ~vx_words_at(lower + to);
        const vx_words high = vx_words_at(in + to + 1) & ~vx_words_at(lower + to + 1);
        before[d] = here & vx_words_at(lower);
        before[up] = here & (low >> shift | high << 1 << (63 - shift));
    }
    before[VX_CENTRE] = (vx_words){0};
}

/* The voxels whose neighbours may be apart: some are not reached within `before` from one face on each axis (these
 * touch each other), or for 6 from the lowest face. Nearly all that are connected are reached in these steps. */
static inline __attribute__((always_inline)) vx_words apart(const vx_words before[VX_CUBE], int connectivity)
{
    static const int face[] = {Z_LOW, Z_HIGH, Y_LOW, Y_HIGH, X_LOW, X_HIGH};
    const int steps = connectivity == 6 ? 4 : 2, differ = connectivity == 26 ? 3 : connectivity == 18 ? 2 : 1;
    vx_words set[VX_CUBE] = {0}, found = {0}, left = {0};
#pragma GCC unroll 6
    for (int f = 0; f < 6; f++) {
        if (connectivity > 6 && f % 2 == 0)
            found = (vx_words){0};
        set[face[f]] = before[face[f]] & ~found;
        found |= before[face[f]];
    }
    for (int step = 0; step < steps; step++)
        vx_spread_planes(set, before, connectivity);
#pragma GCC unroll 27
    for (int i = 0; i < VX_CUBE; i++)
        if ((i % 3 != 1) + (i / 3 % 3 != 1) + (i / 9 != 1) <= differ)
            left |= before[i] & ~set[i];
    return left;
}

/* Voxels that may be saddles, and the places of their cubes that precede them. */
typedef struct vx_saddle_candidates {
    int count;
    int32_t place[4 * VX_LANES], before[4 * VX_LANES];
} vx_saddle_candidates;

static inline __attribute__((always_inline)) void note_saddles(vx_tfce_map *map, vx_saddle_candidates *c,
                                                               int connectivity)
{
    for (int i = 0; i < c->count; i += VX_LANES) {
        vx_ints before;
        memcpy(&before, c->before + i, sizeof before);
        const vx_ints sets = vx_representatives(before & map->neighbours, before, connectivity);
        for (int lane = 0; lane < VX_LANES && i + lane < c->count; lane++) {
            map->saddle[map->saddles] = (vx_saddle){c->place[i + lane], sets[lane]};
            map->saddles += (sets[lane] & (sets[lane] - 1)) != 0;
        }
    }
    c->count = 0;
}

/* What tops of hills lead to: y - 1, else z - 1, else y + 1, else z + 1. The others are `alone`. */
typedef struct vx_tops {
    vx_block top, up, along_z, alone;
} vx_tops;

static inline __attribute__((always_inline)) vx_tops tops_of(const vx_words before[VX_CUBE], vx_words top)
{
    const vx_words up = ~(before[Y_LOW] | before[Z_LOW]);
    return (vx_tops){.top = {top},
                     .up = {up},
                     .along_z = {~before[Y_LOW] & (before[Z_LOW] | ~before[Y_HIGH])},
                     .alone = {top & up & ~before[Y_HIGH] & ~before[Z_HIGH]}};
}

/* Lists the heights of a block's voxels, and where its tops lead to. */
static inline __attribute__((always_inline)) void list_voxels(vx_tfce_map *map, int word, const vx_block *in,
                                                              const vx_block *start, const vx_tops *tops)
{
    const int32_t *height = map->height + map->first + 64 * word;
    const vx_ints y = vx_splat(map->args->stride_y), z = vx_splat(map->args->stride_z);
    int32_t *voxel = map->voxel + map->voxels, *to = map->maximum + map->tops;
    for (int k = 0; k < VX_WORDS; k++) {
        map->voxels_before[word + k] = map->voxels;
        map->hills_before[word + k] = map->hills;
        map->voxels += __builtin_popcountll(in->word[k]);
        map->hills += __builtin_popcountll(start->word[k]);
        map->tops += __builtin_popcountll(tops->top.word[k]);
    }
    for (int i = 0; i < VX_BLOCK / VX_LANES; i++) {
        if (i % (64 / VX_LANES) == 0 && !in->word[i * VX_LANES / 64]) {
            i += 64 / VX_LANES - 1;
            continue;
        }
        const unsigned lanes = vx_lanes_of(in, i), top = vx_lanes_of(&tops->top, i);
        vx_ints here;
        memcpy(&here, height + i * VX_LANES, sizeof here);
        vx_pack(voxel, here | (vx_lane_mask(vx_lanes_of(start, i)) & INT32_MIN), lanes);
        voxel += __builtin_popcount(lanes);
        const vx_ints along_z = vx_lane_mask(vx_lanes_of(&tops->along_z, i));
        const vx_ints down = ~vx_lane_mask(vx_lanes_of(&tops->up, i));
        const vx_ints place = map->first + 64 * word + i * VX_LANES + vx_lane_numbers;
        vx_pack(to, place + ((((along_z & z) | (~along_z & y)) ^ down) - down), top);
        to += __builtin_popcount(top);
    }
}

/* The places of the cube that precede one voxel of a block. */
static inline __attribute__((always_inline)) int32_t cube_of(const vx_words before[VX_CUBE], int k, int bit)
{
    int32_t set = 0;
#pragma GCC unroll 27
    for (int i = 0; i < VX_CUBE; i++)
        set |= (int32_t)(((const vx_block *)&before[i])->word[k] >> bit & 1) << i;
    return set;
}

static inline __attribute__((always_inline)) void link_block(vx_tfce_map *map, int word,
                                                             vx_saddle_candidates *candidates, int connectivity)
{
    const vx_block in = {vx_words_at(map->in + word)};
    if (!vx_any_word(in.words))
        return;
    vx_words before[VX_CUBE];
    look_around(map, word, before);
    const uint64_t *lower_x = map->lower + X_LOW * map->window + word - map->window_from;
    const vx_words falls = before[X_LOW], in_x = in.words << 1 | vx_words_at(map->in + word - 1) >> 63;
    const vx_words falls_x = falls << 1 | vx_words_at(lower_x - 1) >> 63;
    const vx_block start = {in.words & ~falls & (~in_x | falls_x)}, left = {apart(before, connectivity)};
    const vx_tops tops = tops_of(before, in.words & ~falls & ~before[X_HIGH]);
    memcpy(map->start + word, &start, sizeof start);
    list_voxels(map, word, &in, &start, &tops);
    for (int k = 0; k < VX_WORDS; k++) {
        const int from = map->first + 64 * (word + k);
        for (uint64_t rest = tops.alone.word[k]; rest; rest &= rest - 1) {
            const int place = from + __builtin_ctzll(rest);
            map->maximum[hill_at(map, place)] = ~place;
        }
        for (uint64_t rest = left.word[k]; rest; rest &= rest - 1) {
            const int bit = __builtin_ctzll(rest), place = from + bit;
            const int32_t set = cube_of(before, k, bit), near = set & map->neighbours;
            if (tops.alone.word[k] >> bit & 1)
                map->maximum[hill_at(map, place)] = place + map->offset[__builtin_ctz((unsigned)near)];
            candidates->place[candidates->count] = place;
            candidates->before[candidates->count++] = set;
            if (candidates->count == 4 * VX_LANES)
                note_saddles(map, candidates, connectivity);
        }
    }
}

static inline __attribute__((always_inline)) void link_map(vx_tfce_map *map, int connectivity)
{
    const int reach = reach_of(map), kept = reach + VX_WORDS, step = map->window - kept;
    vx_saddle_candidates candidates = {0};
    map->window_from = -kept;
    for (int from = 0; from < map->words + reach; from += step) {
        for (int word = from; word < from + step && word < map->words; word += VX_WORDS)
            look_back(map, word);
        for (int word = from - reach; word < from + step - reach && word < map->words; word += VX_WORDS)
            if (word >= 0)
                link_block(map, word, &candidates, connectivity);
        for (int d = 0; d < VX_CENTRE; d++)
            memmove(map->lower + d * map->window, map->lower + d * map->window + step,
                    (size_t)kept * sizeof *map->lower);
        map->window_from += step;
    }
    note_saddles(map, &candidates, connectivity);
}

/* Replaces what hills lead to by their maxima. A hill takes the maximum of the one that it leads to, or what that one
 * leads to; ~number stands for a hill that it still leads to. */
static void resolve(vx_tfce_map *map)
{
    int32_t *restrict maximum = map->maximum;
    int maxima = 0;
    for (int hill = 0; hill < map->hills; hill++) {
        const int32_t place = maximum[hill];
        if (place < 0) {
            map->component[maxima] = (vx_component){0};
            map->root[maxima] = map->next[maxima] = maxima;
            maximum[hill] = maxima++;
        } else {
            const int to = hill_at(map, place), ahead = -(to > hill);
            maximum[hill] = (maximum[to & ~ahead] & ~ahead) | (~to & ahead);
        }
    }
    map->maxima = maxima;
    for (int hill = map->hills - 1; hill >= 0; hill--) { /* without a branch, which would be hard to predict */
        const int32_t to = maximum[hill], open = to >> 31;
        maximum[hill] = maximum[(~to & open) | (hill & ~open)];
    }
    for (int hill = 0; hill < map->hills; hill++) {
        int top = hill, next;
        while (maximum[top] < 0)
            top = ~maximum[top];
        for (int on = hill; maximum[on] < 0; on = next) {
            next = ~maximum[on];
            maximum[on] = maximum[top];
        }
    }
}

#endif
