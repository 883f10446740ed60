#include "cli/summary.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
#include "cli/terminal.h"
#include "infer/quantity.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

enum { VOLUMES_MAX = 12 }; /* search volumes that a run lists whatever was found in them */

/* Significant p are marked. */
static void put_p(vx_columns *table, const vx_results *results, int kind, double p)
{
    vx_columns_p(table, p);
    if (vx_results_significant(results, kind, p))
        vx_columns_mark(table);
}

/* The columns of p: the primary one is always there. */
static void put_p_titles(vx_columns *table, const vx_results *results, const char *what)
{
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        char title[48];
        snprintf(title, sizeof title, "%s %s", what, vx_quantity_about(kind)->word);
        vx_columns_title(table, title, kind == (int)results->primary ? VX_KEPT : VX_SPARE + 2);
    }
}

/* ---- effects and their search volumes ---- */

static void put_titles(vx_columns *table, const vx_results *results)
{
    vx_columns_title(table, "effect", VX_CUT);
    vx_columns_title(table, "n", VX_KEPT);
    vx_columns_title(table, "df", VX_SPARE + 1);
    vx_columns_title(table, "voxels", VX_SPARE);
    vx_columns_title(table, "peak t", VX_KEPT);
    vx_columns_title(table, "x y z mm", VX_KEPT);
    put_p_titles(table, results, "p");
    vx_columns_title(table, "clusters", VX_KEPT);
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        char title[48];
        snprintf(title, sizeof title, "%s<" VX_LEVEL_TEXT, vx_quantity_about(kind)->word);
        if (vx_quantity_about(kind)->of_cluster)
            vx_columns_title(table, title, VX_SPARE + 2);
    }
    vx_columns_title(table, "region", VX_CUT);
}

static bool same_place(const double a[3], const double b[3])
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

/* The region of the place of the largest |t|: that of a p whose smallest value lies there, or of a cluster. */
static const char *region_of_peak(const double mm[3], const vx_results_p *p, const vx_results_effect *effect)
{
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        if (p[kind].there && p[kind].region && same_place(p[kind].mm, mm))
            return p[kind].region;
    for (size_t c = 0; effect && effect->peak_region && c < effect->clusters; c++)
        if (effect->peak_region[c] && same_place(effect->cluster[c].peak_mm, mm))
            return effect->peak_region[c];
    return "";
}

/* "1 of 5": how many clusters are significant by the primary correction, of how many. */
static void put_clusters(vx_columns *table, const vx_results *results, size_t below, size_t clusters)
{
    const vx_quantity_row *about = vx_quantity_about(results->primary);
    if (about->control == VX_CONTROL_NONE || !clusters)
        vx_columns_put(table, "%zu", clusters);
    else
        vx_columns_put(table, "%zu of %zu", below, clusters);
    if (below && about->of_cluster)
        vx_columns_mark(table);
}

static void put_effect(vx_columns *table, const vx_results *results, const vx_results_modality *modality,
                       const vx_results_effect *effect)
{
    const vx_quantity primary = results->primary;
    size_t below = 0;
    vx_columns_put(table, "%s %s", modality->name, effect->name);
    vx_columns_put(table, "%lld", (long long)effect->n);
    vx_columns_put(table, "%.0f", effect->df);
    vx_columns_count(table, (double)modality->mask_voxels);
    vx_columns_put(table, "%.2f", effect->peak_t);
    vx_columns_place(table, effect->peak_mm);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        put_p(table, results, kind, effect->p[kind].there ? effect->p[kind].smallest : NAN);
    for (size_t c = 0; c < effect->clusters; c++)
        below += vx_results_significant(results, primary, effect->cluster[c].p[primary]);
    put_clusters(table, results, below, effect->clusters);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        if (vx_quantity_about(kind)->of_cluster)
            vx_columns_put(table, effect->p[kind].there ? "%zu" : "", vx_results_below(effect, kind));
    vx_columns_put(table, "%s", region_of_peak(effect->peak_mm, effect->p, effect));
}

/* The clusters of a volume are not kept, only how many have a p of their own below the level. */
static void put_volume(vx_columns *table, const vx_results *results, const vx_results_volume *volume)
{
    vx_columns_put(table, "  %s", volume->family);
    vx_columns_put(table, "%s", "");
    vx_columns_put(table, "%s", "");
    vx_columns_count(table, (double)volume->voxels);
    vx_columns_put(table, "%.2f", volume->peak_t);
    vx_columns_place(table, volume->peak_mm);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        put_p(table, results, kind, volume->p[kind].there ? volume->p[kind].smallest : NAN);
    if (volume->counted[results->primary])
        put_clusters(table, results, volume->clusters_below[results->primary], volume->clusters);
    else
        vx_columns_put(table, "of %zu", volume->clusters);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        if (vx_quantity_about(kind)->of_cluster)
            vx_columns_put(table, volume->p[kind].there ? "%zu" : "", volume->clusters_below[kind]);
    vx_columns_put(table, "%s", region_of_peak(volume->peak_mm, volume->p, NULL));
}

vx_status vx_summary_print(const vx_results *results, bool all, FILE *out, vx_error *error)
{
    const vx_quantity primary = results->primary;
    size_t volumes = 0, silent = 0;
    double smallest = INFINITY;
    char text[32];
    vx_columns *table = results->modalities ? vx_columns_new() : NULL;
    if (!table)
        return results->modalities ? vx_fail_memory(error) : VX_OK;
    put_titles(table, results);
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++)
            volumes += results->modality[m].effect[e].volumes;
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            put_effect(table, results, &results->modality[m], effect);
            for (size_t v = 0; v < effect->volumes; v++) {
                const vx_results_volume *volume = &effect->volume[v];
                const double p = volume->p[primary].there ? volume->p[primary].smallest : NAN;
                if (all || volumes <= VOLUMES_MAX || vx_results_significant(results, primary, p)) {
                    put_volume(table, results, volume);
                } else {
                    silent++;
                    smallest = fmin(smallest, p);
                }
            }
        }
    vx_status status = vx_columns_print(table, out, error);
    if (!status && silent)
        fprintf(out, "in %zu other search volumes: no p %s below " VX_LEVEL_TEXT ", the smallest %s\n", silent,
                vx_quantity_about(primary)->word, vx_p_ascii(smallest, text));
    vx_columns_free(table);
    return status;
}

vx_status vx_summary_print_clusters(const vx_results *results, const vx_results_effect *effect, FILE *out,
                                    vx_error *error)
{
    if (!effect->clusters) {
        fprintf(out, "none\n");
        return VX_OK;
    }
    vx_columns *table = vx_columns_new();
    if (!table)
        return vx_fail_memory(error);
    vx_columns_title(table, "cluster", VX_KEPT);
    vx_columns_title(table, "voxels", VX_KEPT);
    vx_columns_title(table, "mm3", VX_SPARE + 1);
    vx_columns_title(table, "mass", VX_SPARE);
    vx_columns_title(table, "peak t", VX_KEPT);
    vx_columns_title(table, "x y z mm", VX_KEPT);
    put_p_titles(table, results, "p");
    vx_columns_title(table, "region", VX_CUT);
    for (size_t i = 0; i < effect->clusters; i++) {
        const vx_cluster *cluster = &effect->cluster[i];
        vx_columns_put(table, "%d %s", (int)cluster->label, cluster->sign > 0 ? "rise" : "fall");
        vx_columns_count(table, (double)cluster->voxels);
        vx_columns_number(table, cluster->mm3);
        vx_columns_number(table, cluster->mass);
        vx_columns_put(table, "%.2f", cluster->peak_t);
        vx_columns_place(table, cluster->peak_mm);
        for (int kind = 0; kind < VX_P_KINDS; kind++)
            put_p(table, results, kind, cluster->p[kind]);
        vx_columns_put(table, "%s", effect->peak_region && effect->peak_region[i] ? effect->peak_region[i] : "");
    }
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    return status;
}

/* Prints "gm change, further looks: extent 14 clusters, mass 13, FDR 22,667 voxels": what corrections other than the
 * primary one find. */
static void say_further(const vx_results *results, const vx_results_modality *modality, const vx_results_effect *effect,
                        FILE *out)
{
    const char *before = NULL; /* the noun of the count before */
    char text[32];
    for (int k = 0; k < VX_P_KINDS; k++) {
        const vx_quantity kind = vx_p_corrections[k];
        const vx_quantity_row *about = vx_quantity_about(kind);
        const size_t count = effect->p[kind].there ? vx_results_below(effect, kind) : 0;
        const char *noun = about->of_cluster ? "cluster" : "voxel";
        if (kind == results->primary || about->control == VX_CONTROL_NONE || !count)
            continue;
        if (!before)
            vx_tell(out, "%s %s, further looks: ", modality->name, effect->name);
        vx_tell(out, "%s%s %s", before ? ", " : "", about->label, vx_count_text(count, text));
        if (!before || strcmp(before, noun) != 0)
            vx_tell(out, " %s%s", noun, count == 1 ? "" : "s");
        before = noun;
    }
    if (before)
        vx_tell(out, "\n");
}

void vx_summary_say(const vx_results *results, FILE *out)
{
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++)
            say_further(results, &results->modality[m], &results->modality[m].effect[e], out);
}
