#include "infer/tfce.h"

#include "base/memory.h"
#include "engine/mass.h"

#include <math.h>

/* TFCE(v) = integral over 0 < h <= h_v of e_v(h)^E h^H dh (Smith & Nichols 2009, NeuroImage 44:83, eq. 1).
 *
 * Voxels are taken by descending height. Between two heights e is constant, so that every voxel of a component of s
 * voxels gains s^E (G(h_1) - G(h_2)), with G(h) = h^(H+1) / (H+1) for the exact integral, or the sum over the steps up
 * to h. The gain is kept at the component's root: in a union-find whose nodes hold what they gained beyond their
 * parent, a voxel's value is the sum on its way to the root. Nothing is shared with the engine's sweep, which follows
 * the maximum alone; the two are compared after every run. */
typedef struct sweep {
    const vx_problem *problem;
    int neighbours, offset[26]; /* in places of the padded grid */
    int32_t *at;                /* places: voxel + 1 where the sweep has been, else 0 */
    int32_t *parent, *size;     /* voxels; size at roots */
    double *gain, *reached;     /* voxels: gained beyond the parent; at roots, G of the height swept to */
    double step;                /* dh; 0: exact */
} sweep;

typedef struct peak {
    float height;
    int32_t voxel;
} peak;

static int by_height(const void *a, const void *b)
{
    const peak *x = a, *y = b;
    if (x->height != y->height)
        return x->height > y->height ? -1 : 1;
    return (x->voxel > y->voxel) - (x->voxel < y->voxel);
}

static void find_offsets(sweep *w)
{
    const vx_problem *p = w->problem;
    int axes = p->options.connectivity == 26 ? 3 : p->options.connectivity == 18 ? 2 : 1;
    for (int z = -1; z <= 1; z++)
        for (int y = -1; y <= 1; y++)
            for (int x = -1; x <= 1; x++) {
                int differ = (x != 0) + (y != 0) + (z != 0);
                if (differ > 0 && differ <= axes)
                    w->offset[w->neighbours++] = (int)(z * p->stride_z + y * p->stride_y) + x;
            }
}

/* The integral of h^H up to `height`, or the sum over the steps up to it. */
static double integral(const sweep *w, double height)
{
    if (w->step > 0.0) {
        double k = floor(height / w->step), times = w->problem->options.tfce_step_times ? w->step : 1.0;
        return k * (k + 1.0) * (2.0 * k + 1.0) / 6.0 * w->step * w->step * times;
    }
    double power = w->problem->options.tfce_height + 1.0;
    return pow(height, power) / power;
}

/* The root of a voxel; every node on the way is hung on it, its gain adjusted. */
static int32_t find_root(sweep *w, int32_t v)
{
    int32_t root = v, next;
    double sum = 0.0;
    for (; w->parent[root] != root; root = w->parent[root])
        sum += w->gain[root];
    for (; w->parent[v] != v && w->parent[v] != root; v = next) {
        next = w->parent[v];
        double own = w->gain[v];
        w->gain[v] = sum;
        w->parent[v] = root;
        sum -= own;
    }
    return root;
}

/* Gives a component what it gains down to a height with integral g. */
static void advance(sweep *w, int32_t root, double g)
{
    w->gain[root] += vx_tfce_power(w->size[root], w->problem->options.tfce_extent) * (w->reached[root] - g);
    w->reached[root] = g;
}

/* Hangs root b below root a, both advanced to the same height. */
static void hang(sweep *w, int32_t a, int32_t b)
{
    w->parent[b] = a;
    w->gain[b] -= w->gain[a];
    w->size[a] += w->size[b];
}

static void take(sweep *w, int32_t v, double g)
{
    const int32_t *here = w->at + w->problem->position[v];
    int32_t root = v;
    w->parent[v] = v;
    w->size[v] = 1;
    w->gain[v] = 0.0;
    w->reached[v] = g;
    for (int k = 0; k < w->neighbours; k++) {
        int32_t u = here[w->offset[k]] - 1;
        if (u < 0 || (u = find_root(w, u)) == root)
            continue;
        advance(w, u, g);
        if (w->size[u] < w->size[root]) {
            hang(w, root, u);
        } else {
            hang(w, u, root);
            root = u;
        }
    }
    w->at[w->problem->position[v]] = v + 1;
}

/* One tail: fills the map where the sign is right. */
static void sweep_tail(sweep *w, peak *order, int64_t count, float sign, float *map)
{
    const vx_problem_options *o = &w->problem->options;
    qsort(order, (size_t)count, sizeof *order, by_height);
    w->step = o->tfce_step_relative && count ? (double)o->tfce_step * order[0].height : o->tfce_step;
    for (int64_t k = 0; k < count; k++)
        take(w, order[k].voxel, integral(w, order[k].height));
    for (int64_t k = 0; k < count; k++) {
        int32_t v = order[k].voxel, root = find_root(w, v);
        advance(w, root, 0.0);
        map[v] = sign * (float)(v == root ? w->gain[v] : w->gain[v] + w->gain[root]);
    }
    for (int64_t k = 0; k < count; k++)
        w->at[w->problem->position[order[k].voxel]] = 0;
}

vx_status vx_tfce_map(const vx_problem *problem, const int32_t *score, float *map, vx_error *error)
{
    vx_status status = VX_OK;
    size_t voxels = (size_t)problem->voxels;
    sweep w = {.problem = problem};
    peak *order = vx_array(voxels, sizeof *order);
    w.at = vx_array_zero((size_t)(problem->slab_size + problem->stride_z + problem->stride_y + 2), sizeof *w.at);
    w.parent = vx_array(voxels, sizeof *w.parent);
    w.size = vx_array(voxels, sizeof *w.size);
    w.gain = vx_array(voxels, sizeof *w.gain);
    w.reached = vx_array(voxels, sizeof *w.reached);
    if (!order || !w.at || !w.parent || !w.size || !w.gain || !w.reached) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    find_offsets(&w);
    float root_df = (float)sqrt(problem->effect->df);
    for (size_t v = 0; v < voxels; v++)
        map[v] = 0.0f;
    for (int tail = 0; tail < 2; tail++) {
        float sign = tail ? -1.0f : 1.0f;
        int64_t count = 0;
        for (size_t v = 0; (problem->options.tfce_tails >> tail & 1) && v < voxels; v++) {
            float r = sign * vx_score_float(problem, score[v]);
            if (r > 0.0f)
                order[count++] = (peak){vx_height(r, root_df), (int32_t)v};
        }
        sweep_tail(&w, order, count, sign, map);
    }
cleanup:
    free(order);
    free(w.at);
    free(w.parent);
    free(w.size);
    free(w.gain);
    free(w.reached);
    return status;
}
