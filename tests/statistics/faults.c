/* Devices that compute wrongly: a backend that passes every call to the cpu and corrupts one of its results. Every such
 * run must end in VX_DEVICE, for every fault and any data. */
#include "fixture.h"

#include "engine/engine.h"

enum { N = 14, NX = 11, NY = 9, NZ = 10, V = NX * NY * NZ, TILES = (V + VX_TILE - 1) / VX_TILE, SEEDS = 3, ROW = 8 };
static const int dim[3] = {NX, NY, NZ};
static const double covariate[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4.5, 6.5, 5.25, 3, 9.75, 4.25, 6, 5.5};
static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73, 69, 64};
static const double *const nuisance[1] = {age};

typedef enum fault {
    NONE,
    LAST_TILE,      /* is never computed */
    MIDDLE_TILE,
    R_OFF,          /* r is larger by `much` from row 8 on */
    NO_COUNTS,      /* from row 8 on */
    EXTENT_HALVED,
    MASS_OFF,       /* by 1 % */
    ONE_MASS_OFF,   /* the largest of a batch */
    TFCE_OFF,       /* by 0.1 % */
    UNWRITTEN,      /* the maxima from row 64 on stay as they were filled */
    NEVER_FILLED,   /* or are 0 */
    SCORES_SWAPPED, /* two of each map from row 8 on, neither of which is the largest or the smallest */
    SCORE_OFF,      /* the largest of each map from row 8 on is the second largest, too */
    FLIP,           /* one bit in one download */
    FLIPS,          /* the same bit of every download */
} fault;

typedef struct faulty {
    vx_backend backend; /* first: a vx_backend pointer is a faulty pointer */
    vx_backend *cpu;
    fault fault;
    double much;
    int64_t downloads, flip_at; /* calls so far; the call to corrupt */
    double flip_place;          /* share of its bytes that come before the bit */
    int flip_bit;
    bool halves;                /* the relabellings are run in two ranges */
} faulty;

static faulty *of(vx_backend *backend)
{
    return (faulty *)backend;
}

static vx_status buffer_new(vx_backend *self, size_t bytes, vx_buffer **buffer, vx_error *error)
{
    return of(self)->cpu->buffer_new(of(self)->cpu, bytes, buffer, error);
}

static void buffer_free(vx_backend *self, vx_buffer *buffer)
{
    of(self)->cpu->buffer_free(of(self)->cpu, buffer);
}

static vx_status upload(vx_backend *self, int queue, vx_buffer *to, size_t offset, const void *from, size_t bytes,
                        vx_error *error)
{
    return of(self)->cpu->upload(of(self)->cpu, queue, to, offset, from, bytes, error);
}

static vx_status download(vx_backend *self, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                          vx_error *error)
{
    faulty *f = of(self);
    vx_status status = f->cpu->download(f->cpu, queue, from, offset, to, bytes, error);
    if (bytes && (f->fault == FLIPS || (f->fault == FLIP && f->downloads == f->flip_at)))
        ((unsigned char *)to)[(size_t)(f->flip_place * (double)(bytes - 1))] ^= (unsigned char)(1 << f->flip_bit);
    f->downloads++;
    return status;
}

static vx_status fill(vx_backend *self, int queue, vx_buffer *buffer, size_t offset, size_t bytes, int32_t word,
                      vx_error *error)
{
    return of(self)->cpu->fill(of(self)->cpu, queue, buffer, offset, bytes, word, error);
}

/* The first `bytes` of a buffer, for free(). */
static void *copy_of(faulty *f, vx_buffer *buffer, size_t bytes)
{
    void *data = malloc(bytes);
    vx_error error = {0};
    check(f->cpu->download(f->cpu, 0, buffer, 0, data, bytes, &error), error);
    return data;
}

static void put(faulty *f, vx_buffer *buffer, const void *data, size_t bytes)
{
    vx_error error = {0};
    check(f->cpu->upload(f->cpu, 0, buffer, 0, data, bytes, &error), error);
}

/* As if a tile had no data and were not counted. */
static vx_status without_tile(faulty *f, vx_op op, const vx_dense_args *args, vx_buffer *const *b, vx_error *error)
{
    size_t tile = (size_t)args->n * VX_TILE * 4, bytes = (size_t)args->tiles * tile, counts = (size_t)args->tiles * 256;
    int which = args->tiles / 2;
    char *y = copy_of(f, b[VX_B_Y], bytes), *kept = malloc(tile);
    uint32_t *before = args->flags & VX_COUNT ? copy_of(f, b[VX_B_COUNTS], counts) : NULL;
    memcpy(kept, y + (size_t)which * tile, tile);
    memset(y + (size_t)which * tile, 0, tile);
    put(f, b[VX_B_Y], y, bytes);
    vx_status status = f->cpu->run(f->cpu, 0, op, args, b, error);
    memcpy(y + (size_t)which * tile, kept, tile);
    put(f, b[VX_B_Y], y, bytes);
    if (before) {
        uint32_t *after = copy_of(f, b[VX_B_COUNTS], counts);
        memcpy(after + which * VX_TILE, before + which * VX_TILE, VX_TILE * 4);
        put(f, b[VX_B_COUNTS], after, counts);
        free(after);
    }
    free(before);
    free(kept);
    free(y);
    return status;
}

/* The weights from row 8 on are larger, and so is r. */
static vx_status with_larger_r(faulty *f, vx_op op, const vx_dense_args *args, vx_buffer *const *b, vx_error *error)
{
    size_t row = (size_t)((1 + args->nuisance) * args->n), bytes = (size_t)args->relabellings * row * sizeof(float);
    float *w = copy_of(f, b[VX_B_W], bytes), *kept = malloc(bytes);
    memcpy(kept, w, bytes);
    for (int p = ROW; p < args->relabellings; p++)
        for (int i = 0; i < args->n; i++)
            w[(size_t)p * row + (size_t)i] *= (float)(1 + f->much);
    put(f, b[VX_B_W], w, bytes);
    vx_status status = f->cpu->run(f->cpu, 0, op, args, b, error);
    put(f, b[VX_B_W], kept, bytes);
    free(w);
    free(kept);
    return status;
}

/* Runs the op with a fault in its arguments. */
static vx_status run_dense(faulty *f, vx_op op, const vx_dense_args *args, vx_buffer *const *b, vx_error *error)
{
    vx_dense_args other = *args;
    bool late = args->relabellings > ROW;
    vx_status status;
    switch (f->fault) {
    case LAST_TILE:
        other.tiles--;
        other.voxels = other.tiles * VX_TILE;
        return f->cpu->run(f->cpu, 0, op, &other, b, error);
    case MIDDLE_TILE: return without_tile(f, op, args, b, error);
    case R_OFF: return with_larger_r(f, op, args, b, error);
    case NO_COUNTS:
        other.flags &= ~VX_COUNT;
        status = f->cpu->run(f->cpu, 0, op, late ? &other : args, b, error);
        other.relabellings = ROW;
        other.flags = args->flags & VX_COUNT;
        return status || !late ? status : f->cpu->run(f->cpu, 0, op, &other, b, error);
    default: return f->cpu->run(f->cpu, 0, op, args, b, error);
    }
}

static void spoil_maxima(faulty *f, const vx_dense_args *args, vx_buffer *const *b)
{
    size_t bytes = (size_t)args->relabellings * 4;
    int32_t *high = copy_of(f, b[VX_B_HIGH], bytes), *low = copy_of(f, b[VX_B_LOW], bytes);
    for (int p = 64; p < args->relabellings; p++) {
        high[p] = f->fault == UNWRITTEN ? INT32_MIN : 0;
        low[p] = f->fault == UNWRITTEN ? INT32_MAX : 0;
    }
    put(f, b[VX_B_HIGH], high, bytes);
    put(f, b[VX_B_LOW], low, bytes);
    free(high);
    free(low);
}

static void spoil_clusters(faulty *f, const vx_clusters_args *args, vx_buffer *const *b)
{
    size_t count = (size_t)args->relabellings * 2;
    int32_t *extent = copy_of(f, b[VX_B_EXTENT], count * sizeof *extent);
    int64_t *mass = copy_of(f, b[VX_B_MASS], count * sizeof *mass);
    size_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = mass[i] > mass[largest] ? i : largest;
        extent[i] = f->fault == EXTENT_HALVED ? (extent[i] + 1) / 2 : extent[i];
        mass[i] = f->fault == MASS_OFF ? mass[i] / 100 * 99 : mass[i];
    }
    if (f->fault == ONE_MASS_OFF)
        mass[largest] += mass[largest] / 100;
    put(f, b[VX_B_EXTENT], extent, count * sizeof *extent);
    put(f, b[VX_B_MASS], mass, count * sizeof *mass);
    free(extent);
    free(mass);
}

static void spoil_tfce(faulty *f, const vx_tfce_args *args, vx_buffer *const *b)
{
    size_t count = (size_t)args->relabellings * 2;
    double *best = copy_of(f, b[VX_B_BEST], count * sizeof *best);
    for (size_t i = 0; i < count; i++)
        best[i] *= 1.001;
    put(f, b[VX_B_BEST], best, count * sizeof *best);
    free(best);
}

static void spoil_scores(faulty *f, const vx_dense_args *args, vx_buffer *const *b)
{
    size_t map = (size_t)args->map, bytes = (size_t)args->relabellings * map * 4;
    int32_t *score = copy_of(f, b[VX_B_SCORE], bytes);
    for (int p = ROW; p < args->relabellings; p++) {
        int32_t *of = score + (size_t)p * map;
        int high = 0, low = 0, next = -1;
        for (int v = 1; v < V; v++) {
            high = of[v] > of[high] ? v : high;
            low = of[v] < of[low] ? v : low;
        }
        for (int v = 0; v < V; v++)
            next = of[v] < of[high] && (next < 0 || of[v] > of[next]) ? v : next;
        int a = high == 3 || low == 3 ? 5 : 3, c = high == 700 || low == 700 ? 701 : 700;
        int32_t kept = of[a];
        if (f->fault == SCORE_OFF) {
            of[high] = of[next];
        } else {
            of[a] = of[c];
            of[c] = kept;
        }
    }
    put(f, b[VX_B_SCORE], score, bytes);
    free(score);
}

static vx_status run(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const *b, vx_error *error)
{
    faulty *f = of(self);
    bool dense = op == VX_OP_SIGNFLIP || op == VX_OP_CORRELATION;
    vx_status status = dense ? run_dense(f, op, args, b, error) : f->cpu->run(f->cpu, queue, op, args, b, error);
    if (dense && (f->fault == UNWRITTEN || f->fault == NEVER_FILLED))
        spoil_maxima(f, args, b);
    if (dense && (f->fault == SCORES_SWAPPED || f->fault == SCORE_OFF))
        spoil_scores(f, args, b);
    if (op == VX_OP_CLUSTERS && f->fault >= EXTENT_HALVED && f->fault <= ONE_MASS_OFF)
        spoil_clusters(f, args, b);
    if (op == VX_OP_TFCE && f->fault == TFCE_OFF)
        spoil_tfce(f, args, b);
    return status;
}

static vx_status wait_queue(vx_backend *self, int queue, vx_error *error)
{
    return of(self)->cpu->wait(of(self)->cpu, queue, error);
}

static double seconds(const vx_backend *self, vx_op op)
{
    const faulty *f = (const faulty *)self;
    return f->cpu->seconds(f->cpu, op);
}

static void free_faulty(vx_backend *self)
{
    of(self)->cpu->free(of(self)->cpu);
    free(self);
}

/* The second half of the relabellings and then the first. */
static vx_status infer_halves(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                              const vx_inference_options *options, vx_result **result, vx_error *error)
{
    vx_inference *inference = NULL;
    vx_tally *tally = NULL;
    check(vx_inference_new(device, matrix, effect, options, &inference, error), *error);
    uint64_t all = vx_inference_plan(inference)->evaluations;
    vx_status status = vx_inference_observe(inference, error);
    if (!status && !(status = vx_inference_tally(inference, &tally, error)) &&
        !(status = vx_inference_run(inference, all / 2, all, tally, NULL, NULL, error)) &&
        !(status = vx_inference_run(inference, 0, all / 2, tally, NULL, NULL, error)))
        status = vx_inference_finish(inference, tally, result, error);
    vx_tally_free(tally);
    vx_inference_free(inference);
    return status;
}

/* The status of an effect on a device with the fault `how`. */
static vx_status infer(const faulty *how, bool exact, const vx_matrix *matrix, const vx_effect *effect,
                       const vx_inference_options *options, int64_t *downloads, vx_error *error)
{
    faulty *f = malloc(sizeof *f);
    vx_device *device = NULL;
    vx_result *result = NULL;
    *f = *how;
    check(vx_cpu_open(1, &f->cpu, error), *error);
    f->backend = (vx_backend){.info = f->cpu->info, .parallel = {1, 1, 1, 1}, .queues = VX_QUEUES,
                              .buffer_new = buffer_new, .buffer_free = buffer_free, .upload = upload,
                              .download = download, .fill = fill, .run = run, .wait = wait_queue, .seconds = seconds,
                              .free = free_faulty};
    snprintf(f->backend.info.id, sizeof f->backend.info.id, "opencl:7.3");
    snprintf(f->backend.info.name, sizeof f->backend.info.name, "the faulty one");
    f->backend.info.exact_division = exact;
    check(vx_device_wrap(&f->backend, &device, error), *error);
    vx_status status = how->halves ? infer_halves(device, matrix, effect, options, &result, error)
                                   : vx_infer(device, matrix, effect, options, NULL, NULL, &result, error);
    if (downloads)
        *downloads = f->downloads;
    vx_result_free(result);
    vx_device_free(device);
    return status;
}

static vx_matrix *make_matrix(uint64_t seed)
{
    float *noise = fixture_noise(seed, N, V);
    for (int i = 0; i < N * V; i++)
        noise[i] += 0.2f;
    vx_matrix *matrix = fixture_matrix(dim, N, V, noise, NULL);
    free(noise);
    return matrix;
}

static vx_inference_options settings(int64_t permutations, bool tfce)
{
    vx_inference_options options = vx_inference_defaults();
    options.permutations = permutations;
    options.cluster_p = 0.01;
    options.correct &= tfce ? ~0u : ~(unsigned)VX_CORRECT_TFCE;
    return options;
}

static void refused(vx_status status, const vx_error *error, const char *what, int at)
{
    if (status != VX_DEVICE || !strstr(error->message, "opencl:7.3") || !strstr(error->message, "the faulty one"))
        fail_msg("%s %d: status %d, \"%s\"", what, at, status, status ? error->message : "accepted");
}

/* Flips in two batches, and a covariate beside nuisance with TFCE; every other time in two ranges. */
static void faults(void **state)
{
    static const char *const name[] = {"none", "last tile", "middle tile", "r off", "no counts", "extent halved",
                                       "mass off", "one mass off", "TFCE off", "unwritten", "never filled"};
    vx_model *model = fixture_model(N, covariate, 1, nuisance, VX_PEARSON);
    vx_model *alone = fixture_model(N, covariate, 0, NULL, VX_PEARSON);
    (void)state;
    for (int seed = 0; seed < SEEDS; seed++) {
        vx_matrix *matrix = make_matrix((uint64_t)(91 + seed));
        for (int which = NONE; which <= NEVER_FILLED; which++)
            for (int effect = 0; effect < 2; effect++) {
                vx_inference_options options = settings(effect ? 200 : 1500, effect);
                const faulty how = {.fault = (fault)which, .much = 1e-3, .halves = seed % 2};
                vx_error error = {0};
                if (effect == 0 && (which == R_OFF || which == TFCE_OFF || which == NO_COUNTS))
                    continue; /* flips have no weights; their uncorrected p are counted on the host */
                vx_status status = infer(&how, true, matrix, effect ? &model->effect[1] : &alone->effect[0], &options,
                                         NULL, &error);
                if (which == NONE)
                    check(status, error);
                else
                    refused(status, &error, name[which], effect);
            }
        vx_matrix_free(matrix);
    }
    vx_model_free(model);
    vx_model_free(alone);
}

/* The same data as elements with names, whose every score is kept. */
static vx_matrix *make_names(uint64_t seed)
{
    static char text[V][8];
    static const char *name[V];
    vx_matrix *grid = make_matrix(seed), *matrix = NULL;
    vx_space space;
    vx_error error = {0};
    for (int v = 0; v < V; v++) {
        snprintf(text[v], sizeof *text, "r%d", v);
        name[v] = text[v];
    }
    check(vx_space_of_names("region", "regions", V, name, &space, &error), error);
    check(vx_matrix_new(&space, N, grid->data, &matrix, &error), error);
    vx_space_destroy(&space);
    vx_matrix_free(grid);
    return matrix;
}

/* Statistics that are not those of their elements: where the maxima agree, and where they do not. */
static void faults_of_statistics(void **state)
{
    vx_model *model = fixture_model(N, covariate, 1, nuisance, VX_PEARSON);
    vx_model *alone = fixture_model(N, covariate, 0, NULL, VX_PEARSON);
    vx_matrix *matrix = make_names(91);
    (void)state;
    for (int halves = 0; halves < 2; halves++)
        for (int effect = 0; effect < 2; effect++) {
            const vx_effect *of = effect ? &model->effect[1] : &alone->effect[0];
            vx_inference_options options = settings(effect ? 200 : 300, false);
            vx_error error = {0};
            options.correct = VX_CORRECT_VOXEL;
            options.statistics = true;
            check(infer(&(faulty){.fault = NONE, .halves = halves}, true, matrix, of, &options, NULL, &error), error);
            const faulty swapped = {.fault = SCORES_SWAPPED, .halves = halves};
            const faulty off = {.fault = SCORE_OFF, .halves = halves};
            refused(infer(&swapped, true, matrix, of, &options, NULL, &error), &error, "scores swapped", effect);
            refused(infer(&off, true, matrix, of, &options, NULL, &error), &error, "a score off", effect);
            assert_non_null(strstr(error.message, "do not agree with its maxima"));
        }
    vx_matrix_free(matrix);
    vx_model_free(model);
    vx_model_free(alone);
}

/* Flips one bit of each download in turn, at several places, and then of all downloads. */
static void flipped_bits(void **state)
{
    static const double place[] = {0, 0.37, 1};
    static const int bit[] = {0, 3, 7};
    vx_model *model = fixture_model(N, covariate, 0, NULL, VX_PEARSON);
    vx_matrix *matrix = make_matrix(97);
    vx_inference_options options = settings(40, true);
    vx_error error = {0};
    int64_t downloads = 0;
    (void)state;
    check(infer(&(faulty){.fault = NONE}, true, matrix, &model->effect[1], &options, &downloads, &error), error);
    assert_true(downloads >= 8); /* scores, TFCE, list sizes, extents, masses, two maxima, counts */
    for (int64_t at = 0; at <= downloads; at++)
        for (int k = 0; k < 3; k++) {
            const faulty how = {.fault = at < downloads ? FLIP : FLIPS, .flip_at = at, .flip_place = place[k],
                                .flip_bit = bit[k]};
            refused(infer(&how, true, matrix, &model->effect[1], &options, NULL, &error), &error, "bit of download",
                    (int)at);
        }
    vx_matrix_free(matrix);
    vx_model_free(model);
}

/* A device whose quotients are wrong in the last bits is right; one that is 0.1 % off is not. */
static void last_bits(void **state)
{
    vx_model *model = fixture_model(N, covariate, 1, nuisance, VX_PEARSON);
    (void)state;
    for (int seed = 0; seed < SEEDS; seed++) {
        vx_matrix *matrix = make_matrix((uint64_t)(91 + seed));
        vx_inference_options options = settings(200, true);
        vx_error error = {0};
        check(infer(&(faulty){.fault = R_OFF, .much = 0x1p-23}, false, matrix, &model->effect[1], &options, NULL,
                    &error),
              error);
        refused(infer(&(faulty){.fault = R_OFF, .much = 0x1p-20}, true, matrix, &model->effect[1], &options, NULL,
                      &error),
                &error, "last bits of an exact device", seed);
        refused(infer(&(faulty){.fault = R_OFF, .much = 1e-3}, false, matrix, &model->effect[1], &options, NULL,
                      &error),
                &error, "0.1 % of an inexact device", seed);
        vx_matrix_free(matrix);
    }
    vx_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(faults), cmocka_unit_test(faults_of_statistics),
                                       cmocka_unit_test(flipped_bits), cmocka_unit_test(last_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
