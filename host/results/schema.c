#include "results/schema.h"

#include "base/memory.h"
#include "outcome/outcome.h"
#include "results/p_format.h"
#include "voxstat/voxstat.h"

const char *const vx_design_names[] = {[VX_PAIRED] = "paired", [VX_ONESAMPLE] = "onesample", NULL};
const char *const vx_scheme_names[] = {[VX_SIGN_FLIP] = "sign-flip", [VX_PERMUTE] = "permutation", NULL};
const char *const vx_session_names[] = {
    [VX_MEAN_BASELINE] = "baseline", [VX_MEAN_FOLLOWUP] = "followup", NULL};
const char *const vx_session_voxels_names[] = {
    [VX_MEAN_BASELINE] = "baseline_voxels", [VX_MEAN_FOLLOWUP] = "followup_voxels", NULL};
const char *const vx_tails_names[] = {[VX_TWO_TAILS] = "two", [VX_POSITIVE] = "pos", [VX_NEGATIVE] = "neg", NULL};
const char *const vx_p_format_names[] = {[VX_P_LOG10] = "log10", [VX_P_PLAIN] = "p", [VX_P_ONE_MINUS] = "1-p", NULL};
const char *const vx_effect_kind_names[] = {[VX_MEAN] = "mean", [VX_SLOPE] = "slope", NULL};
const char *const vx_scale_names[] = {"linear", "log", "percent", "symmetric", NULL};
const char *const vx_outcome_kind_names[] = {[VX_OUTCOME_REGION] = "region", [VX_OUTCOME_MARKER] = "marker", NULL};
const char *const vx_outcome_groups[] = {[VX_OUTCOME_REGION] = "regions", [VX_OUTCOME_MARKER] = "markers", NULL};
const char *const vx_outcome_endings[] = {
    [VX_OUTCOME_TABLE] = ".tsv", [VX_OUTCOME_DICTIONARY] = ".json", [VX_OUTCOME_VALUES] = "_values.tsv",
    [VX_OUTCOME_VALUES_DICTIONARY] = "_values.json", [VX_OUTCOME_MARKDOWN] = ".md", [VX_OUTCOME_LATEX] = ".tex", NULL};

const char *const vx_cluster_columns[VX_CLUSTER_COLUMNS] = {
    [VX_CLUSTER_LABEL] = "label", [VX_CLUSTER_SIGN] = "sign", [VX_CLUSTER_VOXELS] = "voxels",
    [VX_CLUSTER_MM3] = "mm3", [VX_CLUSTER_MASS] = "mass", [VX_CLUSTER_PEAK_T] = "peak_t",
    [VX_CLUSTER_PEAK_X] = "peak_x", [VX_CLUSTER_PEAK_Y] = "peak_y", [VX_CLUSTER_PEAK_Z] = "peak_z",
    [VX_CLUSTER_PEAK_I] = "peak_i", [VX_CLUSTER_PEAK_J] = "peak_j", [VX_CLUSTER_PEAK_K] = "peak_k"};

char *vx_name_in_volume(const char *name, const char *volume)
{
    return vx_text("%s%s%s", name, volume ? "_" : "", volume ? volume : "");
}

static char *path_in_place(const char *folder, const char *place, const char *name, const char *volume,
                           const char *ending)
{
    char *file = vx_name_in_volume(name, volume);
    char *path = file ? vx_text("%s/%s/%s%s", folder, place, file, ending) : NULL;
    free(file);
    return path;
}

char *vx_map_path(const char *folder, const char *place, const char *map, const char *volume)
{
    return path_in_place(folder, place, map, volume, ".nii.gz");
}

char *vx_clusters_path(const char *folder, const char *place, const char *volume)
{
    return path_in_place(folder, place, "clusters", volume, VX_TABLE_ENDING);
}

char *vx_modality_path(const char *folder, const char *modality, const char *file)
{
    return vx_text("%s/%s%s%s", folder, modality ? modality : "", modality ? "/" : "", file);
}

char *vx_dataset_path(const char *group, const char *place, const char *dataset)
{
    return vx_text("%s%s%s%s%s", group, place ? "/" : "", place ? place : "", dataset ? "/" : "",
                   dataset ? dataset : "");
}
