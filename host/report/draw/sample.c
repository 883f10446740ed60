#include "report/draw/sample.h"

#include "space/grid.h"

#include <math.h>
#include <string.h>

vx_sampler vx_sampler_new(const vx_grid *grid, const float *data)
{
    vx_sampler s = {.data = data, .dim = {grid->dim[0], grid->dim[1], grid->dim[2]}};
    vx_grid_inverse(grid, s.inverse);
    return s;
}

bool vx_sampler_aligned(const vx_sampler *one, const vx_sampler *other)
{
    return !memcmp(one->dim, other->dim, sizeof one->dim) && !memcmp(one->inverse, other->inverse, sizeof one->inverse);
}

static void to_voxel(const vx_sampler *s, const double mm[3], double voxel[3])
{
    for (int k = 0; k < 3; k++)
        voxel[k] = s->inverse[k][0] * mm[0] + s->inverse[k][1] * mm[1] + s->inverse[k][2] * mm[2] + s->inverse[k][3];
}

static double at(const vx_sampler *s, int64_t x, int64_t y, int64_t z, double outside)
{
    if (x < 0 || y < 0 || z < 0 || x >= s->dim[0] || y >= s->dim[1] || z >= s->dim[2])
        return outside;
    const float value = s->data[x + s->dim[0] * (y + s->dim[1] * z)];
    return isfinite(value) ? value : outside;
}

static double between(double a, double b, double share)
{
    return a + share * (b - a);
}

/* Interpolates where all eight voxels are in the grid. */
static double inside(const vx_sampler *s, const int64_t low[3], const double share[3])
{
    const int64_t up = s->dim[0], over = s->dim[0] * s->dim[1];
    const float *v = s->data + low[0] + up * low[1] + over * low[2];
    const double front = between(between(v[0], v[1], share[0]), between(v[up], v[up + 1], share[0]), share[1]);
    v += over;
    const double back = between(between(v[0], v[1], share[0]), between(v[up], v[up + 1], share[0]), share[1]);
    return between(front, back, share[2]);
}

/* Interpolates where some of the eight voxels are outside the grid or not finite. */
static double across_edge(const vx_sampler *s, const int64_t low[3], const double share[3], double outside)
{
    double sum = 0;
    for (int corner = 0; corner < 8; corner++) {
        const int x = corner & 1, y = corner >> 1 & 1, z = corner >> 2;
        const double weight = (x ? share[0] : 1 - share[0]) * (y ? share[1] : 1 - share[1]) *
                              (z ? share[2] : 1 - share[2]);
        if (weight > 0)
            sum += weight * at(s, low[0] + x, low[1] + y, low[2] + z, outside);
    }
    return sum;
}

void vx_spot_find(const vx_sampler *s, const double mm[3], vx_spot *spot)
{
    double voxel[3];
    to_voxel(s, mm, voxel);
    spot->near = spot->within = true;
    for (int k = 0; k < 3; k++) {
        if (!(voxel[k] > -1 && voxel[k] < (double)s->dim[k])) {
            spot->near = false;
            return;
        }
        spot->low[k] = (int64_t)(voxel[k] + 1) - 1; /* floor, because voxel[k] > -1 */
        spot->share[k] = voxel[k] - (double)spot->low[k];
        spot->within = spot->within && spot->low[k] >= 0 && spot->low[k] + 1 < s->dim[k];
    }
}

double vx_sample_spot(const vx_sampler *s, const vx_spot *spot, double outside)
{
    if (!spot->near)
        return outside;
    const double value = spot->within ? inside(s, spot->low, spot->share) : NAN;
    return isfinite(value) ? value : across_edge(s, spot->low, spot->share, outside);
}

double vx_sample(const vx_sampler *s, const double mm[3], double outside)
{
    vx_spot spot;
    vx_spot_find(s, mm, &spot);
    return vx_sample_spot(s, &spot, outside);
}

double vx_sample_nearest(const vx_sampler *s, const double mm[3], double outside)
{
    double point[3];
    int64_t voxel[3];
    to_voxel(s, mm, point);
    return vx_grid_nearest(s->dim, point, voxel) ? at(s, voxel[0], voxel[1], voxel[2], outside) : outside;
}

double vx_sample_overlap(const vx_grid *grid, const float *mask, const vx_grid *other, const float *data)
{
    const vx_sampler sampler = vx_sampler_new(other, data);
    int64_t inside = 0, covered = 0;
    for (size_t i = 0; i < vx_grid_elements(grid); i++) {
        double mm[3];
        if (!(mask[i] > 0))
            continue;
        vx_grid_mm(grid, (int64_t)i, mm);
        inside++;
        covered += vx_sample_nearest(&sampler, mm, 0) != 0;
    }
    return inside ? (double)covered / (double)inside : 0;
}
