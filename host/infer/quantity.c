#include "infer/quantity.h"

/* clang-format off */
static const vx_quantity_row rows[VX_QUANTITIES] = {
    [VX_P_UNCORRECTED] = {.name = "p-uncorrected", .units = "p", .intent = VX_INTENT_P, .title = "none (uncorrected)",
        .control = VX_CONTROL_NONE,
        .key = "p_uncorrected", .column = "p_uncorrected", .word = "uncorrected", .label = "uncorr.",
        .nidm = "nidm_pValueUncorrected:"},
    [VX_P_FDR] = {.name = "p-fdr", .units = "q", .intent = VX_INTENT_P, .title = "FDR",
        .control = VX_CONTROL_FALSE_DISCOVERY, .correct = VX_CORRECT_FDR,
        .key = "p_fdr", .column = "p_fdr", .word = "fdr", .label = "FDR",
        .criterion = "by false discovery rate", .nidm = "nidm_qValueFDR:"},
    [VX_P_FWE_VOXEL] = {.name = "p-fwe-voxel", .units = "p", .intent = VX_INTENT_P, .title = "FWE by voxel",
        .control = VX_CONTROL_FAMILY_WISE, .correct = VX_CORRECT_VOXEL,
        .key = "p_fwe_voxel", .column = "p_voxel", .word = "voxel", .label = "voxel",
        .criterion = "by the maximum t", .nidm = "nidm_pValueFWER:"},
    [VX_P_FWE_EXTENT] = {.name = "p-fwe-extent", .units = "p", .intent = VX_INTENT_P, .title = "FWE by extent",
        .control = VX_CONTROL_FAMILY_WISE, .correct = VX_CORRECT_EXTENT, .of_cluster = true,
        .key = "p_fwe_extent", .column = "p_extent", .word = "extent", .label = "extent",
        .criterion = "by extent",
        .maximum = "largest cluster, voxels", .nidm = "nidm_pValueFWER:"},
    [VX_P_FWE_MASS] = {.name = "p-fwe-mass", .units = "p", .intent = VX_INTENT_P, .title = "FWE by mass",
        .control = VX_CONTROL_FAMILY_WISE, .correct = VX_CORRECT_MASS, .of_cluster = true,
        .key = "p_fwe_mass", .column = "p_mass", .word = "mass", .label = "mass",
        .criterion = "by mass",
        .maximum = "largest cluster mass", .nidm_words = "p FWER by cluster mass"},
    [VX_P_FWE_TFCE] = {.name = "p-fwe-tfce", .units = "p", .intent = VX_INTENT_P, .title = "FWE by TFCE",
        .control = VX_CONTROL_FAMILY_WISE, .correct = VX_CORRECT_TFCE,
        .key = "p_fwe_tfce", .column = "p_tfce", .word = "tfce", .label = "TFCE",
        .criterion = "by TFCE",
        .maximum = "largest TFCE score", .nidm_words = "p FWER by TFCE"},
    [VX_P_BONFERRONI_VOXEL] = {.name = "p-bonferroni-voxel", .units = "p", .intent = VX_INTENT_P,
        .title = "FWE by voxel (Bonferroni)", .control = VX_CONTROL_FAMILY_WISE,
        .correct = VX_CORRECT_BONFERRONI, .choice = "bonferroni", .of = VX_P_FWE_VOXEL,
        .key = "p_bonferroni_voxel", .column = "p_bonferroni_voxel",
        .word = "bonferroni_voxel", .label = "voxel (Bonferroni)",
        .criterion = "by the maximum t over all effects",
        .nidm_words = "p FWER by voxel, over all effects by Bonferroni's correction"},
    [VX_P_BONFERRONI_EXTENT] = {.name = "p-bonferroni-extent", .units = "p", .intent = VX_INTENT_P,
        .title = "FWE by extent (Bonferroni)", .control = VX_CONTROL_FAMILY_WISE,
        .correct = VX_CORRECT_BONFERRONI, .choice = "bonferroni", .of = VX_P_FWE_EXTENT,
        .of_cluster = true,
        .key = "p_bonferroni_extent", .column = "p_bonferroni_extent",
        .word = "bonferroni_extent", .label = "extent (Bonferroni)",
        .criterion = "by extent over all effects",
        .nidm_words = "p FWER by extent, over all effects by Bonferroni's correction"},
    [VX_P_BONFERRONI_MASS] = {.name = "p-bonferroni-mass", .units = "p", .intent = VX_INTENT_P,
        .title = "FWE by mass (Bonferroni)", .control = VX_CONTROL_FAMILY_WISE,
        .correct = VX_CORRECT_BONFERRONI, .choice = "bonferroni", .of = VX_P_FWE_MASS,
        .of_cluster = true,
        .key = "p_bonferroni_mass", .column = "p_bonferroni_mass",
        .word = "bonferroni_mass", .label = "mass (Bonferroni)",
        .criterion = "by mass over all effects",
        .nidm_words = "p FWER by mass, over all effects by Bonferroni's correction"},
    [VX_P_BONFERRONI_TFCE] = {.name = "p-bonferroni-tfce", .units = "p", .intent = VX_INTENT_P,
        .title = "FWE by TFCE (Bonferroni)", .control = VX_CONTROL_FAMILY_WISE,
        .correct = VX_CORRECT_BONFERRONI, .choice = "bonferroni", .of = VX_P_FWE_TFCE,
        .key = "p_bonferroni_tfce", .column = "p_bonferroni_tfce",
        .word = "bonferroni_tfce", .label = "TFCE (Bonferroni)",
        .criterion = "by TFCE over all effects",
        .nidm_words = "p FWER by TFCE, over all effects by Bonferroni's correction"},
    [VX_MAP_T] = {.name = "t", .units = "t", .intent = VX_INTENT_T, .title = "t"},
    [VX_MAP_MEAN] = {.name = "mean", .intent = VX_INTENT_ESTIMATE, .title = "mean"},
    [VX_MAP_SLOPE] = {.name = "slope", .intent = VX_INTENT_ESTIMATE, .title = "slope"},
    [VX_MAP_R] = {.name = "r", .units = "correlation", .intent = VX_INTENT_CORREL, .title = "r"},
    [VX_MAP_RHO] = {.name = "rho", .units = "correlation", .intent = VX_INTENT_CORREL, .title = "rho"},
    [VX_MAP_DZ] = {.name = "dz", .units = "standard deviations", .intent = VX_INTENT_ESTIMATE, .title = "d_z"},
    [VX_MAP_TFCE] = {.name = "tfce", .units = "TFCE", .intent = VX_INTENT_ESTIMATE, .title = "TFCE"},
    [VX_MAP_SE] = {.name = "se", .intent = VX_INTENT_ESTIMATE},
    [VX_MAP_CI_LOW] = {.name = "ci-low", .intent = VX_INTENT_ESTIMATE},
    [VX_MAP_CI_HIGH] = {.name = "ci-high", .intent = VX_INTENT_ESTIMATE},
    [VX_MAP_Z] = {.name = "z", .units = "z", .intent = VX_INTENT_Z},
    [VX_MAP_G] = {.name = "g", .units = "standard deviations", .intent = VX_INTENT_ESTIMATE},
    [VX_MAP_CLUSTERS] = {.name = "clusters", .units = "label", .intent = VX_INTENT_LABEL},
};
/* clang-format on */

const vx_quantity vx_p_corrections[VX_P_KINDS] = {
    VX_P_UNCORRECTED, VX_P_FWE_VOXEL,        VX_P_FWE_EXTENT,        VX_P_FWE_MASS,        VX_P_FWE_TFCE,
    VX_P_FDR,         VX_P_BONFERRONI_VOXEL, VX_P_BONFERRONI_EXTENT, VX_P_BONFERRONI_MASS, VX_P_BONFERRONI_TFCE};
const vx_quantity vx_p_columns[VX_P_KINDS] = {
    VX_P_FWE_EXTENT, VX_P_FWE_MASS,          VX_P_FWE_TFCE,        VX_P_FWE_VOXEL,       VX_P_UNCORRECTED,
    VX_P_FDR,        VX_P_BONFERRONI_EXTENT, VX_P_BONFERRONI_MASS, VX_P_BONFERRONI_TFCE, VX_P_BONFERRONI_VOXEL};

const vx_quantity_row *vx_quantity_about(vx_quantity quantity)
{
    return &rows[quantity];
}

const char *vx_quantity_name(vx_quantity quantity)
{
    return rows[quantity].name;
}

bool vx_quantity_of_volume(vx_quantity quantity)
{
    return rows[quantity].control != VX_CONTROL_NONE || quantity == VX_MAP_TFCE || quantity == VX_MAP_CLUSTERS;
}

bool vx_quantity_may_be_primary(vx_quantity kind)
{
    return vx_quantity_is_p(kind) && rows[kind].control == VX_CONTROL_FAMILY_WISE && rows[kind].of == VX_P_UNCORRECTED;
}

vx_quantity vx_primary_default(unsigned correct)
{
    for (int i = 0; i < VX_P_KINDS; i++)
        if (rows[vx_p_corrections[i]].correct & correct)
            return vx_p_corrections[i];
    return VX_P_UNCORRECTED;
}

double **vx_null_maxima(vx_null *null, vx_quantity quantity)
{
    switch (quantity) {
    case VX_P_FWE_VOXEL: return &null->voxel;
    case VX_P_FWE_EXTENT: return &null->extent;
    case VX_P_FWE_MASS: return &null->mass;
    case VX_P_FWE_TFCE: return &null->tfce;
    default: return NULL;
    }
}
