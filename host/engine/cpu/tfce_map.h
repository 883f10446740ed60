/* The state of one tail of one map in the op tfce. The stages (tfce.c) fill it one after the other. */
#ifndef VX_ENGINE_CPU_TFCE_MAP_H
#define VX_ENGINE_CPU_TFCE_MAP_H

#include "engine/cpu/cpu.h"
#include "engine/cpu/cube.h"

#include <stdbool.h>
#include <string.h>

/* A voxel of the sorted list: the bits of its height, and the number of its maximum or, with SADDLE set, its place in
 * the list of saddles. */
typedef struct vx_sorted_voxel {
    uint32_t height, payload;
} vx_sorted_voxel;
#define SADDLE 0x80000000u

/* A saddle. Between two sets of neighbours, ~a is the maximum of one and b that of the other. Between more, a is its
 * place, and b has the cube's bits of one neighbour of each set. Before `sort` all are of the second kind. */
typedef struct vx_saddle {
    int32_t a, b;
} vx_saddle;

typedef struct vx_component {
    double b, block; /* B and S of args.h */
    int32_t size;
} vx_component;

/* A plane is an array of bits, one for each place, from the lowest place of a voxel on. */
typedef struct vx_tfce_map {
    const vx_tfce_args *args;
    const int32_t *position;
    const double *power;
    int offset[VX_CUBE]; /* from a place to those of its cube */
    int32_t neighbours; /* the cube's bits of neighbours */
    int first, words; /* the place of a plane's first bit; the words of a plane */

    int32_t *height; /* grid: bits of heights; 0 in no tail */
    uint64_t *planes; /* memory of all */
    uint64_t *in, *start; /* the voxels; the first voxels of hills */
    int32_t *voxels_before, *hills_before; /* before each word of these planes */
    uint64_t *lower; /* windows on planes (tfce_link.h) */
    int window, window_from;
    int32_t *voxel; /* in the order of the grid: bits of the height; the sign is set where a hill begins */
    vx_sorted_voxel *entry, *spare; /* `entry` takes the memory of `voxel` */
    vx_saddle *saddle;
    int32_t *maximum; /* by hill; before `resolve`, a place of the hill that it leads to, or ~place of a maximum */
    vx_component *component;
    int32_t *root, *next; /* by maximum: the one that names its component; the next one of the component, in a ring */
    int voxels, saddles, hills, tops, maxima;
} vx_tfce_map;

static inline float height_of(uint32_t bits)
{
    float h;
    memcpy(&h, &bits, sizeof h);
    return h;
}

/* The bits of a plane up to a place, which is one of them, are so many before it. */
static inline int rank_at(const vx_tfce_map *map, const uint64_t *plane, const int32_t *before, int place)
{
    unsigned at = (unsigned)(place - map->first);
    return before[at / 64] + __builtin_popcountll(plane[at / 64] & ((2ull << at % 64) - 1)) - 1;
}

static inline int voxel_at(const vx_tfce_map *map, int place)
{
    return rank_at(map, map->in, map->voxels_before, place);
}

/* The hill of a voxel. */
static inline int hill_at(const vx_tfce_map *map, int place)
{
    return rank_at(map, map->start, map->hills_before, place);
}

/* The maximum of a neighbour, by its bit. */
static inline int32_t maximum_at(const vx_tfce_map *map, int32_t place, int32_t bit)
{
    return map->maximum[hill_at(map, place + map->offset[__builtin_ctz((unsigned)bit)])];
}

#endif
