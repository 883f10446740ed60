/* The second half of the graph: the inference, its clusters and their peaks. */
#include "nidm/export.h"

#include "base/distribution.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "results/level.h"
#include "results/scheme.h"
#include "results/tails.h"

#include <math.h>
#include <string.h>

/* Writes the p of a cluster or of its peak, for every computed kind. Kinds without a NIDM term get a comment. */
static void put_all_p(vx_export *m, const vx_cluster *cluster, bool of_cluster)
{
    for (int words = 0; words < 2; words++)
        for (int k = 0; k < VX_P_KINDS; k++) {
            const vx_quantity_row *about = vx_quantity_about(vx_p_corrections[k]);
            const double p = cluster->p[vx_p_corrections[k]];
            if (about->of_cluster != of_cluster || isnan(p))
                continue;
            if (!words && about->nidm)
                vx_turtle_real(&m->turtle, about->nidm, p);
            if (words && about->nidm_words)
                vx_turtle_text(&m->turtle, "rdfs:comment", "%s: %.6g", about->nidm_words, p);
        }
}

static void put_inference(vx_export *m)
{
    static const char *const used[] = {"statistic", "mask", "height threshold", "extent threshold", "peak criteria",
                                       "cluster criteria", "null distribution"};
    const bool two = m->effect->tails == VX_TWO_TAILS;
    const vx_quantity_row *primary = vx_quantity_about(m->results->primary);
    vx_turtle *t = &m->turtle;
    vx_turtle_about(t, "inference", "prov:Activity , nidm_Inference:");
    vx_turtle_text(t, "rdfs:label", "Inference");
    vx_turtle_node(t, "prov:wasAssociatedWith", "software");
    vx_turtle_term(t, "nidm_hasAlternativeHypothesis:", two ? "nidm_TwoTailedTest:" : "nidm_OneTailedTest:");
    vx_turtle_typed(t, "nonparametric:isParametricTest", "boolean", "false");
    for (size_t k = 0; k < sizeof used / sizeof *used; k++)
        vx_turtle_node(t, "prov:used", used[k]);
    if (primary->control != VX_CONTROL_NONE)
        vx_turtle_text(t, "rdfs:comment", "Significant means p < " VX_LEVEL_TEXT " %s, the primary correction.",
                       primary->criterion);
    if (two) /* a single inference, because its p refer to the maxima of both tails */
        vx_turtle_text(t, "rdfs:comment", "Two-sided: p are of |t|, and family-wise error counts the larger maximum of "
                       "both tails. Rises and falls never share a cluster; the excursion set keeps the sign of t.");
}

/* The draft extension has a term for the number of relabellings only; the rest is a comment. */
static void put_null_distribution(vx_export *m)
{
    const vx_results_effect *effect = m->effect;
    const bool nuisance = effect->columns > (effect->kind == VX_MEAN ? 1 : 2);
    const char *seed = vx_results_option(m->results, "seed");
    vx_turtle *t = &m->turtle;
    vx_turtle_about(t, "null distribution", "prov:Entity , nonparametric:NonParametricNullDistribution");
    vx_turtle_text(t, "rdfs:label", "Non-parametric null distribution");
    vx_turtle_typed(t, "nonparametric:numberOfPermutations", "int", "%lld", (long long)effect->relabellings);
    vx_turtle_text(t, "rdfs:comment", "%s%s; %s%s", vx_scheme_about(effect->scheme)->title,
                   nuisance ? " by the scheme of Freedman and Lane" : "",
                   effect->exhaustive ? "every one there is, the data as observed among them"
                                      : "random ones and the data as observed, from Philox4x32-10 with seed ",
                   effect->exhaustive ? "" : seed ? seed : "unknown");
}

static void put_thresholds(vx_export *m)
{
    const vx_tails_words *words = vx_tails_about(m->effect->tails);
    const double threshold = m->effect->threshold_t;
    const int tails = m->effect->tails == VX_TWO_TAILS ? 2 : 1;
    const double p = tails * vx_t_upper(threshold, m->effect->df);
    vx_turtle *t = &m->turtle;
    vx_turtle_about(t, "height threshold", "prov:Entity , nidm_HeightThreshold: , obo_statistic:");
    vx_turtle_text(t, "rdfs:label", "Height Threshold: %s>%.6g", words->statistic, threshold);
    vx_turtle_real(t, "prov:value", threshold);
    vx_turtle_node(t, "nidm_equivalentThreshold:", "height threshold as p");
    vx_turtle_about(t, "height threshold as p", "prov:Entity , nidm_HeightThreshold: , nidm_PValueUncorrected:");
    vx_turtle_text(t, "rdfs:label", "Height Threshold: p<%.6g (uncorrected)", p);
    vx_turtle_real(t, "prov:value", p);
    vx_turtle_text(t, "rdfs:comment", "By Student's distribution with %g degrees of freedom, %s.", m->effect->df,
                   words->sided);
    vx_turtle_about(t, "extent threshold", "prov:Entity , nidm_ExtentThreshold: , obo_statistic:");
    vx_turtle_text(t, "rdfs:label", "Extent Threshold: k>=0");
    vx_turtle_typed(t, "nidm_clusterSizeInVoxels:", "int", "0");
    vx_turtle_text(t, "rdfs:comment", "Every cluster is in the excursion set, with its p; the size that is significant "
                   "stands with the search space.");
}

static void put_criteria(vx_export *m)
{
    const int connectivity = m->effect->connectivity;
    vx_turtle *t = &m->turtle;
    vx_turtle_about(t, "peak criteria", "prov:Entity , nidm_PeakDefinitionCriteria:");
    vx_turtle_text(t, "rdfs:label", "Peak Definition Criteria");
    vx_turtle_real(t, "nidm_minDistanceBetweenPeaks:", 0);
    vx_turtle_typed(t, "nidm_maxNumberOfPeaksPerCluster:", "int", "1");
    vx_turtle_about(t, "cluster criteria", "prov:Entity , nidm_ClusterDefinitionCriteria:");
    vx_turtle_text(t, "rdfs:label", "Cluster Connectivity Criterion: %d", connectivity);
    vx_turtle_term(t, "nidm_hasConnectivityCriterion:", connectivity == 6    ? "nidm_voxel6connected:"
                                                        : connectivity == 18 ? "nidm_voxel18connected:"
                                                                             : "nidm_voxel26connected:");
}

/* A list of three numbers, of which NaN is one, is a text. */
static void put_list(vx_turtle *t, const char *property, const double value[3])
{
    char text[3][32];
    for (int k = 0; k < 3; k++)
        snprintf(text[k], sizeof text[k], isnan(value[k]) ? "NaN" : "%.6g", value[k]);
    vx_turtle_text(t, property, "[%s, %s, %s]", text[0], text[1], text[2]);
}

/* Readers of NIDM-Results 1.3 require the terms of random field theory in a search space. It was not used here. A resel
 * is a box of one FWHM along each axis. */
static void put_smoothness(vx_export *m)
{
    const double *mm = m->modality->smoothness;
    double voxels[3], resel = 1;
    for (int k = 0; k < 3; k++) {
        voxels[k] = mm[k] / m->grid.pixdim[k];
        resel *= voxels[k];
    }
    resel = resel > 0 ? resel : NAN;
    vx_turtle_real(&m->turtle, "nidm_searchVolumeInResels:", (double)m->modality->mask_voxels / resel);
    vx_turtle_real(&m->turtle, "nidm_reselSizeInVoxels:", resel);
    put_list(&m->turtle, "nidm_noiseFWHMInVoxels:", voxels);
    put_list(&m->turtle, "nidm_noiseFWHMInUnits:", mm);
}

static void put_search_space(vx_export *m)
{
    const vx_null *null = &m->effect->null;
    const double height = vx_critical(null->voxel, null->count),
                 extent = null->extent ? vx_critical(null->extent, null->count) : NAN;
    vx_turtle *t = &m->turtle;
    vx_export_map(m, "search space", "prov:Entity , nidm_SearchSpaceMaskMap:", "Search Space Mask Map", VX_NIDM_MASK);
    vx_turtle_node(t, "prov:wasGeneratedBy", "inference");
    vx_turtle_typed(t, "nidm_searchVolumeInVoxels:", "int", "%lld", (long long)m->modality->mask_voxels);
    vx_turtle_real(t, "nidm_searchVolumeInUnits:", (double)m->modality->mask_voxels * vx_grid_voxel_mm3(&m->grid));
    if (!isnan(height))
        vx_turtle_real(t, "nidm_heightCriticalThresholdFWE05:", height);
    if (!isnan(extent)) /* a significant cluster exceeds the critical extent */
        vx_turtle_typed(t, "spm_smallestSignificantClusterSizeInVoxelsFWE05:", "int", "%.0f", extent + 1);
    put_smoothness(m);
    vx_turtle_typed(t, "nidm_randomFieldStationarity:", "boolean", "false");
    vx_turtle_text(t, "rdfs:comment", "The smoothness describes the residuals; permutation does not use it.%s",
                   isnan(height) ? " The relabellings are too few for any p < " VX_LEVEL_TEXT "." : "");
}

static void put_excursion_set(vx_export *m)
{
    vx_turtle *t = &m->turtle;
    vx_export_map(m, "excursion set", "prov:Entity , nidm_ExcursionSetMap:", "Excursion Set Map", VX_NIDM_EXCURSION);
    vx_turtle_node(t, "prov:wasGeneratedBy", "inference");
    vx_turtle_typed(t, "nidm_numberOfSupraThresholdClusters:", "int", "%zu", m->effect->clusters);
    vx_turtle_node(t, "nidm_hasClusterLabelsMap:", "cluster labels");
    vx_export_map(m, "cluster labels", "prov:Entity , nidm_ClusterLabelsMap:", "Cluster Labels Map", VX_NIDM_LABELS);
}

static void put_peak(vx_export *m, const vx_cluster *cluster, const char *of)
{
    const int64_t *at = cluster->peak_voxel;
    const double *mm = cluster->peak_mm;
    char peak[40], coordinate[40];
    vx_turtle *t = &m->turtle;
    if (!m->status && !vx_grid_holds(&m->grid, at))
        m->status = vx_fail(m->error, VX_INPUT, "%s/%s/clusters.tsv: the peak of cluster %d is not on the grid",
                            m->results->folder, m->effect->place, (int)cluster->label);
    if (m->status)
        return;
    const double value = m->t[vx_grid_place(&m->grid, at)];
    snprintf(peak, sizeof peak, "peak %d", (int)cluster->label);
    snprintf(coordinate, sizeof coordinate, "coordinate %d", (int)cluster->label);
    vx_turtle_about(t, peak, "prov:Entity , nidm_Peak:");
    vx_turtle_text(t, "rdfs:label", "Peak %04d", (int)cluster->label);
    vx_turtle_node(t, "prov:atLocation", coordinate);
    vx_turtle_real(t, "prov:value", value);
    vx_turtle_real(t, "nidm_equivalentZStatistic:", vx_z_from_t(value, m->effect->df));
    put_all_p(m, cluster, false);
    vx_turtle_node(t, "prov:wasDerivedFrom", of);
    vx_turtle_about(t, coordinate, "prov:Entity , prov:Location , nidm_Coordinate:");
    vx_turtle_text(t, "rdfs:label", "Coordinate %04d", (int)cluster->label);
    vx_turtle_text(t, "nidm_coordinateVector:", "[%.9g, %.9g, %.9g]", mm[0], mm[1], mm[2]);
    vx_turtle_text(t, "nidm_coordinateVectorInVoxels:", "[%lld, %lld, %lld]", (long long)at[0], (long long)at[1],
                   (long long)at[2]);
}

static void put_cluster(vx_export *m, const vx_cluster *cluster)
{
    char role[40];
    vx_turtle *t = &m->turtle;
    snprintf(role, sizeof role, "cluster %d", (int)cluster->label);
    vx_turtle_about(t, role, "prov:Entity , nidm_SupraThresholdCluster:");
    vx_turtle_text(t, "rdfs:label", "Supra-Threshold Cluster %04d", (int)cluster->label);
    vx_turtle_typed(t, "nidm_clusterLabelId:", "int", "%d", (int)cluster->label);
    vx_turtle_typed(t, "nidm_clusterSizeInVoxels:", "int", "%lld", (long long)cluster->voxels);
    put_all_p(m, cluster, true);
    vx_turtle_node(t, "prov:wasDerivedFrom", "excursion set");
    put_peak(m, cluster, role);
}

void vx_export_inference(vx_export *m)
{
    if (m->status)
        return;
    put_inference(m);
    put_null_distribution(m);
    put_thresholds(m);
    put_criteria(m);
    put_search_space(m);
    put_excursion_set(m);
    for (size_t c = 0; !m->status && c < m->effect->clusters; c++)
        put_cluster(m, &m->effect->cluster[c]);
    vx_turtle_end(&m->turtle);
}
