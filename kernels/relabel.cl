/* relabel: the weights of relabellings, y*_i = sign_i y_order(i), for the dense ops
 *
 * The relabelling of an index is the one of host/model/relabelling.h, so that every device has the same relabellings:
 *   flips       a participant is flipped where its bit of Philox (philox.h) is set, or, of all flips, its bit of the
 *               index
 *   orders      participants are sorted by their 64-bit keys of Philox; or, of all permutations, the one of the index's
 *               rank among the arrangements of kinds
 *   attempts    a draw that equals the observed labelling is repeated with the next attempt
 *   restricted  an effect that lacks participants of the set takes order^k(i), k >= 1 the smallest for which it has
 *               that participant (model.h)
 * Index 0 is the observed labelling.
 *
 * Memory    people[4][n], design[j][row], key[p][n], order[p][n]; W interleaved: flip[p][g] or W[p][j][i]; see args.h.
 * Launch    a group of VX_WG items for VX_P relabellings. Its items wait for each other, groups do not. On processors
 *           relabel_ranks.h makes most random orders, VX_INTERLEAVE at a time.
 * Per relabelling   for an order n Philox blocks and a bitonic sort, about log2(n)^2 / 2 steps of n / 2 comparisons
 *           (Batcher 1968, AFIPS 32:307). Keys are in global memory: they stay in a cache, and n has no limit.
 * Error     none.
 * Reference tests/ops/relabel.c, from Random123. */
#include "common.h"
#include "philox.h"

/* The streams of host/base/random.h. */
#define STREAM_FLIP 0
#define STREAM_PERMUTE 1

#define EACH(i, end) int i = get_local_id(0); i < (end); i += VX_WG

/* One relabelling, and the participants of the set (args.h). `attempt` is that of its signs. */
typedef struct vx_labelling {
    vx_relabel_args args;
    ulong index;
    uint attempt;
    int p;
    __global const int *participant, *row, *kind, *member;
    __global ulong *key;
    __global int *order;
} vx_labelling;

/* The block of a stream that has a participant's random number. */
static uint4 random_block(const vx_labelling *d, int block, uint attempt, uint stream)
{
    return vx_philox((uint4)((uint)d->index, (uint)(d->index >> 32), (uint)block, stream + 256 * attempt),
                     (uint2)(d->args.seed[0], d->args.seed[1]));
}

/* The index of relabelling p of the launch. */
static ulong index_of(const vx_relabel_args *args, __global const ulong *index, int p)
{
    return args->listed ? index[p] : ((ulong)args->first[1] << 32 | args->first[0]) + (ulong)p;
}

/* The random block that has the signs of 128 participants. Its initialiser would crash Oclgrind 21.10. */
typedef struct vx_signs {
    int block; /* -1: none yet */
    uint4 word;
} vx_signs;

/* Whether participant i of the set is flipped. */
static bool is_flipped(const vx_labelling *d, int i, uint attempt, vx_signs *signs)
{
    if (d->args.exhaustive || d->index == 0)
        return d->index >> i & 1;
    const int at = d->participant[i], bit = at % 128;
    if (at / 128 != signs->block) {
        signs->block = at / 128;
        signs->word = random_block(d, signs->block, attempt, STREAM_FLIP);
    }
    const uint2 words = bit & 64 ? signs->word.hi : signs->word.lo;
    return (bit & 32 ? words.y : words.x) >> bit % 32 & 1;
}

/* The first attempt that flips somebody. */
static uint attempt_of_signs(const vx_labelling *d)
{
    for (uint attempt = 0;; attempt++) {
        vx_signs signs;
        signs.block = -1;
        for (int i = 0; i < d->args.n; i++)
            if (d->args.exhaustive || d->index == 0 || is_flipped(d, i, attempt, &signs))
                return attempt;
    }
}

/* Draws the keys of n participants. */
static void draw_keys(const vx_labelling *d, int n, uint attempt)
{
    for (EACH(i, n)) {
        const int at = d->participant[i];
        const uint4 word = random_block(d, at / 2, attempt, STREAM_PERMUTE);
        const uint2 words = at % 2 ? word.hi : word.lo;
        d->key[i] = (ulong)words.x << 32 | words.y;
        d->order[i] = i;
    }
}

/* Orders the keys at two places, equal ones by their participants. */
static void compare(const vx_labelling *d, int low, int high)
{
    const ulong a = d->key[low], b = d->key[high];
    const int i = d->order[low], j = d->order[high];
    if (b < a || (b == a && j < i)) {
        d->key[low] = b;
        d->key[high] = a;
        d->order[low] = j;
        d->order[high] = i;
    }
}

/* Sorts n keys by merging sorted runs of `run` keys. The first step of a merge compares the runs mirrored, so that no
 * comparison moves a larger key down, and places from n on need not exist. */
static void sort_by_keys(const vx_labelling *d, int n)
{
    for (int run = 1; run < n; run *= 2)
        for (int stride = run; stride > 0; stride /= 2) {
            vx_sync();
            for (EACH(c, n / 2 + stride)) { /* later ones are past n */
                const int within = c & (stride - 1), low = 2 * c - within;
                const int high = stride == run ? low + 2 * (stride - within) - 1 : low + stride;
                if (high < n)
                    compare(d, low, high);
            }
        }
    vx_sync();
}

/* Whether every data row is paired with a design row equal to its own. */
static bool is_observed(const vx_labelling *d)
{
    for (int i = 0; i < d->args.n; i++)
        if (d->kind[d->order[i]] != d->kind[i])
            return false;
    return true;
}

/* The permutation of the index's rank among all, counted from the observed one. It pairs each data row with a kind, and
 * uses the design rows of a kind in ascending order. Of the `ways` in which m people can be arranged, the share of
 * kind c among them begins with kind c. One item does it; at most 2^24 permutations are ever counted so. */
static void unrank_order(const vx_labelling *d)
{
    const int n = d->args.n, kinds = d->args.kinds;
    __global int *left = (__global int *)d->key, *next = left + kinds; /* of each kind: people, and the next row */
    ulong ways = d->args.possible, rank = (d->args.observed + d->index) % ways;
    for (int c = 0; c < kinds; c++)
        left[c] = next[c] = 0;
    for (int i = 0; i < n; i++)
        left[d->kind[i]]++;
    for (int j = 0; j < n; j++) {
        int c = 0;
        ulong begin = ways * left[c] / (n - j);
        while (rank >= begin) {
            rank -= begin;
            c++;
            begin = ways * left[c] / (n - j);
        }
        ways = begin;
        left[c]--;
        while (d->kind[next[c]] != c)
            next[c]++;
        d->order[next[c]++] = j;
    }
}

/* Every item of the group takes every barrier, though nothing may be to be drawn. */
static void find_order(const vx_labelling *d)
{
    const bool moves = d->args.permutes && d->index > 0;
    const int drawn = moves && !d->args.exhaustive ? d->args.n : 0;
    bool again = true;
    if (moves && d->args.exhaustive && get_local_id(0) == 0)
        unrank_order(d);
    for (uint attempt = 0; again; attempt++) {
        draw_keys(d, drawn, attempt);
        sort_by_keys(d, drawn);
        again = drawn > 0 && is_observed(d);
        vx_sync();
    }
}

/* A bit for each row of a group of rows, set where it is flipped. */
static void fill_flips(const vx_labelling *d, __global uchar *flip)
{
    vx_signs signs;
    signs.block = -1;
    for (EACH(g, d->args.groups)) {
        const int first = g * d->args.width, rows = min(d->args.width, d->args.rows - first);
        uint bits = 0;
        for (int b = 0; b < rows; b++)
            bits |= (uint)is_flipped(d, d->member[first + b], d->attempt, &signs) << b;
        flip[VX_WEIGHT_PLACE(d->p, d->args.groups, g)] = (uchar)bits;
    }
}

/* The regressor and the nuisances, with their elements at the data rows that the relabelling pairs them with. */
static void fill_rows(const vx_labelling *d, __global const float *design, __global float *w)
{
    const int rows = d->args.rows, elements = (1 + d->args.nuisance) * rows;
    const bool moves = d->args.permutes && d->index > 0;
    vx_signs signs;
    signs.block = -1;
    for (EACH(row, rows)) {
        int from = d->member[row], to = moves ? d->order[from] : from;
        const bool flipped = d->args.flips && is_flipped(d, from, d->attempt, &signs);
        while (d->row[to] < 0)
            to = d->order[to];
        for (int j = 0; j <= d->args.nuisance; j++) {
            const float x = design[j * rows + row];
            w[VX_WEIGHT_PLACE(d->p, elements, j * rows + d->row[to])] = flipped ? -x : x;
        }
    }
}

#if VX_P == VX_INTERLEAVE
#include "relabel_ranks.h"
#endif

/* Relabelling p, by all items of the group. */
static void make(vx_labelling *d, int p, __global const ulong *index, __global const float *design,
                 __global ulong *key, __global int *order, __global uchar *W)
{
    d->p = p;
    d->key = key + (size_t)p * d->args.n;
    d->order = order + (size_t)p * d->args.n;
    d->index = index_of(&d->args, index, p);
    d->attempt = d->args.flips ? attempt_of_signs(d) : 0;
    find_order(d);
    if (d->args.groups)
        fill_flips(d, W);
    else
        fill_rows(d, design, (__global float *)W);
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
relabel(const vx_relabel_args args, __global const ulong *index, __global const int *people,
        __global const float *design, __global ulong *key, __global int *order, __global uchar *W)
{
    const int first = get_group_id(0) * VX_P;
    vx_labelling d = {.args = args,
                 .p = first,
                 .index = index_of(&args, index, first),
                 .participant = people + VX_PARTICIPANT * args.n,
                 .row = people + VX_ROW * args.n,
                 .kind = people + VX_KIND * args.n,
                 .member = people + VX_MEMBER * args.n};
#if VX_P == 1
    make(&d, first, index, design, key, order, W);
#else
    const uint left = make_block(&d, index, design, (__global float *)W);
    for (int q = 0; q < VX_P && first + q < args.relabellings; q++)
        if (left >> q & 1)
            make(&d, first + q, index, design, key, order, W);
#endif
}
