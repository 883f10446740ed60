#include "outcome/beside.h"

const char *const vx_beside_words[VX_BESIDES] = {[VX_BESIDE_NOPVC] = "nopvc", [VX_BESIDE_GTM] = "gtm"};

/* The figures that stand beside, in the order of their columns. */
static const vx_outcome_column figure[] = {VX_OUTCOME_BASELINE_MEAN, VX_OUTCOME_FOLLOWUP_MEAN, VX_OUTCOME_CHANGE,
                                           VX_OUTCOME_CI_LOW,        VX_OUTCOME_CI_HIGH,       VX_OUTCOME_T,
                                           VX_OUTCOME_P_EXACT,       VX_OUTCOME_P_FWE};
static const vx_outcome_column first[VX_BESIDES] = {[VX_BESIDE_NOPVC] = VX_OUTCOME_NOPVC_BASELINE,
                                                    [VX_BESIDE_GTM] = VX_OUTCOME_GTM_BASELINE};

int vx_beside_column(vx_beside beside, vx_outcome_column column)
{
    for (int k = 0; k < (int)(sizeof figure / sizeof *figure); k++)
        if (figure[k] == column)
            return (int)first[beside] + k;
    return -1;
}
