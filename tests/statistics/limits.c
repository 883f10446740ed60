/* Devices with limits: the cpu in the place of a device with little memory, without double precision, or on which
 * launches take long. Every result must have the bits of a device without the limit, and the plan must say what was
 * done. */
#include "fixture.h"

#include "engine/backend.h"

enum { N = 14, NX = 11, NY = 9, NZ = 10, V = NX * NY * NZ };
static const int dim[3] = {NX, NY, NZ};
static const double covariate[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4.5, 6.5, 5.25, 3, 9.75, 4.25, 6, 5.5};

/* The limits of the device under test, and the functions of the cpu that they are put in front of. */
static struct {
    size_t memory;   /* bytes of all buffers; 0: no limit */
    size_t made;     /* bytes of buffers so far, since `first` was made */
    int refused;
    bool no_double;  /* an op that needs it fails */
    double constant, each; /* seconds of a launch, and of each of its relabellings; both 0: no clock */
    double longest[VX_QUEUES], longest_of_all;
    int64_t most;    /* relabellings of a dense launch */
    bool busy[VX_QUEUES]; /* a dense launch was started and not waited for yet */
    vx_status (*buffer_new)(vx_backend *self, size_t bytes, vx_buffer **buffer, vx_error *error);
    vx_status (*run)(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const buffer[VX_BUFFERS],
                     vx_error *error);
    vx_status (*download)(vx_backend *self, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                          vx_error *error);
} limited;

/* Refuses buffers beyond the memory. After a refusal the engine frees all its buffers, and memory is empty again. */
static vx_status buffer_new(vx_backend *self, size_t bytes, vx_buffer **buffer, vx_error *error)
{
    if (limited.memory && limited.made + bytes > limited.memory) {
        limited.made = 0;
        return vx_fail(error, VX_DEVICE, "refusal %d: %zu bytes", ++limited.refused, bytes);
    }
    limited.made += bytes;
    return limited.buffer_new(self, bytes, buffer, error);
}

static vx_status run(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const buffer[VX_BUFFERS],
                     vx_error *error)
{
    if (limited.no_double && vx_op_table[op].needs_double)
        return vx_fail(error, VX_DEVICE, "%s needs double precision", vx_op_table[op].stem);
    if (op == VX_OP_CORRELATION) {
        const int64_t relabellings = ((const vx_dense_args *)args)->relabellings;
        const double taken = limited.constant + limited.each * (double)relabellings;
        limited.longest[queue] = fmax(limited.longest[queue], taken);
        limited.longest_of_all = fmax(limited.longest_of_all, taken);
        limited.most = relabellings > limited.most ? relabellings : limited.most;
        limited.busy[queue] = true;
    }
    return limited.run(self, queue, op, args, buffer, error);
}

/* It returns when all work of the queue before it is done. */
static vx_status download(vx_backend *self, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                          vx_error *error)
{
    limited.busy[queue] = false;
    return limited.download(self, queue, from, offset, to, bytes, error);
}

static double longest(vx_backend *self, int queue)
{
    const double taken = limited.longest[queue];
    (void)self;
    limited.longest[queue] = 0;
    return taken;
}

static vx_device *open_limited(void)
{
    vx_backend *backend = NULL;
    vx_device *device = NULL;
    vx_error error = {0};
    check(vx_cpu_open(2, &backend, &error), error);
    snprintf(backend->info.id, sizeof backend->info.id, "opencl:7.3");
    backend->queues = VX_QUEUES;
    limited.buffer_new = backend->buffer_new;
    backend->buffer_new = buffer_new;
    limited.download = backend->download;
    backend->download = download;
    limited.run = backend->run;
    backend->run = run;
    backend->longest = limited.constant > 0 || limited.each > 0 ? longest : NULL;
    backend->info.has_double = !limited.no_double;
    check(vx_device_wrap(backend, &device, &error), error);
    return device;
}

static void same(const vx_result *a, const vx_result *b)
{
    const size_t bytes = a->null.count * sizeof(double);
    assert_int_equal(a->null.count, b->null.count);
    assert_memory_equal(a->null.voxel, b->null.voxel, bytes);
    assert_memory_equal(a->null.extent, b->null.extent, bytes);
    assert_memory_equal(a->null.mass, b->null.mass, bytes);
    assert_memory_equal(a->null.tfce, b->null.tfce, bytes);
    assert_int_equal(a->maps, b->maps);
    for (size_t m = 0; m < a->maps; m++) {
        assert_int_equal(a->map[m].quantity, b->map[m].quantity);
        assert_memory_equal(a->map[m].value, b->map[m].value, V * sizeof(float));
    }
}

typedef struct study {
    vx_matrix *matrix;
    vx_model *model;
    const vx_effect *effect;
    vx_inference_options options;
    vx_result *expected; /* of the cpu */
} study;

/* With `common`, all voxels of a participant share so much that some relabellings fill their lists. */
static study make_study(bool common)
{
    study s = {.options = vx_inference_defaults(), .model = fixture_model(N, covariate, 0, NULL, VX_PEARSON)};
    float *noise = fixture_noise(17, N, V);
    for (int i = 0; i < N * V && common; i++)
        noise[i] += 3 * noise[i / V * V];
    s.matrix = fixture_matrix(dim, N, V, noise, NULL);
    s.effect = &s.model->effect[1];
    s.options.permutations = 300;
    s.options.cluster_p = 0.01;
    s.expected = fixture_run("cpu", 1, s.matrix, s.effect, &s.options);
    free(noise);
    return s;
}

static void free_study(study *s)
{
    vx_result_free(s->expected);
    vx_matrix_free(s->matrix);
    vx_model_free(s->model);
}

/* The memory is half of what is planned, less than that, and not enough for anything. */
static void little_memory(void **state)
{
    study s = make_study(false);
    const size_t planned = s.expected->plan.device_bytes;
    (void)state;
    assert_int_equal(s.expected->plan.device_bytes_refused, 0);
    for (int part = 1; part <= 5; part++) {
        vx_device *device = open_limited();
        vx_result *result = NULL;
        vx_error error = {0};
        limited.made = 0;
        limited.refused = 0;
        vx_plan plan;
        check(vx_infer_plan(device, s.matrix, s.effect, &s.options, &plan, &error), error);
        limited.memory = plan.device_bytes / (size_t)part;
        assert_true(plan.device_bytes >= planned);
        check(vx_infer(device, s.matrix, s.effect, &s.options, NULL, NULL, &result, &error), error);
        same(s.expected, result);
        assert_int_equal(limited.refused > 0, part > 1);
        assert_int_equal(result->plan.device_bytes_refused, part > 1 ? plan.device_bytes : 0);
        assert_true(result->plan.device_bytes <= limited.memory && result->plan.batch <= plan.batch);
        vx_result_free(result);
        vx_device_free(device);
    }
    vx_device *device = open_limited();
    vx_result *result = NULL;
    vx_error error = {0};
    limited.made = 0;
    limited.refused = 0;
    limited.memory = 1000;
    assert_int_equal(vx_infer(device, s.matrix, s.effect, &s.options, NULL, NULL, &result, &error), VX_DEVICE);
    assert_non_null(strstr(error.message, "refusal 1:"));
    assert_true(limited.refused > 1);
    vx_device_free(device);
    free_study(&s);
}

typedef struct seen {
    uint64_t last, calls, beside, stop; /* calls while the device was at work; 0, or from where on it stops */
} seen;

static bool see(void *context, uint64_t done, uint64_t total)
{
    seen *s = context;
    assert_true(done >= s->last && done <= total);
    s->beside += done > s->last && (limited.busy[0] || limited.busy[1]);
    s->last = done;
    s->calls++;
    return !s->stop || done < s->stop;
}

/* Without double precision TFCE runs on the cpu and the rest on the device, in one range and in two, with the steps of
 * every preset. */
static void no_double_precision(void **state)
{
    static const vx_tfce_preset preset[] = {VX_TFCE_EXACT, VX_TFCE_FSL, VX_TFCE_PALM};
    study s = make_study(false);
    (void)state;
    limited.memory = 0;
    s.options.permutations = 1600; /* more than a batch holds, so that two are under way */
    for (int k = 0; k < 6; k++) {
        s.options.tfce_preset = preset[k / 2];
        vx_result *expected = fixture_run("cpu", 2, s.matrix, s.effect, &s.options), *result = NULL;
        limited.no_double = true;
        vx_device *device = open_limited();
        vx_inference *inference = NULL;
        vx_tally *tally = NULL;
        vx_error error = {0};
        seen of = {0};
        check(vx_inference_new(device, s.matrix, s.effect, &s.options, &inference, &error), error);
        const uint64_t all = vx_inference_plan(inference)->evaluations, middle = k % 2 ? all / 3 : 0;
        assert_true(vx_inference_plan(inference)->host_tfce && !expected->plan.host_tfce);
        check(vx_inference_observe(inference, &error), error);
        check(vx_inference_tally(inference, &tally, &error), error);
        check(vx_inference_run(inference, middle, all, tally, see, &of, &error), error);
        assert_true(of.last == all - middle && of.calls > 3);
        assert_true(of.beside > 0); /* TFCE was computed while the device had a launch to do */
        if (middle)
            check(vx_inference_run(inference, 0, middle, tally, NULL, NULL, &error), error);
        check(vx_inference_finish(inference, tally, &result, &error), error);
        same(expected, result);
        vx_tally_free(tally);
        vx_inference_free(inference);
        vx_result_free(result);
        vx_device_free(device);
        vx_result_free(expected);
    }
    limited.no_double = false;
    free_study(&s);
}

/* A run ends where its progress says so, in TFCE on the host as elsewhere, without a result. */
static void stopped_on_the_host(void **state)
{
    study s = make_study(false);
    (void)state;
    s.options.permutations = 1600;
    limited.no_double = true;
    vx_device *device = open_limited();
    vx_result *result = NULL;
    vx_error error = {0};
    seen of = {.stop = 100};
    assert_int_equal(vx_infer(device, s.matrix, s.effect, &s.options, see, &of, &result, &error), VX_INTERRUPTED);
    assert_true(of.last >= 100 && of.last < 1600);
    assert_non_null(strstr(error.message, "stopped after "));
    assert_null(result);
    vx_device_free(device);
    limited.no_double = false;
    free_study(&s);
}

/* Launches of constant + each p seconds for p relabellings: at most half a second, unless one relabelling takes longer;
 * all that are left where they are fast. Lists that overflow are launches, too. */
static void launches_by_time(void **state)
{
    enum { ALL = 400 };
    static const struct {
        double constant, each;
        int64_t most; /* relabellings of the longest launch */
    } clock[] = {
        {0, 1e-6, ALL - 8 - 64}, /* 8 and 64 after the observed data, then the rest */
        {.01, 1e-5, ALL - 8 - 64},
        {0, 2e-3, 125},          /* half of 0.5 s is the aim */
        {.1, .02, 6},            /* 1, 2, 3, 4, 5 and 6: 0.25 / 0.22 of 6 are 6 */
        {0, .4, 1},
        {0, 3, 1},               /* longer than half a second, but one */
    };
    (void)state;
    for (size_t k = 0; k < sizeof clock / sizeof *clock; k++) {
        study s = make_study(k % 2);
        s.options.permutations = ALL - 1;
        vx_result_free(s.expected);
        s.expected = fixture_run("cpu", 2, s.matrix, s.effect, &s.options);
        vx_result *result = NULL;
        vx_error error = {0};
        memset(&limited, 0, sizeof limited);
        limited.constant = clock[k].constant;
        limited.each = clock[k].each;
        vx_device *device = open_limited();
        check(vx_infer(device, s.matrix, s.effect, &s.options, NULL, NULL, &result, &error), error);
        same(s.expected, result);
        assert_int_equal(result->overflows > 0, k % 2);
        assert_int_equal(limited.most, clock[k].most);
        assert_true(limited.longest_of_all <= fmax(.5, clock[k].each));
        vx_result_free(result);
        vx_device_free(device);
        free_study(&s);
    }
    memset(&limited, 0, sizeof limited);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(little_memory), cmocka_unit_test(no_double_precision),
                                       cmocka_unit_test(stopped_on_the_host),
                                       cmocka_unit_test(launches_by_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
