#include "engine/problem.h"

#include "base/memory.h"
#include "height.h"
#include "model/residual.h"

#include <math.h>
#include <string.h>

enum { FEW_TILES = 256 }; /* one thread fills them before others have woken up */

/* Fixed point: k = round(y 2^S) with S = 30 - ceil(log2 sqrt(n)). By Cauchy-Schwarz |sum e_i k_i| <= sqrt(n) 2^S + n /
 * 2, which stays below 2^31, so the sum is exact and does not depend on its order. */
static double fixed_point_scale(int64_t n)
{
    return ldexp(1.0, 30 - (int)ceil(log2(sqrt((double)n))));
}

/* Fills one lane of one tile with y of unit length, or with zeros where the voxel has no variance left (its r is 0). */
static void fill_lane(const vx_problem *p, const double *y, double square, int64_t tile, int lane)
{
    int64_t n = p->effect->n;
    double scale = square > 0.0 ? 1.0 / sqrt(square) : 0.0;
    if (p->op == VX_OP_SIGNFLIP) {
        int32_t *to = (int32_t *)p->tile + tile * n * VX_TILE + lane;
        scale *= fixed_point_scale(n);
        for (int64_t i = 0; i < n; i++)
            to[i * VX_TILE] = (int32_t)lrint(y[i] * scale);
    } else {
        float *to = (float *)p->tile + tile * n * VX_TILE + lane;
        for (int64_t i = 0; i < n; i++)
            to[i * VX_TILE] = (float)(y[i] * scale);
    }
}

vx_status vx_problem_fill(vx_problem *p, const vx_matrix *matrix, vx_error *error)
{
    size_t elements;
    bool short_of_memory = false;
    if (!vx_multiply((size_t)p->tiles * VX_TILE, (size_t)p->effect->n, &elements) ||
        !(p->tile = vx_array(elements, sizeof(float))))
        return vx_fail_memory(error);
#pragma omp parallel if (p->tiles > FEW_TILES)
    {
        double *y = vx_array((size_t)p->effect->n, sizeof *y);
        vx_ranked *scratch = vx_array((size_t)p->effect->n, sizeof *scratch);
        if (!y || !scratch)
#pragma omp atomic write
            short_of_memory = true;
#pragma omp barrier
#pragma omp for schedule(static)
        for (int64_t tile = 0; tile < p->tiles; tile++)
            for (int lane = 0; !short_of_memory && lane < VX_TILE; lane++) {
                int64_t v = tile * VX_TILE + lane;
                v = v < p->voxels ? v : p->voxels - 1; /* lanes past the end repeat the last voxel */
                double square = vx_residual(p->effect, matrix->data, p->voxels, v, y, scratch);
                fill_lane(p, y, square, tile, lane);
            }
        free(y);
        free(scratch);
    }
    return short_of_memory ? vx_fail_memory(error) : VX_OK;
}

/* The score of r in the form that is not near 1: u, or ordered bits. */
static int32_t plain_score(const vx_problem *p, double r)
{
    if (p->op == VX_OP_SIGNFLIP)
        return (int32_t)lrint(r / p->unit);
    float rounded = (float)r + 0.0f; /* -0 becomes +0, as in the ops */
    int32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return vx_ordered(bits);
}

static void choose_cuts(vx_problem *p)
{
    double near = sqrt((double)VX_NEAR), t = p->options.threshold_t, r = t / sqrt(p->effect->df + t * t);
    r += vx_score_tolerance(p, r); /* a value at the threshold in exact arithmetic is not above it */
    p->near_high = plain_score(p, near);
    p->near_low = plain_score(p, -near);
    if (p->op == VX_OP_SIGNFLIP && r < near) { /* s > cut in integers exactly where s * unit > r */
        p->cut_high = (int32_t)floor(r / p->unit);
        p->cut_low = -p->cut_high;
    } else {
        p->cut_high = vx_r_score(p, r);
        p->cut_low = vx_r_score(p, -r);
    }
}

vx_status vx_problem_new(const vx_matrix *matrix, const vx_effect *effect, const vx_relabellings *relabellings,
                         const vx_problem_options *options, vx_problem **problem, vx_error *error)
{
    vx_status status = VX_OK;
    vx_problem *p = vx_array_zero(1, sizeof *p);
    if (!p)
        return vx_fail_memory(error);
    p->effect = effect;
    p->relabellings = relabellings;
    p->options = *options;
    p->voxels = matrix->space.elements;
    p->tiles = (p->voxels + VX_TILE - 1) / VX_TILE;
    bool signflip = effect->kind == VX_MEAN && effect->scheme == VX_SIGN_FLIP && effect->nuisance == 0;
    p->op = signflip ? VX_OP_SIGNFLIP : VX_OP_CORRELATION;
    p->unit = 1.0 / (fixed_point_scale(effect->n) * sqrt((double)effect->n));
    choose_cuts(p);
    if (p->voxels < 1 || p->voxels > INT32_MAX - VX_TILE) {
        status = vx_fail(error, VX_INPUT, "%lld %s; between 1 and 2^31 can be analysed", (long long)p->voxels,
                         matrix->space.plural);
        goto cleanup;
    }
    if ((options->clusters || options->tfce) && (status = vx_lattice_init(&matrix->space, &p->lattice, error)))
        goto cleanup;
    *problem = p;
    p = NULL;
cleanup:
    vx_problem_free(p);
    return status;
}

void vx_problem_free(vx_problem *problem)
{
    if (!problem)
        return;
    free(problem->tile);
    vx_lattice_destroy(&problem->lattice);
    free(problem);
}

double vx_score_r(const vx_problem *p, int32_t score)
{
    union {
        int32_t bits;
        float value;
    } s = {.bits = vx_ordered(score)};
    double size = fabs((double)s.value);
    if ((s.bits & INT32_MAX) >= VX_NEAR_BITS) /* infinite where nothing is left */
        return copysign(isfinite(size) ? sqrt((size - 1.0) * (size + 1.0)) / size : 1.0, (double)s.value);
    return p->op == VX_OP_SIGNFLIP ? score * p->unit : (double)s.value;
}

float vx_score_height(const vx_problem *p, int32_t score)
{
    return fabsf(vx_height(score, p->op == VX_OP_SIGNFLIP, (float)p->unit, (float)sqrt(p->effect->df)));
}

int32_t vx_r_score(const vx_problem *p, double r)
{
    int32_t plain = plain_score(p, r), bits;
    if (plain >= p->near_low && plain <= p->near_high)
        return plain;
    float s = fmaxf((float)(1.0 / sqrt(fmax((1.0 - r) * (1.0 + r), 0.0))), VX_NEAR_LEAST);
    memcpy(&bits, &s, sizeof bits);
    return r < 0.0 ? ~bits : bits;
}

double vx_score_tolerance(const vx_problem *p, double r)
{
    double rest = fmax((1.0 - r) * (1.0 + r), 0.0);
    double plain = p->op == VX_OP_SIGNFLIP ? (double)p->effect->n * p->unit
                                           : 2.0 * (double)VX_R_ROUNDING(p->effect->n, p->effect->nuisance);
    return r * r > (double)VX_NEAR ? 4.0 * plain * (sqrt(rest) + plain) + 4.0 * 0x1p-24 * rest : plain;
}

int32_t vx_score_lowered(const vx_problem *p, int32_t score)
{
    double r = vx_score_r(p, score);
    return vx_r_score(p, copysign(fmax(fabs(r) - vx_score_tolerance(p, r), 0.0), r));
}

unsigned vx_problem_ops(const vx_problem *p)
{
    const vx_dense_args args = vx_problem_dense_args(p);
    const vx_op_info *info = &vx_op_table[p->op];
    return vx_op_bit(p->op, info->variant ? info->variant(&args) : 0) |
           (p->options.clusters ? vx_op_bit(VX_OP_CLUSTERS, 0) : 0) | (p->options.tfce ? vx_op_bit(VX_OP_TFCE, 0) : 0);
}

int vx_problem_flags(const vx_problem *p)
{
    const vx_problem_options *o = &p->options;
    return (o->count ? VX_COUNT : 0) | (o->clusters ? VX_COMPACT : 0) | (o->tfce ? VX_HEIGHTS : 0) |
           (o->statistics ? VX_STORE : 0);
}

vx_dense_args vx_problem_dense_args(const vx_problem *p)
{
    return (vx_dense_args){
        .n = (int)p->effect->n,
        .nuisance = (int)p->effect->nuisance,
        .cut_high = p->cut_high,
        .cut_low = p->cut_low,
        .near_high = p->near_high,
        .near_low = p->near_low,
        .map = (int)(p->tiles * VX_TILE),
        .scale = (float)p->unit,
        .root_df = (float)sqrt(p->effect->df),
    };
}

vx_clusters_args vx_problem_clusters_args(const vx_problem *p)
{
    return (vx_clusters_args){
        .grid_size = (int)p->lattice.size,
        .stride_y = (int)p->lattice.stride_y,
        .stride_z = (int)p->lattice.stride_z,
        .connectivity = p->options.connectivity,
        .threshold = (float)p->options.threshold_t,
    };
}

vx_tfce_args vx_problem_tfce_args(const vx_problem *p)
{
    const vx_problem_options *o = &p->options;
    return (vx_tfce_args){
        .voxels = (int)p->voxels,
        .padded = (int)(p->tiles * VX_TILE),
        .tails = o->tfce_tails,
        .grid_size = (int)p->lattice.size,
        .stride_y = (int)p->lattice.stride_y,
        .stride_z = (int)p->lattice.stride_z,
        .connectivity = o->connectivity,
        .power = (float)(o->tfce_height + 1.0),
        .step = o->tfce_step,
        .step_relative = o->tfce_step_relative,
        .step_times = o->tfce_step_times,
    };
}

double vx_problem_tfce_scale(const vx_problem *p)
{
    return p->options.tfce_step > 0.0f ? 1.0 : 1.0 / (p->options.tfce_height + 1.0);
}

double vx_tfce_power(int64_t size, double extent)
{
    return size == 0 ? 0.0 : extent == 0.5 ? sqrt((double)size) : pow((double)size, extent);
}

vx_status vx_problem_upload_powers(const vx_problem *p, vx_backend *backend, vx_buffer *to, vx_error *error)
{
    size_t count = (size_t)p->voxels + 1;
    double *power = vx_array(count, sizeof *power);
    if (!power)
        return vx_fail_memory(error);
    for (size_t s = 0; s < count; s++)
        power[s] = vx_tfce_power((int64_t)s, p->options.tfce_extent);
    vx_status status = backend->upload(backend, 0, to, 0, power, count * sizeof *power, error);
    free(power);
    return status;
}
