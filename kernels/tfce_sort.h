/* The sort of a group's entries: passes over their digits, in rounds of one entry for each item. An item takes the
 * entry that is next to its neighbour's, so that reads are coalesced, and so are writes where digits repeat.
 *
 * An entry's place is the start of its digit, plus the entries of that digit before it in this round: those are counted
 * in a ballot that has a bit for each item. A pass is thus stable and does not depend on the order of items.
 *
 *     passes 0 to HEIGHT_PASSES - 1   by height, lowest digit first
 *     LIST_PASS                       lists the saddles by height; the entries stay where they are
 *     the passes after it             by arc, lowest digit first
 *
 * The tally of a pass is taken in the pass before, that of the first pass by link_map, and that of LIST_PASS + 1 by
 * find_arcs. */
#ifndef VX_TFCE_SORT_H
#define VX_TFCE_SORT_H

#include "tfce_map.h"

#define HEIGHT_PASSES ((KEY_BITS + DIGIT_BITS - 1) / DIGIT_BITS)
#define LIST_PASS HEIGHT_PASSES
#define NO_DIGIT (-1) /* of an entry that a pass leaves out */

static int digit_of(uint2 entry, int pass)
{
    if (pass < HEIGHT_PASSES)
        return entry.x >> pass * DIGIT_BITS & (DIGITS - 1);
    if (pass == LIST_PASS)
        return entry.y & SADDLE ? 0 : NO_DIGIT;
    return entry.y >> (pass - LIST_PASS - 1) * DIGIT_BITS & (DIGITS - 1);
}

/* Replaces the saddle of rank i by its own maximum in the sorted entries, and lists it: its rank, and the other maximum
 * around it, or SADDLE | voxel where there are several others. */
static void list_saddle(const VX_SHARED vx_tfce_map *m, int i, int k)
{
    int v = m->from[i].y & ~SADDLE, place = m->position[v], link = m->link[v], others = link & (link - 1);
    bool several = others & (others - 1);
    m->from[i].y = m->maximum[place + offset_of(m, lowest_bit(link))];
    m->to[k] = (uint2)(i, several ? SADDLE | v : m->maximum[place + offset_of(m, lowest_bit(others))]);
}

/* The entries with the digit that items before this one have. *last: no item after this one has such an entry. */
static int count_before(const __local uint *ballot, int lid, bool *last)
{
    int before = 0;
    uint after = 0;
    for (int w = 0; w < BALLOT; w++) {
        uint votes = ballot[w], own = 1u << (lid & 31), lower = w < lid / 32 ? ~0u : w > lid / 32 ? 0 : own - 1;
        before += popcount(votes & lower);
        after |= votes & ~lower & (w == lid / 32 ? ~own : ~0u);
    }
    *last = after == 0;
    return before;
}

/* One pass, of `passes`. It leaves m->first[DIGITS] entries. After it and a barrier `from` has them, and m->entries is
 * their number. LIST_PASS does not change these two: `to` has the list of saddles, already before a barrier. */
VX_STAGE static void sort_pass(VX_SHARED vx_tfce_map *m, int pass, int passes)
{
    int lid = get_local_id(0), entries = m->entries;
    __global uint2 *from = m->from, *to = m->to;
    for (int d = lid; d <= DIGITS; d += VX_WG) {
        int place = 0;
        for (int lower = 0; lower < d; lower++)
            place += m->tally[lower];
        m->first[d] = place;
    }
    vx_sync();
    for (int d = lid; d < DIGITS; d += VX_WG)
        m->tally[d] = 0;
    int all = m->first[DIGITS];
    for (int round = 0; round < entries; round += VX_WG) {
        int i = round + lid, digit = NO_DIGIT, place = 0;
        uint2 entry = (uint2)(OUTSIDE, 0);
        bool last = false;
        if (i < entries)
            entry = from[i];
        if (entry.x != OUTSIDE)
            digit = digit_of(entry, pass);
        __local uint *ballot = m->ballot + max(digit, 0) * BALLOT;
        if (digit != NO_DIGIT)
            atomic_or(&ballot[lid / 32], 1u << (lid & 31));
        vx_sync();
        if (digit != NO_DIGIT) {
            place = m->first[digit] + count_before(ballot, lid, &last);
            if (pass == LIST_PASS)
                list_saddle(m, i, place);
            else
                to[place] = entry;
        }
        if (entry.x != OUTSIDE && pass + 1 < passes) {
            int next = digit_of(entry, pass + 1);
            if (next != NO_DIGIT)
                atomic_inc(&m->tally[next]);
        }
        vx_sync();
        if (last) {
            m->first[digit] = place + 1;
            for (int w = 0; w < BALLOT; w++)
                ballot[w] = 0;
        }
        vx_sync();
    }
    if (lid == 0 && pass != LIST_PASS) {
        m->to = from;
        m->from = to;
        m->entries = all;
    }
}

#endif
