#include "cli/summary.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
#include "cli/terminal.h"
#include "infer/quantity.h"
#include "results/level.h"

#include <math.h>

/* Significant p are marked. */
static void put_p(vx_columns *table, const vx_results *results, int kind, double p)
{
    vx_columns_number(table, p);
    if (vx_results_significant(results, kind, p))
        vx_columns_mark(table);
}

static void put_words(vx_columns *table, const char *const *word, size_t words)
{
    for (size_t i = 0; i < words; i++)
        vx_columns_put(table, "%s", word[i]);
}

static void put_effect(vx_columns *table, const vx_results *results, const char *modality,
                       const vx_results_effect *effect)
{
    vx_columns_put(table, "%s %s", modality, effect->name);
    vx_columns_put(table, "%.0f", effect->df);
    vx_columns_put(table, "%.3f", effect->peak_t);
    for (int axis = 0; axis < 3; axis++)
        vx_columns_put(table, "%.1f", effect->peak_mm[axis]);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        put_p(table, results, kind, effect->p[kind].there ? effect->p[kind].smallest : NAN);
    vx_columns_put(table, "%zu", effect->clusters);
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        if (!vx_quantity_about(kind)->of_cluster)
            continue;
        const size_t count = vx_results_below(effect, kind);
        vx_columns_put(table, effect->p[kind].there ? "%zu" : "", count);
        if (count && kind == (int)results->primary)
            vx_columns_mark(table);
    }
}

/* The place is that of the smallest p of the primary correction; without one it is the peak of t. */
static void put_volume(vx_columns *table, const vx_results *results, const char *modality,
                       const vx_results_effect *effect, const vx_results_volume *volume)
{
    const vx_results_p *primary = &volume->p[results->primary];
    const bool there = primary->there && !isnan(primary->mm[0]);
    const double *mm = there ? primary->mm : volume->peak_mm;
    vx_columns_put(table, "%s", volume->family);
    vx_columns_put(table, "%s %s", modality, effect->name);
    vx_columns_put(table, "%lld", (long long)volume->voxels);
    vx_columns_put(table, "%.3f", volume->peak_t);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        put_p(table, results, kind, volume->p[kind].there ? volume->p[kind].smallest : NAN);
    for (int axis = 0; axis < 3; axis++)
        vx_columns_put(table, "%.1f", mm[axis]);
    vx_columns_put(table, "%s", there && primary->region ? primary->region : "");
}

static vx_status print_volumes(const vx_results *results, FILE *out, vx_error *error)
{
    static const char *const title[] = {"search volume", "effect", "voxels", "peak t"};
    static const char *const place[] = {"x mm", "y mm", "z mm", "region"};
    const size_t titles = sizeof title / sizeof *title, places = sizeof place / sizeof *place;
    size_t volumes = 0;
    vx_columns *table = vx_columns_new((int)(titles + places) + VX_P_KINDS);
    if (!table)
        return vx_fail_memory(error);
    put_words(table, title, titles);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        vx_columns_put(table, "min p %s", vx_quantity_about(kind)->word);
    put_words(table, place, places);
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            for (size_t v = 0; v < effect->volumes; v++, volumes++)
                put_volume(table, results, results->modality[m].name, effect, &effect->volume[v]);
        }
    if (volumes)
        fputc('\n', out);
    const vx_status status = volumes ? vx_columns_print(table, out, error) : VX_OK;
    vx_columns_free(table);
    return status;
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
            put_effect(table, results, results->modality[m].name, &results->modality[m].effect[e]);
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    return status ? status : print_volumes(results, out, error);
}

vx_status vx_summary_print_clusters(const vx_results *results, const vx_results_effect *effect, FILE *out,
                                    vx_error *error)
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
            put_p(table, results, kind, cluster->p[kind]);
    }
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    return status;
}

/* Prints "12 voxels", or "1 cluster" for kinds of p of clusters. */
static void say_count(size_t count, vx_quantity kind, FILE *out)
{
    char text[32];
    fprintf(out, "%s %s%s", vx_count_text(count, text), vx_quantity_about(kind)->of_cluster ? "cluster" : "voxel",
            count == 1 ? "" : "s");
}

static void say_found(const vx_results *results, const vx_results_modality *modality, const vx_results_effect *effect,
                      FILE *out)
{
    const vx_quantity primary = results->primary;
    const char *join = "; further looks: ";
    vx_print(out, "%s %s: ", modality->name, effect->name);
    if (vx_quantity_about(primary)->control == VX_CONTROL_NONE) {
        fprintf(out, "no p was corrected");
    } else {
        say_count(vx_results_below(effect, primary), primary, out);
        fprintf(out, " significant (p < " VX_LEVEL_TEXT " %s)", vx_quantity_about(primary)->criterion);
    }
    for (int k = 0; k < VX_P_KINDS; k++) {
        const vx_quantity kind = vx_p_corrections[k];
        const vx_quantity_row *about = vx_quantity_about(kind);
        if (kind == primary || !effect->p[kind].there || about->control == VX_CONTROL_NONE)
            continue;
        fputs(join, out);
        say_count(vx_results_below(effect, kind), kind, out);
        fprintf(out, " %s", about->criterion);
        join = ", ";
    }
    fprintf(out, "; smallest family-wise p possible %.2g\n", effect->p_smallest);
}

/* The primary correction only: the table has the others. */
static void say_volumes(const vx_results *results, const vx_results_modality *modality, const vx_results_effect *effect,
                        FILE *out)
{
    const vx_quantity primary = results->primary;
    const vx_quantity_row *about = vx_quantity_about(primary);
    for (size_t v = 0; v < effect->volumes && about->control != VX_CONTROL_NONE; v++) {
        const vx_results_volume *volume = &effect->volume[v];
        vx_print(out, "%s %s in the search volume %s: ", modality->name, effect->name, volume->family);
        say_count(vx_results_volume_below(volume, primary), primary, out);
        fprintf(out, " significant (p < " VX_LEVEL_TEXT " %s); smallest p %.2g\n", about->criterion,
                volume->p[primary].smallest);
    }
}

void vx_summary_say(const vx_results *results, FILE *out)
{
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            say_found(results, &results->modality[m], &results->modality[m].effect[e], out);
            say_volumes(results, &results->modality[m], &results->modality[m].effect[e], out);
        }
}
