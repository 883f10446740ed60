/* TFCE by a group of items, over the arcs of the merge tree (tfce_tree.h):
 *
 *   (sort)          by arc, and by rank within an arc: a voxel's place tells its s
 *   find_starts     first places of arcs
 *   add_sizes       s with which arcs begin, by item 0
 *   find_terms      (P[s + 1] - P[s]) G(h) of each voxel
 *   add_blocks      sums of blocks
 *   end_maxima      B + S of the arcs of maxima
 *   end_merges      the same for merges, by item 0 */
#ifndef VX_TFCE_ARCS_H
#define VX_TFCE_ARCS_H

#include "tfce_tree.h"

/* The number of passes of the sort. */
static int passes_of(int arcs)
{
    int passes = LIST_PASS + 1;
    for (int left = arcs - 1; left > 0; left >>= DIGIT_BITS)
        passes++;
    return passes;
}

VX_STAGE static void find_starts(const VX_SHARED vx_tfce_map *m)
{
    for (int e = get_local_id(0); e < m->entries; e += VX_WG) {
        int arc = m->from[e].y;
        if (e == 0 || (int)m->from[e - 1].y != arc)
            m->start[arc] = e;
    }
}

/* The place after an arc's last entry. */
static int end_of(const VX_SHARED vx_tfce_map *m, int arc)
{
    return arc + 1 < m->arcs ? m->start[arc + 1] : m->entries;
}

/* s with which an arc begins, and with which it ends. */
static int size_before(const VX_SHARED vx_tfce_map *m, int arc)
{
    return arc < m->maxima ? 0 : m->size[arc - m->maxima];
}

static int size_after(const VX_SHARED vx_tfce_map *m, int arc)
{
    return size_before(m, arc) + end_of(m, arc) - m->start[arc];
}

/* A merge begins with the voxels of all arcs that end in it, which are earlier ones. */
VX_STAGE static void add_sizes(const VX_SHARED vx_tfce_map *m)
{
    int merges = of_item_0(m->arcs - m->maxima);
    for (int j = 0; j < merges; j++) {
        int size = 0;
        for (int arc = m->child[j]; arc >= 0; arc = m->sibling[arc])
            size += size_after(m, arc);
        m->size[j] = size;
    }
}

/* The terms of args.h, by place. */
VX_STAGE static void find_terms(const VX_SHARED vx_tfce_map *m)
{
    __global double *term = (__global double *)m->to;
    const double dh = m->dh;
    for (int e = get_local_id(0); e < m->entries; e += VX_WG) {
        uint2 entry = m->from[e];
        int s = size_before(m, entry.y) + e - m->start[entry.y];
        term[e] = (m->power[s + 1] - m->power[s]) * gain(m, entry.x, dh);
    }
}

/* The place after the block that has an arc's entry e, or after the arc. */
static int end_of_block(const VX_SHARED vx_tfce_map *m, int arc, int e)
{
    int s = size_before(m, arc) + e - m->start[arc];
    return min(end_of(m, arc), e + VX_TFCE_BLOCK - s % VX_TFCE_BLOCK);
}

/* Puts the sum of each block at its first place. An item takes the blocks that begin in a stretch of entries. */
VX_STAGE static void add_blocks(const VX_SHARED vx_tfce_map *m)
{
    __global double *term = (__global double *)m->to;
    for (int first = (int)get_local_id(0) * VX_TFCE_BLOCK; first < m->entries; first += VX_WG * VX_TFCE_BLOCK) {
        int e = first, last = min(first + VX_TFCE_BLOCK, m->entries), arc = m->from[e].y;
        int begun = e - m->start[arc];
        if (begun && (size_before(m, arc) + begun) % VX_TFCE_BLOCK)
            e = end_of_block(m, arc, e);
        while (e < last) {
            arc = m->from[e].y;
            int begin = e, end = end_of_block(m, arc, e);
            double sum = 0;
            for (; e < end; e++)
                sum += term[e];
            term[begin] = sum;
        }
    }
}

/* B + S at the end of an arc that begins with B, from the sums of its blocks. */
static double end_of_sum(const VX_SHARED vx_tfce_map *m, __global const double *block, int arc, double b)
{
    for (int e = m->start[arc]; e < end_of(m, arc); e = end_of_block(m, arc, e))
        b += block[e];
    return b;
}

/* Puts B + S at the first place of each maximum's arc. */
VX_STAGE static void end_maxima(const VX_SHARED vx_tfce_map *m)
{
    __global double *block = (__global double *)m->to;
    for (int arc = get_local_id(0); arc < m->maxima; arc += VX_WG)
        block[m->start[arc]] = end_of_sum(m, block, arc, 0);
}

/* The same for merges, each of which begins with the largest of what ends in it. */
VX_STAGE static void end_merges(const VX_SHARED vx_tfce_map *m)
{
    __global double *block = (__global double *)m->to;
    const double dh = m->dh;
    int merges = of_item_0(m->arcs - m->maxima);
    for (int j = 0; j < merges; j++) {
        int merged = m->maxima + j, start = m->start[merged];
        double g = gain(m, m->from[start].x, dh), largest = -INFINITY;
        for (int arc = m->child[j]; arc >= 0; arc = m->sibling[arc])
            largest = fmax(largest, block[m->start[arc]] - m->power[size_after(m, arc)] * g);
        block[start] = end_of_sum(m, block, merged, largest + m->power[m->size[j]] * g);
    }
}

/* The largest B + S of this item's roots. */
VX_STAGE static double largest_of(const VX_SHARED vx_tfce_map *m)
{
    __global const double *block = (__global const double *)m->to;
    double best = 0;
    for (int arc = get_local_id(0); arc < m->arcs; arc += VX_WG)
        if (m->parent[arc] < 0)
            best = fmax(best, block[m->start[arc]]);
    return best;
}

/* The tail's maximum, for item 0. */
VX_STAGE static double enhance(VX_SHARED vx_tfce_map *m)
{
    int passes = LIST_PASS + 1;
    double best = 0;
    link_map(m);
    vx_sync();
    find_maxima(m);
    vx_sync();
    find_saddles(m);
    vx_sync();
    for (int pass = 0; pass < passes; pass++) {
        sort_pass(m, pass, passes);
        if (pass == LIST_PASS) {
            if (get_local_id(0) == 0)
                m->dh = m->entries ? step_of(m, m->from[0].x) : 0;
            add_jumps(m, sweep_saddles(m));
        }
        vx_sync();
        if (pass == LIST_PASS) {
            passes = passes_of(m->arcs);
            find_arcs(m);
        }
        vx_sync();
    }
    find_starts(m);
    vx_sync();
    add_sizes(m);
    vx_sync();
    find_terms(m);
    vx_sync();
    add_blocks(m);
    vx_sync();
    end_maxima(m);
    vx_sync();
    end_merges(m);
    vx_sync();
    m->best[get_local_id(0)] = largest_of(m);
    vx_sync();
#pragma unroll 1
    for (int item = 0; item < VX_WG; item++)
        best = fmax(best, m->best[item]);
    return result_of(m, best, m->dh);
}

#endif
