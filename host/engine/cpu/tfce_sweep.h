/* The stage sweep of tfce.c: joins the sorted voxels to components, and merges components at saddles (args.h). */
#ifndef VX_ENGINE_CPU_TFCE_SWEEP_H
#define VX_ENGINE_CPU_TFCE_SWEEP_H

#include "engine/cpu/tfce_map.h"

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

/* G of args.h. */
static inline double gain(const vx_tfce_args *args, double h, double dh)
{
    if (args->step > 0) {
        double k = floor(h / dh);
        return k * (k + 1) * (2 * k + 1) / 6;
    }
    return args->power == 3 ? h * h * h : pow(h, (double)args->power);
}

static inline __attribute__((always_inline)) void gains_of(const vx_tfce_args *args, const vx_sorted_voxel *entry,
                                                           int count, double dh, double *g)
{
    for (int e = 0; e < count; e++)
        g[e] = gain(args, (double)height_of(entry[e].height), dh);
}

/* A voxel joins a component at a height with the gain g. */
static inline void join(vx_component *c, const double *power, double g)
{
    const int size = c->size++;
    c->block += (power[size + 1] - power[size]) * g;
    if (__builtin_expect((size + 1) % VX_TFCE_BLOCK == 0, 0)) {
        c->b += c->block;
        c->block = 0;
    }
}

/* Returns the largest B + S. The largest component, which most voxels of the lower heights join, stays in registers,
 * where an addition does not wait for memory. */
static double sweep(vx_tfce_map *map, double dh)
{
    enum { CHUNK = 512 };
    const double *power = map->power;
    vx_component *component = map->component;
    double g[CHUNK], best = 0;
    int largest = map->voxels ? (int)map->entry[0].payload : 0; /* the highest voxel is a maximum */
    vx_component large = {0};
    for (int from = 0; from < map->voxels; from += CHUNK) {
        const vx_sorted_voxel *entry = map->entry + from;
        const int count = map->voxels - from < CHUNK ? map->voxels - from : CHUNK;
        gains_of(map->args, entry, count, dh, g);
        for (int e = 0; e < count; e++) {
            int c;
            if (__builtin_expect(entry[e].payload & SADDLE, 0)) {
                component[largest] = large;
                c = merge_at(map, &map->saddle[entry[e].payload & ~SADDLE], g[e]);
                largest = map->root[largest];
                large = component[largest];
            } else {
                c = map->root[entry[e].payload];
            }
            if (c == largest) {
                join(&large, power, g[e]);
                continue;
            }
            join(&component[c], power, g[e]);
            if (__builtin_expect(component[c].size > large.size, 0)) {
                component[largest] = large;
                large = component[largest = c];
            }
        }
    }
    if (map->voxels)
        component[largest] = large;
    for (int c = 0; c < map->maxima; c++)
        if (map->root[c] == c)
            best = fmax(best, component[c].b + component[c].block);
    return best;
}

#endif
