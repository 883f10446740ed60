#include "outcome/sensitivity.h"

/* clang-format off */
static const vx_sensitivity_column_row rows[VX_SENSITIVITY_COLUMNS] = {
    [VX_SENSITIVITY_N] = {"n", "1", false, true, "n", "Participants."},
    [VX_SENSITIVITY_VOXELS] = {"voxels", "1", false, true, "voxels",
        "Voxels of the mask, of the search volume or of the region; a choice may have another mask than the run."},
    [VX_SENSITIVITY_ESTIMATE] = {"estimate", NULL, false, false, "estimate",
        "The mean change or slope, at the place where p is smallest; of a region, of its mean."},
    [VX_SENSITIVITY_SE] = {"se", NULL, false, false, "SE", "Standard error of the estimate."},
    [VX_SENSITIVITY_CI_LOW] = {"ci_low", NULL, false, false, "95 % from",
        "Lower limit of the estimate's 95 % interval, which knows nothing of the choice of the place."},
    [VX_SENSITIVITY_CI_HIGH] = {"ci_high", NULL, false, false, "to", "Upper limit of the same."},
    [VX_SENSITIVITY_T] = {"t", "1", false, false, "t", "The t of the estimate."},
    [VX_SENSITIVITY_P] = {"p", "1", true, false, "p",
        "The smallest p of the run's primary correction; of a region, p_fwe, over the maximum of its family."},
    [VX_SENSITIVITY_X] = {"x", "mm", false, false, "x mm",
        "Where p is smallest; among equal ones, where t is most extreme."},
    [VX_SENSITIVITY_Y] = {"y", "mm", false, false, "y mm", "The same."},
    [VX_SENSITIVITY_Z] = {"z", "mm", false, false, "z mm", "The same."},
    [VX_SENSITIVITY_CLUSTERS] = {"clusters", "1", false, true, "clusters", "Clusters above the forming threshold."},
    [VX_SENSITIVITY_CLUSTERS_BELOW] = {"clusters_significant", "1", false, true, "significant",
        "Those with a significant p of the primary correction, their own or that of their peak."},
    [VX_SENSITIVITY_LARGEST] = {"largest_cluster", "1", false, true, "largest", "Voxels of the largest cluster."},
};
/* clang-format on */

const vx_sensitivity_column_row *vx_sensitivity_about(vx_sensitivity_column column)
{
    return &rows[column];
}

const char *const vx_sensitivity_what_names[] = {
    [VX_OF_MASK] = "mask", [VX_OF_VOLUME] = "volume", [VX_OF_REGION] = "region", NULL};
const char *const vx_conclusion_names[] = {[VX_CONCLUDES_NOTHING] = "none", [VX_CONCLUDES_RISE] = "rise",
                                           [VX_CONCLUDES_FALL] = "fall", [VX_CONCLUDES_BOTH] = "both", NULL};
