/* A record made by hand for the tests of output: one paired modality on a grid of 4 x 3 x 2, 5 voxels analysed, 3 of 4
 * participants, an effect `change` and one of a covariate with an awkward name that one participant lacks. */
#ifndef TESTS_UNIT_OUTPUT_FIXTURE_H
#define TESTS_UNIT_OUTPUT_FIXTURE_H

#include "output/output.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

enum { VOXELS = 5 };

static int64_t fixture_index[VOXELS] = {1, 6, 7, 13, 23}; /* (1,0,0) (2,1,0) (3,1,0) (1,0,1) (3,2,1) */
static float fixture_t[VOXELS] = {2.5f, -6.25f, 0.5f, 4, -1};
static float fixture_p[VOXELS] = {0.25f, 0.03125f, 1, 0.0625f, 0.5f};
static float fixture_label[VOXELS] = {0, 2, 0, 1, 0};
static float fixture_r[VOXELS] = {0.5f, -0.25f, 0, 0.125f, NAN};
static vx_map fixture_maps[2][3] = {{{VX_MAP_T, "", fixture_t},
                                     {VX_P_FWE_VOXEL, "", fixture_p},
                                     {VX_MAP_CLUSTERS, "label", fixture_label}},
                                    {{VX_MAP_R, "", fixture_r}}};
static double fixture_voxel[] = {6.25, 3, 1.5, 7}, fixture_extent[] = {1, 0, 0, 2};
static vx_cluster fixture_clusters[] = {
    {1, 1, 1, 12, 0.875, 4, {-10, 20.5, -3}, {1, 0, 1},
     {[VX_P_FWE_EXTENT] = 0.03125, [VX_P_FWE_MASS] = NAN, [VX_P_FWE_VOXEL] = 0.0625, [VX_P_FWE_TFCE] = NAN,
      [VX_P_UNCORRECTED] = 0.001, [VX_P_FDR] = 0.25}},
    {2, -1, 1, 12, 3.125, -6.25, {-12, 23.5, -7}, {2, 1, 0},
     {[VX_P_FWE_EXTENT] = 0.5, [VX_P_FWE_MASS] = NAN, [VX_P_FWE_VOXEL] = 0.03125, [VX_P_FWE_TFCE] = 0.5,
      [VX_P_UNCORRECTED] = 0.001, [VX_P_FDR] = 0.125}}};

static int64_t fixture_rows[] = {0, 1, 2}, fixture_participants[] = {0, 1, 3};
static double fixture_design[2][6] = {{1, 1, 1}, {1, 1, -0.5, 0.5}}; /* columns x n */
static double fixture_contrast[2][2] = {{1}, {0, 1}};
static char *fixture_columns[] = {"intercept", "rapa/48 h"};
static vx_effect fixture_effects[2] = {
    {.name = "change", .kind = VX_MEAN, .scheme = VX_SIGN_FLIP, .n = 3, .row = fixture_rows,
     .participant = fixture_participants, .df = 2, .columns = 1, .column_name = fixture_columns,
     .design = fixture_design[0], .contrast = fixture_contrast[0]},
    {.name = "rapa/48 h", .kind = VX_SLOPE, .scheme = VX_PERMUTE, .n = 2, .row = fixture_rows + 1,
     .participant = fixture_participants + 1, .df = 1, .columns = 2, .column_name = fixture_columns,
     .design = fixture_design[1], .contrast = fixture_contrast[1]}};
static vx_model fixture_model = {fixture_effects, 2};
static vx_result fixture_results[2] = {
    {.effect = &fixture_effects[0], .map = fixture_maps[0], .maps = 3, .voxels = VOXELS,
     .cluster = fixture_clusters, .clusters = 2,
     .plan = {.possible = 8, .relabellings = 4, .p_smallest = 0.25, .threshold_t = 3.125},
     .options = {.seed = 42, .connectivity = 26, .tails = VX_TWO_TAILS},
     .null = {4, fixture_voxel, fixture_extent, NULL}, .seconds = 0.5},
    {.effect = &fixture_effects[1], .map = fixture_maps[1], .maps = 1, .voxels = VOXELS,
     .plan = {.possible = UINT64_MAX, .relabellings = 4, .p_smallest = 0.25, .threshold_t = 6.3125},
     .options = {.connectivity = 26, .tails = VX_TWO_TAILS}, .null = {4, fixture_voxel, NULL, NULL}}};
static vx_result *fixture_result_list[] = {&fixture_results[0], &fixture_results[1]};

static char *fixture_names[] = {"sub-1", "sub-2", "sub-3", "sub-4"};
static vx_left_out fixture_left_out[] = {{"sub-3", "no image in pet_followup"}};
static vx_study_modality fixture_study_modality = {.name = "pet", .n = 3, .participant = fixture_participants,
                                                   .left_out = fixture_left_out, .left_outs = 1};
static vx_study fixture_study = {.table = "participants.tsv", .design = VX_PAIRED, .session = {"bl", "fu"},
                                 .participants = 4, .participant = fixture_names, .modality = &fixture_study_modality,
                                 .modalities = 1};
/* Voxels of 2 x 3 x 4 mm, x to the left, first voxel at (-8, 20.5, -7); the qform differs and must be kept. */
static vx_matrix fixture_matrix = {
    .n = 3,
    .space = {.elements = VOXELS, .index = fixture_index,
              .grid = {.dim = {4, 3, 2},
                       .affine = {{-2, 0, 0, -8}, {0, 3, 0, 20.5}, {0, 0, 4, -7}, {0, 0, 0, 1}},
                       .pixdim = {2, 3, 4}, .qform_code = 1, .quatern = {0, 1, 0}, .qoffset = {1, 2, 3}, .qfac = -1,
                       .sform_code = 4, .sform = {{-2, 0, 0, -8}, {0, 3, 0, 20.5}, {0, 0, 4, -7}}}}};
static vx_device_info fixture_device = {.id = "cpu", .name = "a processor", .driver = "gcc", .kind = "cpu",
                                        .compute_units = 2, .threads = 2, .memory = 1 << 30, .simd = "avx2"};
static vx_option_value fixture_options[] = {{"seed", "42"}, {"p-format", "log10"}};
static vx_input_file fixture_inputs[] = {
    {.path = "/data/1.nii", .participant = "sub-1", .column = "pet_bl", .sha256 = "00ff"},
    {.path = "/data/mask.nii", .sha256 = "11"},
};

static vx_record_modality fixture_modality = {.name = "pet", .study = &fixture_study_modality,
                                              .matrix = &fixture_matrix, .model = &fixture_model,
                                              .mask = {.grid_voxels = 24, .candidate = 7, .left_out_zero = 2},
                                              .result = fixture_result_list};
static char *fixture_remark[] = {"the mask is not binary"};
static const vx_remarks fixture_remarks = {fixture_remark, 1};
static const vx_record fixture_record = {.version = "9.8.7", .command_line = "voxstat --design paired",
                                         .device = &fixture_device, .option = fixture_options, .options = 2,
                                         .input = fixture_inputs, .inputs = 2, .started = "2026-01-02T03:04:05Z",
                                         .seconds_read = 1, .seconds_infer = 2, .seconds_total = 3.5,
                                         .study = &fixture_study, .modality = &fixture_modality, .modalities = 1,
                                         .p_format = VX_P_LOG10, .remarks = &fixture_remarks};

static char fixture_folder[64]; /* a fresh one for every test */

static int fixture_set_up(void **state)
{
    (void)state;
    strcpy(fixture_folder, "/tmp/vx-output-XXXXXX");
    return mkdtemp(fixture_folder) ? 0 : -1;
}

static int fixture_tear_down(void **state)
{
    char command[80];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", fixture_folder);
    return system(command);
}

static inline const char *fixture_path(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", fixture_folder, name);
    return path;
}

#endif
