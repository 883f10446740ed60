/* Each op alone, called through engine/backend.h: the speed of a device without the bookkeeping of an analysis. */
#include "bench/rows.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "engine/schedule.h"

#include <math.h>

#define CLUSTER_P 0.001
enum {
    CHUNKS_MAX = 8, /* launches of VX_BATCH_MAX in one run: all 8,192 evaluations of 14 sign flips */
    TFCE_MAPS = 64
};

typedef struct vx_micro {
    vx_backend *backend;
    vx_relabellings *relabellings;
    vx_problem *problem;
    vx_schedule schedule;
    int64_t chunks, batch; /* launches of one run and relabellings of a launch */
    int flags;
    vx_buffer *weights[CHUNKS_MAX];
    vx_buffer *buffer[VX_BUFFERS]; /* VX_B_W is one of `weights` */
} vx_micro;

static void micro_destroy(vx_micro *m)
{
    for (int i = 0; i < CHUNKS_MAX; i++)
        m->backend->buffer_free(m->backend, m->weights[i]);
    m->buffer[VX_B_W] = NULL;
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++)
        m->backend->buffer_free(m->backend, m->buffer[b]);
    vx_problem_free(m->problem);
    vx_relabellings_free(m->relabellings);
}

static vx_status make_weights(vx_micro *m, vx_error *error)
{
    uint64_t *index = vx_array((size_t)m->batch, sizeof *index);
    size_t bytes = (size_t)m->batch * vx_weights_size(m->problem);
    void *weights = vx_array(bytes, 1);
    vx_status status = index && weights ? VX_OK : vx_fail_memory(error);
    for (int64_t c = 0; c < m->chunks && !status; c++) {
        for (int64_t i = 0; i < m->batch; i++)
            index[i] = (uint64_t)(c * m->batch + i);
        if (!(status = vx_weights_fill(m->problem, index, m->batch, weights, error)) &&
            !(status = m->backend->buffer_new(m->backend, bytes, &m->weights[c], error)))
            status = m->backend->upload(m->backend, 0, m->weights[c], 0, weights, bytes, error);
    }
    free(index);
    free(weights);
    return status;
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

static vx_status micro_init(vx_micro *m, const vx_matrix *matrix, const vx_effect *effect, int64_t permutations,
                            bool tfce, vx_error *error)
{
    double t = vx_t_quantile_upper(CLUSTER_P, effect->df);
    vx_problem_options options = {.threshold_t = t, .connectivity = 26, .clusters = true, .count = true, .tfce = tfce,
                                  .tfce_tails = 1, .tfce_extent = 0.5, .tfce_height = 2};
    vx_status status = vx_relabellings_new(effect, permutations, 0, &m->relabellings, error);
    if (status || (status = vx_problem_new(matrix, effect, m->relabellings, &options, &m->problem, error)) ||
        (status = vx_problem_fill(m->problem, matrix, error)))
        return status;
    const vx_problem *p = m->problem;
    vx_demand demand = vx_demand_of(p);
    size_t limit = m->backend->info.memory_free / 10 * 8;
    if ((status = vx_schedule_make(&demand, m->backend, limit, &m->schedule, error)))
        return status;
    if (m->schedule.voxel_slabs > 1)
        return vx_fail(error, VX_DEVICE, "%lld voxels do not stay on the device; ask for fewer",
                       (long long)p->voxels);
    m->batch = m->schedule.batch;
    m->chunks = (int64_t)p->relabellings->evaluations / m->batch;
    m->chunks = m->chunks < CHUNKS_MAX ? m->chunks : CHUNKS_MAX;
    if ((status = make_weights(m, error)) || (status = make_buffers(m, error)))
        return status;
    return tfce ? vx_problem_upload_powers(p, m->backend, m->buffer[VX_B_POWER], error) : VX_OK;
}

static vx_status run_dense(void *context, vx_error *error)
{
    vx_micro *m = context;
    vx_backend *b = m->backend;
    const vx_problem *p = m->problem;
    vx_dense_args args = vx_problem_dense_args(p);
    args.voxels = (int)p->voxels;
    args.tiles = (int)p->tiles;
    args.relabellings = (int)m->batch;
    args.flags = m->flags;
    args.capacity = (int)m->schedule.capacity;
    vx_status status = VX_OK;
    for (int64_t c = 0; c < m->chunks && !status; c++) {
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
static vx_status run_clusters(void *context, vx_error *error)
{
    vx_micro *m = context;
    vx_clusters_args args = vx_problem_clusters_args(m->problem);
    args.relabellings = (int)m->batch;
    args.capacity = (int)m->schedule.capacity;
    args.parallel = (int)m->schedule.label_grids;
    vx_status status = m->backend->run(m->backend, 0, VX_OP_CLUSTERS, &args, m->buffer, error);
    return status ? status : m->backend->wait(m->backend, 0, error);
}

/* Reads the maps that the last dense run stored. */
static vx_status run_tfce(void *context, vx_error *error)
{
    vx_micro *m = context;
    vx_tfce_args args = vx_problem_tfce_args(m->problem);
    args.relabellings = (int)m->batch;
    args.parallel = (int)m->schedule.maps;
    vx_status status = m->backend->run(m->backend, 0, VX_OP_TFCE, &args, m->buffer, error);
    return status ? status : m->backend->wait(m->backend, 0, error);
}

enum { FLIPS, COVARIATE, MAPS, PROBLEMS };

/* The rows in order. A row of clusters or tfce needs the lists or maps of the dense row before it. */
static const struct {
    const char *name;
    int problem;
    vx_op op;
    int flags;
} rows[] = {
    {"signflip, max", FLIPS, VX_OP_SIGNFLIP, 0},
    {"signflip, max + counts", FLIPS, VX_OP_SIGNFLIP, VX_COUNT},
    {"signflip, max + counts + lists", FLIPS, VX_OP_SIGNFLIP, VX_COUNT | VX_COMPACT},
    {"correlation, max", COVARIATE, VX_OP_CORRELATION, 0},
    {"correlation, max + counts", COVARIATE, VX_OP_CORRELATION, VX_COUNT},
    {"correlation, max + counts + lists", COVARIATE, VX_OP_CORRELATION, VX_COUNT | VX_COMPACT},
    {"clusters at p < 0.001", COVARIATE, VX_OP_CLUSTERS, 0},
    {"correlation, heights stored", MAPS, VX_OP_CORRELATION, VX_HEIGHTS},
    {"tfce, one tail", MAPS, VX_OP_TFCE, 0},
};

static vx_status measure(vx_bench_state *state, vx_micro *m, size_t which, vx_error *error)
{
    static const vx_bench_body body[VX_OPS] = {
        [VX_OP_SIGNFLIP] = run_dense, [VX_OP_CORRELATION] = run_dense, [VX_OP_CLUSTERS] = run_clusters,
        [VX_OP_TFCE] = run_tfce};
    const vx_problem *p = m->problem;
    vx_op op = rows[which].op;
    vx_bench_row row = {.part = "micro", .name = rows[which].name, .relabellings = (double)m->batch};
    if (vx_op_table[op].lanes) {
        row.relabellings *= (double)m->chunks;
        row.evaluations = row.relabellings * (double)p->voxels;
        row.bytes = 4.0 * (double)(m->chunks * p->effect->n * p->voxels);
    }
    if (op == VX_OP_CORRELATION)
        row.operations = 2.0 * (double)(p->effect->n * (1 + p->effect->nuisance)) * row.evaluations;
    m->flags = rows[which].flags;
    return vx_bench_measure(state, &row, body[op], m, error);
}

vx_status vx_bench_micro(vx_bench_state *state, vx_device *device, vx_error *error)
{
    static const int64_t permutations[PROBLEMS] = {VX_PERMUTATIONS_AUTO, VX_BATCH_MAX - 1, TFCE_MAPS - 1};
    vx_micro problem[PROBLEMS] = {{.backend = vx_device_backend(device)}};
    vx_status status = VX_OK;
    for (int i = 1; i < PROBLEMS; i++)
        problem[i] = problem[0];
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !status; i++) {
        vx_micro *m = &problem[rows[i].problem];
        const vx_effect *effect = &state->model->effect[rows[i].problem != FLIPS];
        bool maps = rows[i].problem == MAPS;
        if (maps && !vx_backend_supports(m->backend, VX_OP_TFCE))
            continue;
        if (!m->problem)
            status = micro_init(m, state->matrix, effect, permutations[rows[i].problem], maps, error);
        if (!status)
            status = measure(state, m, i, error);
    }
    for (int i = 0; i < PROBLEMS; i++)
        micro_destroy(&problem[i]);
    return status;
}
