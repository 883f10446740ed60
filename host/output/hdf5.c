/* results.h5, as results/schema.h describes it. */
#include "output/record.h"

#include "atlas/location.h"
#include "base/error.h"
#include "base/memory.h"
#include "infer/quantity.h"
#include "output/expected.h"
#include "output/sensitivity.h"
#include "output/outcomes.h"
#include "output/quality.h"
#include "results/change.h"
#include "results/scheme.h"

#include <stdio.h>
#include <string.h>

static void put_text(vx_h5 *h5, const char *value)
{
    vx_h5_put(h5, h5->text, 0, NULL, H5P_DEFAULT, &value);
}

static void put_integer(vx_h5 *h5, uint64_t value)
{
    vx_h5_put(h5, H5T_NATIVE_UINT64, 0, NULL, H5P_DEFAULT, &value);
}

/* Writes a volume, transposed from x fastest to [x, y, z]; `type` is float or uint8. */
static void put_volume(vx_h5 *h5, const vx_grid *grid, hid_t type, const void *volume, void *turned)
{
    const size_t nx = (size_t)grid->dim[0], ny = (size_t)grid->dim[1], nz = (size_t)grid->dim[2];
    const hsize_t affine[2] = {4, 4};
    const float *f = volume;
    const uint8_t *b = volume;
    bool is_float = H5Tget_size(type) == sizeof(float);
    for (size_t x = 0, to = 0; x < nx; x++)
        for (size_t y = 0; y < ny; y++)
            for (size_t z = 0; z < nz; z++, to++) {
                size_t from = x + nx * (y + ny * z);
                if (is_float)
                    ((float *)turned)[to] = f[from];
                else
                    ((uint8_t *)turned)[to] = b[from];
            }
    vx_h5_put_packed(h5, type, (const hsize_t[]){nx, ny, nz}, turned);
    vx_h5_put_attribute(h5, "affine", H5T_NATIVE_DOUBLE, 2, affine, grid->affine);
}

/* Goes to a dataset of an entry's complete mask or search volume. */
static void at_tests(vx_h5 *h5, const char *group, const vx_entry *entry, const vx_tests *tests, const char *name)
{
    char *dataset = vx_name_in_volume(name, tests->volume);
    vx_h5_check(h5, dataset);
    if (dataset)
        vx_h5_at(h5, group, entry->place, dataset);
    free(dataset);
}

/* The units of a map: of an estimate those of the change, as far as they are known. */
static char *units_of(const vx_record *record, const vx_entry *entry, const vx_map *map)
{
    const vx_record_modality *modality = entry->modality;
    const char *units = vx_change_units(modality->change, modality->units);
    if (vx_quantity_is_p(map->quantity))
        return vx_copy_text(vx_p_format_words(record->p_format));
    if (vx_quantity_about(map->quantity)->units || !units)
        return vx_copy_text(map->units);
    return entry->result->effect->kind == VX_MEAN ? vx_copy_text(units)
                                                  : vx_text("%s per unit of the covariate", units);
}

static void put_maps(vx_h5 *h5, const vx_record *record, const vx_entry *entry, const vx_tests *tests)
{
    const vx_space *space = tests->space;
    const size_t places = vx_space_places(space);
    float *volume = vx_array(places, sizeof *volume), *turned = vx_array(places, sizeof *turned);
    vx_h5_check(h5, volume && turned);
    for (size_t m = 0; !h5->failed && m < tests->result->maps; m++) {
        const vx_map *map = &tests->result->map[m];
        const bool is_p = vx_quantity_is_p(map->quantity);
        if (!vx_map_written(tests, map))
            continue;
        vx_map_scatter(map, space, record->p_format, volume);
        at_tests(h5, VX_GROUP_MAPS, entry, tests, vx_quantity_name(map->quantity));
        put_volume(h5, &space->grid, H5T_NATIVE_FLOAT, volume, turned);
        char *units = units_of(record, entry, map);
        vx_h5_check(h5, units);
        vx_h5_put_text_attribute(h5, "units", units ? units : "");
        free(units);
        vx_h5_put_text_attribute(h5, "p_format", is_p ? vx_p_format_names[record->p_format] : "n/a");
    }
    free(volume);
    free(turned);
}

static void put_null(vx_h5 *h5, const vx_entry *entry, const vx_tests *tests)
{
    vx_null null = tests->result->null;
    hsize_t count = null.count;
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        double **maxima = vx_null_maxima(&null, kind);
        if (!maxima || !*maxima)
            continue;
        at_tests(h5, VX_GROUP_NULL, entry, tests, vx_quantity_about(kind)->word);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 1, &count, H5P_DEFAULT, *maxima);
    }
}

static void put_quantiles(vx_h5 *h5, const vx_entry *entry, const vx_tests *tests)
{
    const vx_quantiles *q = &tests->result->quantiles;
    const hsize_t t[2] = {q->count, q->ranks}, median[2] = {q->count, 2};
    if (!q->count)
        return;
    at_tests(h5, VX_GROUP_NULL, entry, tests, VX_DATASET_QUANTILES);
    vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, t, H5P_DEFAULT, q->t);
    at_tests(h5, VX_GROUP_NULL, entry, tests, VX_DATASET_RANKS);
    vx_h5_put(h5, H5T_NATIVE_INT64, 1, &t[1], H5P_DEFAULT, q->rank);
    at_tests(h5, VX_GROUP_NULL, entry, tests, VX_DATASET_MEDIANS);
    vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, median, H5P_DEFAULT, q->median);
}

/* Links the datasets of <group>/<modality>/<effect> into <group>. A modality with the name of a dataset keeps it. */
static void link_into(vx_h5 *h5, const char *group, const vx_entry *entry, const char *const *name, size_t names)
{
    for (size_t i = 0; !h5->failed && i < names; i++) {
        vx_h5_at(h5, group, NULL, name[i]);
        char *shorter = vx_copy_text(h5->path);
        vx_h5_at(h5, group, entry->place, name[i]);
        if (!h5->failed && H5Lexists(h5->file, h5->path, H5P_DEFAULT) == 0) {
            free(shorter);
            continue; /* not of this effect */
        }
        if (shorter && !h5->failed && H5Lexists(h5->file, shorter, H5P_DEFAULT) <= 0)
            vx_h5_check(h5, H5Lcreate_hard(h5->file, h5->path, h5->file, shorter, H5P_DEFAULT, H5P_DEFAULT) >= 0);
        vx_h5_check(h5, shorter);
        free(shorter);
    }
}

static const char *const permutation_names[] = {"kind", "exhaustive", "seed", "stream", "n", "possible", "total",
                                                "done", "generator", "participant", "shared"};

static void put_participants(vx_h5 *h5, const vx_entry *entry, const char *name, const int64_t *participant, int64_t n)
{
    const hsize_t count = (hsize_t)n;
    vx_h5_at(h5, VX_GROUP_PERMUTATIONS, entry->place, name);
    vx_h5_put(h5, H5T_NATIVE_INT64, 1, &count, H5P_DEFAULT, participant);
}

/* Writes how a relabelling is made, and the participants' numbers in the study where it takes them: in random streams
 * where these are not 0 to n - 1, and in a set that effects share. */
static void put_generator(vx_h5 *h5, const vx_entry *entry)
{
    static const char *const restricted[] = {
        [VX_SIGN_FLIP] = "each keeps the sign",
        [VX_PERMUTE] = "whoever is paired with somebody missing is paired with that one's partner, and so on"};
    const vx_effect *effect = entry->result->effect;
    const bool exhaustive = entry->result->plan.exhaustive;
    const int64_t *of = effect->shared ? effect->shared : effect->participant;
    const int64_t n = effect->shared ? effect->shared_count : effect->n;
    const bool numbered = !exhaustive && of[n - 1] != n - 1; /* they ascend */
    char *text = vx_text("%s%s%s%s", vx_scheme_about(effect->scheme)->generator[exhaustive],
                         !numbered ? ""
                         : effect->shared ? ". Blocks, words and bits of row r go by its number in \"shared\""
                                          : ". Blocks, words and bits of row r go by its number in \"participant\"",
                         effect->shared ? ". These are the rows of all participants in \"shared\", no two of them "
                                          "equal. The effect's are those in \"participant\": " : "",
                         effect->shared ? restricted[effect->scheme] : "");
    vx_h5_check(h5, text);
    vx_h5_at(h5, VX_GROUP_PERMUTATIONS, entry->place, "generator");
    put_text(h5, text);
    if (numbered || effect->shared)
        put_participants(h5, entry, "participant", effect->participant, effect->n);
    if (effect->shared)
        put_participants(h5, entry, "shared", effect->shared, effect->shared_count);
    free(text);
}

static void put_permutations(vx_h5 *h5, const vx_entry *entry)
{
    const vx_result *result = entry->result;
    const vx_effect *effect = result->effect;
    const vx_scheme_words *scheme = vx_scheme_about(effect->scheme);
    const struct { const char *name; uint64_t value; } number[] = {
        {"exhaustive", result->plan.exhaustive},
        {"seed", result->options.seed},
        {"stream", scheme->stream},
        {"n", (uint64_t)effect->n},
        {"possible", result->plan.possible},
        {"total", result->plan.relabellings},
        {"done", result->null.count}};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        vx_h5_at(h5, VX_GROUP_PERMUTATIONS, entry->place, number[i].name);
        put_integer(h5, number[i].value);
    }
    vx_h5_at(h5, VX_GROUP_PERMUTATIONS, entry->place, "kind");
    put_text(h5, vx_scheme_names[effect->scheme]);
    put_generator(h5, entry);
}

static const char *const design_names[] = {VX_DATASET_MATRIX, VX_DATASET_RAW, "contrasts", "participants", "columns"};

/* The column that a mean tests is its intercept, and the first one of a slope: no table has it. */
static int64_t intercept_of(const vx_effect *effect)
{
    int64_t c = 0;
    while (effect->kind == VX_MEAN && effect->contrast[c] == 0)
        c++;
    return c;
}

/* Column c of the design for participant i, as in the table. */
static double raw_value(const vx_record *record, const vx_entry *entry, int64_t c, int64_t i)
{
    const vx_study *study = record->study;
    const vx_effect *effect = entry->result->effect;
    const int64_t participant = entry->modality->study->participant[effect->row[i]];
    for (size_t k = 0; c != intercept_of(effect) && k < study->covariates + study->nuisances; k++) {
        const vx_column *column = k < study->covariates ? study->covariate + k
                                                        : study->nuisance + k - study->covariates;
        if (!strcmp(column->name, effect->column_name[c]))
            return column->value[participant];
    }
    return effect->design[c * effect->n + i];
}

static void put_design(vx_h5 *h5, const vx_record *record, const vx_entry *entry)
{
    const vx_effect *effect = entry->result->effect;
    const size_t n = (size_t)effect->n, columns = (size_t)effect->columns;
    hsize_t shape[2] = {n, columns}, one_row[2] = {1, columns};
    size_t elements = 0;
    double *matrix = vx_multiply(n, columns, &elements) ? vx_array(elements, sizeof *matrix) : NULL;
    double *raw = matrix ? vx_array(elements, sizeof *raw) : NULL;
    const char **participant = vx_array(n, sizeof *participant);
    vx_h5_check(h5, matrix && raw && participant);
    if (!h5->failed) {
        for (size_t i = 0; i < n; i++) {
            participant[i] = vx_effect_participant(record, entry, (int64_t)i);
            for (size_t c = 0; c < columns; c++) {
                matrix[i * columns + c] = effect->design[c * n + i];
                raw[i * columns + c] = raw_value(record, entry, (int64_t)c, (int64_t)i);
            }
        }
        vx_h5_at(h5, VX_GROUP_DESIGN, entry->place, VX_DATASET_MATRIX);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, shape, H5P_DEFAULT, matrix);
        vx_h5_at(h5, VX_GROUP_DESIGN, entry->place, VX_DATASET_RAW);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, shape, H5P_DEFAULT, raw);
        vx_h5_at(h5, VX_GROUP_DESIGN, entry->place, "contrasts");
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, one_row, H5P_DEFAULT, effect->contrast);
        vx_h5_at(h5, VX_GROUP_DESIGN, entry->place, "participants");
        vx_h5_put(h5, h5->text, 1, &shape[0], H5P_DEFAULT, participant);
        vx_h5_at(h5, VX_GROUP_DESIGN, entry->place, "columns");
        vx_h5_put(h5, h5->text, 1, &shape[1], H5P_DEFAULT, effect->column_name);
    }
    free(matrix);
    free(raw);
    free(participant);
}

/* A study has one session or two, of which the last is the follow-up. */
static int64_t session_of(const vx_means *means, int64_t session)
{
    return VX_MEAN_SESSIONS - means->sessions + session;
}

/* Writes the mean image of a modality, its participants, and their means over the mask. */
static void put_means(vx_h5 *h5, const vx_record *record, const vx_entry *entry)
{
    const vx_means *means = entry->modality->means;
    const vx_study_modality *study = entry->modality->study;
    const vx_grid *grid = &entry->modality->matrix->space.grid;
    hsize_t n = (hsize_t)study->n;
    float *turned = vx_array(vx_grid_elements(grid), sizeof *turned);
    double *global = vx_array(n, sizeof *global);
    const char **id = vx_array(n, sizeof *id);
    vx_h5_check(h5, turned && global && id);
    vx_h5_at(h5, VX_GROUP_MEAN, entry->modality_name, NULL);
    if (!h5->failed)
        put_volume(h5, grid, H5T_NATIVE_FLOAT, means->image, turned);
    if (!h5->failed)
        vx_h5_put_text_attribute(h5, "units", entry->modality->units ? entry->modality->units : "data");
    for (hsize_t i = 0; !h5->failed && i < n; i++)
        id[i] = record->study->participant[study->participant[i]];
    vx_h5_at(h5, VX_GROUP_PARTICIPANTS, entry->modality_name, "id");
    vx_h5_put(h5, h5->text, 1, &n, H5P_DEFAULT, id);
    for (int64_t s = 0; s < means->sessions && !h5->failed; s++) {
        for (hsize_t i = 0; i < n; i++)
            global[i] = means->region[s][i * means->regions];
        vx_h5_at(h5, VX_GROUP_PARTICIPANTS, entry->modality_name, vx_session_names[session_of(means, s)]);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 1, &n, H5P_DEFAULT, global);
        vx_h5_at(h5, VX_GROUP_PARTICIPANTS, entry->modality_name, vx_session_voxels_names[session_of(means, s)]);
        vx_h5_put(h5, H5T_NATIVE_INT64, 1, &n, H5P_DEFAULT, means->voxels[s]);
    }
    free(turned);
    free(global);
    free(id);
}

/* Writes the participants' means over the largest clusters of effect `e` of its modality. */
static void put_cluster_values(vx_h5 *h5, const vx_entry *entry, int64_t e)
{
    const vx_means *means = entry->modality->means;
    const vx_effect *effect = entry->result->effect;
    hsize_t shape[2] = {vx_measured_clusters(entry->result), (hsize_t)effect->n};
    size_t first = vx_measured_region(entry->modality, e), elements = 0;
    if (!shape[0])
        return;
    int32_t *label = vx_array(shape[0], sizeof *label);
    double *value = vx_multiply(shape[0], shape[1], &elements) ? vx_array(elements, sizeof *value) : NULL;
    vx_h5_check(h5, label && value);
    for (hsize_t c = 0; !h5->failed && c < shape[0]; c++)
        label[c] = entry->result->cluster[c].label;
    vx_h5_at(h5, VX_GROUP_CLUSTERS, entry->place, "label");
    vx_h5_put(h5, H5T_NATIVE_INT32, 1, shape, H5P_DEFAULT, label);
    for (int64_t s = 0; s < means->sessions && !h5->failed; s++) {
        for (size_t c = 0; c < shape[0]; c++)
            for (size_t i = 0; i < shape[1]; i++)
                value[c * shape[1] + i] = means->region[s][(size_t)effect->row[i] * means->regions + first + c];
        vx_h5_at(h5, VX_GROUP_CLUSTERS, entry->place, vx_session_names[session_of(means, s)]);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, shape, H5P_DEFAULT, value);
    }
    free(label);
    free(value);
}

static void put_masks(vx_h5 *h5, const vx_record *record, const vx_entry *entry, size_t entries)
{
    for (size_t i = 0; !h5->failed && i < entries; i++) {
        if (i && entry[i].modality == entry[i - 1].modality)
            continue;
        const vx_grid *grid = &entry[i].modality->matrix->space.grid;
        uint8_t *mask = vx_array(vx_grid_elements(grid), 1), *turned = vx_array(vx_grid_elements(grid), 1);
        vx_h5_check(h5, mask && turned);
        if (!h5->failed && i == 0 && vx_mask_intersection(record->modality, record->modalities, mask)) {
            vx_h5_at(h5, VX_DATASET_MASK, NULL, NULL);
            put_volume(h5, grid, H5T_NATIVE_UINT8, mask, turned);
        }
        if (!h5->failed && record->modalities > 1) {
            vx_mask_intersection(entry[i].modality, 1, mask);
            vx_h5_at(h5, VX_GROUP_MASKS, entry[i].modality_name, NULL);
            put_volume(h5, grid, H5T_NATIVE_UINT8, mask, turned);
        }
        free(mask);
        free(turned);
    }
}

/* Writes the number of participants with data at each voxel of a modality. */
static void put_n(vx_h5 *h5, const vx_entry *entry)
{
    const vx_grid *grid = &entry->modality->matrix->space.grid;
    const size_t places = vx_grid_elements(grid);
    float *n = vx_array(places, sizeof *n), *turned = vx_array(places, sizeof *turned);
    vx_h5_check(h5, n && turned);
    for (size_t i = 0; !h5->failed && i < places; i++)
        n[i] = (float)entry->modality->survey->rows_with_data[i];
    vx_h5_at(h5, VX_GROUP_N, entry->modality_name, NULL);
    if (!h5->failed)
        put_volume(h5, grid, H5T_NATIVE_FLOAT, n, turned);
    free(n);
    free(turned);
}

/* Writes the regions of a modality's atlas as numbers. */
static void put_atlas(vx_h5 *h5, const vx_entry *entry)
{
    const vx_grid *grid = &entry->modality->matrix->space.grid;
    const size_t places = vx_grid_elements(grid);
    float *number = vx_array(places, sizeof *number), *turned = vx_array(places, sizeof *turned);
    vx_h5_check(h5, number && turned);
    if (!h5->failed)
        vx_h5_check(h5, !vx_region_numbers(entry->modality->atlas, places, number, NULL));
    vx_h5_at(h5, VX_GROUP_ATLAS, entry->modality_name, NULL);
    if (!h5->failed)
        put_volume(h5, grid, H5T_NATIVE_FLOAT, number, turned);
    free(number);
    free(turned);
}

static void put_provenance(vx_h5 *h5, const vx_record *record)
{
    char *options = vx_options_json(record), *inputs = vx_inputs_json(record);
    vx_h5_check(h5, options && inputs);
    vx_h5_at(h5, "/", NULL, NULL);
    vx_h5_put_text_attribute(h5, "voxstat_version", record->version);
    vx_h5_put_text_attribute(h5, "command_line", record->command_line);
    vx_h5_put_text_attribute(h5, "device", record->device->name);
    vx_h5_put_text_attribute(h5, "driver", record->device->driver);
    vx_h5_put_text_attribute(h5, "options", options);
    vx_h5_put_text_attribute(h5, "inputs", inputs);
    vx_h5_put_text_attribute(h5, "started", record->started);
    vx_h5_put_number_attribute(h5, "seconds_read", record->seconds_read);
    vx_h5_put_number_attribute(h5, "seconds_infer", record->seconds_infer);
    vx_h5_put_number_attribute(h5, "seconds_total", record->seconds_total);
    vx_h5_put_text_attribute(h5, "axis_order",
                       "volumes are indexed [x, y, z] as by nibabel; affine maps voxel indices to mm (RAS+)");
    free(options);
    free(inputs);
}

vx_status vx_write_hdf5(const char *folder, const vx_record *record, vx_error *error)
{
    vx_h5 h5;
    vx_entry *entry = NULL;
    size_t entries = 0;
    char *path = vx_text("%s/" VX_HDF5_FILE, folder);
    vx_status status = vx_entries_new(record, &entry, &entries, error);
    if (status)
        goto cleanup;
    vx_h5_begin(&h5);
    vx_h5_check(&h5, path);
    put_provenance(&h5, record);
    for (size_t i = 0, first = 0; !h5.failed && i < entries; i++) { /* first: the first entry of the modality */
        first = entry[i].modality == entry[first].modality ? first : i;
        if (entry[i].modality->means && i == first)
            put_means(&h5, record, &entry[i]);
        if (entry[i].modality->survey && i == first)
            put_n(&h5, &entry[i]);
        if (entry[i].modality->atlas && i == first)
            put_atlas(&h5, &entry[i]);
        if (entry[i].modality->quality && i == first)
            vx_h5_put_quality(&h5, &entry[i]);
        if (entry[i].modality->means)
            put_cluster_values(&h5, &entry[i], (int64_t)(i - first));
        for (size_t part = 0; part < vx_entry_parts(&entry[i]); part++) {
            const vx_tests tests = vx_entry_tests(&entry[i], part);
            put_maps(&h5, record, &entry[i], &tests);
            put_null(&h5, &entry[i], &tests);
            put_quantiles(&h5, &entry[i], &tests);
        }
        put_permutations(&h5, &entry[i]);
        put_design(&h5, record, &entry[i]);
    }
    if (entries) {
        link_into(&h5, VX_GROUP_PERMUTATIONS, &entry[0], permutation_names,
                  sizeof permutation_names / sizeof *permutation_names);
        link_into(&h5, VX_GROUP_DESIGN, &entry[0], design_names, sizeof design_names / sizeof *design_names);
    }
    put_masks(&h5, record, entry, entries);
    if (record->outcome_tests)
        vx_h5_put_outcomes(&h5, record);
    if (record->expected)
        vx_h5_put_expected(&h5, record->expected);
    if (record->sensitivity)
        vx_h5_put_sensitivity(&h5, record->sensitivity);
    status = vx_h5_end(&h5, path ? path : VX_HDF5_FILE, error);
cleanup:
    vx_entries_free(entry, entries);
    free(path);
    return status;
}
