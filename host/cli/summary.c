#include "cli/summary.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
#include "cli/terminal.h"
#include "results/level.h"

#include <math.h>

static size_t significant_clusters(const vx_results_effect *effect, bool by_mass)
{
    size_t count = 0;
    for (size_t i = 0; i < effect->clusters; i++)
        count += vx_significant(by_mass ? effect->cluster[i].p_mass : effect->cluster[i].p_extent);
    return count;
}

/* What survives a correction is marked. */
static void put_p(vx_columns *table, double p, bool corrected)
{
    vx_columns_number(table, p);
    if (corrected && vx_significant(p))
        vx_columns_mark(table);
}

vx_status vx_summary_print(const vx_results *results, FILE *out, vx_error *error)
{
    /* A smallest p need not lie at the peak, nor two of them at one place. */
    static const char *const title[] = {"effect",          "df",        "peak t",      "x mm",         "y mm",
                                        "z mm",            "min p uncorrected", "min p fdr", "min p voxel",
                                        "min p extent",    "min p mass", "min p tfce", "clusters",     "extent<0.05",
                                        "mass<0.05"};
    vx_columns *table = vx_columns_new(title, sizeof title / sizeof *title);
    if (!table)
        return vx_fail_memory(error);
    for (size_t m = 0; m < results->modalities; m++) {
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            vx_columns_put(table, "%s %s", results->modality[m].name, effect->name);
            vx_columns_put(table, "%.0f", effect->df);
            vx_columns_put(table, "%.3f", effect->peak_t);
            for (int axis = 0; axis < 3; axis++)
                vx_columns_put(table, "%.1f", effect->peak_mm[axis]);
            for (int kind = 0; kind < VX_P_KINDS; kind++)
                put_p(table, effect->p[kind].there ? effect->p[kind].smallest : NAN, kind != VX_P_UNCORRECTED);
            vx_columns_put(table, "%zu", effect->clusters);
            for (int by_mass = 0; by_mass < 2; by_mass++) {
                size_t count = significant_clusters(effect, by_mass);
                if (effect->p[by_mass ? VX_P_FWE_MASS : VX_P_FWE_EXTENT].there)
                    vx_columns_put(table, "%zu", count);
                else
                    vx_columns_put(table, "%s", "");
                if (count)
                    vx_columns_mark(table);
            }
        }
    }
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    return status;
}

const char *vx_tails_statistic(vx_tails tails)
{
    static const char *const statistic[] = {[VX_TWO_TAILS] = "|t|", [VX_POSITIVE] = "t", [VX_NEGATIVE] = "-t"};
    return statistic[tails];
}

vx_status vx_summary_print_clusters(const vx_results_effect *effect, FILE *out, vx_error *error)
{
    static const char *const title[] = {"cluster", "voxels", "mm3", "mass", "peak t", "x mm", "y mm", "z mm",
                                        "p uncorrected", "p fdr", "p voxel", "p extent", "p mass", "p tfce"};
    if (!effect->clusters) {
        fprintf(out, "none\n");
        return VX_OK;
    }
    vx_columns *table = vx_columns_new(title, sizeof title / sizeof *title);
    if (!table)
        return vx_fail_memory(error);
    for (size_t i = 0; i < effect->clusters; i++) {
        const vx_cluster *cluster = &effect->cluster[i];
        const double p[VX_P_KINDS] = {
            [VX_P_UNCORRECTED] = cluster->p_uncorrected, [VX_P_FDR] = cluster->p_fdr,
            [VX_P_FWE_VOXEL] = cluster->p_voxel,         [VX_P_FWE_EXTENT] = cluster->p_extent,
            [VX_P_FWE_MASS] = cluster->p_mass,           [VX_P_FWE_TFCE] = cluster->p_tfce};
        vx_columns_put(table, "%d %s", (int)cluster->label, cluster->sign > 0 ? "rise" : "fall");
        vx_columns_put(table, "%lld", (long long)cluster->voxels);
        vx_columns_number(table, cluster->mm3);
        vx_columns_number(table, cluster->mass);
        vx_columns_put(table, "%.3f", cluster->peak_t);
        for (int axis = 0; axis < 3; axis++)
            vx_columns_put(table, "%.1f", cluster->peak_mm[axis]);
        for (int kind = 0; kind < VX_P_KINDS; kind++)
            put_p(table, p[kind], kind != VX_P_UNCORRECTED);
    }
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    return status;
}

static void say_found(const vx_results_modality *modality, const vx_results_effect *effect, FILE *out)
{
    static const struct {
        vx_p_kind kind;
        const char *name;
    } by_voxel[] = {
        {VX_P_FWE_VOXEL, "family-wise"}, {VX_P_FWE_TFCE, "TFCE"}, {VX_P_FDR, "false discovery rate"}};
    const char *join = "";
    char a[32];
    vx_print(out, "%s %s: p < %.2f in ", modality->name, effect->name, VX_LEVEL);
    for (size_t i = 0; i < sizeof by_voxel / sizeof *by_voxel; i++) {
        const vx_results_p *p = &effect->p[by_voxel[i].kind];
        if (!p->there)
            continue;
        fprintf(out, "%s%s voxel%s (%s)", join, vx_count_text((uint64_t)p->below, a), p->below == 1 ? "" : "s",
                by_voxel[i].name);
        join = ", ";
    }
    for (int by_mass = 0; by_mass < 2; by_mass++) {
        size_t count = significant_clusters(effect, by_mass);
        if (!effect->p[by_mass ? VX_P_FWE_MASS : VX_P_FWE_EXTENT].there)
            continue;
        fprintf(out, "%s%zu cluster%s (%s)", join, count, count == 1 ? "" : "s", by_mass ? "mass" : "extent");
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
