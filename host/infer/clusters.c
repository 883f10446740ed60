#include "infer/clusters.h"

#include "base/memory.h"
#include "base/sort.h"
#include "engine/mass.h"
#include "space/grid.h"
#include "space/lattice.h"

#include <math.h>
#include <string.h>

/* A cluster in the order of discovery. */
typedef struct found {
    int sign;
    int64_t voxels;
    int64_t mass; /* fixed point */
    int64_t peak; /* voxel */
    int32_t owner; /* its number in flood.owner */
} found;

/* A flood fill over the lattice. It shares no code with the engine's union-find, so that the two check each other. */
typedef struct flood {
    const vx_problem *problem;
    const vx_space *space;
    vx_lattice lattice;
    int neighbours, offset[VX_NEIGHBOURS_MAX];
    int32_t *at;     /* places of the lattice: voxel + 1, or 0 outside the mask */
    int8_t *sign;    /* voxels: +1 or -1 where supra-threshold, else 0 */
    int32_t *owner;  /* voxels: number of the cluster in order of discovery, from 1; 0: none */
    int64_t *stack;
    found *found;
    size_t clusters;
} flood;

static void mark_signs(flood *f, vx_tails tails, const int32_t *score)
{
    for (int64_t v = 0; v < f->problem->voxels; v++) {
        f->sign[v] = score[v] > f->problem->cut_high ? 1 : score[v] < f->problem->cut_low ? -1 : 0;
        if ((tails == VX_POSITIVE && f->sign[v] < 0) || (tails == VX_NEGATIVE && f->sign[v] > 0))
            f->sign[v] = 0;
    }
}

/* Pushes the unlabelled neighbours of voxel v that have its sign. */
static int64_t push_neighbours(flood *f, int64_t v, int64_t depth)
{
    const int32_t *here = f->at + f->lattice.position[v];
    for (int k = 0; k < f->neighbours; k++) {
        const int64_t u = (int64_t)here[f->offset[k]] - 1;
        if (u < 0 || f->sign[u] != f->sign[v] || f->owner[u])
            continue;
        f->owner[u] = f->owner[v];
        f->stack[depth++] = u;
    }
    return depth;
}

static vx_status new_cluster(flood *f, int64_t v, vx_error *error)
{
    found *grown = vx_array_grow(f->found, f->clusters, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    f->found = grown;
    f->owner[v] = (int32_t)f->clusters + 1;
    f->found[f->clusters++] = (found){.sign = f->sign[v], .peak = v, .owner = f->owner[v]};
    return VX_OK;
}

static void fill_from(flood *f, int64_t seed, const int32_t *score, const float *t)
{
    const vx_problem *problem = f->problem;
    float threshold = (float)problem->options.threshold_t;
    found *c = &f->found[f->clusters - 1];
    int64_t depth = 0;
    f->stack[depth++] = seed;
    while (depth > 0) {
        int64_t v = f->stack[--depth];
        c->voxels++;
        c->mass += vx_mass_fixed(vx_score_height(problem, score[v]), threshold);
        float best = fabsf(t[c->peak]), here = fabsf(t[v]);
        if (here > best || (here == best && v < c->peak))
            c->peak = v;
        depth = push_neighbours(f, v, depth);
    }
}

static int largest_first(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->voxels != y->voxels)
        return x->voxels > y->voxels ? -1 : 1;
    if (x->mass != y->mass)
        return x->mass > y->mass ? -1 : 1;
    return vx_compare((double)x->peak, (double)y->peak);
}

static vx_cluster make_cluster(const flood *f, const found *c, int32_t label, const float *t)
{
    const vx_grid *grid = &f->space->grid;
    const int64_t place = f->space->index[c->peak];
    vx_cluster cluster = {
        .label = label,
        .sign = c->sign,
        .voxels = c->voxels,
        .mm3 = vx_grid_voxel_mm3(grid) * (double)c->voxels,
        .mass = (double)c->mass / (double)VX_MASS_ONE,
        .peak_t = t[c->peak],
    };
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        cluster.p[kind] = NAN;
    vx_grid_voxel(grid, place, cluster.peak_voxel);
    vx_grid_mm(grid, place, cluster.peak_mm);
    return cluster;
}

/* Labels the clusters by descending size. */
static vx_status number_clusters(flood *f, const float *t, float *label, vx_cluster **clusters, vx_error *error)
{
    int32_t *number = vx_array(f->clusters + 1, sizeof *number); /* the label of each owner; 0: none */
    vx_cluster *made = vx_array(f->clusters, sizeof *made);
    if (!number || !made) {
        free(number);
        free(made);
        return vx_fail_memory(error);
    }
    if (f->clusters)
        qsort(f->found, f->clusters, sizeof *f->found, largest_first);
    number[0] = 0;
    for (size_t k = 0; k < f->clusters; k++) {
        number[f->found[k].owner] = (int32_t)k + 1;
        made[k] = make_cluster(f, &f->found[k], (int32_t)k + 1, t);
    }
    for (int64_t v = 0; v < f->problem->voxels; v++)
        label[v] = (float)number[f->owner[v]];
    free(number);
    *clusters = made;
    return VX_OK;
}

vx_status vx_clusters_find(const vx_problem *problem, const vx_space *space, vx_tails tails, const int32_t *score,
                           const float *t, float *label, vx_cluster **clusters, size_t *count, vx_error *error)
{
    size_t voxels = (size_t)problem->voxels;
    flood f = {.problem = problem, .space = space};
    vx_status status = vx_lattice_init(space, &f.lattice, error);
    if (status)
        return status;
    f.neighbours = vx_neighbours(problem->options.connectivity, f.lattice.stride_y, f.lattice.stride_z, f.offset);
    f.at = vx_array_zero(vx_lattice_places(&f.lattice), sizeof *f.at);
    f.sign = vx_array(voxels, sizeof *f.sign);
    f.owner = vx_array_zero(voxels, sizeof *f.owner);
    f.stack = vx_array(voxels, sizeof *f.stack);
    if (!f.at || !f.sign || !f.owner || !f.stack) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (int64_t v = 0; v < problem->voxels; v++)
        f.at[f.lattice.position[v]] = (int32_t)v + 1;
    mark_signs(&f, tails, score);
    for (int64_t v = 0; v < problem->voxels; v++) {
        if (!f.sign[v] || f.owner[v])
            continue;
        if ((status = new_cluster(&f, v, error)))
            goto cleanup;
        fill_from(&f, v, score, t);
    }
    status = number_clusters(&f, t, label, clusters, error);
    *count = f.clusters;
cleanup:
    vx_lattice_destroy(&f.lattice);
    free(f.at);
    free(f.sign);
    free(f.owner);
    free(f.stack);
    free(f.found);
    return status;
}
