/* <modality>_<effect>_clusters.tsv: a BIDS-style table with one row per cluster, largest first. Coordinates in mm come
 * from the grid's affine, i j k are 0-based voxel indices, p is plain in every --p-format, and a p that was not
 * computed is "n/a". */
#include "output/record.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/stream.h"
#include "infer/quantity.h"

#include <math.h>

/* Columns of further corrections exist only where these were computed. */
static bool has_column(const vx_result *result, vx_quantity kind)
{
    return vx_quantity_about(kind)->of == VX_P_UNCORRECTED || vx_result_map(result, kind);
}

static void print_header(FILE *stream, const vx_result *result)
{
    for (int column = 0; column < VX_CLUSTER_COLUMNS; column++)
        fprintf(stream, "%s%s", column ? "\t" : "", vx_cluster_columns[column]);
    for (int k = 0; k < VX_P_KINDS; k++)
        if (has_column(result, vx_p_columns[k]))
            fprintf(stream, "\t%s", vx_quantity_about(vx_p_columns[k])->column);
    fputc('\n', stream);
}

static void print_cluster(FILE *stream, const vx_result *result, const vx_cluster *cluster)
{
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
    fputc('\n', stream);
}

static vx_status write_table(const char *folder, const vx_entry *entry, vx_error *error)
{
    vx_status status;
    char *text = NULL, *path = vx_text("%s/%s" VX_CLUSTERS_ENDING, folder, entry->stem);
    size_t size = 0;
    FILE *stream = vx_text_stream(&text, &size);
    if (stream)
        print_header(stream, entry->result);
    for (size_t i = 0; stream && i < entry->result->clusters; i++)
        print_cluster(stream, entry->result, &entry->result->cluster[i]);
    if (vx_stream_close(stream) && path)
        status = vx_write_file(path, text, size, error);
    else
        status = vx_fail_memory(error);
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
    for (size_t i = 0; i < entries; i++) { /* a failure must not lose the other tables */
        const vx_status found = write_table(folder, &entry[i], status ? NULL : error);
        status = status ? status : found;
    }
    vx_entries_free(entry, entries);
    return status;
}
