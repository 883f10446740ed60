/* The ops one by one, through the seam: what a device does without the bookkeeping of an analysis. */
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
    vx_buffer *dense[VX_DENSE_BUFFERS];
    vx_buffer *clusters[VX_CLUSTERS_BUFFERS], *tfce[VX_TFCE_BUFFERS]; /* lists and scores belong to `dense` */
} vx_micro;

static void micro_destroy(vx_micro *m)
{
    for (int i = 0; i < CHUNKS_MAX; i++)
        m->backend->buffer_free(m->backend, m->weights[i]);
    m->dense[VX_W] = NULL;
    for (int i = 0; i < VX_DENSE_BUFFERS; i++)
        m->backend->buffer_free(m->backend, m->dense[i]);
    for (int i = 0; i < VX_CLUSTERS_BUFFERS; i++)
        if (i != VX_C_LIST_VOXEL && i != VX_C_LIST_SCORE && i != VX_C_LIST_SIZE)
            m->backend->buffer_free(m->backend, m->clusters[i]);
    m->tfce[VX_T_POSITION] = m->tfce[VX_T_SCORE] = NULL;
    for (int i = 0; i < VX_TFCE_BUFFERS; i++)
        m->backend->buffer_free(m->backend, m->tfce[i]);
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
    size_t lanes = (size_t)p->tiles * VX_TILE, batch = (size_t)m->batch;
    size_t slabs = (size_t)m->schedule.label_slabs, works = m->schedule.work_entries, tfce = p->options.tfce;
    struct { vx_buffer **buffer; size_t bytes; } wanted[] = {
        {&m->dense[VX_Y], lanes * (size_t)p->effect->n * 4},
        {&m->dense[VX_HIGH], batch * 4},
        {&m->dense[VX_LOW], batch * 4},
        {&m->dense[VX_COUNT_HIGH], lanes * 4},
        {&m->dense[VX_COUNT_LOW], lanes * 4},
        {&m->dense[VX_COUNTS], lanes * 4},
        {&m->dense[VX_LIST_VOXEL], m->schedule.list_entries * 4},
        {&m->dense[VX_LIST_SCORE], m->schedule.list_entries * 4},
        {&m->dense[VX_LIST_SIZE], batch * 4},
        {&m->clusters[VX_C_POSITION], (size_t)p->voxels * 4},
        {&m->clusters[VX_C_EXTENT], batch * 8},
        {&m->clusters[VX_C_MASS], batch * 16},
        {&m->clusters[VX_C_SLAB], slabs * (size_t)p->slab_size * 4},
        {&m->clusters[VX_C_PARENT], works * 4},
        {&m->clusters[VX_C_SIZE], works * 4},
        {&m->clusters[VX_C_SUM], works * 8},
        {&m->dense[VX_SCORE], tfce * batch * lanes * 4},
        {&m->tfce[VX_T_POWER], tfce * ((size_t)p->voxels + 1) * 8},
        {&m->tfce[VX_T_BEST], tfce * batch * 16},
        {&m->tfce[VX_T_WORK], (size_t)m->schedule.maps * m->schedule.map_words * 4},
    };
    vx_status status = VX_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && !status; i++)
        status = b->buffer_new(b, wanted[i].bytes, wanted[i].buffer, error);
    if (status || (status = b->upload(b, 0, m->dense[VX_Y], 0, p->tile, lanes * (size_t)p->effect->n * 4, error)) ||
        (status = b->upload(b, 0, m->clusters[VX_C_POSITION], 0, p->position, (size_t)p->voxels * 4, error)) ||
        (status = b->fill(b, 0, m->dense[VX_COUNT_HIGH], 0, lanes * 4, p->cut_high, error)) ||
        (status = b->fill(b, 0, m->dense[VX_COUNT_LOW], 0, lanes * 4, p->cut_low, error)))
        return status;
    m->clusters[VX_C_LIST_VOXEL] = m->dense[VX_LIST_VOXEL];
    m->clusters[VX_C_LIST_SCORE] = m->dense[VX_LIST_SCORE];
    m->clusters[VX_C_LIST_SIZE] = m->dense[VX_LIST_SIZE];
    m->tfce[VX_T_SCORE] = m->dense[VX_SCORE];
    m->tfce[VX_T_POSITION] = m->clusters[VX_C_POSITION];
    return VX_OK;
}

static vx_status upload_powers(vx_micro *m, vx_error *error)
{
    size_t count = (size_t)m->problem->voxels + 1;
    double *power = vx_array(count, sizeof *power);
    if (!power)
        return vx_fail_memory(error);
    for (size_t s = 0; s < count; s++)
        power[s] = vx_tfce_power((int64_t)s, m->problem->options.tfce_extent);
    vx_status status = m->backend->upload(m->backend, 0, m->tfce[VX_T_POWER], 0, power, count * sizeof *power, error);
    free(power);
    return status;
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
    return tfce ? upload_powers(m, error) : VX_OK;
}

static vx_status run_dense(void *context, vx_error *error)
{
    vx_micro *m = context;
    vx_backend *b = m->backend;
    const vx_problem *p = m->problem;
    size_t words = (size_t)m->batch * 4;
    vx_status status = VX_OK;
    for (int64_t c = 0; c < m->chunks && !status; c++) {
        m->dense[VX_W] = m->weights[c];
        if ((status = b->fill(b, 0, m->dense[VX_HIGH], 0, words, INT32_MIN, error)) ||
            (status = b->fill(b, 0, m->dense[VX_LOW], 0, words, INT32_MAX, error)) ||
            (status = b->fill(b, 0, m->dense[VX_LIST_SIZE], 0, words, 0, error)))
            return status;
        vx_dense_args args = {.n = (int)p->effect->n, .nuisance = (int)p->effect->nuisance, .groups = p->groups,
                              .width = p->width, .voxels = (int)p->voxels, .tiles = (int)p->tiles,
                              .relabellings = (int)m->batch, .flags = m->flags, .cut_high = p->cut_high,
                              .cut_low = p->cut_low, .near_high = p->near_high, .near_low = p->near_low,
                              .capacity = (int)m->schedule.capacity,
                              .map = (int)(p->tiles * VX_TILE)};
        status = b->run(b, 0, p->op, &args, m->dense, error);
    }
    return status ? status : b->wait(b, 0, error);
}

/* The lists are those that the last dense run left. */
static vx_status run_clusters(void *context, vx_error *error)
{
    vx_micro *m = context;
    vx_backend *b = m->backend;
    const vx_problem *p = m->problem;
    vx_clusters_args args = {.relabellings = (int)m->batch, .capacity = (int)m->schedule.capacity,
                             .slabs = (int)m->schedule.label_slabs, .slab_size = (int)p->slab_size,
                             .stride_y = (int)p->stride_y, .stride_z = (int)p->stride_z,
                             .connectivity = p->options.connectivity, .fixed_point = p->op == VX_OP_SIGNFLIP,
                             .scale = (float)p->unit, .root_df = (float)sqrt(p->effect->df),
                             .threshold = (float)p->options.threshold_t};
    vx_status status = b->run(b, 0, VX_OP_CLUSTERS, &args, m->clusters, error);
    return status ? status : b->wait(b, 0, error);
}

/* The maps are those that the last dense run stored. */
static vx_status run_tfce(void *context, vx_error *error)
{
    vx_micro *m = context;
    vx_tfce_args args = vx_problem_tfce_args(m->problem);
    args.relabellings = (int)m->batch;
    args.slabs = (int)m->schedule.maps;
    vx_status status = m->backend->run(m->backend, 0, VX_OP_TFCE, &args, m->tfce, error);
    return status ? status : m->backend->wait(m->backend, 0, error);
}

static vx_status dense_row(vx_bench_state *state, vx_micro *m, const char *name, int flags, vx_error *error)
{
    const vx_problem *p = m->problem;
    double relabellings = (double)(m->chunks * m->batch), evaluations = relabellings * (double)p->voxels;
    double operations = p->op == VX_OP_CORRELATION ? 2.0 * (double)(p->effect->n * (1 + p->effect->nuisance)) : 0;
    vx_bench_row row = {.part = "micro", .name = name, .relabellings = relabellings, .evaluations = evaluations,
                        .operations = operations * evaluations,
                        .bytes = 4.0 * (double)(m->chunks * p->effect->n * p->voxels)};
    m->flags = flags;
    return vx_bench_measure(state, &row, run_dense, m, error);
}

vx_status vx_bench_micro(vx_bench_state *state, vx_device *device, vx_error *error)
{
    enum { FLIPS, COVARIATE };
    vx_micro flips = {.backend = vx_device_backend(device)}, covariate = flips, tfce = flips;
    const vx_effect *effect = state->model->effect;
    vx_status status = micro_init(&flips, state->matrix, &effect[FLIPS], VX_PERMUTATIONS_AUTO, false, error);
    if (status || (status = dense_row(state, &flips, "signflip, max", 0, error)) ||
        (status = dense_row(state, &flips, "signflip, max + counts", VX_COUNT, error)) ||
        (status = dense_row(state, &flips, "signflip, max + counts + lists", VX_COUNT | VX_COMPACT, error)))
        goto cleanup;
    status = micro_init(&covariate, state->matrix, &effect[COVARIATE], VX_BATCH_MAX - 1, false, error);
    if (status || (status = dense_row(state, &covariate, "correlation, max", 0, error)) ||
        (status = dense_row(state, &covariate, "correlation, max + counts", VX_COUNT, error)) ||
        (status = dense_row(state, &covariate, "correlation, max + counts + lists", VX_COUNT | VX_COMPACT, error)))
        goto cleanup;
    vx_bench_row row = {.part = "micro", .name = "clusters at p < 0.001", .relabellings = (double)covariate.batch};
    status = vx_bench_measure(state, &row, run_clusters, &covariate, error);
    if (status || !vx_device_properties(device)->has_double)
        goto cleanup;
    status = micro_init(&tfce, state->matrix, &effect[COVARIATE], TFCE_MAPS - 1, true, error);
    if (status || (status = dense_row(state, &tfce, "correlation, maps stored", VX_STORE, error)))
        goto cleanup;
    row = (vx_bench_row){.part = "micro", .name = "tfce, one tail", .relabellings = (double)tfce.batch};
    status = vx_bench_measure(state, &row, run_tfce, &tfce, error);
cleanup:
    micro_destroy(&tfce);
    micro_destroy(&flips);
    micro_destroy(&covariate);
    return status;
}
