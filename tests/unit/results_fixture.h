/* A results folder, written into fixture_folder: the record of output_fixture.h with all that a report and a
 * NIDM-Results pack need, and with the outcomes of outcome_fixture.h. */
#ifndef TESTS_UNIT_RESULTS_FIXTURE_H
#define TESTS_UNIT_RESULTS_FIXTURE_H

#include "unit/outcome_fixture.h"

/* Region 0 is the mask; then the two clusters of `change`, the only effect that has any. n x regions. */
static double fixture_before[9] = {10, 1, 4, 20, 2, 5, 30, 3, 6}, fixture_after[9] = {11, 7, 1, 22, 8, 2, 33, 9, 3};
static int64_t fixture_counts[3] = {24, 23, 22};
static float fixture_mean[24], fixture_se[VOXELS] = {1, 2, 3, 4, 5}, fixture_none[VOXELS];
static vx_means fixture_means = {.n = 3, .sessions = 2, .regions = 3,
                                 .region = (double *[]){fixture_before, fixture_after},
                                 .voxels = (int64_t *[]){fixture_counts, fixture_counts}, .image = fixture_mean};
static vx_column fixture_covariate = {.name = "rapa/48 h", .value = (double[]){4, 6, 99, 8}};
static vx_map fixture_results_maps[2][6] = {{{VX_MAP_T, "", fixture_t},
                                             {VX_P_UNCORRECTED, "", fixture_p},
                                             {VX_P_FWE_VOXEL, "", fixture_p},
                                             {VX_MAP_CLUSTERS, "label", fixture_label},
                                             {VX_MAP_MEAN, "data", fixture_t},
                                             {VX_MAP_SE, "data", fixture_se}},
                                            {{VX_MAP_T, "", fixture_t},
                                             {VX_P_UNCORRECTED, "", fixture_p},
                                             {VX_P_FWE_VOXEL, "", fixture_p},
                                             {VX_MAP_CLUSTERS, "label", fixture_none},
                                             {VX_MAP_SLOPE, "data", fixture_t},
                                             {VX_MAP_SE, "data", fixture_se}}};

/* The search volume "a/b" has the voxels 1, 2 and 3 of the mask. */
static int64_t fixture_volume_index[3] = {6, 7, 13};
static float fixture_volume_t[3] = {-6.25f, 0.5f, 4}, fixture_volume_p[3] = {0.015625f, 1, 0.03125f};
static float fixture_volume_extent[3] = {0.25f, 1, 0.25f};
static vx_map fixture_volume_maps[3] = {{VX_MAP_T, "", fixture_volume_t},
                                        {VX_P_FWE_VOXEL, "", fixture_volume_p},
                                        {VX_P_FWE_EXTENT, "", fixture_volume_extent}};

/* Quality control: image 1 has two flags and is most like the images of participant 2, image 4 lacks a figure. */
static double fixture_figures[VX_QUALITY_COLUMNS][6];
static unsigned fixture_flags[6] = {[1] = 1 << VX_FLAG_SCALE | 1 << VX_FLAG_PERSON};
static int64_t fixture_nearest[6] = {-1, 2, 0, 1, -1, 0};
static uint8_t fixture_strips[6 * 2 * 3];

static vx_quality fixture_quality(void)
{
    vx_quality quality = {.n = 3, .sessions = 2, .flag = fixture_flags, .nearest = fixture_nearest,
                          .strips = {.images = 6, .width = 3, .height = 2, .grey = fixture_strips}};
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++) {
        quality.value[k] = fixture_figures[k];
        for (int i = 0; i < 6; i++)
            fixture_figures[k][i] = i == 4 ? NAN : k + i / 8.;
    }
    for (int i = 0; i < 6 * 2 * 3; i++)
        fixture_strips[i] = (uint8_t)(7 * i);
    return quality;
}

/* As the version of that name would have written it. */
static vx_status fixture_write_results(const char *version, vx_p_format format, vx_error *error)
{
    vx_result result[2] = {fixture_results[0], fixture_results[1]}, *list[2] = {&result[0], &result[1]};
    vx_record_modality modality = fixture_modality;
    vx_study study = fixture_study;
    vx_record record = fixture_record;
    vx_result in_volume = {.effect = &fixture_effects[0], .map = fixture_volume_maps, .maps = 3, .voxels = 3,
                           .plan = fixture_results[0].plan, .options = fixture_results[0].options,
                           .null = {4, fixture_voxel, fixture_extent, NULL, NULL}, .cluster = fixture_clusters,
                           .clusters = 1}, *volume_list[2];
    vx_matrix volume_matrix = {.n = 3, .space = {.elements = 3, .index = fixture_volume_index,
                                                 .grid = fixture_matrix.space.grid}};
    char family[] = "a/b";
    vx_record_volume volume = {family, &volume_matrix, volume_list, 2};
    volume_list[0] = volume_list[1] = &in_volume;
    for (int i = 0; i < 24; i++)
        fixture_mean[i] = (float)i / 2;
    for (int e = 0; e < 2; e++) {
        result[e].map = fixture_results_maps[e];
        result[e].maps = 6;
    }
    study.covariate = &fixture_covariate;
    study.covariates = 1;
    const vx_quality quality = fixture_quality();
    modality.quality = &quality;
    modality.means = &fixture_means;
    modality.result = list;
    modality.volume = &volume;
    modality.volumes = 1;
    record.modality = &modality;
    record.study = &study;
    record.outcome = fixture_outcomes;
    record.outcomes = OUTCOMES;
    record.outcome_tests = fixture_outcome_tests();
    record.expected = fixture_expected();
    record.version = version;
    record.p_format = format;
    record.primary = VX_P_FWE_VOXEL;
    return vx_write_results(fixture_folder, &record, error);
}

#endif
