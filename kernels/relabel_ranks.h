/* relabel on processors: random orders of VX_INTERLEAVE relabellings at a time, one in each lane of vectors.
 *
 * In the order of the keys, the data row of the r-th participant gets design row r. So the data row of a participant
 * gets the design row of its rank, which is the number of keys before its own. No key is moved: up to RANKED_MAX
 * participants, n^2 comparisons in all lanes take less than a sort in each.
 *
 * Philox is that of philox.h, in lanes of 64 bits. The upper half of a lane may hold anything. Functions take vectors
 * by pointers, because clang warns of arguments of 512 bits. */
#ifndef VX_RELABEL_RANKS_H
#define VX_RELABEL_RANKS_H

#define RANKED_MAX 64
#define LOW_WORD 0xffffffffUL

/* A block of Philox of each lane. */
static void draw_lanes(const ulong8 *index, uint block, uint stream, const uint *seed, ulong8 word[4])
{
    ulong8 x = *index, y = x >> 32, z = block, w = stream;
    uint k0 = seed[0], k1 = seed[1];
#pragma unroll
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9, k1 += 0xbb67ae85) {
        const ulong8 a = 0xd2511f53UL * (x & LOW_WORD), b = 0xcd9e8d57UL * (z & LOW_WORD);
        x = (b >> 32) ^ y ^ k0;
        y = b;
        z = (a >> 32) ^ w ^ k1;
        w = a;
    }
    word[0] = x;
    word[1] = y & LOW_WORD;
    word[2] = z;
    word[3] = w & LOW_WORD;
}

/* Draws the keys of the participants, less 2^63, which are compared faster. */
static void draw_keys_of_lanes(const vx_labelling *d, const ulong8 *index, long8 *key)
{
    ulong8 word[4];
    int block = -1;
    for (int i = 0; i < d->args.n; i++) {
        const int at = d->participant[i];
        if (at / 2 != block)
            draw_lanes(index, block = at / 2, STREAM_PERMUTE, d->args.seed, word);
        key[i] = as_long8((word[at % 2 * 2] << 32 | word[at % 2 * 2 + 1]) ^ 1UL << 63);
    }
}

/* How many keys are before that of each participant; equal ones are in the order of the participants. A lane of a
 * comparison that holds is -1. */
static void find_ranks(const long8 *key, int n, long8 *ranks)
{
    for (int i = 0; i < n; i++) {
        const long8 own = key[i];
        long8 rank = i;
        for (int j = 0; j < i; j++)
            rank += key[j] > own;
        for (int j = i + 1; j < n; j++)
            rank -= key[j] < own;
        ranks[i] = rank;
    }
}

/* Whether lane q has the observed labelling, though it is not that of index 0. */
static bool is_observed_lane(const vx_labelling *d, const long *rank, int q)
{
    for (int i = 0; i < d->args.n; i++)
        if (d->kind[rank[i * VX_INTERLEAVE + q]] != d->kind[i])
            return false;
    return true;
}

/* As fill_rows. `to` has the weights of the block. */
static void fill_lanes(const vx_labelling *d, const long *rank, __global const float *design, __global float *to)
{
    for (int row = 0; row < d->args.rows; row++) {
        const long *own = rank + d->member[row] * VX_INTERLEAVE;
        for (int q = 0; q < VX_INTERLEAVE; q++) {
            int from = own[q];
            while (d->row[from] < 0)
                from = rank[from * VX_INTERLEAVE + q];
            for (int j = 0; j <= d->args.nuisance; j++)
                to[(j * d->args.rows + row) * VX_INTERLEAVE + q] = design[j * d->args.rows + d->row[from]];
        }
    }
}

/* Makes the weights of a block of random orders. Returns a bit for each of its relabellings that is still to be made
 * by itself: the observed one, and those whose draw is to be repeated. All bits: the block is no such one. */
static uint make_block(const vx_labelling *d, __global const ulong *index, __global const float *design,
                       __global float *W)
{
    const int n = d->args.n, elements = (1 + d->args.nuisance) * d->args.rows, last = d->args.relabellings - 1 - d->p;
    long8 key[RANKED_MAX], ranks[RANKED_MAX];
    ulong8 indices;
    ulong *of = (ulong *)&indices;
    const long *rank = (const long *)ranks;
    uint left = 0;
    if (d->args.flips || !d->args.permutes || d->args.exhaustive || n > RANKED_MAX)
        return ~0u;
    for (int q = 0; q < VX_INTERLEAVE; q++)
        of[q] = d->args.listed ? index[d->p + min(q, last)] : d->index + q;
    draw_keys_of_lanes(d, &indices, key);
    find_ranks(key, n, ranks);
    for (int q = 0; q < VX_INTERLEAVE; q++)
        left |= (uint)(of[q] == 0 || is_observed_lane(d, rank, q)) << q;
    fill_lanes(d, rank, design, W + (size_t)d->p * elements);
    return left;
}

#endif
