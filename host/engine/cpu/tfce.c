/* tfce: the largest threshold-free cluster enhancement of every relabelling, each tail apart (Smith & Nichols 2009,
 * NeuroImage 44:83, eq. 1):
 *
 *     TFCE(v) = integral over 0 < h <= h_v of e_v(h)^E h^H dh
 *
 * e is piecewise constant, so the integral is a sum of E-th powers of sizes times differences of h^(H + 1), and a sweep
 * by descending height needs two numbers a component for the largest of them (kernels/args.h: vx_tfce_args).
 *
 * Both tails are swept together: their components never touch. A thread takes a map at a time:
 *
 *     heights   score -> signed t, scattered into the padded grid
 *     link      of every voxel the neighbours that precede it; one of them gives its label. Where they hang together
 *               within the 3 x 3 x 3 cube around it they are in one component already, so the voxel merges nothing.
 *               Nearly all are like that; the rest are noted as saddles
 *     settle    labels -> numbers of local maxima: a component is known by one of its maxima
 *     sort      by descending height; stable, so that ties stay in the order of the grid
 *     sweep     joins, and at saddles union-find over the maxima
 *
 * Only saddles look at the grid again. On smooth maps 26 neighbours leave about 3 saddles in 100 voxels. Plain
 * reference: tests/ops/tfce_reference.h. */
#include "engine/cpu/cpu.h"
#include "engine/cpu/simd.h"

#include <omp.h>
#include <string.h>

/* The 27 places of the cube are bits, x fastest; the centre is bit 13, and lower bits lie at lower places. */
enum {
    CUBE = 27,
    CENTRE = 13,
    BEFORE = (1 << CENTRE) - 1,
    X_LOW = 01111111111, /* x = -1; with the bits of a slice above the cube, so that nothing comes back from there */
    X_HIGH = 0444444444, /* x = +1 */
    Y_LOW = 07007007007,
    Y_HIGH = 0700700700
};

/* A voxel of the sorted list: `key` ascends as height descends. `payload` is the number of its maximum, or with SADDLE
 * set its place in the list of saddles; before settling, labels instead of maxima. */
typedef struct vx_entry {
    uint32_t key, payload;
} vx_entry;
#define SADDLE 0x80000000u

/* Where a saddle is, and the cube's bits of the neighbours that precede it. */
typedef struct vx_saddle {
    int32_t place, near;
} vx_saddle;

typedef struct vx_component {
    double b; /* B of args.h */
    int32_t size, tail;
} vx_component;

/* One slab of the work buffer, and what is known of the map. */
typedef struct vx_map {
    const vx_tfce_args *args;
    const int32_t *position;
    const double *power;
    int offset[CUBE]; /* from a place to those of its cube */
    int first; /* lowest place that a voxel can have */
    int32_t neighbours;

    int32_t *height; /* grid: bits of signed t; 0 in no tail */
    int32_t *label; /* grid: of voxels in a tail. Follows `height`: its first slice, always 0, pads that too */
    vx_entry *entry, *spare;
    vx_component *component;
    vx_saddle *saddle;
    int32_t *maximum; /* of a label; before settling, the place it leads to, or ~place of a maximum */
    int32_t *parent; /* of a component */
    int entries, saddles, labels, components;
} vx_map;

/* Bits of a height to an ascending key below 2^31, and back. */
static inline uint32_t key_of(uint32_t bits)
{
    const float most = VX_MASS_T_MAX;
    uint32_t top;
    memcpy(&top, &most, sizeof top);
    return top - bits;
}

static inline float height_of(uint32_t key)
{
    uint32_t bits = key_of(key);
    float h;
    memcpy(&h, &bits, sizeof h);
    return h;
}

/* Signed t of scores as bits; 0 where its tail is not asked for. */
static inline vx_ints signed_height(const vx_tfce_args *args, vx_ints score)
{
    vx_ints bits = vx_ordered(score);
    if (args->fixed_point)
        bits = (vx_ints)(__builtin_convertvector(score, vx_floats) * args->scale);
    vx_ints negative = bits >> 31;
    vx_floats r = (vx_floats)(bits & 0x7fffffff), rest = (1.0f - r) * (1.0f + r), most = VX_MASS_T_MAX + (vx_floats){0};
    vx_floats t = args->root_df * r / vx_sqrt(rest);
    vx_ints finite = (rest > 0.0f) & (t < most);
    vx_ints height = (finite & (vx_ints)t) | (~finite & (vx_ints)most);
    vx_ints wanted = (negative & vx_splat(-(args->tails >> 1))) | (~negative & vx_splat(-(args->tails & 1)));
    return (height | (negative & INT32_MIN)) & wanted & (height > 0);
}

static void heights(vx_map *map, const int32_t *score)
{
    int voxels = map->args->voxels;
    for (int v = 0; v < voxels; v += VX_LANES) {
        vx_ints s, h;
        memcpy(&s, score + v, sizeof s); /* maps are padded to whole tiles */
        h = signed_height(map->args, s);
        const int32_t *to = map->position + v;
        if (v + VX_LANES <= voxels && to[VX_LANES - 1] - to[0] == VX_LANES - 1) {
            memcpy(map->height + to[0], &h, sizeof h);
        } else {
            for (int lane = 0; lane < VX_LANES && v + lane < voxels; lane++)
                map->height[to[lane]] = h[lane];
        }
    }
}

/* Sets of the cube with all that touch them; the caller clears what lies above the cube. */
static inline __attribute__((always_inline)) vx_ints spread(vx_ints set, int connectivity)
{
#define SPREAD_X(s) ((s) | ((s) << 1 & ~X_LOW) | ((s) >> 1 & ~X_HIGH))
#define SPREAD_Y(s) ((s) | ((s) << 3 & ~Y_LOW) | ((s) >> 3 & ~Y_HIGH))
#define SPREAD_Z(s) ((s) | (s) << 9 | (s) >> 9)
    vx_ints x = SPREAD_X(set), y = SPREAD_Y(set), xy = SPREAD_Y(x);
    if (connectivity == 26)
        return SPREAD_Z(xy);
    if (connectivity == 18)
        return xy | SPREAD_Z(x) | SPREAD_Z(y);
    return x | y | SPREAD_Z(set);
}

/* Which lanes' neighbours `near` do not hang together within `before`, a bit a lane. */
static inline __attribute__((always_inline)) unsigned apart(vx_ints near, vx_ints before, int connectivity)
{
    vx_ints set = near & -near;
    for (;;) {
        vx_ints next = spread(set, connectivity) & before;
        unsigned left = vx_above(near & ~next, vx_splat(0));
        if (!(left & vx_above(next, set)))
            return left;
        set = next;
    }
}

/* Gives the voxel a label: that of a preceding neighbour at a lower place, or a new one. */
static inline void note(vx_map *map, int place, int32_t near, bool saddle)
{
    int32_t label;
    if (near & BEFORE) {
        label = map->label[place + map->offset[__builtin_ctz((unsigned)near)]];
    } else {
        label = map->labels++;
        map->maximum[label] = near ? place + map->offset[__builtin_ctz((unsigned)near)] : ~place;
    }
    map->label[place] = label;
    uint32_t payload = (uint32_t)label;
    if (__builtin_expect(saddle, 0)) {
        payload = SADDLE | (uint32_t)map->saddles;
        map->saddle[map->saddles++] = (vx_saddle){place, near};
    }
    map->entry[map->entries++] = (vx_entry){key_of((uint32_t)map->height[place] & 0x7fffffff), payload};
}

/* In the order of the grid, VX_LANES places at a time. A neighbour precedes a voxel that is lower, or as high and at a
 * higher place; one of the other tail compares as negative. */
static inline __attribute__((always_inline)) void link_map(vx_map *map, int connectivity)
{
    const int end = map->args->slab_size;
    for (int place = map->first; place < end; place += VX_LANES) {
        vx_ints here, there, before = vx_splat(0), near;
        memcpy(&here, map->height + place, sizeof here);
        vx_ints size = here & 0x7fffffff, sign = here & INT32_MIN;
        unsigned in = vx_above(size, vx_splat(0));
        if (end - place < VX_LANES)
            in &= (1u << (end - place)) - 1;
        if (!in)
            continue;
#pragma GCC unroll 27
        for (int bit = 0; bit < CUBE; bit++) {
            if (bit == CENTRE)
                continue;
            memcpy(&there, map->height + place + map->offset[bit], sizeof there);
            there ^= sign;
            before |= (bit < CENTRE ? there >= size : there > size) & (1 << bit);
        }
        near = before & map->neighbours;
        unsigned saddles = apart(near, before, connectivity);
        int32_t lane[VX_LANES];
        memcpy(lane, &near, sizeof lane);
        for (; in; in &= in - 1) {
            int i = __builtin_ctz(in);
            note(map, place + i, lane[i], saddles >> i & 1);
        }
    }
}

/* A label leads to a higher voxel and its label, and so on to a maximum. */
static void settle(vx_map *map)
{
    int32_t *maximum = map->maximum;
    for (int l = 0; l < map->labels; l++) {
        if (maximum[l] < 0) {
            int c = map->components++;
            map->component[c] = (vx_component){.tail = map->height[~maximum[l]] < 0};
            map->parent[c] = c;
            maximum[l] = c;
        } else {
            maximum[l] = ~map->label[maximum[l]];
        }
    }
    for (int l = 0; l < map->labels; l++) {
        int top = l, next;
        while (maximum[top] < 0)
            top = ~maximum[top];
        for (int on = l; maximum[on] < 0; on = next) {
            next = ~maximum[on];
            maximum[on] = maximum[top];
        }
    }
}

/* One pass of a radix sort, stable. `count` holds the digits' counts. */
enum { DIGIT = 11, DIGITS = 1 << DIGIT };
static void sort_pass(const vx_map *map, const vx_entry *from, vx_entry *to, uint32_t *count, int shift)
{
    uint32_t start = 0;
    for (int d = 0; d < DIGITS; d++) {
        uint32_t next = start + count[d];
        count[d] = start;
        start = next;
    }
    for (int e = 0; e < map->entries; e++) {
        vx_entry entry = from[e];
        to[count[entry.key >> shift & (DIGITS - 1)]++] = entry;
    }
}

/* By key, with labels turned into maxima on the way. Leaves the list in `spare`. */
static void sort(vx_map *map)
{
    uint32_t count[3][DIGITS] = {0};
    for (int e = 0; e < map->entries; e++) {
        vx_entry *entry = &map->entry[e];
        if (!(entry->payload & SADDLE))
            entry->payload = (uint32_t)map->maximum[entry->payload];
        for (int pass = 0; pass < 3; pass++)
            count[pass][entry->key >> pass * DIGIT & (DIGITS - 1)]++;
    }
    sort_pass(map, map->entry, map->spare, count[0], 0);
    sort_pass(map, map->spare, map->entry, count[1], DIGIT);
    sort_pass(map, map->entry, map->spare, count[2], 2 * DIGIT);
}

/* Path halving. */
static inline int find(int32_t *parent, int c)
{
    while (parent[c] != c)
        c = parent[c] = parent[parent[c]];
    return c;
}

/* Merges the components around a saddle, in the order of the grid; returns the one they become. */
static int merge(vx_map *map, const vx_saddle *saddle, double g)
{
    int into = -1;
    for (unsigned near = (unsigned)saddle->near; near; near &= near - 1) {
        int32_t label = map->label[saddle->place + map->offset[__builtin_ctz(near)]];
        int other = find(map->parent, map->maximum[label]);
        if (into < 0)
            into = other;
        if (into == other)
            continue;
        vx_component *a = &map->component[into], *b = &map->component[other];
        double from_a = a->b - map->power[a->size] * g, from_b = b->b - map->power[b->size] * g;
        a->size += b->size;
        a->b = (from_a > from_b ? from_a : from_b) + map->power[a->size] * g;
        map->parent[other] = into;
    }
    return into;
}

/* G of args.h. */
static inline double gain(const vx_tfce_args *args, double h, double dh)
{
    if (args->step > 0) {
        double k = floor(h / dh);
        return k * (k + 1) * (2 * k + 1) / 6;
    }
    return args->power == 3 ? h * h * h : pow(h, (double)args->power);
}

static void sweep(vx_map *map, double best[2])
{
    const vx_tfce_args *args = map->args;
    const double *power = map->power;
    double dh[2] = {0};
    for (int e = 0; e < map->entries; e++) {
        vx_entry entry = map->spare[e];
        double h = (double)height_of(entry.key), g;
        bool saddle = entry.payload & SADDLE;
        int c;
        if (__builtin_expect(saddle, 0)) {
            const vx_saddle *at = &map->saddle[entry.payload & ~SADDLE];
            int tail = map->height[at->place] < 0;
            g = gain(args, h, dh[tail]);
            c = merge(map, at, g);
        } else {
            c = find(map->parent, (int)entry.payload);
            int tail = map->component[c].tail;
            if (dh[tail] == 0) /* the tail's largest height comes first */
                dh[tail] = (double)args->step * (args->step_relative ? h : 1);
            g = gain(args, h, dh[tail]);
        }
        vx_component *component = &map->component[c];
        int size = component->size++;
        component->b += (power[size + 1] - power[size]) * g;
    }
    best[0] = best[1] = 0;
    for (int c = 0; c < map->components; c++) {
        const vx_component *component = &map->component[c];
        if (map->parent[c] == c && component->b > best[component->tail])
            best[component->tail] = component->b;
    }
    for (int tail = 0; tail < 2; tail++) {
        best[tail] *= (double)args->factor;
        if (args->step > 0)
            best[tail] *= dh[tail] * dh[tail] * (args->step_times ? dh[tail] : 1);
    }
}

static void relabelling(vx_map *map, const int32_t *score, double best[2])
{
    map->entries = map->saddles = map->labels = map->components = 0;
    heights(map, score);
    switch (map->args->connectivity) {
    case 6: link_map(map, 6); break;
    case 18: link_map(map, 18); break;
    default: link_map(map, 26);
    }
    settle(map);
    sort(map);
    sweep(map, best);
}

/* Cuts slab `index` of the work buffer into its arrays. */
static vx_map map_of(const vx_tfce_args *args, void *const *data, size_t index)
{
    size_t grid = (VX_TFCE_GRID_WORDS * (size_t)args->slab_size + 1) / 2 * 2, padded = (size_t)args->padded;
    vx_map map = {.args = args, .position = data[VX_T_POSITION], .power = data[VX_T_POWER]};
    int differ = args->connectivity == 26 ? 3 : args->connectivity == 18 ? 2 : 1;
    for (int bit = 0; bit < CUBE; bit++) {
        int x = bit % 3 - 1, y = bit / 3 % 3 - 1, z = bit / 9 - 1, axes = (x != 0) + (y != 0) + (z != 0);
        map.offset[bit] = x + y * args->stride_y + z * args->stride_z;
        if (axes > 0 && axes <= differ)
            map.neighbours |= 1 << bit;
    }
    map.first = map.offset[CUBE - 1];
    map.height = (int32_t *)data[VX_T_WORK] + index * (grid + VX_TFCE_VOXEL_WORDS * padded);
    map.label = map.height + args->slab_size;
    map.entry = (vx_entry *)(map.height + grid);
    map.spare = map.entry + padded;
    map.component = (vx_component *)(map.spare + padded);
    map.saddle = (vx_saddle *)(map.component + padded);
    map.maximum = (int32_t *)(map.saddle + padded);
    map.parent = map.maximum + padded;
    return map;
}

vx_status vx_variant(vx_tfce)(const vx_tfce_args *args, void *const *data, int threads, vx_error *error)
{
    (void)error;
#pragma omp parallel num_threads(threads < args->slabs ? threads : args->slabs)
    {
        vx_map map = map_of(args, data, (size_t)omp_get_thread_num());
#pragma omp for schedule(dynamic, 1)
        for (int p = 0; p < args->relabellings; p++)
            relabelling(&map, (const int32_t *)data[VX_T_SCORE] + (size_t)p * (size_t)args->padded,
                        (double *)data[VX_T_BEST] + 2 * (size_t)p);
        memset(map.height, 0, VX_TFCE_GRID_WORDS * (size_t)args->slab_size * sizeof *map.height);
    }
    return VX_OK;
}
