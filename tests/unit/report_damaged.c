/* A results folder with one damaged part: each dataset of results.h5 damaged in every way, and each value of run.json
 * replaced by values of other types. Reading gives the results, or VX_INPUT and a message, and a folder that cannot be
 * read is left unchanged. */
#include "unit/results_damage.h"
#include "unit/results_fixture.h"

#include "nidm/nidm.h"
#include "report/report.h"
#include "results/results.h"

#include <dirent.h>
#include <hdf5.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

static char *run_text; /* of the folder */

/* Reads all that a results folder offers. */
static vx_status read_all(vx_error *error)
{
    vx_results *results = NULL;
    vx_status status = vx_results_open(fixture_folder, &results, error);
    for (size_t m = 0; !status && m < results->modalities; m++) {
        const vx_results_modality *modality = &results->modality[m];
        float *data = NULL;
        status = vx_results_mask(results, modality, &data, error);
        free(data);
        data = NULL;
        if (!status)
            status = vx_results_mean(results, modality, &data, error);
        free(data);
        data = NULL;
        if (!status && modality->quality.images)
            status = vx_results_strips(results, modality, &data, error);
        free(data);
        for (size_t e = 0; !status && e < modality->effects; e++) {
            const vx_results_effect *effect = &modality->effect[e];
            const vx_map *map = fixture_results_maps[e % 2];
            for (int k = 0; !status && k < 6; k++) {
                data = NULL;
                status = vx_results_map(results, effect, &modality->grid, map[k].quantity, &data, error);
                free(data);
            }
            for (int k = 1; !status && effect->volumes && k < 3; k++) { /* t is written of the mask only */
                data = NULL;
                status = vx_results_volume_map(results, effect, effect->volume, &modality->grid,
                                               fixture_volume_maps[k].quantity, &data, error);
                free(data);
            }
        }
    }
    vx_results_close(results);
    return status;
}

/* Names and sizes of the folder's files, in one text. */
static char *listing(void)
{
    struct dirent **item = NULL;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const int items = scandir(fixture_folder, &item, NULL, alphasort);
    assert_non_null(out);
    assert_true(items > 0);
    for (int i = 0; i < items; i++) {
        struct stat about;
        assert_int_equal(lstat(fixture_path(item[i]->d_name), &about), 0);
        if (S_ISREG(about.st_mode))
            fprintf(out, "%s %lld %lld\n", item[i]->d_name, (long long)about.st_size, (long long)about.st_ino);
        free(item[i]);
    }
    free(item);
    fclose(out);
    return text;
}

/* Report and packs refuse what cannot be read, and touch nothing. Packs take the maps from their NIfTI files. */
static void refused_by_all(const char *what, bool by_packs)
{
    const vx_report_options plain = {0};
    const vx_nidm_options packs = {.force = true};
    vx_error error = {0};
    size_t count;
    char *before = listing();
    if (vx_report_write(fixture_folder, &plain, &error) != VX_INPUT || !error.message[0])
        fail_msg("%s: report: %s", what, error.message);
    error.message[0] = '\0';
    if (by_packs && (vx_nidm_write(fixture_folder, &packs, &count, &error) != VX_INPUT || !error.message[0]))
        fail_msg("%s: nidm: %s", what, error.message);
    char *after = listing();
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* Read when it is shown, as are the strips of images. Every report shows the maps of t and of the uncorrected p. */
static bool is_map(const char *what)
{
    return !strncmp(what, "maps/", 5) || strstr(what, "/strips:");
}

static void read_or_refused(const char *what, bool refused)
{
    vx_error error = {0};
    const vx_status status = read_all(&error);
    if (status != VX_OK && (status != VX_INPUT || !error.message[0]))
        fail_msg("%s: status %d: %s", what, status, error.message);
    if (refused && status == VX_OK)
        fail_msg("%s: was taken", what);
    const bool early = !is_map(what) && strncmp(what, "mask:", 5) != 0;
    const bool shown = !is_map(what) || strstr(what, "/t:") || strstr(what, "/p-uncorrected:") ||
                       strstr(what, "/strips:");
    if (status != VX_OK && (early || (shown && strstr(what, ": fewer")))) /* late, it takes long: one way is enough */
        refused_by_all(what, !is_map(what));
}

static int set_up(void **state)
{
    vx_error error;
    if (fixture_set_up(state) || fixture_write_results(VOXSTAT_VERSION, VX_P_LOG10, &error))
        return -1;
    json_error_t why;
    json_t *run = json_load_file(fixture_path("run.json"), 0, &why);
    run_text = run ? json_dumps(run, 0) : NULL;
    json_decref(run);
    return run_text ? 0 : -1;
}

static int tear_down(void **state)
{
    free(run_text);
    return fixture_tear_down(state);
}

/* ---- results.h5 ---- */

/* The first `size_max` bytes. */
static void copy_file(const char *from, const char *to, size_t size_max)
{
    static char bytes[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in && out);
    const size_t size = fread(bytes, 1, size_max < sizeof bytes ? size_max : sizeof bytes, in);
    assert_true(size < sizeof bytes);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    fclose(in);
    fclose(out);
}

enum { PATHS_MAX = 400 };
typedef struct paths { char *path[PATHS_MAX]; int count; } paths;

static herr_t note_dataset(hid_t file, const char *name, const H5L_info_t *info, void *context)
{
    paths *all = context;
    H5O_info_t object;
    (void)info;
    if (H5Oget_info_by_name(file, name, &object, H5P_DEFAULT) >= 0 && object.type == H5O_TYPE_DATASET &&
        all->count < PATHS_MAX)
        all->path[all->count++] = strdup(name);
    return 0;
}

static bool is_of_outcomes(const char *path)
{
    return !strncmp(path, "regions/", 8) || !strncmp(path, "markers/", 8) || !strncmp(path, "expected/", 9) ||
           !strncmp(path, "covariates/", 11);
}

/* Figures that do not exist are NaN. */
static bool is_of_quality(const char *path)
{
    return !strncmp(path, "quality/", 8) && !strstr(path, "/flags") && !strstr(path, "/nearest") &&
           !strstr(path, "/strips");
}

/* voxstat does not read these back, so any value is accepted: they are for other programs. The figures of outcomes and
 * of quality control are read in one loop, so that few of them stand for all. */
static bool is_read(const char *path)
{
    static const char *const outcomes[] = {"regions/p_fwe", "regions/values/baseline", "regions/values/followup",
                                           "markers/t", "expected/difference", "expected/p", "covariates/value",
                                           "quality/pet/coverage"};
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (!strcmp(path, outcomes[i]))
            return true;
    if (is_of_outcomes(path) || is_of_quality(path))
        return false;
    static const char *const unread[] = {"permutations/", "/participants", "/columns", "/contrasts", "/label",
                                         "/id", "/voxel_", "/extent_", "/ranks",
                                         "/p-uncorrected"};
    for (size_t i = 0; i < sizeof unread / sizeof *unread; i++)
        if (strstr(path, unread[i]))
            return false;
    return strcmp(path, "design/matrix") && strcmp(path, "design/raw");
}

static void every_dataset_in_every_way(void **state)
{
    paths all = {.count = 0};
    (void)state;
    char intact[PATH_MAX], damaged[PATH_MAX];
    strcpy(intact, fixture_path("intact.h5"));
    strcpy(damaged, fixture_path("results.h5"));
    assert_int_equal(rename(damaged, intact), 0);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file = H5Fopen(intact, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, note_dataset, &all) >= 0);
    H5Fclose(file);
    assert_true(all.count > 40 && all.count < PATHS_MAX);
    for (int i = 0; i < all.count; i++) {
        for (int way = 0; is_read(all.path[i]) && way < WAYS; way++) {
            char what[300], path[200];
            const bool optional = way == GONE && !strncmp(all.path[i], "null/", 5) && !strstr(all.path[i], "/voxel") &&
                                  !strstr(all.path[i], "/quantiles") && !strstr(all.path[i], "/medians");
            snprintf(what, sizeof what, "%s: %s", all.path[i], way_name[way]);
            snprintf(path, sizeof path, "/%s", all.path[i]);
            copy_file(intact, damaged, SIZE_MAX);
            file = H5Fopen(damaged, H5F_ACC_RDWR, H5P_DEFAULT);
            damage(file, path, way);
            H5Fclose(file);
            const bool gaps = is_map(what) || is_of_outcomes(what) || is_of_quality(what) || strstr(path, "/mean/");
            read_or_refused(what, !optional && !(way == NAN_IN_IT && gaps));
        }
        free(all.path[i]);
    }
    struct stat about;
    assert_int_equal(stat(intact, &about), 0);
    for (off_t size = 0; size < about.st_size; size += about.st_size / 40) {
        copy_file(intact, damaged, (size_t)size);
        read_or_refused("cut", true);
    }
    assert_int_equal(unlink(damaged), 0);
    read_or_refused("no results.h5", true);
    assert_int_equal(mkfifo(damaged, 0600), 0);
    read_or_refused("a pipe", true);
}

/* An affine and units of other lengths than they should have. HDF5 could not read them safely, and nobody does. */
static void attributes_are_not_read(void **state)
{
    const hsize_t many = 128;
    const char *texts[128];
    (void)state;
    for (int i = 0; i < 128; i++)
        texts[i] = "units";
    for (int way = 0; way < 2; way++) {
        hid_t file = H5Fopen(fixture_path("results.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
        hid_t space = H5Screate_simple(1, &many, NULL), text = H5Tcopy(H5T_C_S1);
        H5Tset_size(text, H5T_VARIABLE);
        const char *name = way ? "affine" : "units";
        const hid_t type = way ? H5T_NATIVE_INT8 : text;
        assert_true(H5Adelete_by_name(file, "/maps/pet/change/t", name, H5P_DEFAULT) >= 0);
        hid_t attribute = H5Acreate_by_name(file, "/maps/pet/change/t", name, type, space, H5P_DEFAULT, H5P_DEFAULT,
                                            H5P_DEFAULT);
        assert_true(attribute >= 0);
        H5Awrite(attribute, type, way ? (const void *)(int8_t[128]){1} : texts);
        H5Aclose(attribute);
        H5Tclose(text);
        H5Sclose(space);
        H5Fclose(file);
        vx_error error = {0};
        if (read_all(&error))
            fail_msg("%s: %s", name, error.message);
    }
}

/* ---- run.json ---- */

static void write_run(const json_t *run)
{
    assert_int_equal(json_dump_file(run, fixture_path("run.json"), 0), 0);
}

/* The values that replace others. */
static json_t *stand_in(int k)
{
    switch (k) {
    case 0: return json_null();
    case 1: return json_string("../x");
    case 2: return json_integer(-1);
    case 3: return json_integer(INT64_MAX);
    case 4: return json_real(1e300);
    case 5: return json_array();
    case 6: return json_object();
    case 7: return json_true();
    default: return NULL; /* the key is taken away */
    }
}

static void try_all(json_t *run, json_t *value, const char *path);

/* One value, which `set` (object or array) has at a key or an index. */
static void try_one(json_t *run, json_t *set, const char *key, size_t index, const char *path)
{
    json_t *old = key ? json_object_get(set, key) : json_array_get(set, index);
    char what[400];
    if (key)
        snprintf(what, sizeof what, "%s/%s", path, key);
    else
        snprintf(what, sizeof what, "%s/%zu", path, index);
    json_incref(old);
    for (int k = 0; k < 9; k++) {
        json_t *other = stand_in(k);
        if (other && key)
            json_object_set_new(set, key, other);
        else if (other)
            json_array_set_new(set, index, other);
        else if (key)
            json_object_del(set, key);
        else
            json_array_remove(set, index);
        write_run(run);
        read_or_refused(what, false);
        if (!other && !key)
            json_array_insert(set, index, old);
    }
    if (key)
        json_object_set(set, key, old);
    else
        json_array_set(set, index, old);
    try_all(run, old, what);
    json_decref(old);
}

/* The figures of outcomes are read from results.h5 alone. */
static bool is_repeated(const json_t *value, const char *path)
{
    return !strncmp(path, "/outcomes/", 10) && strstr(path, "/effects/") && !json_is_string(value);
}

static void try_all(json_t *run, json_t *value, const char *path)
{
    if (json_is_object(value)) {
        const char *keys[100];
        size_t count = 0;
        for (void *at = json_object_iter(value); at && count < 100; at = json_object_iter_next(value, at))
            keys[count++] = json_object_iter_key(at);
        for (size_t i = 0; i < count && !(i == 2 && !strcmp(path, "/checksums")); i++) { /* one loop reads checksums */
            char key[100]; /* a copy: the object frees its key when it is removed */
            snprintf(key, sizeof key, "%s", keys[i]);
            if (!is_repeated(json_object_get(value, key), path))
                try_one(run, value, key, 0, path);
        }
    }
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value) && i < 2; i++)
        try_one(run, value, NULL, i, path);
}

static void every_value_of_other_types(void **state)
{
    json_error_t why;
    json_t *run = json_loads(run_text, 0, &why);
    (void)state;
    try_all(run, run, "");
    json_decref(run);
}

/* Counts that the other files do not have, and names that lead out of the folder. */
static void what_disagrees_is_refused(void **state)
{
    static const struct { const char *from, *to; } change[] = {
        {"\"n\": 3, \"df\"", "\"n\": 2, \"df\""},
        {"\"number\": 2", "\"number\": 1"},
        {"\"number\": 2", "\"number\": 3"},
        {"\"number\": 2", "\"number\": 6"},
        {"\"number\": 0", "\"number\": 1"},
        {"\"relabellings\": 4", "\"relabellings\": 5"},
        {"\"dim\": [4, 3, 2]", "\"dim\": [4, 2, 3]"},
        {"\"dim\": [4, 3, 2]", "\"dim\": [4, 3]"},
        {"\"affine\": [[", "\"affine\": [[9, 0, 0, 1], ["},
        {"\"affine\": [[", "\"affine\": [[1, "},
        {"\"affine\": [[", "\"affine\": [[2, 0, 0, 0], [0, 2, 0, 0], [2, 2, 0, 0], [0, 0, 0, 1]], \"x\": [["},
        {"\"dim\": [4, 3, 2]", "\"dim\": [4611686018427387904, 4, 4]"},
        {"\"voxels\": 5", "\"voxels\": 4"},
        {"\"columns\": [\"intercept\", \"rapa/48 h\"]", "\"columns\": [\"intercept\"]"},
        {"\"columns\": [\"intercept\"]", "\"columns\": [\"intercept\", \"x\"]"},
        {"\"figures\": \"pet_change\"", "\"figures\": \"../pet_change\""},
        {"\"figures\": \"pet_change\"", "\"figures\": \"pet_rapa-48-h\""},
        {"\"files\": \"pet/change\"", "\"files\": \"pet_change\""},
        {"\"files\": \"pet/change\"", "\"files\": \"pet/level\""},
        {"\"files\": \"a-b\"", "\"files\": \"a/b\""},
        {"\"files\": \"a-b\", \"voxels\": 3", "\"files\": \"a-b\", \"voxels\": 6"},
        {"\"number\": 1", "\"number\": 4"},
        {"\"smallest\": 0.015625, \"voxels_below_0_05\": 2", "\"smallest\": 0.015625, \"voxels_below_0_05\": 4"},
        {"\"files\": \"pet\"", "\"files\": \".\""},
        {"\"figures\": \"pet_change\"", "\"figures\": \"a\\u001b[31m\""},
        {"\"layout\": 2", "\"layout\": 3"},
        {"\"hdf5\": \"pet/change\"", "\"hdf5\": \"pet/../pet/change\""},
        {"\"hdf5\": \"pet/change\"", "\"hdf5\": \"change\""},
        {"\"run.json\"]", "\"run.json\", \"../thesis.docx\"]"},
        {"\"run.json\"]", "\"run.json\", 3]"},
        {"\"sessions\": [\"bl\", \"fu\"]", "\"sessions\": [\"bl\"]"},
        {"\"primary\": \"p_fwe_voxel\"", "\"primary\": \"voxel\""},
        {"\"primary\": \"p_fwe_voxel\"", "\"primary\": \"p_fwe_extent\""},
        {"\"primary\": \"p_fwe_voxel\"", "\"primary\": \"p_uncorrected\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        const char *at = strstr(run_text, change[i].from);
        if (!at)
            fail_msg("run.json has no %s: %s", change[i].from, run_text);
        FILE *out = fopen(fixture_path("run.json"), "w");
        assert_non_null(out);
        fprintf(out, "%.*s%s%s", (int)(at - run_text), run_text, change[i].to, at + strlen(change[i].from));
        fclose(out);
        read_or_refused(change[i].to, true);
    }
    assert_int_equal(unlink(fixture_path("run.json")), 0);
    assert_int_equal(mkfifo(fixture_path("run.json"), 0600), 0);
    read_or_refused("a pipe", true);
}

static void the_undamaged_folder_is_taken(void **state)
{
    const vx_report_options plain = {0};
    const vx_nidm_options packs = {.force = true};
    size_t count;
    vx_error error = {0};
    (void)state;
    if (read_all(&error) || vx_report_write(fixture_folder, &plain, &error) ||
        vx_nidm_write(fixture_folder, &packs, &count, &error))
        fail_msg("%s", error.message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_undamaged_folder_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_dataset_in_every_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attributes_are_not_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_disagrees_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_value_of_other_types, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
