/* tfce: the largest threshold-free cluster enhancement of every relabelling, separately for each tail (Smith & Nichols
 * 2009, NeuroImage 44:83, eq. 1):
 *
 *     TFCE(v) = integral over 0 < h <= h_v of e_v(h)^E h^H dh
 *
 * e is piecewise constant, so the integral is a sum of E-th powers of sizes times differences of h^(H + 1). A sweep by
 * descending height finds the largest with three numbers for each component (kernels/args.h: vx_tfce_args, which also
 * has the order of addition).
 *
 * Both tails are swept together, because their components never touch. A thread takes one map at a time:
 *
 *     scatter   puts heights into the padded grid
 *     link      finds the neighbours that precede each voxel, and gives it the label of one of them. Where the
 *               neighbours are connected within the 3 x 3 x 3 cube around the voxel, they are in one component
 *               already, and the voxel merges nothing. The few other voxels are noted as saddles
 *     resolve   replaces labels by numbers of local maxima, which identify components. Saddles between two maxima,
 *               nearly all, do not need the grid any more
 *     sort      by descending height. It is stable, so that ties stay in the order of the grid
 *     sweep     joins voxels to components, and merges components at saddles
 *
 * Only the first three touch the grid, in its order. The sweep's arrays have the length of the number of maxima: about
 * one in 100 voxels of a smooth map, with 3 to 5 saddles in 100 (26 neighbours). Plain reference:
 * tests/ops/tfce_reference.h. */
#include "engine/cpu/cpu.h"
#include "engine/cpu/cube.h"

#include "base/memory.h"

#include <omp.h>
#include <string.h>

/* A voxel of the sorted list. `key` ascends as height descends. `payload` is the number of the voxel's maximum or, with
 * SADDLE set, its place in the list of saddles. Before `resolve` it is a label instead of a maximum. */
typedef struct vx_sorted_voxel {
    uint32_t key, payload;
} vx_sorted_voxel;
#define SADDLE 0x80000000u

/* A saddle. Between two sets of neighbours, ~a is the maximum of one and b that of the other. Between more, a is its
 * place, and b has the cube's bits of one neighbour of each set. */
typedef struct vx_saddle {
    int32_t a, b;
} vx_saddle;

typedef struct vx_component {
    double b, block; /* B and S of args.h */
    int32_t size, tail;
} vx_component;

/* One part of the work buffer, and the state of one map. */
typedef struct vx_tfce_map {
    const vx_tfce_args *args;
    const int32_t *position;
    const double *power;
    int offset[VX_CUBE]; /* from a place to those of its cube */
    int first; /* lowest place of a voxel */
    int32_t neighbours;

    int32_t *height; /* grid: bits of signed t; 0 in no tail */
    int32_t *label; /* grid: of voxels in a tail. Its first slice, always 0, also pads `height` */
    vx_sorted_voxel *entry, *spare;
    vx_component *component;
    vx_saddle *saddle;
    int32_t *maximum; /* by label; before `resolve`, the place that it leads to, or ~place of a maximum */
    int32_t *root, *next; /* by maximum: the one that names its component; the next one of the component, in a ring */
    int entries, saddles, labels, components;
    float top[2]; /* the tails' largest heights */
} vx_tfce_map;

/* Converts the bits of a height to an ascending key below 2^31, and back. */
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

/* Puts the heights of the tested tails into the grid, as bits, and 0 elsewhere. */
static void scatter(vx_tfce_map *map, const float *height)
{
    int voxels = map->args->voxels, tails = map->args->tails;
    const vx_ints positive = vx_splat(-(tails & 1)), negative = vx_splat(-(tails >> 1));
    for (int v = 0; v < voxels; v += VX_LANES) {
        vx_ints h;
        memcpy(&h, height + v, sizeof h); /* maps are padded to full tiles */
        h &= (h >> 31 & negative) | (~(h >> 31) & positive);
        const int32_t *to = map->position + v;
        if (v + VX_LANES <= voxels && to[VX_LANES - 1] - to[0] == VX_LANES - 1) {
            memcpy(map->height + to[0], &h, sizeof h);
        } else {
            for (int lane = 0; lane < VX_LANES && v + lane < voxels; lane++)
                map->height[to[lane]] = h[lane];
        }
    }
}

/* The voxels in a tail among CHUNK places: place, bits of |t|, and preceding neighbours as the cube's bits, with SPLIT
 * set where these are not connected. A chunk stays in the nearest cache. */
enum { CHUNK = 1024, SPLIT = INT32_MIN };
typedef struct vx_chunk {
    int count;
    int32_t place[CHUNK + VX_LANES], size[CHUNK + VX_LANES], before[CHUNK + VX_LANES];
} vx_chunk;

static inline __attribute__((always_inline)) void look_around(const vx_tfce_map *map, int place, vx_chunk *chunk,
                                                              int connectivity)
{
    int end = map->args->grid_size - place < CHUNK ? map->args->grid_size : place + CHUNK, count = 0;
    const long stride_y = map->args->stride_y, stride_z = map->args->stride_z;
    for (; place < end; place += VX_LANES) {
        vx_ints here;
        memcpy(&here, map->height + place, sizeof here);
        vx_ints size = here & 0x7fffffff;
        unsigned in = vx_above(size, vx_splat(0));
        if (end - place < VX_LANES)
            in &= (1u << (end - place)) - 1;
        if (!in)
            continue;
        vx_ints before = vx_preceding(map->height + place, stride_y, stride_z, size, here & INT32_MIN);
        before &= size > 0;
        vx_ints left = vx_apart(before & map->neighbours, before, connectivity);
        vx_pack(chunk->place + count, place + vx_lane_numbers, in);
        vx_pack(chunk->size + count, size, in);
        vx_pack(chunk->before + count, before | ((left > 0) & SPLIT), in);
        count += __builtin_popcount(in);
    }
    chunk->count = count;
}

/* Gives each voxel the label of a preceding neighbour at a lower place, or else a new label. */
static inline __attribute__((always_inline)) void label(vx_tfce_map *map, const vx_chunk *chunk, int connectivity)
{
    const int32_t neighbours = map->neighbours;
    const int *offset = map->offset;
    int32_t *labels = map->label, *maximum = map->maximum + map->labels;
    vx_sorted_voxel *entry = map->entry + map->entries;
    for (int i = 0; i < chunk->count; i++) {
        int32_t near = chunk->before[i] & neighbours, place = chunk->place[i], own;
        if (near & VX_BEFORE) {
            own = labels[place + offset[__builtin_ctz((unsigned)near)]];
        } else {
            own = (int32_t)(maximum - map->maximum);
            *maximum++ = near ? place + offset[__builtin_ctz((unsigned)near)] : ~place;
        }
        labels[place] = own;
        entry[i] = (vx_sorted_voxel){key_of((uint32_t)chunk->size[i]), (uint32_t)own};
        if (__builtin_expect(chunk->before[i] < 0, 0)) {
            entry[i].payload = SADDLE | (uint32_t)map->saddles;
            map->saddle[map->saddles++] =
                (vx_saddle){place, vx_representatives(near, chunk->before[i] & ~SPLIT, connectivity)};
        }
    }
    map->labels = (int)(maximum - map->maximum);
    map->entries += chunk->count;
}

static inline __attribute__((always_inline)) void link_map(vx_tfce_map *map, int connectivity)
{
    vx_chunk chunk;
    for (int place = map->first; place < map->args->grid_size; place += CHUNK) {
        look_around(map, place, &chunk, connectivity);
        label(map, &chunk, connectivity);
    }
}

/* The maximum of a neighbour, by its bit. */
static inline int32_t maximum_at(const vx_tfce_map *map, int32_t place, int32_t bit)
{
    return map->maximum[map->label[place + map->offset[__builtin_ctz((unsigned)bit)]]];
}

/* Replaces labels by maxima: a label leads to a higher voxel and its label, and so on to a maximum. Afterwards, saddles
 * between two maxima do not need the grid. */
static void resolve(vx_tfce_map *map)
{
    int32_t *maximum = map->maximum;
    for (int l = 0; l < map->labels; l++) {
        if (maximum[l] < 0) {
            int c = map->components++, bits = map->height[~maximum[l]], tail = bits < 0;
            float h = height_of(key_of((uint32_t)bits & 0x7fffffff));
            map->top[tail] = h > map->top[tail] ? h : map->top[tail];
            map->component[c] = (vx_component){.tail = tail};
            map->root[c] = map->next[c] = c;
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
    for (int s = 0; s < map->saddles; s++) {
        vx_saddle *saddle = &map->saddle[s];
        int32_t rest = saddle->b & (saddle->b - 1);
        if ((rest & (rest - 1)) == 0)
            *saddle = (vx_saddle){~maximum_at(map, saddle->a, saddle->b), maximum_at(map, saddle->a, rest)};
    }
}

/* One pass of a stable radix sort. `count` holds the counts of the digits. */
enum { DIGIT = 11, DIGITS = 1 << DIGIT };
static void sort_pass(const vx_tfce_map *map, const vx_sorted_voxel *from, vx_sorted_voxel *to,
                      uint32_t *count, int shift)
{
    uint32_t start = 0;
    for (int d = 0; d < DIGITS; d++) {
        uint32_t next = start + count[d];
        count[d] = start;
        start = next;
    }
    for (int e = 0; e < map->entries; e++) {
        vx_sorted_voxel entry = from[e];
        to[count[entry.key >> shift & (DIGITS - 1)]++] = entry;
    }
}

/* Sorts by key, and replaces labels by maxima. The result is in `spare`. */
static void sort(vx_tfce_map *map)
{
    uint32_t count[3][DIGITS] = {0};
    for (int e = 0; e < map->entries; e++) {
        vx_sorted_voxel *entry = &map->entry[e];
        if (!(entry->payload & SADDLE))
            entry->payload = (uint32_t)map->maximum[entry->payload];
        for (int pass = 0; pass < 3; pass++)
            count[pass][entry->key >> pass * DIGIT & (DIGITS - 1)]++;
    }
    sort_pass(map, map->entry, map->spare, count[0], 0);
    sort_pass(map, map->spare, map->entry, count[1], DIGIT);
    sort_pass(map, map->entry, map->spare, count[2], 2 * DIGIT);
}

/* What is left of a component's B where it ends in a merge of the gain g. */
static inline double end_arc(const vx_tfce_map *map, const vx_component *c, double g)
{
    return c->b + c->block - map->power[c->size] * g;
}

/* Gives the maxima of one component the root of another, so that every voxel finds its component in one step. */
static void attach(vx_tfce_map *map, int root, int other)
{
    int32_t *next = map->next, m = other;
    do {
        map->root[m] = root;
        m = next[m];
    } while (m != other);
    m = next[root];
    next[root] = next[other];
    next[other] = m;
}

/* Merges different components at a height with the gain g, and returns the root: that of the largest. */
static int merge(vx_tfce_map *map, const int *root, int count, double g)
{
    vx_component *component = map->component;
    double largest = end_arc(map, &component[root[0]], g);
    int32_t kept = root[0], size = component[kept].size;
    for (int i = 1; i < count; i++) {
        const vx_component *c = &component[root[i]];
        double b = end_arc(map, c, g);
        largest = b > largest ? b : largest;
        size += c->size;
        kept = c->size > component[kept].size ? root[i] : kept;
    }
    for (int i = 0; i < count; i++)
        if (root[i] != kept)
            attach(map, kept, root[i]);
    component[kept].b = largest + map->power[size] * g;
    component[kept].block = 0;
    component[kept].size = size;
    return kept;
}

/* Merges the components around a saddle, and returns the root of the result. */
static int merge_at(vx_tfce_map *map, const vx_saddle *saddle, double g)
{
    int root[VX_CUBE], count = 0;
    if (saddle->a < 0) {
        root[0] = map->root[~saddle->a];
        root[1] = map->root[saddle->b];
        return root[0] == root[1] ? root[0] : merge(map, root, 2, g);
    }
    for (int32_t rest = saddle->b; rest; rest &= rest - 1) {
        int i = 0, c = map->root[maximum_at(map, saddle->a, rest)];
        while (i < count && root[i] != c)
            i++;
        root[i] = c;
        count += i == count;
    }
    return count > 1 ? merge(map, root, count, g) : root[0];
}

/* The tail of a saddle. */
static int tail_of(const vx_tfce_map *map, const vx_saddle *saddle)
{
    return map->component[saddle->a < 0 ? ~saddle->a : maximum_at(map, saddle->a, saddle->b)].tail;
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

static void sweep(vx_tfce_map *map, double best[2])
{
    const vx_tfce_args *args = map->args;
    const double *power = map->power;
    double dh[2];
    if (args->step_relative == 2)
        map->top[0] = map->top[1] = fmaxf(map->top[0], map->top[1]);
    for (int tail = 0; tail < 2; tail++)
        dh[tail] = (double)args->step * (args->step_relative ? (double)map->top[tail] : 1);
    for (int e = 0; e < map->entries; e++) {
        vx_sorted_voxel entry = map->spare[e];
        double h = (double)height_of(entry.key), g;
        int c;
        if (__builtin_expect(entry.payload & SADDLE, 0)) {
            const vx_saddle *saddle = &map->saddle[entry.payload & ~SADDLE];
            g = gain(args, h, dh[args->step > 0 ? tail_of(map, saddle) : 0]);
            c = merge_at(map, saddle, g);
        } else {
            c = map->root[entry.payload];
            g = gain(args, h, dh[args->step > 0 ? map->component[c].tail : 0]);
        }
        vx_component *component = &map->component[c];
        int size = component->size++;
        component->block += (power[size + 1] - power[size]) * g;
        if (__builtin_expect((size + 1) % VX_TFCE_BLOCK == 0, 0)) {
            component->b += component->block;
            component->block = 0;
        }
    }
    best[0] = best[1] = 0;
    for (int c = 0; c < map->components; c++) {
        const vx_component *component = &map->component[c];
        if (map->root[c] == c)
            best[component->tail] = fmax(best[component->tail], component->b + component->block);
    }
    for (int tail = 0; tail < 2 && args->step > 0; tail++)
        best[tail] *= dh[tail] * dh[tail] * (args->step_times ? dh[tail] : 1);
}

static void relabelling(vx_tfce_map *map, const float *height, double best[2])
{
    map->entries = map->saddles = map->labels = map->components = 0;
    map->top[0] = map->top[1] = 0;
    scatter(map, height);
    switch (map->args->connectivity) {
    case 6: link_map(map, 6); break;
    case 18: link_map(map, 18); break;
    default: link_map(map, 26);
    }
    resolve(map);
    sort(map);
    sweep(map, best);
}

/* Cuts part `index` of the work buffer into its arrays. */
static vx_tfce_map map_of(const vx_tfce_args *args, void *const *data, size_t index)
{
    size_t grid = (VX_TFCE_GRID_WORDS * (size_t)args->grid_size + 1) / 2 * 2, padded = (size_t)args->padded;
    vx_tfce_map map = {.args = args, .position = data[VX_B_POSITION], .power = data[VX_B_POWER]};
    int differ = args->connectivity == 26 ? 3 : args->connectivity == 18 ? 2 : 1;
    for (int bit = 0; bit < VX_CUBE; bit++) {
        int x = bit % 3 - 1, y = bit / 3 % 3 - 1, z = bit / 9 - 1, axes = (x != 0) + (y != 0) + (z != 0);
        map.offset[bit] = x + y * args->stride_y + z * args->stride_z;
        if (axes > 0 && axes <= differ)
            map.neighbours |= 1 << bit;
    }
    map.first = map.offset[VX_CUBE - 1];
    map.height = (int32_t *)data[VX_B_WORK] + index * (grid + VX_TFCE_VOXEL_WORDS * padded);
    map.label = map.height + args->grid_size;
    map.entry = (vx_sorted_voxel *)(map.height + grid);
    map.spare = map.entry + padded;
    map.saddle = (vx_saddle *)(map.spare + padded);
    map.maximum = (int32_t *)(map.saddle + padded);
    map.root = map.maximum + padded;
    map.next = map.root + padded;
    return map;
}

vx_status vx_variant(vx_tfce)(const void *arguments, void *const data[VX_BUFFERS], int threads,
                              vx_error *error)
{
    const vx_tfce_args *args = arguments;
    int failed = 0;
#pragma omp parallel num_threads(threads < args->parallel ? threads : args->parallel) reduction(| : failed)
    {
        vx_tfce_map map = map_of(args, data, (size_t)omp_get_thread_num());
        map.component = vx_array((size_t)args->voxels, sizeof *map.component);
        failed = !map.component;
#pragma omp for schedule(dynamic, 1)
        for (int p = 0; p < args->relabellings; p++)
            if (map.component)
                relabelling(&map, (const float *)data[VX_B_HEIGHT] + (size_t)p * (size_t)args->padded,
                            (double *)data[VX_B_BEST] + 2 * (size_t)p);
        free(map.component);
        memset(map.height, 0, VX_TFCE_GRID_WORDS * (size_t)args->grid_size * sizeof *map.height);
    }
    return failed ? vx_fail_memory(error) : VX_OK;
}
