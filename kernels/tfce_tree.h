/* The merge tree of a map, by a group of items. Between two merges a component is an arc: the first arcs are those of
 * the maxima, and each merge ends two or more arcs and begins one. The saddles alone determine this tree (Carr,
 * Snoeyink & Axen 2003, Computational Geometry 24:75). Arc a < maxima is that of a maximum, and arc maxima + j is that
 * of merge j; merges are numbered by descending height.
 *
 *   link_map        each voxel of the tail points to the highest neighbour before it, or is a maximum. Chains of such
 *                   steep pointers are short: 4 in the mean, at FWHM 5 voxels
 *   find_maxima     the ends of these chains
 *   find_saddles    keeps one neighbour for each maximum around a saddle, which needs at least two maxima
 *   (sort)          by height; lists the saddles
 *   sweep_saddles   joins arcs at the saddles, by item 0
 *   add_jumps       gives each merge an ancestor, from which paths are short, by item 0
 *   find_arcs       a voxel climbs from its maximum to the last arc that begins at its rank or before */
#ifndef VX_TFCE_TREE_H
#define VX_TFCE_TREE_H

#include "tfce_sort.h"

/* A new maximum, which begins an arc of that number. */
static int begin_component(VX_SHARED vx_tfce_map *m)
{
    int maximum = atomic_inc(&m->maxima);
    m->parent[maximum] = -1;
    m->up[maximum] = maximum;
    return maximum;
}

VX_STAGE static void link_map(VX_SHARED vx_tfce_map *m)
{
    for (int v = get_local_id(0); v < m->args.voxels; v += VX_WG) {
        int place = m->position[v], highest;
        float here = m->height[place];
        uint2 entry = (uint2)(OUTSIDE, v);
        if (here > 0) {
            int before = find_before(m, place, here, &highest);
            entry.x = KEY_TOP - as_uint(here);
            atomic_inc(&m->tally[entry.x & (DIGITS - 1)]);
            m->lead[place] = highest ? place + highest : ~begin_component(m);
            if (saddles(m, before)) {
                m->link[v] = before & m->near;
                m->to[atomic_inc(&m->saddles)] = (uint2)(v, 0);
            }
        }
        m->from[v] = entry;
    }
}

/* Puts the maximum of each voxel into its entry and at its place, where the height is no more needed. */
VX_STAGE static void find_maxima(const VX_SHARED vx_tfce_map *m)
{
    for (int v = get_local_id(0); v < m->args.voxels; v += VX_WG) {
        int place = m->position[v], at;
        if (m->from[v].x == OUTSIDE)
            continue;
        for (at = m->lead[place]; at >= 0; at = m->lead[at])
            ;
        m->maximum[place] = ~at;
        m->from[v].y = ~at;
    }
}

/* Reduces the neighbours of a place to the first one that has each maximum. */
static int distinct(const VX_SHARED vx_tfce_map *m, int place, int link)
{
    int kept = 0;
    for (int left = link; left; left &= left - 1) {
        int maximum = m->maximum[place + offset_of(m, lowest_bit(left))], other = kept;
        while (other && m->maximum[place + offset_of(m, lowest_bit(other))] != maximum)
            other &= other - 1;
        if (!other)
            kept |= left & -left;
    }
    return kept;
}

/* Marks the entries of saddles where different maxima meet: these may be in different components. */
VX_STAGE static void find_saddles(const VX_SHARED vx_tfce_map *m)
{
    for (int k = get_local_id(0); k < m->saddles; k += VX_WG) {
        int v = m->to[k].x, link = distinct(m, m->position[v], m->link[v]);
        m->link[v] = link;
        if (link & (link - 1))
            m->from[v].y = SADDLE | v;
    }
}

/* The latest arc of the component that has arc a. Path halving. */
static int latest(__global int *up, int a)
{
    int next = up[a], top = up[next];
    while (next != top) {
        up[a] = top;
        a = top;
        next = up[a];
        top = up[next];
    }
    return next;
}

/* Ends arc a in merge j. */
static void end_in(const VX_SHARED vx_tfce_map *m, int a, int j)
{
    int arc = m->maxima + j;
    m->up[a] = m->parent[a] = arc;
    m->sibling[a] = m->child[j];
    m->child[j] = a;
}

/* Joins component `arc` with `other` at the saddle of rank i, unless they are one, and returns the result. `merges`
 * counts the merges before this saddle: the first join of a saddle begins an arc, and others end in it too. */
static int join(const VX_SHARED vx_tfce_map *m, int i, int arc, int other, int merges)
{
    int merged = m->maxima + merges;
    if (arc == other)
        return arc;
    if (arc != merged) {
        m->up[merged] = merged;
        m->parent[merged] = -1;
        m->birth[merges] = i;
        m->child[merges] = -1;
        end_in(m, arc, merges);
    }
    end_in(m, other, merges);
    return merged;
}

/* Finds the merges at the listed saddles. Returns their number. */
VX_STAGE static int sweep_saddles(VX_SHARED vx_tfce_map *m)
{
    int merges = 0, saddles = of_item_0(m->first[DIGITS]);
    for (int k = 0; k < saddles; k++) {
        uint2 saddle = m->to[k];
        int i = saddle.x, arc = latest(m->up, m->from[i].y);
        if (saddle.y & SADDLE) {
            int v = saddle.y & ~SADDLE, place = m->position[v];
            for (int left = m->link[v]; left; left &= left - 1) {
                int maximum = m->maximum[place + offset_of(m, lowest_bit(left))];
                arc = join(m, i, arc, latest(m->up, maximum), merges);
            }
        } else {
            arc = join(m, i, arc, latest(m->up, saddle.y), merges);
        }
        merges += arc == m->maxima + merges;
    }
    if (get_local_id(0) == 0)
        m->arcs = m->maxima + merges;
    return merges;
}

/* Gives merge j a later one on its path to the root, so that the path up to any height takes at most about twice the
 * logarithm of its length (Myers 1983, Information Processing Letters 17:241). A root jumps to itself. */
VX_STAGE static void add_jumps(const VX_SHARED vx_tfce_map *m, int merges)
{
    int maxima = m->maxima;
    for (int j = merges - 1; j >= 0; j--) {
        int next = m->parent[maxima + j] - maxima, jump = j, depth = 0;
        if (next >= 0) {
            int far = m->jump[next], further = m->jump[far];
            depth = m->depth[next] + 1;
            jump = depth - 1 - m->depth[far] == m->depth[far] - m->depth[further] ? further : next;
        }
        m->jump[j] = jump;
        m->depth[j] = depth;
    }
}

/* The arc of a voxel of rank i that leads to a maximum. */
static int find_arc(const VX_SHARED vx_tfce_map *m, int i, int maximum)
{
    int maxima = m->maxima, arc = maximum, next = m->parent[arc];
    while (next >= 0 && m->birth[next - maxima] <= i) {
        int j = next - maxima, far = m->jump[j];
        while (far != j && m->birth[far] <= i) {
            j = far;
            far = m->jump[j];
        }
        arc = maxima + j;
        next = m->parent[arc];
    }
    return arc;
}

/* Gives each entry its arc, and counts the digits of the next pass. */
VX_STAGE static void find_arcs(VX_SHARED vx_tfce_map *m)
{
    for (int i = get_local_id(0); i < m->entries; i += VX_WG) {
        uint arc = find_arc(m, i, m->from[i].y);
        m->from[i].y = arc;
        atomic_inc(&m->tally[arc & (DIGITS - 1)]);
    }
}

#endif
