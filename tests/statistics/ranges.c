/* An inference cut into ranges of relabellings, evaluated out of order and on several devices, and merged, against the
 * same inference in one call; and the tallies that are refused. */
#include "fixture.h"

#include "engine/tally.h"

#include <stdlib.h>
#include <unistd.h>

enum { N = 9, NX = 11, NY = 10, NZ = 7, V = NX * NY * NZ, PARTS = 7 };
static const int dim[3] = {NX, NY, NZ};
static const double score[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4.5, 6.5, 3};
static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58};
static const double *const nuisance[1] = {age};

static vx_matrix *make_matrix(uint64_t seed)
{
    float *data = fixture_noise(seed, N, V);
    for (int k = 0; k < N * V; k++)
        data[k] += 0.2f;
    vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
    free(data);
    return matrix;
}

static vx_inference_options settings(int64_t permutations, vx_tfce_preset preset, vx_tails tails)
{
    vx_inference_options options = vx_inference_defaults();
    options.permutations = permutations;
    options.seed = 17;
    options.cluster_p = 0.05;
    options.tfce_preset = preset;
    options.tails = tails;
    return options;
}

static void same_array(const double *a, const double *b, uint64_t count, const char *what)
{
    assert_true(!a == !b);
    if (a && memcmp(a, b, count * sizeof *a) != 0)
        fail_msg("null distributions of %s differ", what);
}

/* The same data as elements with names, the first `count`. */
static vx_matrix *make_names(uint64_t seed, int64_t count)
{
    static char text[V][8];
    static const char *name[V];
    vx_matrix *grid = make_matrix(seed), *matrix = NULL;
    float *data = malloc((size_t)(N * count) * sizeof *data);
    vx_space space;
    vx_error error = {0};
    for (int64_t v = 0; v < count; v++) {
        snprintf(text[v], sizeof *text, "r%d", (int)v);
        name[v] = text[v];
        for (int i = 0; i < N; i++)
            data[i * count + v] = grid->data[i * V + v];
    }
    check(vx_space_of_names("region", "regions", count, name, &space, &error), error);
    check(vx_matrix_new(&space, N, data, &matrix, &error), error);
    vx_space_destroy(&space);
    vx_matrix_free(grid);
    free(data);
    return matrix;
}

/* Every bit of maps, clusters, null distributions and statistics. */
static void same(const vx_result *a, const vx_result *b)
{
    assert_int_equal(a->null.count, b->null.count);
    same_array(a->null.voxel, b->null.voxel, a->null.count, "t");
    same_array(a->null.extent, b->null.extent, a->null.count, "extent");
    same_array(a->null.mass, b->null.mass, a->null.count, "mass");
    same_array(a->null.tfce, b->null.tfce, a->null.count, "TFCE");
    same_array(a->statistic, b->statistic, a->null.count * (uint64_t)a->voxels, "every element");
    same_array(a->reach, b->reach, (uint64_t)a->voxels, "ties");
    assert_int_equal(a->maps, b->maps);
    for (size_t m = 0; m < a->maps; m++)
        if (memcmp(a->map[m].value, b->map[m].value, (size_t)a->voxels * sizeof(float)) != 0)
            fail_msg("the maps %s differ", vx_quantity_name(a->map[m].quantity));
    assert_int_equal(a->clusters, b->clusters);
    for (size_t c = 0; c < a->clusters; c++)
        assert_memory_equal(a->cluster[c].p, b->cluster[c].p, sizeof a->cluster[c].p);
    assert_true(a->clusters > 0 || a->statistic);
}

/* The devices that round division correctly, each with a separate inference that has observed the data. */
typedef struct workshop {
    int devices;
    vx_device *device[8];
    vx_inference *inference[8];
} workshop;

static workshop open_workshop(const vx_matrix *matrix, const vx_effect *effect, const vx_inference_options *options)
{
    char name[8][32];
    int count = fixture_devices(name, 8);
    workshop w = {0};
    vx_error error = {0};
    for (int d = 0; d < count; d++) {
        vx_device *device = NULL;
        check(vx_device_open(name[d], NULL, &device, NULL, 0, &error), error);
        if (!vx_device_properties(device)->exact_division) {
            vx_device_free(device);
            continue;
        }
        w.device[w.devices] = device;
        check(vx_inference_new(device, matrix, effect, options, &w.inference[w.devices], &error), error);
        check(vx_inference_observe(w.inference[w.devices++], &error), error);
    }
    return w;
}

static void close_workshop(workshop *w)
{
    for (int d = 0; d < w->devices; d++) {
        vx_inference_free(w->inference[d]);
        vx_device_free(w->device[d]);
    }
}

/* A tally of [first, last), on device d. */
static vx_tally *run_part(const workshop *w, int d, uint64_t first, uint64_t last)
{
    vx_tally *tally = NULL;
    vx_error error = {0};
    check(vx_inference_tally(w->inference[d], &tally, &error), error);
    check(vx_inference_run(w->inference[d], first, last, tally, NULL, NULL, &error), error);
    return tally;
}

static char folder[] = "/tmp/voxstat-ranges-XXXXXX";

static const char *file(int part)
{
    static char path[sizeof folder + 16];
    snprintf(path, sizeof path, "%s/part-%d.h5", folder, part);
    return path;
}

static vx_tally *kept_and_read(const vx_tally *tally, int part)
{
    vx_tally *read = NULL;
    vx_error error = {0};
    check(vx_tally_write(tally, file(part), &error), error);
    check(vx_tally_read(file(part), &read, &error), error);
    unlink(file(part));
    return read;
}

/* Every part is written to a file and read back. */
static vx_tally *written_and_read(vx_tally *tally, int part)
{
    vx_tally *read = kept_and_read(tally, part);
    vx_tally_free(tally);
    return read;
}

static void in_parts(const vx_matrix *matrix, const vx_effect *effect, const vx_inference_options *options)
{
    static const int order[2][PARTS] = {{4, 0, 6, 2, 5, 1, 3}, {3, 6, 0, 5, 1, 4, 2}}; /* evaluated; merged */
    vx_result *single = fixture_run("cpu", 0, matrix, effect, options), *merged = NULL;
    workshop w = open_workshop(matrix, effect, options);
    uint64_t all = vx_inference_plan(w.inference[0])->evaluations;
    vx_tally *part[PARTS], *tally = NULL;
    vx_error error = {0};
    size_t ranges;
    assert_true(w.devices > 0);
    for (int k = 0; k < PARTS; k++) { /* parts of odd lengths, of which the first has one relabelling */
        int p = order[0][k];
        uint64_t first = p ? 1 + (all - 1) * (uint64_t)(p - 1) / (PARTS - 1) : 0;
        part[p] = written_and_read(run_part(&w, k % w.devices, first, 1 + (all - 1) * (uint64_t)p / (PARTS - 1)), p);
    }
    check(vx_inference_tally(w.inference[0], &tally, &error), error);
    for (int k = 0; k < PARTS; k++) {
        if (k == PARTS - 1) {
            assert_int_equal(vx_inference_finish(w.inference[0], tally, &merged, &error), VX_INPUT);
            assert_non_null(strstr(error.message, "the tally lacks relabelling"));
        }
        check(vx_tally_merge(tally, part[order[1][k]], &error), error);
        assert_int_equal(vx_tally_merge(tally, part[order[1][k]], &error), VX_INPUT);
        assert_non_null(strstr(error.message, "is in the tally already"));
        vx_tally_free(part[order[1][k]]);
    }
    const vx_range *range = vx_tally_ranges(tally, &ranges);
    assert_true(ranges == 1 && range->first == 0 && range->last == all);
    check(vx_inference_finish(w.inference[w.devices - 1], tally, &merged, &error), error);
    same(single, merged);
    assert_int_equal(vx_inference_finish(w.inference[w.devices - 1], tally, &merged, &error), VX_USAGE);
    vx_result_free(single);
    vx_result_free(merged);
    vx_tally_free(tally);
    close_workshop(&w);
}

/* All flips, of which half are evaluated; random orders with nuisance; FSL's steps, which follow from the data as
 * observed; one tail; uncorrected p that are not counted (9 participants, 100 random flips); statistics of names. */
static void parts_give_one_run(void **state)
{
    vx_matrix *matrix = make_matrix(5);
    vx_model *model = fixture_model(N, score, 1, nuisance, VX_PEARSON);
    vx_model *alone = fixture_model(N, score, 0, NULL, VX_SPEARMAN);
    const struct {
        const vx_effect *effect;
        vx_inference_options options;
    } c[] = {
        {&alone->effect[0], settings(VX_PERMUTATIONS_ALL, VX_TFCE_EXACT, VX_TWO_TAILS)},
        {&alone->effect[0], settings(VX_PERMUTATIONS_ALL, VX_TFCE_FSL, VX_NEGATIVE)},
        {&alone->effect[0], settings(100, VX_TFCE_EXACT, VX_TWO_TAILS)},
        {&model->effect[0], settings(100, VX_TFCE_EXACT, VX_POSITIVE)},
        {&model->effect[1], settings(200, VX_TFCE_FSL, VX_TWO_TAILS)},
        {&alone->effect[1], settings(150, VX_TFCE_PALM, VX_TWO_TAILS)},
    };
    (void)state;
    for (size_t k = 0; k < sizeof c / sizeof *c; k++)
        in_parts(matrix, c[k].effect, &c[k].options);
    for (int64_t count = 1; count <= 257; count += 128) { /* names, and the statistic of each: one tile, and more */
        vx_matrix *names = make_names(5, count);
        for (int e = 0; e < 2; e++) {
            vx_inference_options options = settings(e ? 150 : VX_PERMUTATIONS_ALL, VX_TFCE_EXACT, VX_POSITIVE);
            options.correct = VX_CORRECT_VOXEL;
            options.statistics = true;
            in_parts(names, &model->effect[e], &options);
            in_parts(names, &alone->effect[e], &options);
        }
        vx_matrix_free(names);
    }
    vx_model_free(model);
    vx_model_free(alone);
    vx_matrix_free(matrix);
}

static void refused_for(vx_status status, const vx_error *error, const char *why)
{
    assert_int_equal(status, VX_INPUT);
    if (!strstr(error->message, why))
        fail_msg("\"%s\" does not say \"%s\"", error->message, why);
}

/* The tally of another inference is refused by run, merge and finish, and the message names the difference. */
static void others_are_refused(void **state)
{
    double shifted[N];
    vx_matrix *matrix = make_matrix(5), *another = make_matrix(5);
    vx_inference_options options = settings(40, VX_TFCE_EXACT, VX_TWO_TAILS), seed = options, forming = options;
    vx_error error = {0};
    (void)state;
    memcpy(shifted, score, sizeof score);
    shifted[4] += 0.25;
    another->data[V + 3] = nextafterf(another->data[V + 3], 10);
    seed.seed = 18;
    forming.cluster_p = 0.04;
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_model *moved = fixture_model(N, shifted, 0, NULL, VX_PEARSON);
    const struct {
        const vx_matrix *matrix;
        const vx_effect *effect;
        const vx_inference_options *options;
        const char *why;
    } c[] = {{another, &model->effect[1], &options, "other data"},
             {matrix, &moved->effect[1], &options, "another effect"},
             {matrix, &model->effect[1], &forming, "other options"},
             {matrix, &model->effect[1], &seed, "another seed"}};
    workshop own = open_workshop(matrix, &model->effect[1], &options);
    vx_tally *tally = run_part(&own, 0, 0, 20);
    for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
        workshop w = open_workshop(c[k].matrix, c[k].effect, c[k].options);
        vx_tally *other = run_part(&w, 0, 20, 41);
        vx_result *result = NULL;
        refused_for(vx_tally_merge(tally, other, &error), &error, c[k].why);
        refused_for(vx_inference_run(own.inference[0], 0, 20, other, NULL, NULL, &error), &error, c[k].why);
        refused_for(vx_inference_finish(own.inference[0], other, &result, &error), &error, c[k].why);
        vx_tally_free(other);
        close_workshop(&w);
    }
    vx_tally *older = run_part(&own, 0, 20, 41);
    older->of.digest[VX_OF_VERSION][0] ^= 1;
    older = written_and_read(older, 0);
    refused_for(vx_tally_merge(tally, older, &error), &error, "another version of voxstat");
    vx_tally_free(older);
    for (int k = 0; k < 4; k++) { /* written with the fingerprint of this inference, and another shape */
        vx_tally *forged = run_part(&own, 0, 20, 41);
        vx_result *result = NULL;
        const char *why = k < 2 ? "instead of 41 of 770" : k == 2 ? "lacks TFCE" : "lacks counts";
        forged->evaluations += k == 0;
        forged->voxels -= k == 1;
        double(*tfce)[2] = forged->tfce;
        uint64_t *exceed = forged->exceed;
        forged->tfce = k == 2 ? NULL : tfce;
        forged->exceed = k == 3 ? NULL : exceed;
        vx_tally *read = kept_and_read(forged, 0);
        refused_for(vx_tally_merge(tally, read, &error), &error, why);
        refused_for(vx_inference_run(own.inference[0], 0, 20, read, NULL, NULL, &error), &error, why);
        refused_for(vx_inference_finish(own.inference[0], read, &result, &error), &error, why);
        vx_tally_free(read);
        forged->tfce = tfce;
        forged->exceed = exceed;
        vx_tally_free(forged);
    }
    vx_tally_free(tally);
    close_workshop(&own);
    vx_model_free(model);
    vx_model_free(moved);
    vx_matrix_free(matrix);
    vx_matrix_free(another);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

/* A stopped or refused run leaves the tally unchanged, and steps out of order are refused. */
static void a_tally_survives_errors(void **state)
{
    vx_matrix *matrix = make_matrix(6);
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_inference_options options = settings(60, VX_TFCE_EXACT, VX_TWO_TAILS);
    vx_result *single = fixture_run("cpu", 0, matrix, &model->effect[1], &options), *result = NULL;
    vx_device *device = NULL;
    vx_inference *in = NULL;
    vx_tally *tally = NULL;
    vx_error error = {0};
    size_t ranges;
    (void)state;
    check(vx_device_open("cpu", NULL, &device, NULL, 0, &error), error);
    check(vx_inference_new(device, matrix, &model->effect[1], &options, &in, &error), error);
    assert_int_equal(vx_inference_tally(in, &tally, &error), VX_USAGE);
    check(vx_inference_observe(in, &error), error);
    assert_int_equal(vx_inference_observe(in, &error), VX_USAGE);
    check(vx_inference_tally(in, &tally, &error), error);
    check(vx_inference_run(in, 10, 30, tally, NULL, NULL, &error), error);
    assert_int_equal(vx_inference_run(in, 0, 10, tally, stop_at_once, NULL, &error), VX_INTERRUPTED);
    assert_int_equal(vx_inference_run(in, 29, 40, tally, NULL, NULL, &error), VX_INPUT);
    assert_int_equal(vx_inference_run(in, 0, 61, tally, NULL, NULL, &error), VX_INPUT);
    assert_int_equal(vx_inference_run(in, 30, 62, tally, NULL, NULL, &error), VX_USAGE);
    assert_int_equal(vx_inference_run(in, 30, 30, tally, NULL, NULL, &error), VX_USAGE);
    const vx_range *range = vx_tally_ranges(tally, &ranges);
    assert_true(ranges == 1 && range->first == 10 && range->last == 30);
    check(vx_inference_run(in, 30, 61, tally, NULL, NULL, &error), error);
    check(vx_inference_run(in, 0, 10, tally, NULL, NULL, &error), error);
    check(vx_inference_finish(in, tally, &result, &error), error);
    same(single, result);
    vx_tally_free(tally);
    vx_result_free(result);
    vx_result_free(single);
    vx_inference_free(in);
    vx_device_free(device);
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* The bytes of a file; *size of them. */
static unsigned char *bytes_of(const char *path, size_t *size)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    *size = (size_t)ftell(stream);
    rewind(stream);
    unsigned char *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, stream), *size);
    fclose(stream);
    return bytes;
}

static void put_bytes(const char *path, const unsigned char *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

/* A file that is cut off or has another byte is refused, or gives the tally that was written: HDF5 has bytes without
 * meaning. A folder, a missing file and a tally without relabellings have different messages. */
static void damaged_files_are_refused(void **state)
{
    vx_matrix *matrix = make_matrix(5);
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_inference_options options = settings(40, VX_TFCE_EXACT, VX_TWO_TAILS);
    workshop own = open_workshop(matrix, &model->effect[1], &options);
    vx_tally *tally = run_part(&own, 0, 0, 20), *empty = NULL, *read = NULL;
    vx_error error = {0};
    size_t size, refusals = 0, steps = 0;
    (void)state;
    check(vx_inference_tally(own.inference[0], &empty, &error), error);
    assert_int_equal(vx_tally_write(empty, file(0), &error), VX_USAGE);
    refused_for(vx_tally_read(file(0), &read, &error), &error, "is missing");
    refused_for(vx_tally_read(folder, &read, &error), &error, "is no regular file");
    check(vx_tally_write(tally, file(0), &error), error);
    unsigned char *bytes = bytes_of(file(0), &size);
    for (size_t at = 0; at < size; at += 61, steps++) {
        bytes[at] ^= 0x10;
        put_bytes(file(0), bytes, size);
        bytes[at] ^= 0x10;
        if (vx_tally_read(file(0), &read, &error)) {
            assert_int_equal(error.status, VX_INPUT);
            refusals++;
            continue;
        }
        assert_memory_equal(read->high, tally->high, 20 * sizeof *read->high);
        assert_memory_equal(read->extent, tally->extent, 20 * sizeof *read->extent);
        assert_memory_equal(read->exceed, tally->exceed, V * sizeof *read->exceed);
        vx_tally_free(read);
    }
    assert_true(refusals > steps / 2);
    put_bytes(file(0), bytes, size / 2);
    assert_int_equal(vx_tally_read(file(0), &read, &error), VX_INPUT);
    unlink(file(0));
    free(bytes);
    vx_tally_free(tally);
    vx_tally_free(empty);
    close_workshop(&own);
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* Files whose digest is right and whose numbers are impossible: each is refused before its numbers are used. */
static void forged_numbers_are_refused(void **state)
{
    vx_matrix *matrix = make_matrix(5);
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_inference_options options = settings(40, VX_TFCE_EXACT, VX_TWO_TAILS);
    vx_range twice[2] = {{0, 20}, {10, 20}}, touching[2] = {{0, 10}, {10, 20}};
    workshop own = open_workshop(matrix, &model->effect[1], &options);
    vx_error error = {0};
    (void)state;
    for (int k = 0; k < 6; k++) {
        vx_tally *tally = run_part(&own, 0, 0, 20), forged = *tally, *read = NULL;
        switch (k) {
        case 0: forged.evaluations = 19; break;
        case 1: forged.evaluations = UINT64_C(1) << 26; break;
        case 2: forged.range = twice, forged.ranges = 2; break;
        case 3: forged.range = touching, forged.ranges = 2; break;
        case 4: forged.exceed[3] = UINT64_C(1) << 60; break;
        default: forged.extent[2][0] = -1; break;
        }
        check(vx_tally_write(&forged, file(0), &error), error);
        refused_for(vx_tally_read(file(0), &read, &error), &error, "is damaged");
        unlink(file(0));
        vx_tally_free(tally);
    }
    close_workshop(&own);
    vx_model_free(model);
    vx_matrix_free(matrix);
}

int main(void)
{
    assert_non_null(mkdtemp(folder));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_give_one_run),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(a_tally_survives_errors),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(forged_numbers_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
