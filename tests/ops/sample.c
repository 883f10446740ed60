/* The op sample on every backend, against the definition of prepare/regrid.h: the sum over all voxels around a point,
 * and the cubic B-spline from its formula. tests/unit compares the steps on images with SciPy. */
#include "volumes.h"

#include "space/grid.h"

typedef struct sampled_volume {
    vx_sample_args args;
    double placement[VX_PLACEMENT];
    const float *stored;
    const double *wide, *coefficient;
} sampled_volume;

static double value_of(const sampled_volume *c, int64_t place)
{
    return c->placement[12] * (c->args.wide ? c->wide[place] : (double)c->stored[place]) + c->placement[13];
}

static bool is_data(double x)
{
    return isfinite(x) && x != 0;
}

static int64_t place_of(const sampled_volume *c, const int64_t at[3])
{
    return at[0] + c->args.dim[0] * (at[1] + c->args.dim[1] * at[2]);
}

/* The cubic B-spline: 2/3 - t^2 + |t|^3 / 2 up to 1, (2 - |t|)^3 / 6 up to 2. */
static double basis(double t)
{
    t = fabs(t);
    return t < 1 ? 2.0 / 3 - t * t + t * t * t / 2 : t < 2 ? pow(2 - t, 3) / 6 : 0;
}

static int64_t mirrored(int64_t i, int64_t length)
{
    if (length == 1)
        return 0;
    while (i < 0 || i >= length)
        i = i < 0 ? -i : 2 * (length - 1) - i;
    return i;
}

/* f at a point, over all voxels less than two away. */
static double value_at(const sampled_volume *c, const double point[3])
{
    double sum = 0, weights = 0;
    int64_t low[3], i[3];
    for (int k = 0; k < 3; k++)
        low[k] = (int64_t)floor(point[k]) - 2;
    for (i[2] = low[2]; i[2] < low[2] + 6; i[2]++)
        for (i[1] = low[1]; i[1] < low[1] + 6; i[1]++)
            for (i[0] = low[0]; i[0] < low[0] + 6; i[0]++) {
                double weight = 1;
                int64_t at[3];
                bool inside = true;
                for (int k = 0; k < 3; k++) {
                    const double t = point[k] - (double)i[k];
                    weight *= c->args.cubic ? basis(t) : fmax(0, 1 - fabs(t));
                    inside = inside && i[k] >= 0 && i[k] < c->args.dim[k];
                    at[k] = mirrored(i[k], c->args.dim[k]);
                }
                if (c->args.cubic)
                    sum += weight * c->coefficient[place_of(c, at)];
                else if (inside && is_data(value_of(c, place_of(c, at)))) {
                    sum += weight * value_of(c, place_of(c, at));
                    weights += weight;
                }
            }
    return c->args.cubic ? sum : sum / weights;
}

static float voxel_of(const sampled_volume *c, int64_t v)
{
    const int64_t dim[3] = {c->args.dim[0], c->args.dim[1], c->args.dim[2]};
    const int *to = c->args.to, *n = c->args.points;
    const int64_t voxel[3] = {v % to[0], v / to[0] % to[1], v / to[0] / to[1]};
    double sum = 0;
    int values = 0, zeros = 0;
    for (int s = 0; s < n[0] * n[1] * n[2]; s++) {
        const int own[3] = {s % n[0], s / n[0] % n[1], s / n[0] / n[1]};
        double point[3];
        int64_t nearest[3];
        for (int k = 0; k < 3; k++) {
            point[k] = c->placement[4 * k + 3];
            for (int a = 0; a < 3; a++)
                point[k] += c->placement[4 * k + a] * ((double)voxel[a] - 0.5 + (own[a] + 0.5) / n[a]);
        }
        if (!vx_grid_nearest(dim, point, nearest))
            continue;
        const double there = value_of(c, place_of(c, nearest));
        if (is_data(there)) {
            sum += value_at(c, point);
            values++;
        } else {
            zeros += there == 0;
        }
    }
    return 2 * values >= n[0] * n[1] * n[2] ? (float)(sum / values) : zeros ? 0 : NAN;
}

/* Values are below 20, sums of at most 216 terms below that, and the result is rounded to float: 20 x 6e-8. */
static void check(void *context, const void *found)
{
    const sampled_volume *c = context;
    const float *now = found;
    int data = 0;
    for (int64_t v = 0; v < c->args.to[0] * c->args.to[1] * c->args.to[2]; v++) {
        const float wanted = voxel_of(c, v);
        const bool both = isnan(wanted) ? isnan(now[v]) : fabs((double)now[v] - (double)wanted) < 1.2e-6;
        if (!both || (wanted == 0) != (now[v] == 0))
            fail_msg("voxel %lld: %.9g instead of %.9g", (long long)v, (double)now[v], (double)wanted);
        data += is_data((double)wanted);
    }
    assert_true(data > 0);
}

/* No point of these lies halfway between voxels, where rounding decides. Axes run along others, backwards, turned, or
 * both; there are means of several points, and volumes of one voxel along an axis. */
static const struct {
    int dim[3], to[3], points[3];
    double placement[12];
} grid[] = {
    {{7, 6, 5}, {7, 6, 5}, {1, 1, 1}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}},
    {{7, 6, 5}, {9, 5, 17}, {1, 1, 1}, {0, 1.3, 0, -0.4, 0, 0, -0.37, 5.2, 0.61, 0, 0, -0.2}},
    {{9, 8, 7}, {10, 11, 6}, {1, 1, 1}, {0.8, -0.6, 0, 2.1, 0.6, 0.8, 0, -0.9, 0, 0, 0.9, 0.3}},
    {{9, 8, 7}, {8, 9, 7}, {1, 1, 1}, {0.36, 0.48, -0.8, 3.3, -0.8, 0.6, 0, 4.1, 0.48, 0.64, 0.6, -1.7}},
    {{13, 12, 11}, {4, 5, 3}, {3, 3, 3}, {3, 0, 0, 1.1, 0, 2.6, 0, -0.2, 0, 0, 2.9, 1.3}},
    {{13, 12, 11}, {5, 4, 6}, {1, 4, 3}, {0.2, 3.4, 0.1, 1.1, 0.7, 0.1, -0.2, 2.7, 0.1, 0.2, 2.6, 0.4}},
    {{1, 9, 1}, {1, 14, 1}, {1, 1, 1}, {1, 0, 0, 0.1, 0, 0.7, 0, -0.3, 0, 0, 1, -0.2}},
    {{70, 3, 2}, {131, 2, 3}, {1, 1, 1}, {0.53, 0, 0, 0.11, 0, 1.1, 0, 0.3, 0, 0, 0.6, -0.1}},
};

/* Every seventh voxel or so is 0, and others are NaN or infinite; slope and intercept turn stored 0.5 to 0. */
static void fill(const vx_sample_args *args, float *stored, double *wide, double *coefficient)
{
    for (int v = 0; v < args->dim[0] * args->dim[1] * args->dim[2]; v++) {
        wide[v] = 3 + 5 * scattered((uint64_t)v);
        wide[v] = scattered((uint64_t)v + 5000) < 0.15 ? 0.5 : v % 31 == 17 ? (v & 1 ? NAN : INFINITY) : wide[v];
        stored[v] = (float)wide[v];
        coefficient[v] = 4 * scattered((uint64_t)v + 9000) - 1;
    }
}

static void test_grids(void **state)
{
    (void)state;
    for (size_t g = 0; g < sizeof grid / sizeof *grid; g++)
        for (int way = 0; way < 4; way++) {
            sampled_volume c = {.args = {.wide = way & 1, .cubic = way >> 1}};
            memcpy(c.args.dim, grid[g].dim, sizeof c.args.dim);
            memcpy(c.args.to, grid[g].to, sizeof c.args.to);
            memcpy(c.args.points, grid[g].points, sizeof c.args.points);
            memcpy(c.placement, grid[g].placement, sizeof grid[g].placement);
            c.placement[12] = 2;
            c.placement[13] = -1;
            const size_t voxels = (size_t)(c.args.dim[0] * c.args.dim[1] * c.args.dim[2]);
            const size_t made = (size_t)(c.args.to[0] * c.args.to[1] * c.args.to[2]);
            float *stored = vx_array(voxels, sizeof *stored), *sampled = vx_array_zero(made, sizeof *sampled);
            double *wide = vx_array(voxels, sizeof *wide), *coefficient = vx_array(voxels, sizeof *coefficient);
            fill(&c.args, stored, wide, coefficient);
            c.stored = stored;
            c.wide = wide;
            c.coefficient = coefficient;
            run_everywhere(&(volume_case){
                .op = VX_OP_SAMPLE, .args = &c.args, .parallel = &c.args.parallel, .groups = 5, .result = VX_B_SAMPLED,
                .host = {.data = {[VX_B_STORED] = c.args.wide ? NULL : stored, [VX_B_WIDE] = c.args.wide ? wide : NULL,
                                  [VX_B_COEFFICIENT] = c.args.cubic ? coefficient : NULL,
                                  [VX_B_PLACEMENT] = c.placement, [VX_B_SAMPLED] = sampled},
                         .bytes = {[VX_B_STORED] = voxels * sizeof *stored, [VX_B_WIDE] = voxels * sizeof *wide,
                                   [VX_B_COEFFICIENT] = voxels * sizeof *coefficient,
                                   [VX_B_PLACEMENT] = sizeof c.placement, [VX_B_SAMPLED] = made * sizeof *sampled}},
                .check = check, .context = &c});
            free(stored);
            free(sampled);
            free(wide);
            free(coefficient);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grids)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
