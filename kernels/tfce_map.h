/* The map that a group of tfce.cl works on: its memory, its heights in the padded grid, and the neighbours that precede
 * each voxel in the sweep by descending height.
 *
 *   1. Most voxels touch one component. Where the neighbours that precede a voxel are connected within its cube of 27,
 *      they are in one component before the voxel is swept, and any of them identifies it.
 *   2. Such a voxel points to one of these neighbours. A chain of pointers ends at a maximum, and each maximum starts a
 *      component.
 *   3. Components can only meet at the other voxels, the saddles. Only there all neighbours are examined. */
#ifndef VX_TFCE_MAP_H
#define VX_TFCE_MAP_H

#include "common.h"

#define KEY_TOP 0x47800000u /* the bits of VX_MASS_T_MAX, which no height exceeds */
#define KEY_BITS 31

/* A neighbour is a bit of the cube, x fastest: (dx + 1) + 3 (dy + 1) + 9 (dz + 1). The masks are the cube's planes of
 * constant x and y, whose bits must not be shifted further. */
#define CUBE 27
#define FIRST_X 0x1249249
#define LAST_X (FIRST_X << 2)
#define FIRST_Y 0x1c0e07
#define LAST_Y (FIRST_Y << 6)
#define CENTRE 13
#define SADDLE 0x80000000u /* marks the entry of a saddle */
#define OUTSIDE 0xffffffffu /* key of an entry outside the tail */

/* Several items share their map in local memory, so that it takes no registers. */
#if VX_WG == 1
#define VX_SHARED
#define vx_raise(number, to) (*(number) = max(*(number), to))
#else
#define VX_SHARED __local
#define vx_raise(number, to) atomic_max(number, to)
#endif

#define DIGIT_BITS (VX_WG == 1 ? 11 : 8) /* of the sort */
#define DIGITS (1 << DIGIT_BITS)
#define BALLOT ((VX_WG + 31) / 32) /* words that have a bit for each item */

/* Places are those of the grid. An entry is a voxel of the tail, or OUTSIDE. */
typedef struct vx_tfce_map {
    vx_tfce_args args;
    int near;    /* cube bits of the neighbours of this connectivity */
    int largest; /* bits of the largest height in either tail, to which steps may be relative */
    int maxima, entries;
    __global const float *map;  /* of the relabelling, by voxel */
    __global const int *position;
    __global const double *power;
    __global float *height;     /* by place; 0 and less: not in the tail */
    __global uint2 *from, *to;  /* KEY_TOP - bits of the height; maximum, or SADDLE | voxel */
    __global int *link;         /* by voxel, for saddles: cube bits of the preceding neighbours */
    __global int *lead;         /* a place to follow, or ~maximum */
    int tally[DIGITS];          /* the entries with each digit of one pass of the sort */
#if VX_WG == 1
    int offset[CUBE];           /* of the cube's bits in the grid */
    int labels;
    __global int *label;        /* by place; leads are by label */
    __global int *parent;       /* by maximum: another of its component, or ~s of the root */
    __global double *b, *block; /* by maximum: B and S of args.h */
#else
    __global int *maximum;      /* by place, as leads are */
    __global int *parent, *sibling, *up, *start;       /* by arc (tfce_tree.h) */
    __global int *birth, *child, *jump, *depth, *size; /* by merge */
    int saddles, arcs;
    double dh;                  /* of args.h */
    int first[DIGITS + 1];      /* the place of the next entry with each digit; the last: the number of entries */
    uint ballot[DIGITS * BALLOT]; /* the items whose entry has the digit */
    double best[VX_WG];         /* of every item */
#endif
} vx_tfce_map;

/* The offset of a neighbour in the grid, by the number of its bit. A table is faster on processors where the number is
 * no constant; on GPUs it would be in memory. */
#if VX_WG == 1
#define offset_of(m, bit) ((m)->offset[bit])
#else
#define offset_of(m, bit) find_offset(m, bit)
#endif

static int find_offset(const VX_SHARED vx_tfce_map *m, int bit)
{
    return (bit / 9 - 1) * m->args.stride_z + (bit / 3 % 3 - 1) * m->args.stride_y + bit % 3 - 1;
}

/* A stage of item 0 is a loop of this length. Where it was a branch instead, PoCL 3.1 left it out. */
static int of_item_0(int length)
{
    return get_local_id(0) == 0 ? length : 0;
}

static int lowest_bit(int bits)
{
    return 31 - (int)clz(bits & -bits);
}

/* Lays out the group's part of the work buffer, which has VX_TFCE_VOXEL_WORDS words for each voxel. There are at most
 * as many maxima, as many arcs, and half as many merges (kernels/args.h). Arrays that share memory are marked. */
VX_STAGE static void begin_map(VX_SHARED vx_tfce_map *m, __global int *work)
{
    size_t grid = (size_t)VX_TFCE_GRID_WORDS * m->args.grid_size, padded = m->args.padded;
    grid += grid & 1;
    work += get_group_id(0) * (grid + VX_TFCE_VOXEL_WORDS * padded);
    __global int *labels = work + m->args.grid_size;
    m->height = (__global float *)work;
    work += grid;
    m->from = (__global uint2 *)work;
    m->to = (__global uint2 *)(work + 2 * padded);
    m->link = work + 4 * padded;
    m->parent = work + 5 * padded;
#if VX_WG == 1
    m->label = labels;
    m->lead = work + 8 * padded;
    m->b = (__global double *)(work + 6 * padded);
#else
    m->lead = labels;
    m->maximum = (__global int *)m->height; /* after the voxels are linked */
    m->sibling = work + 6 * padded;
    m->up = work + 7 * padded;
    m->start = m->up; /* after the sweep of the saddles */
    m->birth = work + 8 * padded;
    m->child = m->birth + padded / 2;
    m->jump = m->link; /* after that sweep */
    m->depth = m->jump + padded / 2;
    m->size = m->depth; /* after the jumps */
#endif
    m->near = 0;
    for (int b = 0; b < CUBE; b++) {
#if VX_WG == 1
        m->offset[b] = find_offset(m, b);
#endif
        int axes = (b % 3 != 1) + (b / 3 % 3 != 1) + (b / 9 != 1);
        if (axes > 0 && axes <= (m->args.connectivity == 26 ? 3 : m->args.connectivity == 18 ? 2 : 1))
            m->near |= 1 << b;
    }
}

/* The number of voxels from v on that are side by side in the grid, at most a vector. Positions ascend. */
static int run_length(const VX_SHARED vx_tfce_map *m, int v)
{
    int n = 1, place = m->position[v];
    if (v + VX_VEC <= m->args.voxels && m->position[v + VX_VEC - 1] == place + VX_VEC - 1)
        return VX_VEC;
    while (v + n < m->args.voxels && m->position[v + n] == place + n)
        n++;
    return n;
}

/* The heights in the tail of this sign; 0 or less outside it. */
VX_STAGE static void scatter(const VX_SHARED vx_tfce_map *m, float sign)
{
    int n;
    for (int v = get_local_id(0); v < m->args.voxels; v += VX_WG * n) {
        __global float *to = m->height + m->position[v];
        n = run_length(m, v);
        if (n == VX_VEC)
            vx_store(sign * vx_load(m->map + v), to);
        else
            for (int l = 0; l < n; l++)
                to[l] = sign * m->map[v + l];
    }
}

/* The given cube bits and all that are their neighbours by the connectivity. */
static vx_ints spread(vx_ints bits, int connectivity)
{
    vx_ints x = bits | (bits & ~LAST_X) << 1 | (bits & ~FIRST_X) >> 1;
    vx_ints y = bits | (bits & ~LAST_Y) << 3 | (bits & ~FIRST_Y) >> 3;
    if (connectivity == 6)
        return x | y | bits << 9 | bits >> 9;
    vx_ints xy = x | (x & ~LAST_Y) << 3 | (x & ~FIRST_Y) >> 3;
    vx_ints slice = connectivity == 26 ? xy : x | y;
    return xy | slice << 9 | slice >> 9;
}

/* Marks the lanes whose neighbours are not connected to each other by preceding voxels of the cube. */
static vx_ints saddles(const VX_SHARED vx_tfce_map *m, vx_ints before)
{
    const vx_ints none = 0, mark = 1;
    vx_ints neighbours = before & m->near, reached = neighbours & -neighbours, next;
    for (;;) {
        next = spread(reached, m->args.connectivity) & before;
        if (!vx_any(next ^ reached))
            break;
        reached = next;
    }
    return (neighbours & ~reached) != none ? mark : none;
}

/* The cube bits that precede each voxel from a place on: higher ones, and equal ones at a lower place. *highest is the
 * offset of the highest neighbour among them, 0 without one. */
static vx_ints find_before(const VX_SHARED vx_tfce_map *m, int place, vx_floats here, vx_ints *highest)
{
    const vx_ints none = 0;
    vx_floats top = here;
    vx_ints before = 0;
    *highest = none;
#pragma unroll
    for (int b = 0; b < CUBE; b++) {
        const vx_ints bit = 1 << b, offset = offset_of(m, b);
        vx_floats there = vx_load(m->height + place + offset_of(m, b));
        vx_ints higher = b < CENTRE ? there >= here : there > here;
        before |= higher ? bit : none;
        if (m->near >> b & 1) {
            higher &= (there > top) | (*highest == none);
            *highest = higher ? offset : *highest;
            top = higher ? there : top;
        }
    }
    return before;
}

VX_STAGE static void find_largest(VX_SHARED vx_tfce_map *m)
{
    int largest = 0; /* the bits of floats that are not negative order as they do */
    for (int v = get_local_id(0); v < m->args.voxels; v += VX_WG)
        largest = max(largest, as_int(fabs(m->map[v])));
    vx_raise(&m->largest, largest);
}

/* dh of args.h, 0 for the exact integral. `key` is that of the tail's largest height. */
static double step_of(const VX_SHARED vx_tfce_map *m, uint key)
{
    double dh = m->args.step;
    if (m->args.step_relative)
        dh *= m->args.step_relative == 2 ? as_float(m->largest) : as_float(KEY_TOP - key);
    return dh;
}

/* pow takes more registers than all else, and H is seldom other than 2. */
VX_RARE static double any_power(double h, float power)
{
    return pow(h, (double)power);
}

/* G of args.h, at the height of a key. */
static double gain(const VX_SHARED vx_tfce_map *m, uint key, double dh)
{
    double h = as_float(KEY_TOP - key);
    if (dh > 0) {
        double k = floor(h / dh);
        return k * (k + 1) * (2 * k + 1) / 6;
    }
    return m->args.power == 3.0f ? h * h * h : any_power(h, m->args.power);
}

/* The result of args.h from the largest B + S of a root. */
static double result_of(const VX_SHARED vx_tfce_map *m, double best, double dh)
{
    return dh > 0 ? best * (dh * dh * (m->args.step_times ? dh : 1)) : best;
}

#endif
