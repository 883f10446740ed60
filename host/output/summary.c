/* summary.tsv, a line for every modality, effect and search volume: how many voxels and clusters the primary correction
 * makes significant, and where its p is smallest; with its data dictionary. */
#include "output/record.h"

#include "atlas/location.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "infer/extreme.h"
#include "infer/quantity.h"
#include "output/table_file.h"
#include "results/level.h"

#include <math.h>

typedef enum summary_column {
    MODALITY, EFFECT, VOLUME, CORRECTION, REGION, TEXTS, /* REGION stands last in the table */
    N = TEXTS, DF, VOXELS, VOXELS_SIGNIFICANT, CLUSTERS, CLUSTERS_SIGNIFICANT, P, T, X, Y, Z, COLUMNS
} summary_column;

/* The order in the table. */
static const summary_column order[COLUMNS] = {
    MODALITY, EFFECT, VOLUME, N, DF, CORRECTION, VOXELS, VOXELS_SIGNIFICANT, CLUSTERS, CLUSTERS_SIGNIFICANT, P, T, X, Y,
    Z, REGION};

static const char *name_of(summary_column column)
{
    static const char *const name[COLUMNS] = {
        [MODALITY] = VX_KEY_MODALITY, [EFFECT] = VX_KEY_EFFECT, [VOLUME] = "volume", [N] = VX_KEY_N, [DF] = VX_KEY_DF,
        [CORRECTION] = "correction", [VOXELS] = VX_KEY_VOXELS, [VOXELS_SIGNIFICANT] = "voxels_significant",
        [CLUSTERS] = VX_KEY_CLUSTERS, [CLUSTERS_SIGNIFICANT] = "clusters_significant", [P] = VX_KEY_P,
        [REGION] = VX_CLUSTER_REGION_COLUMN};
    return column >= T ? vx_cluster_columns[VX_CLUSTER_PEAK_T + (int)(column - T)] : name[column];
}

static json_t *described(summary_column column)
{
    static const struct { const char *description, *units; } about[COLUMNS] = {
        [MODALITY] = {"The images.", NULL},
        [EFFECT] = {"What is tested: the mean change, or a covariate.", NULL},
        [VOLUME] = {"The search volume, a family of planned regions; n/a: the complete mask.", NULL},
        [N] = {"Participants.", NULL},
        [DF] = {"Degrees of freedom of t.", NULL},
        [CORRECTION] = {"The primary correction: \"significant\" means p < " VX_LEVEL_TEXT " by it; n/a: none.", NULL},
        [VOXELS] = {"Voxels searched.", NULL},
        [VOXELS_SIGNIFICANT] = {"Voxels with a significant p; by extent or mass those in such clusters.",
                                NULL},
        [CLUSTERS] = {"Clusters above the forming threshold.", NULL},
        [CLUSTERS_SIGNIFICANT] = {"Clusters with a significant p; by voxel or TFCE those with such a peak.",
                                  NULL},
        [P] = {"The smallest corrected p.", NULL},
        [T] = {"t at the voxel of the smallest p, among equal ones the most extreme t; without a correction the most "
               "extreme t.", NULL},
        [X] = {"Where that voxel is.", "mm"},
        [Y] = {"Where that voxel is.", "mm"},
        [Z] = {"Where that voxel is.", "mm"},
        [REGION] = {"The region of the atlas there; n/a: no region, or no atlas.", NULL}};
    return vx_column_described(about[column].description, about[column].units);
}

typedef struct summary_line {
    const char *text[TEXTS];
    double number[COLUMNS];
} summary_line;

static void find_peak(const vx_entry *entry, const vx_tests *tests, const vx_map *p, summary_line *line)
{
    const vx_map *t = vx_result_map(tests->result, VX_MAP_T);
    const vx_regions *atlas = entry->modality->atlas;
    const int64_t at = p ? vx_extreme_p(tests->result, p) : vx_extreme_t(tests->result);
    if (at < 0)
        return;
    const int64_t region = atlas ? vx_region_at(atlas, tests->space, at) : -1;
    line->number[P] = p ? p->value[at] : NAN;
    line->number[T] = t ? t->value[at] : NAN;
    vx_grid_mm(&tests->space->grid, tests->space->index[at], &line->number[X]);
    line->text[REGION] = region >= 0 ? atlas->region[region].name : NULL;
}

static summary_line line_of(const vx_record *record, const vx_entry *entry, size_t part)
{
    const vx_tests tests = vx_entry_tests(entry, part);
    const vx_result *result = tests.result;
    const vx_quantity_row *about = vx_quantity_about(record->primary);
    const vx_map *p = about->control == VX_CONTROL_NONE ? NULL : vx_result_map(result, record->primary);
    int64_t significant = 0;
    summary_line line = {.text = {[MODALITY] = entry->modality->name, [EFFECT] = result->effect->name,
                                  [VOLUME] = part ? entry->volume[part - 1].volume->name : NULL,
                                  [CORRECTION] = p ? about->word : NULL}};
    for (int k = TEXTS; k < COLUMNS; k++)
        line.number[k] = NAN;
    for (size_t c = 0; p && c < result->clusters; c++)
        significant += vx_significant(result->cluster[c].p[record->primary]);
    line.number[N] = (double)result->effect->n;
    line.number[DF] = result->effect->df;
    line.number[VOXELS] = (double)tests.space->elements;
    line.number[CLUSTERS] = (double)result->clusters;
    if (p) {
        line.number[VOXELS_SIGNIFICANT] = (double)vx_map_significant(p, tests.space->elements);
        line.number[CLUSTERS_SIGNIFICANT] = (double)significant;
    }
    find_peak(entry, &tests, p, &line);
    return line;
}

static void print_line(FILE *stream, const summary_line *line)
{
    enum { DIGITS = 7 };
    for (int k = 0; k < COLUMNS; k++) {
        if (order[k] < TEXTS)
            vx_cell_put_text(stream, line->text[order[k]]);
        else
            vx_cell_put_number(stream, line->number[order[k]], DIGITS);
        fputc(k + 1 < COLUMNS ? '\t' : '\n', stream);
    }
}

static json_t *dictionary(void)
{
    json_t *object = json_object();
    for (int k = 0; k < COLUMNS; k++)
        object = vx_json_set(object, name_of(order[k]), described(order[k]));
    return object;
}

static vx_status make_table(const vx_record *record, char **text, vx_error *error)
{
    vx_entry *entry = NULL;
    size_t entries = 0;
    vx_status status = vx_entries_new(record, &entry, &entries, error);
    if (status)
        return status;
    FILE *stream = vx_text_stream(text, NULL);
    for (int k = 0; stream && k < COLUMNS; k++)
        fprintf(stream, "%s%c", name_of(order[k]), k + 1 < COLUMNS ? '\t' : '\n');
    for (size_t i = 0; stream && i < entries; i++)
        for (size_t part = 0; part < vx_entry_parts(&entry[i]); part++) {
            const summary_line line = line_of(record, &entry[i], part);
            print_line(stream, &line);
        }
    vx_entries_free(entry, entries);
    return vx_stream_close(stream) ? VX_OK : vx_fail_memory(error);
}

vx_status vx_write_summary(const char *folder, const vx_record *record, vx_error *error)
{
    char *text = NULL;
    if (!record->modalities) /* markers only */
        return VX_OK;
    vx_status status = make_table(record, &text, error);
    if (!status)
        status = vx_table_file_put(folder, VX_SUMMARY_FILE, VX_TABLE_ENDING, text, error);
    free(text);
    return status ? status
                  : vx_table_file_put_dictionary(folder, VX_SUMMARY_FILE, VX_DICTIONARY_ENDING, dictionary(), error);
}
