/* TFCE by a single item, as in host/engine/cpu/tfce.c:
 *
 *   link        gives each voxel the label of a neighbour at a lower place, or a new one, which is a maximum or leads
 *               to a neighbour. So labels are few
 *   resolve     replaces labels by maxima
 *   sort        sorts voxels by height: a stable radix sort, so that ties stay in the order of voxels
 *   sweep       adds voxel by voxel, with components as union-find over maxima */
#ifndef VX_TFCE_SWEEP_H
#define VX_TFCE_SWEEP_H

#include "tfce_map.h"

static int begin_component(vx_tfce_map *m)
{
    int maximum = m->maxima++;
    m->parent[maximum] = ~0;
    m->b[maximum] = 0;
    return maximum;
}

static void label_voxel(vx_tfce_map *m, int v, int place, float height, int link, int saddle)
{
    int neighbour = link ? place + m->offset[lowest_bit(link)] : place, label;
    if (neighbour < place) {
        label = m->label[neighbour];
    } else {
        label = m->labels++;
        m->lead[label] = link ? neighbour : ~begin_component(m);
    }
    m->label[place] = label;
    if (saddle)
        m->link[v] = link;
    m->from[m->entries++] = (uint2)(KEY_TOP - as_uint(height), saddle ? SADDLE | v : label);
}

static void link_map(vx_tfce_map *m)
{
    const vx_floats zero = 0.0f;
    int links[VX_VEC], saddle[VX_VEC], n;
    float height[VX_VEC];
    vx_ints highest;
    m->entries = m->labels = 0;
    for (int v = 0; v < m->args.voxels; v += n) {
        int place = m->position[v];
        n = run_length(m, v);
        vx_floats here = vx_load(m->height + place);
        if (!vx_any(here > zero))
            continue;
        vx_ints before = find_before(m, place, here, &highest);
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
    int first = m->lead[label], at = first;
    while (at >= 0)
        at = m->lead[m->label[at]];
    if (at != first)
        m->lead[label] = at;
    return at;
}

/* Reduces the neighbours of a place to the first one that leads to each maximum. */
static int distinct(const vx_tfce_map *m, int place, int link)
{
    int maximum[CUBE], count = 0, kept = 0;
    for (int left = link; left; left &= left - 1) {
        int i = 0, at = follow(m, m->label[place + m->offset[lowest_bit(left)]]);
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
    for (int e = 0; e < m->entries; e++) {
        uint2 entry = m->from[e];
        int v = entry.y & ~SADDLE, label = v, link = 0;
        if (entry.y & SADDLE) {
            int place = m->position[v];
            label = m->label[place];
            link = distinct(m, place, m->link[v]);
            m->link[v] = link;
        }
        int at = follow(m, label);
        if (!(link & (link - 1)))
            m->from[e].y = ~at;
    }
}

static void sort_by_digit(vx_tfce_map *m, int shift)
{
    int *place = m->tally;
    int sum = 0;
    for (int d = 0; d < DIGITS; d++)
        place[d] = 0;
    for (int e = 0; e < m->entries; e++)
        place[m->from[e].x >> shift & (DIGITS - 1)]++;
    for (int d = 0; d < DIGITS; d++) {
        int entries = place[d];
        place[d] = sum;
        sum += entries;
    }
    for (int e = 0; e < m->entries; e++) {
        uint2 entry = m->from[e];
        m->to[place[entry.x >> shift & (DIGITS - 1)]++] = entry;
    }
}

/* The sorted entries are in `from` afterwards. */
static void sort(vx_tfce_map *m)
{
    for (int shift = 0; shift < KEY_BITS; shift += DIGIT_BITS) {
        sort_by_digit(m, shift);
        __global uint2 *sorted = m->to;
        m->to = m->from;
        m->from = sorted;
    }
}

/* Path halving. */
static int find_root(__global int *parent, int c)
{
    int up = parent[c], top;
    if (up < 0)
        return c;
    while ((top = parent[up]) >= 0) {
        parent[c] = top;
        c = top;
        up = parent[c];
        if (up < 0)
            return c;
    }
    return up;
}

/* B + S of a component, less what its size has by then. */
static double end_arc(const vx_tfce_map *m, int c, double g)
{
    return m->b[c] + m->block[c] - m->power[~m->parent[c]] * g;
}

/* Merges the components around a saddle, and returns the result. A root that is attached is found no more, so that
 * every component is met once. */
static int merge_at(const vx_tfce_map *m, int v, double g)
{
    int kept = -1, size = 0; /* of the merged ones; 0: only one yet */
    double largest = 0;
    for (int left = m->link[v]; left; left &= left - 1) {
        int place = m->position[v] + m->offset[lowest_bit(left)];
        int c = find_root(m->parent, ~m->lead[m->label[place]]);
        if (kept < 0)
            kept = c;
        if (c == kept)
            continue;
        int own = ~m->parent[c];
        largest = fmax(size ? largest : end_arc(m, kept, g), end_arc(m, c, g));
        size = size ? size : ~m->parent[kept];
        int larger = own > size ? c : kept;
        m->parent[larger == c ? kept : c] = larger;
        size += own;
        kept = larger;
    }
    if (size) {
        m->b[kept] = largest + m->power[size] * g;
        m->block[kept] = 0;
        m->parent[kept] = ~size;
    }
    return kept;
}

/* The tail's maximum. S takes the place of the entries that the last pass of the sort has read. */
static double enhance(vx_tfce_map *m)
{
    double best = 0;
    link_map(m);
    resolve(m);
    sort(m);
    if (m->entries == 0)
        return 0;
    double dh = step_of(m, m->from[0].x);
    m->block = (__global double *)m->to;
    for (int c = 0; c < m->maxima; c++)
        m->block[c] = 0;
    for (int i = 0; i < m->entries; i++) {
        uint2 entry = m->from[i];
        double g = gain(m, entry.x, dh);
        int c = entry.y & SADDLE ? merge_at(m, entry.y & ~SADDLE, g) : find_root(m->parent, entry.y);
        int s = ~m->parent[c];
        m->parent[c] = ~(s + 1);
        m->block[c] += (m->power[s + 1] - m->power[s]) * g;
        if ((s + 1) % VX_TFCE_BLOCK == 0) {
            m->b[c] += m->block[c];
            m->block[c] = 0;
        }
    }
    for (int c = 0; c < m->maxima; c++)
        if (m->parent[c] < 0)
            best = fmax(best, m->b[c] + m->block[c]);
    return result_of(m, best, dh);
}

#endif
