#include "cli/summary.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
#include "cli/terminal.h"
#include "infer/quantity.h"
#include "results/level.h"

#include <math.h>

/* Significant corrected p are marked. */
static void put_p(vx_columns *table, int kind, double p)
{
    vx_columns_number(table, p);
    if (vx_quantity_about(kind)->control != VX_CONTROL_NONE && vx_significant(p))
        vx_columns_mark(table);
}

static void put_words(vx_columns *table, const char *const *word, size_t words)
{
    for (size_t i = 0; i < words; i++)
        vx_columns_put(table, "%s", word[i]);
}

static void put_effect(vx_columns *table, const char *modality, const vx_results_effect *effect)
{
    vx_columns_put(table, "%s %s", modality, effect->name);
    vx_columns_put(table, "%.0f", effect->df);
    vx_columns_put(table, "%.3f", effect->peak_t);
    for (int axis = 0; axis < 3; axis++)
        vx_columns_put(table, "%.1f", effect->peak_mm[axis]);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        put_p(table, kind, effect->p[kind].there ? effect->p[kind].smallest : NAN);
    vx_columns_put(table, "%zu", effect->clusters);
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        if (!vx_quantity_about(kind)->of_cluster)
            continue;
        const size_t count = vx_results_significant(effect, kind);
        vx_columns_put(table, effect->p[kind].there ? "%zu" : "", count);
        if (count)
            vx_columns_mark(table);
    }
}

vx_status vx_summary_print(const vx_results *results, FILE *out, vx_error *error)
{
    static const char *const title[] = {"effect", "df", "peak t", "x mm", "y mm", "z mm"};
    const size_t titles = sizeof title / sizeof *title;
    int columns = (int)titles + VX_P_KINDS + 1;
    if (!results->modalities)
        return VX_OK;
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        columns += vx_quantity_about(kind)->of_cluster;
    vx_columns *table = vx_columns_new(columns);
    if (!table)
        return vx_fail_memory(error);
    put_words(table, title, titles);
    for (int kind = 0; kind < VX_P_KINDS; kind++) /* the smallest p may be at different voxels */
        vx_columns_put(table, "min p %s", vx_quantity_about(kind)->word);
    vx_columns_put(table, "clusters");
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        if (vx_quantity_about(kind)->of_cluster)
            vx_columns_put(table, "%s<" VX_LEVEL_TEXT, vx_quantity_about(kind)->word);
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++)
            put_effect(table, results->modality[m].name, &results->modality[m].effect[e]);
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    return status;
}

vx_status vx_summary_print_clusters(const vx_results_effect *effect, FILE *out, vx_error *error)
{
    static const char *const title[] = {"cluster", "voxels", "mm3", "mass", "peak t", "x mm", "y mm", "z mm"};
    const size_t titles = sizeof title / sizeof *title;
    if (!effect->clusters) {
        fprintf(out, "none\n");
        return VX_OK;
    }
    vx_columns *table = vx_columns_new((int)titles + VX_P_KINDS);
    if (!table)
        return vx_fail_memory(error);
    put_words(table, title, titles);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        vx_columns_put(table, "p %s", vx_quantity_about(kind)->word);
    for (size_t i = 0; i < effect->clusters; i++) {
        const vx_cluster *cluster = &effect->cluster[i];
        vx_columns_put(table, "%d %s", (int)cluster->label, cluster->sign > 0 ? "rise" : "fall");
        vx_columns_put(table, "%lld", (long long)cluster->voxels);
        vx_columns_number(table, cluster->mm3);
        vx_columns_number(table, cluster->mass);
        vx_columns_put(table, "%.3f", cluster->peak_t);
        for (int axis = 0; axis < 3; axis++)
            vx_columns_put(table, "%.1f", cluster->peak_mm[axis]);
        for (int kind = 0; kind < VX_P_KINDS; kind++)
            put_p(table, kind, cluster->p[kind]);
    }
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    return status;
}

/* Counts significant voxels, then significant clusters. */
static void say_found(const vx_results_modality *modality, const vx_results_effect *effect, FILE *out)
{
    const char *join = "";
    char a[32];
    vx_print(out, "%s %s: p < " VX_LEVEL_TEXT " in ", modality->name, effect->name);
    for (int of_cluster = 0; of_cluster < 2; of_cluster++)
        for (int k = 0; k < VX_P_KINDS; k++) {
            const vx_quantity kind = vx_p_corrections[k];
            const vx_quantity_row *about = vx_quantity_about(kind);
            if (!effect->p[kind].there || about->control == VX_CONTROL_NONE || about->of_cluster != of_cluster)
                continue;
            const size_t count = of_cluster ? vx_results_significant(effect, kind) : (size_t)effect->p[kind].below;
            fprintf(out, "%s%s %s%s (%s)", join, vx_count_text(count, a), of_cluster ? "cluster" : "voxel",
                    count == 1 ? "" : "s", about->criterion);
            join = ", ";
        }
    fprintf(out, "; smallest family-wise p possible %.2g\n", effect->p_smallest);
}

void vx_summary_say(const vx_results *results, FILE *out)
{
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++)
            say_found(&results->modality[m], &results->modality[m].effect[e], out);
}
