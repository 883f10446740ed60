#include "infer/tfce.h"

#include "base/memory.h"
#include "base/sort.h"

#include <math.h>

/* TFCE(v) = integral over 0 < h <= h_v of e_v(h)^E h^H dh (Smith & Nichols 2009, NeuroImage 44:83, eq. 1).
 *
 *   1. Voxels are added by descending height. Each becomes the root of a tree whose children are the components that it
 *      touches (a max-tree, Salembier et al. 1998, IEEE Trans. Image Process. 7:555).
 *   2. A component of s voxels exists between the height h_1 of its last voxel and the height h_2 of the voxel that
 *      joins it. It contributes s^E (G(h_1) - G(h_2)) to all its voxels, where G(h) = h^(H+1) / (H+1) for the exact
 *      integral, or the sum over the steps up to h.
 *   3. TFCE(v) is the sum of the contributions of v and its ancestors; all terms are positive.
 *
 * The code is independent of the engine's sweep, which computes only the maximum. The two are compared after every
 * run. */
typedef struct sweep {
    const vx_problem *problem;
    int neighbours, offset[VX_NEIGHBOURS_MAX];
    int32_t *at;                /* places of the lattice: voxel + 1 once added, else 0 */
    int32_t *parent, *root;     /* voxels: parent in the tree; an ancestor, for finding the root by path halving */
    int32_t *size;              /* voxels: size of the component that the voxel completed */
    double *gain, *reached;     /* voxels: contribution of that component; G at the height where it began */
    double step, weight;        /* dh for counting the steps, and dh as their weight; 0: exact integral */
} sweep;

typedef struct peak {
    float height;
    int32_t voxel;
} peak;

static int descending_height(const void *a, const void *b)
{
    const peak *x = a, *y = b;
    if (x->height != y->height)
        return vx_compare(y->height, x->height);
    return vx_compare(x->voxel, y->voxel);
}

/* The integral of h^H up to `height`, or the sum over the steps up to it. */
static double integral(const sweep *w, double height)
{
    if (w->step > 0.0) {
        double k = floor(height / w->step), times = w->problem->options.tfce_step_times ? w->weight : 1.0;
        return k * (k + 1.0) * (2.0 * k + 1.0) / 6.0 * w->weight * w->weight * times;
    }
    double power = w->problem->options.tfce_height + 1.0;
    return pow(height, power) / power;
}

/* The root of a voxel's tree, by path halving. */
static int32_t find_root(int32_t *root, int32_t v)
{
    while (root[v] != v)
        v = root[v] = root[root[v]];
    return v;
}

/* Closes the component of root v at a height whose integral is g. */
static void close_component(sweep *w, int32_t v, double g)
{
    w->gain[v] = vx_tfce_power(w->size[v], w->problem->options.tfce_extent) * (w->reached[v] - g);
}

static void add_voxel(sweep *w, int32_t v, double g)
{
    int32_t *here = w->at + w->problem->lattice.position[v];
    w->parent[v] = w->root[v] = v;
    w->size[v] = 1;
    w->reached[v] = g;
    for (int k = 0; k < w->neighbours; k++) {
        int32_t u = here[w->offset[k]] - 1;
        if (u < 0 || (u = find_root(w->root, u)) == v)
            continue;
        close_component(w, u, g);
        w->parent[u] = w->root[u] = v;
        w->size[v] += w->size[u];
    }
    *here = v + 1;
}

static float height_of(const vx_problem *problem, int32_t score, bool lowered)
{
    return vx_score_height(problem, lowered ? vx_score_lowered(problem, score) : score);
}

/* dh of a tail (vx_tfce_args). */
static double step_of(const vx_problem *problem, const int32_t *score, bool lowered, int tail)
{
    float top = 0.0f;
    if (!problem->options.tfce_step_relative)
        return problem->options.tfce_step;
    for (int64_t v = 0; v < problem->voxels; v++)
        if (problem->options.tfce_step_relative == 2 || (score[v] < 0) == tail)
            top = fmaxf(top, height_of(problem, score[v], lowered));
    return (double)problem->options.tfce_step * (double)top;
}

/* Computes one tail: sets the map at the voxels of `order`. */
static void sweep_tail(sweep *w, const peak *order, int64_t count, float sign, float *map)
{
    for (int64_t k = 0; k < count; k++)
        add_voxel(w, order[k].voxel, integral(w, order[k].height));
    for (int64_t k = count; k-- > 0;) { /* backwards: parents were added after their children */
        int32_t v = order[k].voxel;
        if (w->parent[v] == v)
            close_component(w, v, 0.0);
        else
            w->gain[v] += w->gain[w->parent[v]];
        map[v] = sign * (float)w->gain[v];
        w->at[w->problem->lattice.position[v]] = 0;
    }
}

vx_status vx_tfce_map(const vx_problem *problem, const int32_t *score, bool lowered, float *map, vx_error *error)
{
    vx_status status = VX_OK;
    size_t voxels = (size_t)problem->voxels;
    sweep w = {.problem = problem};
    peak *order = vx_array(voxels, sizeof *order);
    w.at = vx_array_zero(vx_lattice_places(&problem->lattice), sizeof *w.at);
    w.parent = vx_array(voxels, sizeof *w.parent);
    w.root = vx_array(voxels, sizeof *w.root);
    w.size = vx_array(voxels, sizeof *w.size);
    w.gain = vx_array(voxels, sizeof *w.gain);
    w.reached = vx_array(voxels, sizeof *w.reached);
    if (!order || !w.at || !w.parent || !w.root || !w.size || !w.gain || !w.reached) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    w.neighbours = vx_neighbours(problem->options.connectivity, problem->lattice.stride_y, problem->lattice.stride_z,
                                 w.offset);
    for (size_t v = 0; v < voxels; v++)
        map[v] = 0.0f;
    for (int tail = 0; tail < 2; tail++) {
        float sign = tail ? -1.0f : 1.0f;
        int64_t count = 0;
        for (size_t v = 0; (problem->options.tfce_tails >> tail & 1) && v < voxels; v++) {
            float height = height_of(problem, score[v], lowered && problem->options.tfce_step == 0.0f);
            if ((score[v] < 0) == tail && height > 0.0f)
                order[count++] = (peak){height, (int32_t)v};
        }
        qsort(order, (size_t)count, sizeof *order, descending_height);
        w.step = step_of(problem, score, false, tail);
        w.weight = step_of(problem, score, lowered, tail);
        sweep_tail(&w, order, count, sign, map);
    }
cleanup:
    free(order);
    free(w.at);
    free(w.parent);
    free(w.root);
    free(w.size);
    free(w.gain);
    free(w.reached);
    return status;
}
