/* The value of a volume at a point between its voxels, as host/prepare/regrid.h defines it. The same text serves C and
 * OpenCL C, so that both add the same terms in the same order: corners or voxels with x fastest, then y, then z.
 *
 * A point has a place in each axis of the volume, in voxel indices. Products and sums are doubles, each rounded. */
#ifndef VX_SAMPLE_H
#define VX_SAMPLE_H

#include "args.h"
#include "language.h"

/* A point in one axis: the nearest voxel, -1 outside the volume; and the voxels whose values count there, with their
 * weights: two in trilinear means (a weight is 0 outside), four under a cubic spline (mirrored into the volume). */
typedef struct vx_crossing {
    int nearest;
    int place[4];
    double weight[4];
} vx_crossing;

/* A volume to take values from. */
typedef struct vx_sampled {
    VX_GLOBAL const float *stored;
    VX_GLOBAL const double *wide; /* where args->wide */
    VX_GLOBAL const double *coefficient;
    double slope, inter;
} vx_sampled;

/* The place of voxel (x, y, z). */
static inline size_t vx_sample_place(const vx_sample_args *args, int x, int y, int z)
{
    return (size_t)x + (size_t)args->dim[0] * ((size_t)y + (size_t)args->dim[1] * (size_t)z);
}

static inline double vx_sample_value(const vx_sample_args *args, const vx_sampled *s, size_t place)
{
    return s->slope * (args->wide ? s->wide[place] : (double)s->stored[place]) + s->inter;
}

/* As vx_has_data of image/step.h. */
static inline int vx_sample_is_data(double x)
{
    return isfinite(x) && x != 0;
}

/* As vx_grid_nearest of space/grid.h. */
static inline int vx_sample_nearest(double point, int length)
{
    const double up = point + 0.5 + 1e-6;
    return up >= 0 && up < (double)length ? (int)up : -1;
}

static inline void vx_cross_linear(double point, int length, vx_crossing *c)
{
    const int below = (int)floor(point);
    const double share = point - (double)below;
    c->place[0] = below;
    c->place[1] = below + 1;
    c->weight[0] = below >= 0 ? 1 - share : 0;
    c->weight[1] = below + 1 < length ? share : 0;
}

static inline void vx_cross_cubic(double point, int length, vx_crossing *c)
{
    const double below = floor(point), t = point - below, u = 1 - t;
    const int period = length > 1 ? 2 * (length - 1) : 1;
    c->weight[0] = u * u * u / 6;
    c->weight[1] = 2.0 / 3 - t * t * (2 - t) / 2;
    c->weight[2] = 2.0 / 3 - u * u * (2 - u) / 2;
    c->weight[3] = t * t * t / 6;
    VX_UNROLL
    for (int i = 0; i < 4; i++) {
        int at = ((int)below - 1 + i) % period;
        at = at < 0 ? at + period : at;
        c->place[i] = at < length ? at : period - at;
    }
}

static inline void vx_cross(double point, int length, int cubic, vx_crossing *c)
{
    c->nearest = vx_sample_nearest(point, length);
    if (c->nearest >= 0) { /* others may not fit an integer */
        if (cubic)
            vx_cross_cubic(point, length, c);
        else
            vx_cross_linear(point, length, c);
    }
}

/* The mean of the voxels around a point that have data. The nearest one is among them. */
static inline double vx_sample_linear(const vx_sample_args *args, const vx_sampled *s, const vx_crossing *x,
                                      const vx_crossing *y, const vx_crossing *z)
{
    double sum = 0, weights = 0;
    VX_UNROLL
    for (int corner = 0; corner < 8; corner++) {
        const int i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
        const double weight = x->weight[i] * y->weight[j] * z->weight[k];
        if (weight == 0)
            continue;
        const double value = vx_sample_value(args, s, vx_sample_place(args, x->place[i], y->place[j], z->place[k]));
        if (vx_sample_is_data(value)) {
            sum += weight * value;
            weights += weight;
        }
    }
    return sum / weights;
}

static inline double vx_sample_cubic(const vx_sample_args *args, VX_GLOBAL const double *coefficient,
                                     const vx_crossing *x, const vx_crossing *y, const vx_crossing *z)
{
    double sum = 0;
    VX_UNROLL
    for (int k = 0; k < 4; k++) {
        double slice = 0;
        VX_UNROLL
        for (int j = 0; j < 4; j++) {
            VX_GLOBAL const double *row = coefficient + vx_sample_place(args, 0, y->place[j], z->place[k]);
            double line = 0;
            VX_UNROLL
            for (int i = 0; i < 4; i++)
                line += x->weight[i] * row[x->place[i]];
            slice += y->weight[j] * line;
        }
        sum += z->weight[k] * slice;
    }
    return sum;
}

/* What is at the voxel nearest to a point: data, or else a 0, or neither. */
enum vx_sample_kind { VX_SAMPLE_MISSING, VX_SAMPLE_ZERO, VX_SAMPLE_DATA };

static inline int vx_sample_kind_at(const vx_sample_args *args, const vx_sampled *s, const vx_crossing *x,
                                    const vx_crossing *y, const vx_crossing *z)
{
    if (x->nearest < 0 || y->nearest < 0 || z->nearest < 0)
        return VX_SAMPLE_MISSING;
    const double value = vx_sample_value(args, s, vx_sample_place(args, x->nearest, y->nearest, z->nearest));
    return vx_sample_is_data(value) ? VX_SAMPLE_DATA : value == 0 ? VX_SAMPLE_ZERO : VX_SAMPLE_MISSING;
}

/* The point number s of a new voxel along one of its axes, in its voxel indices. */
static inline double vx_sample_index(int voxel, int s, int points)
{
    return (double)voxel + ((double)s + 0.5) / (double)points - 0.5;
}

/* A new voxel from its points: `sum` is over those `values` that have data, and `zeros` lie on a 0. */
static inline float vx_sample_mean(double sum, int values, int zeros, int points)
{
    return 2 * (long)values >= points ? (float)(sum / (double)values) : zeros ? 0 : VX_NAN;
}

#endif
