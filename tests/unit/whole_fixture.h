/* The record of output_fixture.h with all that a report and a NIDM-Results pack need, as a results folder of this
 * version in fixture_folder. */
#ifndef TESTS_UNIT_WHOLE_FIXTURE_H
#define TESTS_UNIT_WHOLE_FIXTURE_H

#include "unit/output_fixture.h"

/* Region 0 is the mask; then the two clusters of `change`, the only effect that has any. n x regions. */
static double whole_before[9] = {10, 1, 4, 20, 2, 5, 30, 3, 6}, whole_after[9] = {11, 7, 1, 22, 8, 2, 33, 9, 3};
static int64_t whole_counts[3] = {24, 23, 22};
static float whole_mean[24], whole_se[VOXELS] = {1, 2, 3, 4, 5}, whole_none[VOXELS];
static vx_means whole_means = {.n = 3, .sessions = 2, .regions = 3, .region = (double *[]){whole_before, whole_after},
                               .voxels = (int64_t *[]){whole_counts, whole_counts}, .image = whole_mean};
static vx_column whole_covariate = {.name = "rapa/48 h", .value = (double[]){4, 6, 99, 8}};
static vx_map whole_maps[2][6] = {{{VX_MAP_T, "", fixture_t},
                                   {VX_P_UNCORRECTED, "", fixture_p},
                                   {VX_P_FWE_VOXEL, "", fixture_p},
                                   {VX_MAP_CLUSTERS, "label", fixture_label},
                                   {VX_MAP_MEAN, "data", fixture_t},
                                   {VX_MAP_SE, "data", whole_se}},
                                  {{VX_MAP_T, "", fixture_t},
                                   {VX_P_UNCORRECTED, "", fixture_p},
                                   {VX_P_FWE_VOXEL, "", fixture_p},
                                   {VX_MAP_CLUSTERS, "label", whole_none},
                                   {VX_MAP_SLOPE, "data", fixture_t},
                                   {VX_MAP_SE, "data", whole_se}}};

static vx_status whole_folder(vx_error *error)
{
    vx_result result[2] = {fixture_results[0], fixture_results[1]}, *list[2] = {&result[0], &result[1]};
    vx_record_modality modality = fixture_modality;
    vx_study study = fixture_study;
    vx_record record = fixture_record;
    for (int i = 0; i < 24; i++)
        whole_mean[i] = (float)i / 2;
    for (int e = 0; e < 2; e++) {
        result[e].map = whole_maps[e];
        result[e].maps = 6;
    }
    study.covariate = &whole_covariate;
    study.covariates = 1;
    modality.means = &whole_means;
    modality.result = list;
    record.modality = &modality;
    record.study = &study;
    record.version = VOXSTAT_VERSION;
    return vx_write_results(fixture_folder, &record, error);
}

#endif
