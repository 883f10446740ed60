/* Each op alone, called through engine/backend.h: the speed of a device without the bookkeeping of an analysis. */
#include "bench/micro.h"
#include "bench/rows.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "engine/weights.h"

#define CLUSTER_P 0.001
enum { TFCE_MAPS = 64 };

const vx_micro_case vx_micro_cases[VX_MICRO_CASES] = {
    {"relabel, flips", VX_MICRO_FLIPS, VX_OP_RELABEL, 0},
    {"signflip, max", VX_MICRO_FLIPS, VX_OP_SIGNFLIP, 0},
    {"signflip, max + counts", VX_MICRO_FLIPS, VX_OP_SIGNFLIP, VX_COUNT},
    {"signflip, max + counts + lists", VX_MICRO_FLIPS, VX_OP_SIGNFLIP, VX_COUNT | VX_COMPACT},
    {"relabel, permutations", VX_MICRO_COVARIATE, VX_OP_RELABEL, 0},
    {"correlation, max", VX_MICRO_COVARIATE, VX_OP_CORRELATION, 0},
    {"correlation, max + counts", VX_MICRO_COVARIATE, VX_OP_CORRELATION, VX_COUNT},
    {"correlation, max + counts + lists", VX_MICRO_COVARIATE, VX_OP_CORRELATION, VX_COUNT | VX_COMPACT},
    {"clusters at p < 0.001", VX_MICRO_COVARIATE, VX_OP_CLUSTERS, 0},
    {"correlation, heights stored", VX_MICRO_MAPS, VX_OP_CORRELATION, VX_HEIGHTS},
    {"tfce, one tail", VX_MICRO_MAPS, VX_OP_TFCE, 0},
    {"convolve, a volume along x", VX_MICRO_VOLUME, VX_OP_CONVOLVE, 0},
    {"convolve, a volume along z", VX_MICRO_VOLUME, VX_OP_CONVOLVE, 2},
    {"spline, a volume along x", VX_MICRO_VOLUME, VX_OP_SPLINE, 0},
    {"spline, a volume along z", VX_MICRO_VOLUME, VX_OP_SPLINE, 2},
    {"sample, a volume turned, cubic", VX_MICRO_VOLUME, VX_OP_SAMPLE, 0},
};

void vx_micro_destroy(vx_micro *m)
{
    if (!m)
        return;
    for (int i = 0; i < VX_MICRO_LAUNCHES_MAX; i++)
        m->backend->buffer_free(m->backend, m->weights[i]);
    m->buffer[VX_B_W] = NULL;
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++)
        m->backend->buffer_free(m->backend, m->buffer[b]);
    vx_problem_free(m->problem);
    vx_relabellings_free(m->relabellings);
}

/* Makes the weights of every launch. */
static vx_status run_relabel(vx_micro *m, vx_error *error)
{
    vx_status status = VX_OK;
    for (int64_t c = 0; c < m->launches && !status; c++) {
        const vx_relabel_args args = vx_weights_args(m->problem, &m->schedule, (uint64_t)(c * m->batch), m->batch);
        m->buffer[VX_B_W] = m->weights[c];
        status = m->backend->run(m->backend, 0, VX_OP_RELABEL, &args, m->buffer, error);
    }
    return status ? status : m->backend->wait(m->backend, 0, error);
}

static vx_status make_weights(vx_micro *m, vx_error *error)
{
    const size_t bytes = m->schedule.buffer[VX_B_W];
    vx_status status = vx_weights_upload(m->problem, m->backend, m->buffer, error);
    for (int64_t c = 0; c < m->launches && !status; c++)
        status = m->backend->buffer_new(m->backend, bytes, &m->weights[c], error);
    return status ? status : run_relabel(m, error);
}

static vx_status make_buffers(vx_micro *m, vx_error *error)
{
    vx_backend *b = m->backend;
    const vx_problem *p = m->problem;
    const size_t *size = m->schedule.buffer;
    vx_status status = VX_OK;
    for (vx_buffer_name name = 0; name < VX_BUFFERS && !status; name++)
        if (name != VX_B_W && size[name])
            status = b->buffer_new(b, size[name], &m->buffer[name], error);
    if (status || (status = b->upload(b, 0, m->buffer[VX_B_Y], 0, p->tile, size[VX_B_Y], error)) ||
        (status = b->upload(b, 0, m->buffer[VX_B_POSITION], 0, p->lattice.position, size[VX_B_POSITION], error)) ||
        (status = b->fill(b, 0, m->buffer[VX_B_COUNT_HIGH], 0, size[VX_B_COUNT_HIGH], p->cut_high, error)))
        return status;
    return b->fill(b, 0, m->buffer[VX_B_COUNT_LOW], 0, size[VX_B_COUNT_LOW], p->cut_low, error);
}

/* A volume as large as that of the data, of numbers without order, and the new grid: turned by 37 degrees around z. */
static vx_status init_volume(vx_micro *m, vx_error *error)
{
    static const double turned[VX_PLACEMENT] = {0.8, -0.6, 0, 30, 0.6, 0.8, 0, -20, 0, 0, 1, 0.25, 1, 0};
    const size_t voxels = (size_t)(m->dim[0] * m->dim[1] * m->dim[2]), longest = voxels, wide = voxels * sizeof(double);
    size_t *size = m->schedule.buffer;
    vx_backend *b = m->backend;
    double *value = vx_array(voxels, sizeof *value), taps[1 + VX_MICRO_REACH] = {1};
    float *stored = vx_array(voxels, sizeof *stored);
    vx_status status = value && stored ? VX_OK : vx_fail_memory(error);
    size[VX_B_TAPS] = sizeof taps;
    size[VX_B_FROM] = size[VX_B_TO] = size[VX_B_COEFFICIENT] = wide;
    size[VX_B_START] = longest * sizeof(double);
    size[VX_B_STORED] = size[VX_B_SAMPLED] = voxels * sizeof(float);
    size[VX_B_PLACEMENT] = sizeof turned;
    for (vx_buffer_name name = 0; name < VX_BUFFERS && !status; name++)
        if (size[name])
            status = b->buffer_new(b, size[name], &m->buffer[name], error);
    for (size_t v = 0; v < voxels && !status; v++) {
        value[v] = 1 + (double)((uint32_t)v * 2654435761u) / 4294967296.0; /* Knuth's multiplicative hash */
        stored[v] = (float)value[v];
    }
    for (int t = 1; t <= VX_MICRO_REACH; t++)
        taps[t] = taps[t - 1] * 0.75;
    if (status || (status = b->upload(b, 0, m->buffer[VX_B_FROM], 0, value, wide, error)) ||
        (status = b->upload(b, 0, m->buffer[VX_B_COEFFICIENT], 0, value, wide, error)) ||
        (status = b->upload(b, 0, m->buffer[VX_B_STORED], 0, stored, size[VX_B_STORED], error)) ||
        (status = b->upload(b, 0, m->buffer[VX_B_TAPS], 0, taps, sizeof taps, error)) ||
        (status = b->upload(b, 0, m->buffer[VX_B_PLACEMENT], 0, turned, sizeof turned, error)))
        goto cleanup;
    for (size_t k = 1; k < longest; k++) /* any numbers below 1 do */
        value[k] = 0;
    value[0] = 1;
    status = b->upload(b, 0, m->buffer[VX_B_START], 0, value, size[VX_B_START], error);
cleanup:
    free(value);
    free(stored);
    return status;
}

vx_status vx_micro_init(vx_micro *m, vx_backend *backend, const vx_matrix *matrix, const vx_model *model,
                        vx_micro_problem which, vx_error *error)
{
    static const int64_t permutations[VX_MICRO_PROBLEMS] = {VX_PERMUTATIONS_AUTO, VX_BATCH_MAX - 1, TFCE_MAPS - 1};
    const vx_effect *effect = &model->effect[which != VX_MICRO_FLIPS];
    const int64_t *dim = matrix->space.grid.dim;
    bool tfce = which == VX_MICRO_MAPS;
    double t = vx_t_quantile_upper(CLUSTER_P, effect->df);
    vx_problem_options options = {.threshold_t = t, .connectivity = 26, .clusters = true, .count = true, .tfce = tfce,
                                  .tfce_tails = 1, .tfce_extent = 0.5, .tfce_height = 2};
    *m = (vx_micro){.backend = backend, .made = true, .dim = {dim[0], dim[1], dim[2]}};
    if (which == VX_MICRO_VOLUME)
        return init_volume(m, error);
    vx_status status = vx_relabellings_new(effect, permutations[which], 0, &m->relabellings, error);
    if (status || (status = vx_problem_new(matrix, effect, m->relabellings, &options, &m->problem, error)) ||
        (status = vx_problem_fill(m->problem, matrix, error)))
        return status;
    const vx_problem *p = m->problem;
    vx_demand demand = vx_demand_of(p);
    size_t limit = vx_schedule_memory(&m->backend->info);
    if ((status = vx_schedule_make(&demand, m->backend, limit, &m->schedule, error)))
        return status;
    if (m->schedule.voxel_slabs > 1)
        return vx_fail(error, VX_DEVICE, "%lld voxels do not stay on the device; ask for fewer",
                       (long long)p->voxels);
    m->batch = m->schedule.batch;
    m->launches = (int64_t)p->relabellings->evaluations / m->batch;
    m->launches = m->launches < VX_MICRO_LAUNCHES_MAX ? m->launches : VX_MICRO_LAUNCHES_MAX;
    if ((status = make_buffers(m, error)) || (status = make_weights(m, error)))
        return status;
    return tfce ? vx_problem_upload_powers(p, m->backend, m->buffer[VX_B_POWER], error) : VX_OK;
}

static vx_status run_dense(vx_micro *m, vx_error *error)
{
    vx_backend *b = m->backend;
    const vx_problem *p = m->problem;
    vx_dense_args args = vx_problem_dense_args(p);
    args.groups = m->schedule.groups;
    args.width = m->schedule.width;
    args.voxels = (int)p->voxels;
    args.tiles = (int)p->tiles;
    args.relabellings = (int)m->batch;
    args.flags = m->flags;
    args.capacity = (int)m->schedule.capacity;
    vx_status status = VX_OK;
    for (int64_t c = 0; c < m->launches && !status; c++) {
        m->buffer[VX_B_W] = m->weights[c];
        for (vx_buffer_name name = 0; name < VX_BUFFERS && !status; name++)
            if (vx_buffer_table[name].filled)
                status = b->fill(b, 0, m->buffer[name], 0, m->schedule.buffer[name], vx_buffer_table[name].start,
                                 error);
        if (!status)
            status = b->run(b, 0, p->op, &args, m->buffer, error);
    }
    return status ? status : b->wait(b, 0, error);
}

/* Reads the lists that the last dense run made. */
static vx_status run_clusters(vx_micro *m, vx_error *error)
{
    vx_clusters_args args = vx_problem_clusters_args(m->problem);
    args.relabellings = (int)m->batch;
    args.capacity = (int)m->schedule.capacity;
    args.parallel = (int)m->schedule.label_grids;
    vx_status status = m->backend->run(m->backend, 0, VX_OP_CLUSTERS, &args, m->buffer, error);
    return status ? status : m->backend->wait(m->backend, 0, error);
}

/* Reads the maps that the last dense run stored. */
static vx_status run_tfce(vx_micro *m, vx_error *error)
{
    vx_tfce_args args = vx_problem_tfce_args(m->problem);
    args.relabellings = (int)m->batch;
    args.parallel = (int)m->schedule.maps;
    vx_status status = m->backend->run(m->backend, 0, VX_OP_TFCE, &args, m->buffer, error);
    return status ? status : m->backend->wait(m->backend, 0, error);
}

/* The axis of a volume as outer x length x stride. */
static void find_axis(const vx_micro *m, int axis, int *outer, int *length, int *stride)
{
    *length = (int)m->dim[axis];
    *stride = (int)(axis > 0 ? m->dim[0] : 1) * (int)(axis > 1 ? m->dim[1] : 1);
    *outer = (int)(axis < 1 ? m->dim[1] : 1) * (int)(axis < 2 ? m->dim[2] : 1);
}

static vx_status run_volume(vx_micro *m, vx_error *error)
{
    vx_backend *b = m->backend;
    vx_convolve_args convolve = {.reach = VX_MICRO_REACH, .parallel = b->parallel[VX_OP_CONVOLVE]};
    vx_spline_args spline = {.parallel = b->parallel[VX_OP_SPLINE]};
    vx_sample_args sample = {.points = {1, 1, 1}, .cubic = 1, .parallel = b->parallel[VX_OP_SAMPLE]};
    find_axis(m, m->flags, &convolve.outer, &convolve.length, &convolve.stride);
    find_axis(m, m->flags, &spline.outer, &spline.length, &spline.stride);
    convolve.reach = convolve.reach < convolve.length ? convolve.reach : convolve.length - 1;
    for (int k = 0; k < 3; k++)
        sample.dim[k] = sample.to[k] = (int)m->dim[k];
    const void *args[VX_OPS] = {[VX_OP_CONVOLVE] = &convolve, [VX_OP_SPLINE] = &spline, [VX_OP_SAMPLE] = &sample};
    const vx_status status = b->run(b, 0, m->op, args[m->op], m->buffer, error);
    return status ? status : b->wait(b, 0, error);
}

vx_status vx_micro_run(vx_micro *m, const vx_micro_case *tested, vx_error *error)
{
    static vx_status (*const run[VX_OPS])(vx_micro *, vx_error *) = {
        [VX_OP_RELABEL] = run_relabel,   [VX_OP_SIGNFLIP] = run_dense, [VX_OP_CORRELATION] = run_dense,
        [VX_OP_CLUSTERS] = run_clusters, [VX_OP_TFCE] = run_tfce,      [VX_OP_CONVOLVE] = run_volume,
        [VX_OP_SPLINE] = run_volume,     [VX_OP_SAMPLE] = run_volume};
    m->flags = tested->flags;
    m->op = tested->op;
        return run[tested->op](m, error);
}

/* A case and the problem that it works on. */
typedef struct vx_micro_body {
    vx_micro *micro;
    const vx_micro_case *tested;
} vx_micro_body;

static vx_status run_body(void *context, vx_error *error)
{
    const vx_micro_body *body = context;
    return vx_micro_run(body->micro, body->tested, error);
}

/* The work that the op's equation needs, for the share of peak. */
static void count_work(const vx_micro *m, vx_op op, vx_bench_row *row)
{
    const vx_problem *p = m->problem;
    if (!p) { /* a volume, read and written once */
        row->bytes = (double)(m->schedule.buffer[op == VX_OP_SAMPLE ? VX_B_COEFFICIENT : VX_B_FROM] +
                              m->schedule.buffer[op == VX_OP_SAMPLE ? VX_B_SAMPLED : VX_B_TO]);
        return;
    }
    const double voxels = (double)p->voxels * row->relabellings;
    if (op == VX_OP_SIGNFLIP || op == VX_OP_CORRELATION) {
        row->evaluations = voxels;
        row->bytes = 4.0 * (double)(m->launches * p->effect->n * p->voxels);
    }
    if (op == VX_OP_RELABEL)
        row->bytes = (double)m->launches * (double)m->schedule.buffer[VX_B_W];
    if (op == VX_OP_SIGNFLIP) /* one addition for each table */
        row->operations = 2.0 * m->schedule.groups * voxels;
    if (op == VX_OP_CORRELATION)
        row->operations = 2.0 * (double)(p->effect->n * (1 + p->effect->nuisance)) * voxels;
    if (op == VX_OP_CLUSTERS) /* place and height of a listed voxel; of noise, as many as p says in each tail */
        row->bytes = 8 * 2 * CLUSTER_P * voxels;
    if (op == VX_OP_TFCE) /* place and height of a voxel */
        row->bytes = 8 * voxels;
}

static vx_status measure(vx_bench_state *state, vx_micro *m, const vx_micro_case *tested, vx_error *error)
{
    vx_bench_row row = {.part = "micro", .name = tested->name, .relabellings = (double)m->batch};
    if (vx_op_table[tested->op].lanes || tested->op == VX_OP_RELABEL)
        row.relabellings *= (double)m->launches;
    count_work(m, tested->op, &row);
    return vx_bench_measure(state, &row, run_body, &(vx_micro_body){m, tested}, error);
}

vx_status vx_bench_micro(vx_bench_state *state, vx_device *device, vx_error *error)
{
    vx_backend *backend = vx_device_backend(device);
    vx_micro problem[VX_MICRO_PROBLEMS] = {{.backend = backend}, {.backend = backend}, {.backend = backend},
                                            {.backend = backend}};
    vx_status status = VX_OK;
    for (size_t i = 0; i < VX_MICRO_CASES && !status; i++) {
        const vx_micro_case *tested = &vx_micro_cases[i];
        vx_micro *m = &problem[tested->problem];
        if (tested->problem >= VX_MICRO_MAPS && !vx_backend_supports(backend, VX_OP_TFCE)) /* as all these ops */
            continue;
        if (!m->made)
            status = vx_micro_init(m, backend, state->matrix, state->model, tested->problem, error);
        if (!status)
            status = measure(state, m, tested, error);
    }
    for (int i = 0; i < VX_MICRO_PROBLEMS; i++)
        vx_micro_destroy(&problem[i]);
    return status;
}
