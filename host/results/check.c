/* Consistency checks on the figures of a results folder. */
#include "results/reading.h"

#include "base/sort.h"
#include "infer/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The analysis indexes voxels with 32 bits. */
static const int64_t VOXELS_MAX = INT32_MAX;

static bool is_p(double p)
{
    return isnan(p) || (p >= 0 && p <= 1);
}

static bool is_finite(const double mm[3])
{
    return isfinite(mm[0]) && isfinite(mm[1]) && isfinite(mm[2]);
}

static void check_grid(vx_reading *r, const vx_results_modality *modality)
{
    int64_t voxels = 1;
    for (int k = 0; k < 3; k++) {
        const int64_t dim = modality->grid.dim[k];
        voxels = dim < 1 || voxels > VOXELS_MAX / dim ? 0 : voxels * dim;
    }
    if (!voxels)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_DIM) " of %.60s are not three lengths of a grid", modality->name);
    else if (!vx_grid_is_regular(&modality->grid))
        vx_reading_fail(r, VX_QUOTED(VX_KEY_AFFINE) " of %.60s leads nowhere", modality->name);
    else if (modality->mask.grid_voxels != voxels)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_GRID_VOXELS) " of %.60s are %lld, and its grid has %lld", modality->name,
                        (long long)modality->mask.grid_voxels, (long long)voxels);
    else if (modality->mask_voxels < 1 || modality->mask_voxels > voxels)
        vx_reading_fail(r, "the mask of %.60s is of %lld voxels in a grid of %lld", modality->name,
                        (long long)modality->mask_voxels, (long long)voxels);
}

/* The smallest p of every kind, in `voxels` voxels. */
static void check_p(vx_reading *r, const char *of, const vx_results_p p[VX_P_KINDS], int64_t bonferroni_effects,
                    int64_t voxels)
{
    for (int k = 0; k < VX_P_KINDS; k++) {
        if (p[k].there && vx_quantity_about(k)->of != VX_P_UNCORRECTED && bonferroni_effects < 1)
            vx_reading_fail(r, VX_QUOTED(VX_KEY_BONFERRONI_EFFECTS) " of %.60s is %lld", of,
                            (long long)bonferroni_effects);
        if (p[k].there && (!is_p(p[k].smallest) || p[k].below > voxels))
            vx_reading_fail(r, "%s of %.60s: %g and %lld voxels are no smallest p and number of voxels",
                            vx_quantity_name(k), of, p[k].smallest, (long long)p[k].below);
        if (p[k].there && !isnan(p[k].mm[0]) && !is_finite(p[k].mm))
            vx_reading_fail(r, "%s of %.60s: the smallest p has no place", vx_quantity_name(k), of);
    }
}

static void check_tests(vx_reading *r, const vx_results_modality *modality, const vx_results_effect *effect)
{
    const int neighbours = effect->connectivity;
    if (!(effect->threshold_t >= 0) || isinf(effect->threshold_t))
        vx_reading_fail(r, VX_QUOTED(VX_KEY_THRESHOLD_T) " of %.60s is %g", effect->name, effect->threshold_t);
    else if (neighbours != 6 && neighbours != 18 && neighbours != 26)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_CONNECTIVITY) " of %.60s is %d", effect->name, neighbours);
    else if ((int64_t)effect->clusters > modality->mask_voxels)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_NUMBER) " of the clusters of %.60s is %zu, in a mask of %lld voxels",
                        effect->name, effect->clusters, (long long)modality->mask_voxels);
    else if (effect->relabellings < 1)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_RELABELLINGS) " of %.60s are %lld", effect->name,
                        (long long)effect->relabellings);
    else if ((int64_t)effect->quantiles.count > effect->relabellings)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_QUANTILES) " of %.60s are %llu of %lld relabellings", effect->name,
                        (unsigned long long)effect->quantiles.count, (long long)effect->relabellings);
    else if (!(effect->p_smallest > 0) || !is_p(effect->p_smallest))
        vx_reading_fail(r, VX_QUOTED(VX_KEY_P_SMALLEST) " of %.60s is %g", effect->name, effect->p_smallest);
    else if (effect->possible < 1)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_POSSIBLE) " of %.60s is %g", effect->name, effect->possible);
    check_p(r, effect->name, effect->p, effect->bonferroni_effects, modality->mask_voxels);
}

static void check_volumes(vx_reading *r, const vx_results_modality *modality, const vx_results_effect *effect)
{
    for (size_t v = 0; v < effect->volumes; v++) {
        const vx_results_volume *volume = &effect->volume[v];
        const bool has_peak = !isnan(volume->peak_t);
        if (volume->voxels < 1 || volume->voxels > modality->mask_voxels)
            vx_reading_fail(r, "the search volume %.60s of %.60s is of %lld voxels in a mask of %lld", volume->family,
                            effect->name, (long long)volume->voxels, (long long)modality->mask_voxels);
        else if ((int64_t)volume->clusters > volume->voxels)
            vx_reading_fail(r, VX_QUOTED(VX_KEY_NUMBER) " of the clusters of %.60s in %.60s is %zu, in %lld voxels",
                            effect->name, volume->family, volume->clusters, (long long)volume->voxels);
        else if (has_peak && !(isfinite(volume->peak_t) && is_finite(volume->peak_mm)))
            vx_reading_fail(r, VX_QUOTED(VX_KEY_PEAK) " of %.60s in %.60s is no place", effect->name, volume->family);
        for (int k = 0; k < VX_P_KINDS; k++)
            if (volume->clusters_below[k] > volume->clusters)
                vx_reading_fail(r, "%s of %.60s in %.60s: %zu of %zu clusters are significant", vx_quantity_name(k),
                                effect->name, volume->family, volume->clusters_below[k], volume->clusters);
        for (size_t other = 0; other < v; other++)
            if (!strcmp(effect->volume[other].stem, volume->stem))
                vx_reading_fail(r, VX_QUOTED(VX_KEY_STEM) " of two search volumes of %.60s is \"%.60s\"",
                                effect->name, volume->stem);
        check_p(r, volume->family, volume->p, volume->bonferroni_effects, volume->voxels);
    }
}

static void check_primary(vx_reading *r, const vx_results_effect *effect)
{
    const vx_quantity_row *about = vx_quantity_about(r->results->primary);
    for (size_t v = 0; v < effect->volumes; v++)
        if (about->control != VX_CONTROL_NONE && !effect->volume[v].p[r->results->primary].there)
            vx_reading_fail(r, "%.60s in %.60s has no \"%s\", which \"" VX_KEY_PRIMARY "\" names", effect->name,
                            effect->volume[v].family, about->key);
    if (about->control != VX_CONTROL_NONE && !effect->p[r->results->primary].there)
        vx_reading_fail(r, "%.60s has no \"%s\", which \"" VX_KEY_PRIMARY "\" names", effect->name, about->key);
}

static void check_effect(vx_reading *r, const vx_results_modality *modality, const vx_results_effect *effect)
{
    int64_t tested = 0;
    for (int64_t c = 0; c < effect->columns; c++)
        tested += isfinite(effect->contrast[c]) && effect->contrast[c] != 0;
    if (effect->n < 1 || effect->n > modality->n)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_N) " of %.60s is %lld, of %lld in %.60s", effect->name,
                        (long long)effect->n, (long long)modality->n, modality->name);
    else if (tested != 1)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_CONTRAST) " of %.60s tests %lld columns and not one", effect->name,
                        (long long)tested);
    else if (!(effect->df > 0 && effect->df < (double)effect->n))
        vx_reading_fail(r, VX_QUOTED(VX_KEY_DF) " of %.60s are %g, of %lld participants", effect->name, effect->df,
                        (long long)effect->n);
    else if (!isnan(effect->peak_t) && !(isfinite(effect->peak_t) && is_finite(effect->peak_mm)))
        vx_reading_fail(r, VX_QUOTED(VX_KEY_PEAK) " of %.60s is no place", effect->name);
    check_tests(r, modality, effect);
    check_volumes(r, modality, effect);
    check_primary(r, effect);
}

/* Fails unless all of `text` differ. Sorts `text`. */
static void check_different(vx_reading *r, const char *whose, const char *key, const char **text, size_t count)
{
    if (r->status)
        return;
    vx_sort_texts(text, count);
    for (size_t i = 1; i < count; i++)
        if (!strcmp(text[i - 1], text[i]))
            vx_reading_fail(r, "\"%s\" of two %s is \"%.60s\"", key, whose, text[i]);
}

/* Equal names would overwrite each other's files or show each other's values. */
static void check_names(vx_reading *r)
{
    const vx_results *results = r->results;
    size_t effects = 0, k = 0;
    for (size_t m = 0; m < results->modalities; m++)
        effects += results->modality[m].effects;
    const char **folder_stem = vx_reading_array(r, results->modalities, sizeof *folder_stem);
    const char **stem = vx_reading_array(r, effects, sizeof *stem);
    const char **place = vx_reading_array(r, effects, sizeof *place);
    for (size_t m = 0; !r->status && m < results->modalities; m++) {
        const vx_results_modality *modality = &results->modality[m];
        folder_stem[m] = modality->stem;
        for (size_t e = 0; e < modality->effects; e++, k++) {
            stem[k] = modality->effect[e].stem;
            place[k] = modality->effect[e].place;
        }
    }
    check_different(r, "modalities", VX_KEY_STEM, folder_stem, results->modalities);
    check_different(r, "effects", VX_KEY_FIGURES, stem, effects);
    check_different(r, "effects", VX_KEY_PLACE, place, effects);
    free(folder_stem);
    free(stem);
    free(place);
}

void vx_check_run(vx_reading *r)
{
    const vx_results *results = r->results;
    check_names(r);
    for (size_t m = 0; m < results->modalities; m++) {
        const vx_results_modality *modality = &results->modality[m];
        check_grid(r, modality);
        if (modality->n > results->participants)
            vx_reading_fail(r, VX_QUOTED(VX_KEY_N) " of %.60s is %lld, of %lld participants", modality->name,
                            (long long)modality->n, (long long)results->participants);
        else if (modality->effect[0].n != modality->n)
            vx_reading_fail(r, "no effect of %.60s is of all its participants", modality->name);
        for (size_t e = 0; e < modality->effects; e++)
            check_effect(r, modality, &modality->effect[e]);
    }
}

bool vx_check_cluster(const vx_results_modality *modality, const vx_cluster *cluster, size_t number)
{
    bool good = cluster->label == (int32_t)number && cluster->voxels >= 1 && cluster->voxels <= modality->mask_voxels &&
                cluster->mm3 > 0 && isfinite(cluster->mm3) && isfinite(cluster->mass) && isfinite(cluster->peak_t) &&
                is_finite(cluster->peak_mm) && vx_grid_holds(&modality->grid, cluster->peak_voxel);
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        good = good && is_p(cluster->p[kind]);
    return good;
}
