#include "results/reading.h"

#include "atlas/location.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/table.h"
#include "infer/quantity.h"
#include "results/schema.h"

#include <math.h>
#include <string.h>

enum { EMPTY_TABLE_BYTES_MAX = 1 << 20 };

static double named_number(const vx_table *table, int64_t row, const char *name, bool *good)
{
    const int64_t at = vx_table_find(table, name);
    const char *cell = at < 0 ? NULL : vx_table_cell(table, row, at);
    char *end = NULL;
    double value = cell ? strtod(cell, &end) : NAN; /* n/a: not computed */
    if (at < 0 || (cell && *end))
        *good = false;
    return value;
}

static double cell_number(const vx_table *table, int64_t row, vx_cluster_column column, bool *good)
{
    return named_number(table, row, vx_cluster_columns[column], good);
}

/* A non-negative integer of 32 bits; -1 for any other cell. */
static int64_t cell_integer(const vx_table *table, int64_t row, vx_cluster_column column, bool *good)
{
    const double value = cell_number(table, row, column, good);
    return value >= 0 && value <= INT32_MAX && value == floor(value) ? (int64_t)value : -1;
}

static bool read_cluster(const vx_table *table, int64_t row, const vx_results_effect *effect, vx_cluster *cluster)
{
    bool good = true;
    const int64_t sign = vx_table_find(table, vx_cluster_columns[VX_CLUSTER_SIGN]);
    cluster->label = (int32_t)cell_integer(table, row, VX_CLUSTER_LABEL, &good);
    const char *word = sign < 0 ? NULL : vx_table_cell(table, row, sign);
    cluster->sign = word && word[0] == 'n' ? -1 : 1;
    cluster->voxels = cell_integer(table, row, VX_CLUSTER_VOXELS, &good);
    cluster->mm3 = cell_number(table, row, VX_CLUSTER_MM3, &good);
    cluster->mass = cell_number(table, row, VX_CLUSTER_MASS, &good);
    cluster->peak_t = cell_number(table, row, VX_CLUSTER_PEAK_T, &good);
    for (int k = 0; k < 3; k++) {
        cluster->peak_mm[k] = cell_number(table, row, VX_CLUSTER_PEAK_X + k, &good);
        cluster->peak_voxel[k] = cell_integer(table, row, VX_CLUSTER_PEAK_I + k, &good);
    }
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        const vx_quantity_row *about = vx_quantity_about(kind);
        const bool column = about->of == VX_P_UNCORRECTED || effect->p[kind].there;
        cluster->p[kind] = column ? named_number(table, row, about->column, &good) : NAN;
    }
    return good && word;
}

/* Copies the column of regions, if the table has it. */
static void read_regions(vx_reading *r, const vx_table *table, vx_results_effect *effect)
{
    const int64_t column = effect->clusters ? vx_table_find(table, VX_CLUSTER_REGION_COLUMN) : -1;
    if (r->status || column < 0)
        return;
    effect->peak_region = vx_reading_array(r, effect->clusters, sizeof *effect->peak_region);
    for (size_t c = 0; !r->status && c < effect->clusters; c++) {
        const char *cell = vx_table_cell(table, (int64_t)c, column);
        if (!(effect->peak_region[c] = vx_copy_text(cell ? cell : "n/a")))
            r->status = vx_fail_memory(r->error);
    }
}

/* Reads a number that `after` follows. */
static bool read_before(const char **at, const char *after, double *value)
{
    char *end;
    *value = strtod(*at, &end);
    const bool good = end != *at && isfinite(*value) && !strncmp(end, after, strlen(after));
    *at = good ? end + strlen(after) : end;
    return good;
}

/* Appends the sub-peaks of a cluster. A cell has "4.44 (34, -2, 8); 4.1 (30, 2, 12)", and is null without any. */
static bool read_sub_peaks(vx_reading *r, const char *cell, size_t cluster, vx_results_effect *effect)
{
    int read = 0;
    for (const char *at = cell; at && *at; at += strspn(at, "; ")) {
        vx_results_sub_peak one = {.cluster = cluster};
        if (read++ == VX_SUB_PEAKS_MAX || !read_before(&at, " (", &one.t) || !read_before(&at, ", ", &one.mm[0]) ||
            !read_before(&at, ", ", &one.mm[1]) || !read_before(&at, ")", &one.mm[2]))
            return false;
        vx_results_sub_peak *grown = vx_array_grow(effect->sub_peak, effect->sub_peaks, 1, sizeof *grown);
        if (!grown) {
            r->status = vx_fail_memory(r->error);
            return true;
        }
        effect->sub_peak = grown;
        effect->sub_peak[effect->sub_peaks++] = one;
    }
    return true;
}

/* Adds the regions of the sub-peaks of a cluster, the last ones read, to them. A cell has "Putamen; no region". */
static bool read_sub_regions(vx_reading *r, const char *cell, size_t cluster, vx_results_effect *effect)
{
    const char *at = cell;
    size_t i = effect->sub_peaks;
    while (i && effect->sub_peak[i - 1].cluster == cluster)
        i--;
    for (; !r->status && i < effect->sub_peaks; i++) {
        const size_t length = at ? strcspn(at, ";") : 0;
        if (!length)
            return false;
        if (!(effect->sub_peak[i].region = vx_text("%.*s", (int)length, at)))
            r->status = vx_fail_memory(r->error);
        at += length + strspn(at + length, "; ");
    }
    return !at || !*at;
}

void vx_read_clusters(vx_reading *r, const vx_results_modality *modality, vx_results_effect *effect)
{
    vx_table table = {0};
    char *path = vx_clusters_path(r->results->folder, effect->place, NULL);
    if (!r->status && !path)
        r->status = vx_fail_memory(r->error);
    if (!r->status && !effect->clusters) { /* the file must exist without rows, too */
        char *text;
        size_t size;
        r->status = vx_file_read(path, EMPTY_TABLE_BYTES_MAX, &text, &size, r->error);
        free(text);
    }
    if (!r->status && effect->clusters)
        r->status = vx_table_read(path, &table, r->error);
    if (!r->status && effect->clusters && table.rows != (int64_t)effect->clusters)
        r->status = vx_fail(r->error, VX_INPUT, "%s: has %lld clusters, and run.json %zu: the two are not of one run",
                            path, (long long)table.rows, effect->clusters);
    const int64_t sub_peaks = !r->status && effect->clusters ? vx_table_find(&table, VX_CLUSTER_SUB_PEAKS_COLUMN) : -1;
    const int64_t sub_regions = sub_peaks < 0 ? -1 : vx_table_find(&table, VX_CLUSTER_SUB_REGIONS_COLUMN);
    effect->cluster = vx_reading_array(r, effect->clusters, sizeof *effect->cluster);
    for (size_t c = 0; !r->status && c < effect->clusters; c++)
        if (!read_cluster(&table, (int64_t)c, effect, &effect->cluster[c]) ||
            !vx_check_cluster(modality, &effect->cluster[c], c + 1) ||
            (sub_peaks >= 0 && !read_sub_peaks(r, vx_table_cell(&table, (int64_t)c, sub_peaks), c, effect)) ||
            (sub_regions >= 0 && !read_sub_regions(r, vx_table_cell(&table, (int64_t)c, sub_regions), c, effect)))
            r->status = vx_fail(r->error, VX_INPUT, "%s: row %zu is damaged, or of another version", path, c + 1);
    read_regions(r, &table, effect);
    vx_table_destroy(&table);
    free(path);
}
