/* The geometry of one grid, and the comparison of two in words. */
#include "space/grid.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <nifti2_io.h>

vx_grid vx_grid_new(int64_t nx, int64_t ny, int64_t nz, double mm, const double origin[3])
{
    vx_grid grid = {.dim = {nx, ny, nz}, .pixdim = {mm, mm, mm}, .qfac = 1, .sform_code = NIFTI_XFORM_ALIGNED_ANAT};
    for (int k = 0; k < 3; k++) {
        grid.affine[k][k] = mm;
        grid.affine[k][3] = origin[k];
    }
    grid.affine[3][3] = 1;
    memcpy(grid.sform, grid.affine, sizeof grid.sform);
    return grid;
}

static nifti_dmat44 matrix_of(const vx_grid *grid)
{
    nifti_dmat44 m = {{{0}}};
    memcpy(m.m, grid->affine, sizeof m.m);
    return m;
}

/* a^-1 b: where a voxel index of b lies in voxel indices of a. */
static nifti_dmat44 between(const vx_grid *a, const vx_grid *b)
{
    nifti_dmat44 inverse = nifti_dmat44_inverse(matrix_of(a)), from = matrix_of(b);
    return nifti_dmat44_mul(inverse, from);
}

static void apply(const double m[4][4], const double in[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2] + m[i][3];
}

void vx_grid_mm(const vx_grid *grid, int64_t place, double mm[3])
{
    int64_t voxel[3];
    vx_grid_voxel(grid, place, voxel);
    apply(grid->affine, (const double[3]){(double)voxel[0], (double)voxel[1], (double)voxel[2]}, mm);
}

void vx_grid_inverse(const vx_grid *grid, double inverse[3][4])
{
    const nifti_dmat44 m = nifti_dmat44_inverse(matrix_of(grid));
    memcpy(inverse, m.m, 3 * sizeof *inverse);
}

void vx_grid_between(const vx_grid *from, const vx_grid *to, double m[3][4])
{
    const nifti_dmat44 all = between(from, to);
    memcpy(m, all.m, 3 * sizeof *m);
}

bool vx_grid_meets(const vx_grid *to, const double between[3][4], const vx_grid *from, int64_t place, int64_t voxel[3])
{
    int64_t at[3];
    double point[3];
    vx_grid_voxel(from, place, at);
    for (int k = 0; k < 3; k++)
        point[k] = between[k][0] * (double)at[0] + between[k][1] * (double)at[1] + between[k][2] * (double)at[2] +
                   between[k][3];
    return vx_grid_nearest(to->dim, point, voxel);
}

double vx_grid_step_mm(const vx_grid *grid, int axis)
{
    const double(*a)[4] = grid->affine;
    return sqrt(a[0][axis] * a[0][axis] + a[1][axis] * a[1][axis] + a[2][axis] * a[2][axis]);
}

double vx_grid_voxel_mm3(const vx_grid *grid)
{
    const double(*a)[4] = grid->affine;
    return fabs(a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) +
                a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]));
}

bool vx_grid_is_regular(const vx_grid *grid)
{
    double edges = 1;
    for (int k = 0; k < 3; k++) {
        edges *= vx_grid_step_mm(grid, k);
        if (!isfinite(grid->affine[k][3]))
            return false;
    }
    return isfinite(edges) && vx_grid_voxel_mm3(grid) > 1e-6 * edges;
}

double vx_grid_distance(const vx_grid *a, const vx_grid *b)
{
    if (memcmp(a->dim, b->dim, sizeof a->dim) != 0)
        return INFINITY;
    nifti_dmat44 m = between(a, b);
    double largest = 0;
    for (int corner = 0; corner < 8; corner++) {
        double index[3], mapped[3];
        for (int k = 0; k < 3; k++)
            index[k] = corner >> k & 1 ? (double)(a->dim[k] - 1) : 0;
        apply(m.m, index, mapped);
        for (int k = 0; k < 3; k++) {
            double distance = fabs(mapped[k] - index[k]);
            if (isnan(distance))
                return INFINITY;
            largest = fmax(largest, distance);
        }
    }
    return largest;
}

typedef struct words {
    char *text;
    size_t size, used;
} words;

/* Adds one item to the list. */
static void say(words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(words *w, const char *format, ...)
{
    va_list arguments;
    int length = 0;
    if (w->used >= w->size)
        return;
    if (w->used > 0)
        w->used += (size_t)snprintf(w->text + w->used, w->size - w->used, ", ");
    if (w->used >= w->size)
        return;
    va_start(arguments, format);
    length = vsnprintf(w->text + w->used, w->size - w->used, format, arguments);
    va_end(arguments);
    w->used += length > 0 ? (size_t)length : 0;
}

/* The axis of a along which axis `j` of b mostly runs. */
static int matching_axis(const nifti_dmat44 *m, int j)
{
    int best = 0;
    for (int i = 1; i < 3; i++)
        if (fabs(m->m[i][j]) > fabs(m->m[best][j]))
            best = i;
    return best;
}

/* The angle of the rotation from the axes of a to those of b, after flips are undone: trace = 1 + 2 cos(angle). */
static double rotation_degrees(const vx_grid *a, const vx_grid *b, const double sign[3])
{
    double trace = 0;
    for (int axis = 0; axis < 3; axis++) {
        double product = 0;
        for (int i = 0; i < 3; i++)
            product += a->affine[i][axis] * b->affine[i][axis];
        trace += sign[axis] * product / (vx_grid_step_mm(a, axis) * vx_grid_step_mm(b, axis));
    }
    return acos(fmax(-1, fmin(1, (trace - 1) / 2))) * 180 / M_PI;
}

static void describe(const vx_grid *a, const vx_grid *b, words *w)
{
    nifti_dmat44 m = between(a, b);
    double sign[3], centre[3], centre_a[3], centre_b[3], shift[3];
    bool permuted = false, sized = false;
    for (int j = 0; j < 3; j++) {
        permuted |= matching_axis(&m, j) != j;
        sized |= fabs(vx_grid_step_mm(a, j) / vx_grid_step_mm(b, j) - 1) > 1e-4;
        sign[j] = m.m[j][j] < 0 ? -1 : 1;
        centre[j] = (double)(a->dim[j] - 1) / 2;
    }
    if (permuted) {
        say(w, "axes in another order");
    } else {
        for (int j = 0; j < 3; j++)
            if (sign[j] < 0)
                say(w, "%c axis flipped", "xyz"[j]);
        double angle = rotation_degrees(a, b, sign);
        if (angle > 0.01)
            say(w, "rotated by %.3g degrees", angle);
    }
    if (sized)
        say(w, "voxels of %.4g x %.4g x %.4g mm against %.4g x %.4g x %.4g", vx_grid_step_mm(b, 0),
            vx_grid_step_mm(b, 1), vx_grid_step_mm(b, 2), vx_grid_step_mm(a, 0), vx_grid_step_mm(a, 1),
            vx_grid_step_mm(a, 2));
    apply(a->affine, centre, centre_a);
    apply(b->affine, centre, centre_b);
    for (int k = 0; k < 3; k++)
        shift[k] = fabs(centre_b[k] - centre_a[k]) < 5e-4 ? 0 : centre_b[k] - centre_a[k];
    if (shift[0] != 0 || shift[1] != 0 || shift[2] != 0)
        say(w, "centre shifted by %.3f, %.3f, %.3f mm", shift[0], shift[1], shift[2]);
    if (w->used == 0)
        say(w, "affines that differ by up to %.3g voxels", vx_grid_distance(a, b));
}

bool vx_grid_same(const vx_grid *a, const vx_grid *b, double tolerance, char *difference, size_t size)
{
    words w = {difference, difference ? size : 0, 0};
    if (w.size > 0)
        difference[0] = 0;
    if (memcmp(a->dim, b->dim, sizeof a->dim) != 0) {
        say(&w, "dimensions %lld x %lld x %lld against %lld x %lld x %lld", (long long)b->dim[0], (long long)b->dim[1],
            (long long)b->dim[2], (long long)a->dim[0], (long long)a->dim[1], (long long)a->dim[2]);
        return false;
    }
    if (vx_grid_distance(a, b) <= tolerance)
        return true;
    describe(a, b, &w);
    return false;
}
