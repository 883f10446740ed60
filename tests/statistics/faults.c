/* Runs on devices that compute wrongly: every one must end in VX_DEVICE, for every fault and any data. */
#include "faulty.h"

enum { N = 14, NX = 11, NY = 9, NZ = 10, V = NX * NY * NZ, SEEDS = 3 };
static const int dim[3] = {NX, NY, NZ};
static const double covariate[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4.5, 6.5, 5.25, 3, 9.75, 4.25, 6, 5.5};
static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73, 69, 64};
static const double *const nuisance[1] = {age};

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
    faulty *f = faulty_new(how, exact, 1);
    vx_device *device = NULL;
    vx_result *result = NULL;
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
                    refused(status, &error, fault_name[which], effect);
            }
        vx_matrix_free(matrix);
    }
    vx_model_free(model);
    vx_model_free(alone);
}

/* One wrong relabelling of many, whose maxima are possible ones: of flips, whose uncorrected p are counted on the host,
 * so that no count tells, and of permutations. */
static void one_relabelling(void **state)
{
    vx_model *model = fixture_model(N, covariate, 1, nuisance, VX_PEARSON);
    vx_model *alone = fixture_model(N, covariate, 0, NULL, VX_PEARSON);
    vx_matrix *matrix = make_matrix(91);
    (void)state;
    for (int effect = 0; effect < 2; effect++)
        for (int halves = 0; halves < 2; halves++) {
            const vx_inference_options options = settings(1500, false);
            const faulty how = {.fault = ONE_WEIGHT, .halves = halves};
            vx_error error = {0};
            vx_status status = infer(&how, true, matrix, effect ? &model->effect[1] : &alone->effect[0], &options, NULL,
                                     &error);
            refused(status, &error, fault_name[ONE_WEIGHT], effect);
            if (!strstr(error.message, halves ? "relabelling 758 is not the one" : "relabelling 8 is not the one"))
                fail_msg("%s", error.message);
        }
    vx_matrix_free(matrix);
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
    vx_inference_options options = settings(39, true); /* 40 relabellings fill their blocks of weights */
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(faults), cmocka_unit_test(one_relabelling),
                                       cmocka_unit_test(faults_of_statistics), cmocka_unit_test(flipped_bits),
                                       cmocka_unit_test(last_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
