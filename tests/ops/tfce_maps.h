/* Maps for the op tfce, its run on every backend, and the comparison with a sum over every threshold. Every run checks
 * that the grid part of the work buffer is left zero. */
#ifndef VX_TESTS_OPS_TFCE_MAPS_H
#define VX_TESTS_OPS_TFCE_MAPS_H

#include "backends.h"
#include "base/random.h"
#include "tfce_reference.h"

#ifndef TFCE_VOXELS_MAX
#define TFCE_VOXELS_MAX 9600
#endif
enum { VOXELS_MAX = TFCE_VOXELS_MAX, MAPS_MAX = 7, GUARD = 0x77 };

/* Maps on a full grid, x fastest; only voxels of the mask are given to the op. */
typedef struct tfce_maps {
    vx_reference_grid grid;
    int maps, parallel;
    double E;
    bool mask[VOXELS_MAX];
    float height[MAPS_MAX][VOXELS_MAX];
} tfce_maps;

static const vx_tfce_args by_hand = {.tails = 3, .power = 3};

/* Heights by hand are exact, and so are their cubes. The other roundings are in double: that of tolerance() below, for
 * at most 72 voxels, and that of the expected value. */
#define BY_HAND 2400 * 0x1p-53

static inline int voxels_of(const tfce_maps *m)
{
    return m->grid.nx * m->grid.ny * m->grid.nz;
}

/* The mask's voxels in the padded grid; returns how many. */
static inline int pad(const tfce_maps *m, vx_tfce_args *args, int32_t *position)
{
    const vx_reference_grid *g = &m->grid;
    int count = 0;
    args->stride_y = g->nx + 1;
    args->stride_z = args->stride_y * (g->ny + 1);
    args->grid_size = args->stride_z * (g->nz + 1);
    for (int v = 0; v < voxels_of(m); v++)
        if (m->mask[v])
            position[count++] =
                (v / g->nx / g->ny + 1) * args->stride_z + (v / g->nx % g->ny + 1) * args->stride_y + v % g->nx + 1;
    return count;
}

static inline vx_status run(vx_backend *backend, const vx_tfce_args *settings, const tfce_maps *m,
                            double best[MAPS_MAX][2], vx_error *error)
{
    vx_tfce_args args = *settings;
    int32_t position[VOXELS_MAX];
    int voxels = pad(m, &args, position), padded = (voxels + VX_TILE - 1) / VX_TILE * VX_TILE;
    args.relabellings = m->maps;
    args.voxels = voxels;
    args.padded = padded;
    args.parallel = m->parallel;
    args.connectivity = m->grid.connectivity;
    float *height = vx_array_zero((size_t)(m->maps * padded), sizeof *height);
    for (int p = 0; p < m->maps; p++) {
        float *to = height + p * padded;
        for (int v = 0; v < voxels_of(m); v++)
            if (m->mask[v])
                *to++ = m->height[p][v];
        for (; to < height + (p + 1) * padded; to++)
            *to = to[-1];
    }
    double *power = vx_array_zero((size_t)voxels + 1, sizeof *power); /* nothing has no extent, with E = 0 too */
    for (int s = 1; s <= voxels; s++)
        power[s] = pow(s, m->E);
    size_t grid = (VX_TFCE_GRID_WORDS * (size_t)args.grid_size + 1) / 2 * 2;
    size_t words = grid + VX_TFCE_VOXEL_WORDS * (size_t)padded;
    int32_t *work = vx_array_zero((size_t)m->parallel * words, sizeof *work);
    memset(best, GUARD, (size_t)m->maps * sizeof *best);
    op_data host = {.data = {[VX_B_HEIGHT] = height,
                             [VX_B_POSITION] = position,
                             [VX_B_POWER] = power,
                             [VX_B_BEST] = best,
                             [VX_B_WORK] = work},
                    .bytes = {[VX_B_HEIGHT] = (size_t)(m->maps * padded) * sizeof *height,
                              [VX_B_POSITION] = (size_t)voxels * sizeof *position,
                              [VX_B_POWER] = ((size_t)voxels + 1) * sizeof *power,
                              [VX_B_BEST] = (size_t)m->maps * sizeof *best,
                              [VX_B_WORK] = (size_t)m->parallel * words * sizeof *work}};
    vx_status status = run_op(backend, VX_OP_TFCE, &args, &host, error);
    for (int i = 0; args.step == 0 && i < 2 * m->maps; i++)
        best[i / 2][i % 2] /= (double)args.power; /* the 1 / (H + 1) that the op leaves out */
    for (size_t s = 0; s < (size_t)m->parallel && !status; s++)
        for (size_t w = 0; w < grid; w++)
            assert_int_equal(work[s * words + w], 0);
    free(height);
    free(power);
    free(work);
    return status;
}

static inline void best_of(vx_backend *backend, const vx_tfce_args *args, const tfce_maps *m, double best[MAPS_MAX][2])
{
    vx_error error;
    must(run(backend, args, m, best, &error), &error);
}

/* Draws a picture: blanks separate rows and strokes slices; '+' is the height 3, 'P' 5.25, '-' and 'N' are -3 and
 * -5.25, 'o' 0, '.' outside the mask. */
static inline void draw(tfce_maps *m, int connectivity, int nx, int ny, int nz, const char *picture)
{
    memset(m, 0, sizeof *m);
    m->grid = (vx_reference_grid){nx, ny, nz, connectivity};
    m->maps = 1;
    m->parallel = 1;
    m->E = 0.5;
    int v = 0;
    for (const char *c = picture; *c; c++)
        if (!strchr(" /", *c)) {
            m->mask[v] = *c != '.';
            m->height[0][v++] = *c == '+' ? 3 : *c == 'P' ? 5.25f : *c == '-' ? -3 : *c == 'N' ? -5.25f : 0;
        }
    assert_int_equal(v, nx * ny * nz);
}

/* A device without double cannot run the op. It is left out with a message. */
static inline int open_able_backends(void **state)
{
    static tfce_maps m;
    double best[MAPS_MAX][2];
    int able = 0;
    open_backends(state);
    draw(&m, 26, 1, 1, 1, "+");
    for (int b = 0; b < backend_count; b++) {
        vx_error error;
        vx_status status = run(backends[b], &by_hand, &m, best, &error);
        if (status == VX_DEVICE && strncmp(backend_names[b], "cpu", 3) != 0) {
            print_message("[  SKIPPED ] %s: %s\n", backend_names[b], error.message);
            backends[b]->free(backends[b]);
            continue;
        }
        must(status, &error);
        backends[able] = backends[b];
        memmove(backend_names[able++], backend_names[b], sizeof backend_names[0]);
    }
    backend_count = able;
    return 0;
}

static inline void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g instead of %.17g, to %g", value, expected, relative);
}

/* The largest of both tails. `dh` above 0: by steps of dh, or dh times the largest height of the tail, or of both. */
static inline void reference_maxima(const vx_tfce_args *args, const tfce_maps *m, int p, double H, double dh,
                                    double best[2])
{
    static double t[VOXELS_MAX], tfce[VOXELS_MAX];
    double most = 0;
    for (int v = 0; v < voxels_of(m); v++)
        most = m->mask[v] ? fmax(most, fabs((double)m->height[p][v])) : most;
    for (int tail = 0; tail < 2; tail++) {
        double top = 0;
        best[tail] = 0;
        for (int v = 0; v < voxels_of(m); v++) {
            t[v] = m->mask[v] ? (double)m->height[p][v] * (tail ? -1 : 1) : 0;
            top = fmax(top, t[v]);
        }
        double step = args->step_relative == 2 ? dh * most : args->step_relative ? dh * top : dh;
        if (top == 0)
            continue;
        if (dh > 0)
            vx_reference_tfce_steps(&m->grid, m->E, H, step, t, tfce);
        else
            vx_reference_tfce(&m->grid, m->E, H, t, tfce);
        for (int v = 0; v < voxels_of(m); v++)
            best[tail] = fmax(best[tail], tfce[v] * (args->step_times ? step : 1));
    }
}

/* Rounding in double: every voxel adds a few roundings, of numbers that are at most the result (where e(h) >= s below
 * h, the integral is at least s^E h^(H + 1) / (H + 1)), in the op and in the reference: 32 units of 2^-53 a voxel. */
static inline double tolerance(int voxels)
{
    return 32 * 0x1p-53 * voxels;
}

/* Compares every map of `m` on every backend with the reference. All backends agree bit for bit, but for the pow of
 * other powers than 3, which is the device's own. */
static inline void compare(const vx_tfce_args *args, const tfce_maps *m, double H, double dh)
{
    double first[MAPS_MAX][2] = {0}, best[MAPS_MAX][2], expected[MAPS_MAX][2];
    for (int p = 0; p < m->maps; p++)
        reference_maxima(args, m, p, H, dh, expected[p]);
    for (int b = 0; b < backend_count; b++) {
        best_of(backends[b], args, m, best);
        for (int p = 0; p < m->maps; p++)
            for (int tail = 0; tail < 2; tail++) {
                assert_near(best[p][tail], expected[p][tail], tolerance(voxels_of(m)));
            }
        if (b == 0)
            memcpy(first, best, sizeof first);
        else if (args->power == 3 || !strncmp(backend_names[b], "cpu", 3))
            assert_memory_equal(best, first, (size_t)m->maps * sizeof *best);
    }
}

/* Normal noise in the complete grid, smoothed `times` times along each axis with weights 1/4, 1/2, 1/4 (which wrap
 * round; FWHM about 1.67 sqrt(times) voxels), and rounded to `levels` heights a standard deviation, so that the
 * reference has few thresholds. */
static inline void smooth_maps(tfce_maps *m, int times, double levels)
{
    static double from[VOXELS_MAX], to[VOXELS_MAX];
    int voxels = voxels_of(m);
    const int stride[] = {1, m->grid.nx, m->grid.nx * m->grid.ny};
    for (int p = 0; p < m->maps; p++) {
        double squares = 0;
        for (int v = 0; v < voxels; v++)
            from[v] = vx_normal(4, (uint64_t)p, (uint32_t)v, VX_STREAM_TEST);
        for (int pass = 0; pass < 3 * times; pass++) {
            int step = stride[pass % 3];
            for (int v = 0; v < voxels; v++)
                to[v] = from[v] / 2 + (from[(v + step) % voxels] + from[(v + voxels - step) % voxels]) / 4;
            memcpy(from, to, sizeof from);
        }
        for (int v = 0; v < voxels; v++)
            squares += from[v] * from[v];
        for (int v = 0; v < voxels; v++) {
            m->mask[v] = true;
            m->height[p][v] = (float)(rint(from[v] / sqrt(squares / voxels) * levels) / levels);
        }
    }
}

static inline vx_tfce_args random_settings(double H)
{
    return (vx_tfce_args){.tails = 3, .power = (float)(H + 1)};
}

#endif
