/* <modality>/<effect>/clusters.tsv, and one for each search volume: a BIDS-style table with one row per cluster,
 * largest first. Coordinates in mm come from the grid's affine, i j k are 0-based voxel indices, p is plain in every
 * --p-format, and a p that was not computed is "n/a". Then come the centre of mass, sub-peaks as "t (x, y, z)", and
 * with an atlas the region of the peak, the share of the cluster in each region that it touches, and the regions of the
 * sub-peaks. Entries of a list are separated by "; ", and a ";" in the name of a region becomes ",". */
#include "output/record.h"

#include "atlas/location.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/stream.h"
#include "infer/quantity.h"
#include "output/table_file.h"

#include <math.h>
#include <string.h>

/* Columns of further corrections exist only where these were computed. */
static bool has_column(const vx_result *result, vx_quantity kind)
{
    return vx_quantity_about(kind)->of == VX_P_UNCORRECTED || vx_result_map(result, kind);
}

/* The table of an effect that is being written. */
typedef struct cluster_table {
    FILE *stream;
    const vx_result *result;
    const vx_space *space;
    const vx_regions *atlas; /* null: none */
    vx_locations locations;  /* empty where the result has no map of clusters */
    bool lost;               /* memory was short for a name */
} cluster_table;

static void print_header(const cluster_table *table)
{
    FILE *stream = table->stream;
    const vx_result *result = table->result;
    for (int column = 0; column < VX_CLUSTER_COLUMNS; column++)
        fprintf(stream, "%s%s", column ? "\t" : "", vx_cluster_columns[column]);
    for (int k = 0; k < VX_P_KINDS; k++)
        if (has_column(result, vx_p_columns[k]))
            fprintf(stream, "\t%s", vx_quantity_about(vx_p_columns[k])->column);
    fputs("\tcentre_x\tcentre_y\tcentre_z\t" VX_CLUSTER_SUB_PEAKS_COLUMN, stream);
    fputs(table->atlas ? "\t" VX_CLUSTER_REGION_COLUMN "\tregions\t" VX_CLUSTER_SUB_REGIONS_COLUMN "\n" : "\n", stream);
}

static void print_sub_peaks(const cluster_table *table, const vx_location *location)
{
    const vx_map *t = vx_result_map(table->result, VX_MAP_T);
    for (int k = 0; k < location->sub_peaks; k++) {
        const int64_t at = location->sub_peak[k];
        double mm[3];
        vx_grid_mm(&table->space->grid, table->space->index[at], mm);
        fprintf(table->stream, "%s%.6g (%.6g, %.6g, %.6g)", k ? "; " : "", t->value[at], mm[0], mm[1], mm[2]);
    }
    if (!location->sub_peaks)
        fputs("n/a", table->stream);
}

/* The name of the region at a voxel. */
static const char *region_at(const cluster_table *table, int64_t voxel)
{
    const int64_t region = vx_region_at(table->atlas, table->space, voxel);
    return region < 0 ? VX_NO_REGION : table->atlas->region[region].name;
}

/* A name in a list. */
static void put_listed(cluster_table *table, const char *name)
{
    char *copy = vx_copy_text(name);
    for (char *at = copy ? strchr(copy, ';') : NULL; at; at = strchr(at, ';'))
        *at = ',';
    table->lost |= !copy;
    vx_put_cell(table->stream, copy ? copy : "");
    free(copy);
}

/* What lies in no region is named last, where the regions do not overlap. */
static void print_regions(cluster_table *table, const vx_location *location)
{
    double outside = 1;
    fputc('\t', table->stream);
    vx_put_cell(table->stream, region_at(table, location->peak));
    fputc('\t', table->stream);
    for (size_t k = 0; k < location->shares; k++) {
        fprintf(table->stream, "%s%.1f%% ", k ? "; " : "", 100 * location->share[k].share);
        put_listed(table, table->atlas->region[location->share[k].region].name);
        outside -= location->share[k].share;
    }
    if (outside > 5e-4)
        fprintf(table->stream, "%s%.1f%% " VX_NO_REGION, location->shares ? "; " : "", 100 * outside);
    fputs(location->sub_peaks ? "\t" : "\tn/a", table->stream);
    for (int k = 0; k < location->sub_peaks; k++) {
        fputs(k ? "; " : "", table->stream);
        put_listed(table, region_at(table, location->sub_peak[k]));
    }
}

static void print_location(cluster_table *table, size_t cluster)
{
    if (cluster >= table->locations.clusters) {
        fputs(table->atlas ? "\tn/a\tn/a\tn/a\tn/a\tn/a\tn/a\tn/a" : "\tn/a\tn/a\tn/a\tn/a", table->stream);
        return;
    }
    const vx_location *location = &table->locations.cluster[cluster];
    for (int k = 0; k < 3; k++)
        fprintf(table->stream, "\t%.6g", location->centre_mm[k]);
    fputc('\t', table->stream);
    print_sub_peaks(table, location);
    if (table->atlas)
        print_regions(table, location);
}

static void print_cluster(cluster_table *table, size_t number)
{
    FILE *stream = table->stream;
    const vx_result *result = table->result;
    const vx_cluster *cluster = &result->cluster[number];
    fprintf(stream, "%d\t%s\t%lld\t%.9g\t%.6g\t%.6g", (int)cluster->label, cluster->sign > 0 ? "positive" : "negative",
            (long long)cluster->voxels, cluster->mm3, cluster->mass, cluster->peak_t);
    for (int k = 0; k < 3; k++)
        fprintf(stream, "\t%.6g", cluster->peak_mm[k]);
    for (int k = 0; k < 3; k++)
        fprintf(stream, "\t%lld", (long long)cluster->peak_voxel[k]);
    for (int k = 0; k < VX_P_KINDS; k++) {
        const double p = cluster->p[vx_p_columns[k]];
        if (!has_column(result, vx_p_columns[k]))
            continue;
        if (isnan(p))
            fputs("\tn/a", stream);
        else
            fprintf(stream, "\t%.6g", p);
    }
    print_location(table, number);
    fputc('\n', stream);
}

static vx_status find_locations(cluster_table *table, double distance_mm, vx_error *error)
{
    const vx_map *label = vx_result_map(table->result, VX_MAP_CLUSTERS), *t = vx_result_map(table->result, VX_MAP_T);
    if (!label || !t)
        return VX_OK;
    return vx_locations_find(table->space, label->value, t->value, table->result->clusters, table->atlas, distance_mm,
                             &table->locations, error);
}

static vx_status write_table(const char *folder, const vx_record *record, const vx_entry *entry, size_t part,
                             vx_error *error)
{
    const vx_tests tests = vx_entry_tests(entry, part);
    char *text = NULL, *path = vx_clusters_path(folder, entry->place, tests.volume);
    size_t size = 0;
    cluster_table table = {.stream = vx_text_stream(&text, &size), .result = tests.result, .space = tests.space,
                           .atlas = entry->modality->atlas};
    vx_status status = find_locations(&table, record->peak_distance, error);
    if (table.stream && !status)
        print_header(&table);
    for (size_t i = 0; table.stream && !status && i < tests.result->clusters; i++)
        print_cluster(&table, i);
    const bool stored = vx_stream_close(table.stream) && path && !table.lost;
    if (!status)
        status = stored ? vx_folder_make(folder, entry->place, error) : vx_fail_memory(error);
    if (!status)
        status = vx_write_file(path, text, size, error);
    vx_locations_destroy(&table.locations);
    free(text);
    free(path);
    return status;
}

vx_status vx_write_clusters(const char *folder, const vx_record *record, vx_error *error)
{
    vx_entry *entry = NULL;
    size_t entries = 0;
    vx_status status = vx_entries_new(record, &entry, &entries, error);
    if (status)
        return status;
    for (size_t i = 0; i < entries; i++)
        for (size_t part = 0; part < vx_entry_parts(&entry[i]); part++) { /* a failure must not lose the other tables */
            const vx_status found = write_table(folder, record, &entry[i], part, status ? NULL : error);
            status = status ? status : found;
        }
    vx_entries_free(entry, entries);
    return status;
}
