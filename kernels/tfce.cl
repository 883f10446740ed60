/* tfce: the largest threshold-free cluster enhancement of every relabelling, separately for each tail
 *
 * Smith & Nichols 2009, NeuroImage 44:83, eq. 1, with the integral in closed form: kernels/args.h has the equations and
 * the order of addition. The maximum over the voxels of a map needs no tree, but only a sweep by descending height with
 * three numbers for each component.
 *
 *   1. Most voxels touch one component. Where the neighbours that precede a voxel are connected within its cube of 27,
 *      they are in one component before the voxel is swept, and any of them identifies it.
 *   2. Such a voxel points to one of these neighbours. A chain of pointers ends at a maximum, and each maximum starts a
 *      component.
 *   3. Components can only meet at the other voxels, the saddles. Only there all neighbours are examined.
 *
 * A group takes maps g, g + parallel, ..., and the requested tails of each map:
 *   scatter     puts heights into the padded grid
 *   link        finds each voxel's preceding neighbours: it is a maximum, a saddle, or points to one of them
 *   resolve     replaces chains by maxima
 *   sort        sorts voxels by height: a stable radix sort, so that ties stay in the order of voxels
 *   sweep       by item 0: components as union-find over maxima
 *
 * Memory    as in host/engine/op.h, with begin_map below for the work buffer. The grid of heights is followed by that
 *           of labels, whose first slice is always empty and also serves as the slice behind the heights.
 * Launch    args.parallel groups of VX_WG items. No group waits for another. The kernel needs cl_khr_fp64.
 * Per voxel of the tail 26 reads of the grid, and 8 bytes read and written in each pass of the sort.
 * Error     none beside that of the heights (three roundings beyond that of r) where power is 3 or a step is given;
 *           else that of pow.
 * Reference tests/ops/tfce.c. */
#include "common.h"

#pragma OPENCL EXTENSION cl_khr_fp64 : enable

/* Digits of the sort. Every digit of every item has its own counter. */
#if VX_WG == 1
#define DIGIT_BITS 11
#else
#define DIGIT_BITS 4
#endif
#define DIGITS (1 << DIGIT_BITS)
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

/* The map that a group works on. Places are those of the grid. */
typedef struct vx_tfce_map {
    vx_tfce_args args;
    int near;          /* cube bits of the neighbours of this connectivity */
    const int *offset; /* of the cube's bits in the grid; outside, so that the other members stay in registers */
    int entries, labels;
    __global const int *position;
    __global const double *power;
    __global float *height;         /* by place; 0 and less: not in the tail */
    __global int *label;            /* by place */
    volatile __global int *lead;    /* by label: a place to follow, or ~maximum */
    __global uint2 *from, *to;      /* KEY_TOP - bits of the height; label, then maximum, or SADDLE | voxel */
    __global int *link;             /* by voxel, for saddles: cube bits of the preceding neighbours */
    __global int *parent, *size;    /* components, by maximum: s, B and S of args.h */
    __global double *b, *block;
    volatile __local int *maxima;
} vx_tfce_map;

/* Access to labels. A single item gives a voxel the label of a neighbour at a lower place, if there is one, so that
 * labels are few. With several items the label of a voxel is its place. Pointers are shortened while other items follow
 * them, so they are read and written atomically. */
#if VX_WG == 1
#define label_of(m, place) (m)->label[place]
#define read_lead(m, of) (m)->lead[of]
#define write_lead(m, of, to) ((m)->lead[of] = (to))
#else
#define label_of(m, place) (place)
#define read_lead(m, of) atomic_or(&(m)->lead[of], 0)
#define write_lead(m, of, to) atomic_xchg(&(m)->lead[of], to)
#endif

/* After this, every item sees all that any item has written. */
#if VX_WG == 1
#define vx_sync()
#else
#define vx_sync() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#endif

static int lowest_bit(int bits)
{
    return 31 - (int)clz(bits & -bits);
}

/* Lays out the group's part of the work buffer. */
static void begin_map(vx_tfce_map *m, __global int *work, int offset[CUBE])
{
    size_t grid = (size_t)VX_TFCE_GRID_WORDS * m->args.grid_size, padded = m->args.padded;
    grid += grid & 1;
    work += get_group_id(0) * (grid + VX_TFCE_VOXEL_WORDS * padded);
    m->height = (__global float *)work;
    m->label = work + m->args.grid_size;
    work += grid;
    m->b = (__global double *)work;
    m->from = (__global uint2 *)(work + 2 * padded);
    m->to = (__global uint2 *)(work + 4 * padded);
    m->parent = work + 6 * padded;
    m->size = work + 7 * padded;
    m->link = work + 8 * padded;
    m->lead = VX_WG == 1 ? work + 9 * padded : m->label;
    m->offset = offset;
    m->near = 0;
    for (int b = 0; b < CUBE; b++) {
        int x = b % 3 - 1, y = b / 3 % 3 - 1, z = b / 9 - 1, axes = (x != 0) + (y != 0) + (z != 0);
        offset[b] = z * m->args.stride_z + y * m->args.stride_y + x;
        if (axes > 0 && axes <= (m->args.connectivity == 26 ? 3 : m->args.connectivity == 18 ? 2 : 1))
            m->near |= 1 << b;
    }
}

/* The number of voxels from v on that are side by side in the grid, at most a vector. Positions ascend. */
static int run_length(const vx_tfce_map *m, int v)
{
    int n = 1, place = m->position[v];
    if (v + VX_VEC <= m->args.voxels && m->position[v + VX_VEC - 1] == place + VX_VEC - 1)
        return VX_VEC;
    while (v + n < m->args.voxels && m->position[v + n] == place + n)
        n++;
    return n;
}

/* The heights in the tail of this sign; 0 or less outside it. */
static void scatter(const vx_tfce_map *m, __global const float *height, float sign)
{
    int n;
    for (int v = get_local_id(0); v < m->args.voxels; v += VX_WG * n) {
        __global float *to = m->height + m->position[v];
        n = run_length(m, v);
        if (n == VX_VEC)
            vx_store(sign * vx_load(height + v), to);
        else
            for (int l = 0; l < n; l++)
                to[l] = sign * height[v + l];
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
static vx_ints saddles(const vx_tfce_map *m, vx_ints before)
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

/* The cube bits that precede each voxel from a place on: higher ones, and equal ones at a lower place. */
static vx_ints find_before(const vx_tfce_map *m, int place, vx_floats here)
{
    const vx_ints none = 0;
    vx_ints before = 0;
#pragma unroll
    for (int b = 0; b < CUBE; b++) {
        const vx_ints bit = 1 << b;
        vx_floats there = vx_load(m->height + place + m->offset[b]);
        if (b < CENTRE)
            before |= there >= here ? bit : none;
        else
            before |= there > here ? bit : none;
    }
    return before;
}

static int begin_component(const vx_tfce_map *m)
{
    int maximum = atomic_inc(m->maxima);
    m->parent[maximum] = maximum;
    m->size[maximum] = 0;
    m->b[maximum] = 0;
    return maximum;
}

/* Stores the entry of a voxel of the tail, and the place from which its component follows. A single item lists the tail
 * without gaps. Several items leave gaps, which the first pass of the sort closes. */
static void label_voxel(vx_tfce_map *m, int v, int place, float height, int link, int saddle)
{
    int neighbour = link ? place + m->offset[lowest_bit(link)] : place;
#if VX_WG == 1
    bool labelled = neighbour < place;
    int label = labelled ? m->label[neighbour] : m->labels++, slot = m->entries++;
    m->label[place] = label;
#else
    bool labelled = false;
    int label = place, slot = v;
#endif
    if (!labelled)
        m->lead[label] = link ? neighbour : ~begin_component(m);
    if (saddle)
        m->link[v] = link;
    m->from[slot] = (uint2)(KEY_TOP - as_uint(height), saddle ? SADDLE | v : label);
}

static void link_map(vx_tfce_map *m)
{
    const vx_floats zero = 0.0f;
    int links[VX_VEC], saddle[VX_VEC], n;
    float height[VX_VEC];
    m->entries = VX_WG == 1 ? 0 : m->args.voxels;
    m->labels = 0;
    for (int v = get_local_id(0); v < m->args.voxels; v += VX_WG * n) {
        int place = m->position[v];
        n = run_length(m, v);
        vx_floats here = vx_load(m->height + place);
        if (VX_WG > 1)
            m->from[v].x = OUTSIDE;
        if (!vx_any(here > zero))
            continue;
        vx_ints before = find_before(m, place, here);
        vx_store(here, height);
        vx_store(before & m->near, links);
        vx_store(saddles(m, before), saddle);
        for (int l = 0; l < n; l++)
            if (height[l] > 0)
                label_voxel(m, v + l, place + l, height[l], links[l], saddle[l]);
    }
}

/* The maximum that a label leads to, as ~maximum. */
static int follow(const vx_tfce_map *m, int label)
{
    int first = read_lead(m, label), at = first;
    while (at >= 0)
        at = read_lead(m, label_of(m, at));
    if (at != first)
        write_lead(m, label, at);
    return at;
}

/* Reduces the neighbours of a place to the first one that leads to each maximum. */
static int distinct(const vx_tfce_map *m, int place, int link)
{
    int maximum[CUBE], count = 0, kept = 0;
    for (int left = link; left; left &= left - 1) {
        int i = 0, at = follow(m, label_of(m, place + m->offset[lowest_bit(left)]));
        while (i < count && maximum[i] != at)
            i++;
        if (i == count) {
            maximum[count++] = at;
            kept |= left & -left;
        }
    }
    return kept;
}

/* Gives each entry its maximum. Where different maxima meet, the entry stays a saddle, because they may be in different
 * components, and keeps one neighbour of each. */
static void resolve(const vx_tfce_map *m)
{
    for (int e = get_local_id(0); e < m->entries; e += VX_WG) {
        uint2 entry = m->from[e];
        if (entry.x == OUTSIDE)
            continue;
        int v = entry.y & ~SADDLE, label = v, link = 0;
        if (entry.y & SADDLE) {
            int place = m->position[v];
            label = label_of(m, place);
            link = distinct(m, place, m->link[v]);
            m->link[v] = link;
        }
        int at = follow(m, label);
        if (!(link & (link - 1)))
            m->from[e].y = ~at;
    }
}

/* Turns counts into places: digits ascending and, within a digit, items ascending. Returns the sum. An item adds up
 * DIGITS adjacent counters. */
static int places_of(__local int *count, __local int *total)
{
    int lid = get_local_id(0), place = 0, all = 0, sum = 0;
    for (int c = lid * DIGITS; c < (lid + 1) * DIGITS; c++)
        sum += count[c];
    total[lid] = sum;
    vx_sync();
    for (int i = 0; i < VX_WG; i++) {
        place += i < lid ? total[i] : 0;
        all += total[i];
    }
    for (int c = lid * DIGITS; c < (lid + 1) * DIGITS; c++) {
        int here = count[c];
        count[c] = place;
        place += here;
    }
    vx_sync();
    return all;
}

/* One pass of the sort. Each item takes adjacent entries. Returns the number of entries. */
static int sort_by_digit(const vx_tfce_map *m, int pass, __local int *count, __local int *total)
{
    int lid = get_local_id(0), part = (m->entries + VX_WG - 1) / VX_WG, shift = pass * DIGIT_BITS;
    int first = min(lid * part, m->entries), last = min(first + part, m->entries);
    uint2 entry;
    for (int d = 0; d < DIGITS; d++)
        count[d * VX_WG + lid] = 0;
    for (int i = first; i < last; i++) {
        entry = m->from[i];
        if (entry.x != OUTSIDE)
            count[(entry.x >> shift & (DIGITS - 1)) * VX_WG + lid]++;
    }
    vx_sync();
    int all = places_of(count, total);
    for (int i = first; i < last; i++) {
        entry = m->from[i];
        if (entry.x != OUTSIDE)
            m->to[count[(entry.x >> shift & (DIGITS - 1)) * VX_WG + lid]++] = entry;
    }
    vx_sync();
    return all;
}

/* The sorted entries are in `from` afterwards. */
static void sort(vx_tfce_map *m, __local int *count, __local int *total)
{
    for (int pass = 0; pass * DIGIT_BITS < KEY_BITS; pass++) {
        m->entries = sort_by_digit(m, pass, count, total);
        __global uint2 *sorted = m->to;
        m->to = m->from;
        m->from = sorted;
    }
}

/* Path halving. Most entries are the root or attached to it, so there is one branch for both. */
static int find_root(__global int *parent, int c)
{
    int up = parent[c], top = parent[up];
    while (up != top) {
        parent[c] = top;
        c = top;
        up = parent[c];
        top = parent[up];
    }
    return up;
}

/* B + S of a component, less what its size has by then. */
static double end_arc(const vx_tfce_map *m, int c, double g)
{
    return m->b[c] + m->block[c] - m->power[m->size[c]] * g;
}

/* Merges the components around a saddle, and returns the result. A root that is attached is found no more, so that
 * every component is met once. */
static int merge_at(const vx_tfce_map *m, int v, double g)
{
    int kept = -1, size = 0; /* of the merged ones; 0: only one yet */
    double largest = 0;
    for (int left = m->link[v]; left; left &= left - 1) {
        int place = m->position[v] + m->offset[lowest_bit(left)];
        int c = find_root(m->parent, ~m->lead[label_of(m, place)]);
        if (kept < 0)
            kept = c;
        if (c == kept)
            continue;
        largest = fmax(size ? largest : end_arc(m, kept, g), end_arc(m, c, g));
        size = size ? size : m->size[kept];
        int larger = m->size[c] > size ? c : kept;
        m->parent[larger == c ? kept : c] = larger;
        size += m->size[c];
        kept = larger;
    }
    if (size) {
        m->b[kept] = largest + m->power[size] * g;
        m->block[kept] = 0;
        m->size[kept] = size;
    }
    return kept;
}

/* G of args.h; dh 0: the exact integral. */
static double gain(const vx_tfce_args *args, double h, double dh)
{
    if (dh > 0) {
        double k = floor(h / dh);
        return k * (k + 1) * (2 * k + 1) / 6;
    }
    return args->power == 3.0f ? h * h * h : pow(h, (double)args->power);
}

/* The largest height in either tail. The bits of floats that are not negative order as they do. */
static float largest_height(const vx_tfce_map *m, __global const float *height, __local int *scratch)
{
    int lid = get_local_id(0), largest = 0;
    for (int v = lid; v < m->args.voxels; v += VX_WG)
        largest = max(largest, as_int(fabs(height[v])));
    scratch[lid] = largest;
    vx_sync();
    for (int item = 0; item < VX_WG; item++)
        largest = max(largest, scratch[item]);
    vx_sync();
    return as_float(largest);
}

/* The tail's maximum. `largest` is the largest height of both tails where the steps need it. S takes the place of the
 * entries that the last pass of the sort has read. */
static double sweep(vx_tfce_map *m, float largest)
{
    double best = 0, dh = m->args.step;
    if (m->entries == 0)
        return 0;
    if (m->args.step_relative)
        dh *= m->args.step_relative == 2 ? largest : as_float(KEY_TOP - m->from[0].x);
    m->block = (__global double *)m->to;
    for (int c = 0; c < *m->maxima; c++)
        m->block[c] = 0;
    for (int i = 0; i < m->entries; i++) {
        uint2 entry = m->from[i];
        double g = gain(&m->args, as_float(KEY_TOP - entry.x), dh);
        int c = entry.y & SADDLE ? merge_at(m, entry.y & ~SADDLE, g) : find_root(m->parent, entry.y);
        int s = m->size[c]++;
        m->block[c] += (m->power[s + 1] - m->power[s]) * g;
        if ((s + 1) % VX_TFCE_BLOCK == 0) {
            m->b[c] += m->block[c];
            m->block[c] = 0;
        }
    }
    for (int c = 0; c < *m->maxima; c++)
        if (m->parent[c] == c)
            best = fmax(best, m->b[c] + m->block[c]);
    if (m->args.step > 0)
        best *= dh * dh * (m->args.step_times ? dh : 1);
    return best;
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
tfce(const vx_tfce_args args, __global const float *height, __global const int *position,
     __global const double *power, __global double *best, __global int *work)
{
    __local int count[DIGITS * VX_WG], total[VX_WG], maxima;
    vx_tfce_map m = {.args = args, .position = position, .power = power, .maxima = &maxima};
    int offset[CUBE], lid = get_local_id(0), first = args.tails & 1 ? 0 : 1, last = args.tails & 2 ? 1 : 0;
    begin_map(&m, work, offset);
    for (int p = get_group_id(0); p < args.relabellings; p += args.parallel) {
        double found[2] = {0, 0};
        __global const float *map = height + (size_t)p * args.padded;
        float largest = args.step_relative == 2 ? largest_height(&m, map, count) : 0;
        for (int tail = first; tail <= last; tail++) {
            if (lid == 0)
                maxima = 0;
            scatter(&m, map, tail ? -1.0f : 1.0f);
            vx_sync();
            link_map(&m);
            vx_sync();
            resolve(&m);
            vx_sync();
            sort(&m, count, total);
            if (lid == 0)
                found[tail] = sweep(&m, largest);
            vx_sync();
        }
        if (lid == 0) {
            best[2 * p] = found[0];
            best[2 * p + 1] = found[1];
        }
    }
    for (int v = lid; v < args.voxels; v += VX_WG) {
        m.height[position[v]] = 0;
        m.label[position[v]] = 0;
    }
}
