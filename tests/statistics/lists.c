/* The engine alone, with a schedule set by hand: lists of every capacity, so that some are just full and some one entry
 * too long; three tiles in two slabs, the last one partial; relabellings in two ranges. Maxima, clusters, counts and
 * the number of overflowed lists are compared with a refit of the full model for every relabelling. */
#include "engine/engine.h"
#include "fixture.h"
#include "infer/pvalue.h"

enum { N = 7, NX = 9, NY = 6, NZ = 3, V = NX * NY * NZ, DRAWS = 30, MOST = 64, SLAB = 2 };
static const int dim[3] = {NX, NY, NZ};
static const double score[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 6.5}, ones[N] = {1, 1, 1, 1, 1, 1, 1};
static const double threshold = 1.5;

/* The results of a relabelling, computed plainly. */
typedef struct truth {
    double t[V];
    int listed, extent[2];
    double high, low, mass[2];
} truth;

typedef struct case_of {
    vx_matrix *matrix;
    vx_model *model;
    const vx_effect *effect;
    vx_relabellings *relabellings;
    vx_problem *problem;
    truth *truth;
} case_of;

/* Noise and something that all voxels share, so that some relabellings have many voxels above the threshold. */
static vx_matrix *make_matrix(void)
{
    static const double shared[N] = {1.5, -0.25, 2.75, 0.5, 3.25, -1, 2};
    float *data = fixture_noise(61, N, V);
    for (int k = 0; k < N * V; k++)
        data[k] = (float)(0.7 * shared[k / V] + (double)data[k]);
    vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
    free(data);
    return matrix;
}

static void work_out(const case_of *c, uint64_t index, truth *of)
{
    bool flips = c->effect->scheme == VX_SIGN_FLIP;
    int8_t sign[N];
    int32_t order[N];
    vx_sort_key scratch[N];
    *of = (truth){.high = -INFINITY, .low = INFINITY};
    vx_relabellings_get(c->relabellings, index, &(vx_relabelling){order, sign, scratch});
    for (int v = 0; v < V; v++) {
        double y[N];
        for (int i = 0; i < N; i++)
            y[i] = c->matrix->data[i * V + v];
        of->t[v] = flips ? reference_freedman_lane(N, ones, 0, NULL, y, NULL, sign)
                         : reference_freedman_lane(N, score, 1, ones, y, order, NULL);
        assert_true(fabs(fabs(of->t[v]) - threshold) > 1e-5);
        of->listed += fabs(of->t[v]) > threshold;
        of->high = fmax(of->high, of->t[v]);
        of->low = fmin(of->low, of->t[v]);
    }
    for (int tail = 0; tail < 2; tail++) {
        reference_cluster largest = reference_clusters(dim, of->t, tail ? -1 : 1, threshold, 18, NULL, NULL);
        of->extent[tail] = (int)largest.extent;
        of->mass[tail] = largest.mass;
    }
}

/* Every flip, whose second half is not evaluated, or the data and DRAWS orders. */
static case_of case_new(bool flips)
{
    case_of c = {.matrix = make_matrix(), .model = fixture_model(N, score, 0, NULL, VX_PEARSON)};
    vx_problem_options options = {.threshold_t = threshold, .connectivity = 18, .clusters = true, .count = true};
    vx_error error = {0};
    c.effect = &c.model->effect[!flips];
    check(vx_relabellings_new(c.effect, flips ? VX_PERMUTATIONS_ALL : DRAWS, 3, &c.relabellings, &error), error);
    check(vx_problem_new(c.matrix, c.effect, c.relabellings, &options, &c.problem, &error), error);
    check(vx_problem_fill(c.problem, c.matrix, &error), error);
    assert_true(c.relabellings->evaluations == (flips ? MOST : DRAWS + 1));
    c.truth = malloc(c.relabellings->evaluations * sizeof *c.truth);
    for (uint64_t i = 0; i < c.relabellings->evaluations; i++)
        work_out(&c, i, &c.truth[i]);
    return c;
}

static void case_free(case_of *c)
{
    free(c->truth);
    vx_problem_free(c->problem);
    vx_relabellings_free(c->relabellings);
    vx_model_free(c->model);
    vx_matrix_free(c->matrix);
}

static double t_of(double r)
{
    return sqrt(1 - r * r) > 0 ? r / sqrt(1 - r * r) : copysign(INFINITY, r);
}

/* A dot product of unit vectors of N floats, each rounded once: r within (N + 2) 2^-24 (Higham 2002, eq. 3.5), and so t
 * within sqrt(df) (1 + t^2 / df)^(3/2) times that; df is 5 or 6. Heights have four more roundings. */
static double bound(double t)
{
    return 0x1p-24 * ((N + 2) * sqrt(6) * pow(1 + t * t / 5, 1.5) + 4 * fabs(t));
}

static void compare(const case_of *c, const vx_tally *tally, int capacity)
{
    double root_df = sqrt(c->effect->df);
    uint64_t overflows = 0;
    for (uint64_t i = 0; i < c->relabellings->evaluations; i++) {
        const truth *of = &c->truth[i];
        double most = fmax(of->high, -of->low);
        fixture_near(root_df * t_of(tally->high[i]), of->high, bound(of->high), "largest t", (long)i);
        fixture_near(root_df * t_of(tally->low[i]), of->low, bound(of->low), "smallest t", (long)i);
        for (int tail = 0; tail < 2; tail++) {
            fixture_near(tally->extent[i][tail], of->extent[tail], 0, "extent", (long)i);
            fixture_near(tally->mass[i][tail], of->mass[tail], of->extent[tail] * (bound(most) + 0x1p-20), "mass",
                         (long)i); /* and every voxel's part to a unit of 2^-20 */
        }
        overflows += of->listed > capacity;
    }
    assert_int_equal(tally->overflows, overflows);
    for (int v = 0; v < V; v++) {
        uint64_t reached = 0;
        for (uint64_t i = 0; i < c->relabellings->evaluations; i++)
            reached += fabs(c->truth[i].t[v]) >= fabs(c->truth[0].t[v]) - 1e-9;
        assert_int_equal(tally->exceed[v], reached);
    }
}

static void run(const case_of *c, vx_backend *backend, int capacity, bool streams)
{
    enum { BATCH = 8 };
    vx_schedule schedule = {.batch = BATCH, .batches = backend->queues, .capacity = capacity, .label_grids = 1,
                            .groups = ((int)c->effect->n + 2) / 3, .width = 3, .slab_tiles = SLAB,
                            .streams = streams};
    const vx_demand demand = vx_demand_of(c->problem);
    int32_t observed[V], high[V], low[V];
    vx_engine *engine = NULL;
    vx_tally *tally = NULL;
    vx_error error = {0};
    vx_schedule_sizes(&demand, &schedule);
    assert_true(schedule.voxel_slabs == 2 && c->problem->tiles == 3);
    check(vx_tally_new(c->problem, c->relabellings->evaluations, &tally, &error), error);
    check(vx_engine_new(backend, c->problem, &schedule, &engine, &error), error);
    check(vx_engine_observe(engine, observed, &error), error);
    for (int v = 0; v < V; v++)
        fixture_near(sqrt(c->effect->df) * t_of(vx_score_r(c->problem, observed[v])), c->truth[0].t[v],
                     bound(c->truth[0].t[v]), "observed t", v);
    vx_exceedance_bounds(c->problem, VX_TWO_TAILS, observed, high, low);
    check(vx_engine_count_against(engine, high, low, &error), error);
    check(vx_engine_run(engine, 0, 11, tally, NULL, NULL, &error), error);
    check(vx_engine_run(engine, 11, c->relabellings->evaluations, tally, NULL, NULL, &error), error);
    compare(c, tally, capacity);
    vx_engine_free(engine);
    vx_tally_free(tally);
}

/* Capacities at which a list is just full, and one less: for the first relabellings on the cpu, elsewhere for the data
 * alone. */
static void lists_of_every_length(void **state)
{
    char id[8][32];
    int devices = fixture_devices(id, 8);
    (void)state;
    for (int d = 0; d < devices; d++)
        for (int flips = 0; flips < 2; flips++) {
            case_of c = case_new(flips);
            vx_device *device = NULL;
            vx_error error = {0};
            bool tried[V + 1] = {false};
            check(vx_device_open(id[d], &VX_OPTIONS(vx_device_options, .threads = 2), &device, NULL, 0, &error), error);
            for (uint64_t i = 0; i < (d ? 1 : 10); i++)
                for (int less = 0; less < 2; less++) {
                    int capacity = c.truth[i].listed - less;
                    if (capacity < 1 || tried[capacity])
                        continue;
                    tried[capacity] = true;
                    run(&c, vx_device_backend(device), capacity, false);
                    run(&c, vx_device_backend(device), capacity, true);
                }
            vx_device_free(device);
            case_free(&c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_of_every_length)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
