/* Regions: the means of images over planned or atlas regions. */
#include "report/section.h"

static bool applies(const vx_report *report)
{
    return vx_outcomes_apply(report, VX_OUTCOME_REGION);
}

static void write(vx_report *report)
{
    vx_outcomes_write(report, VX_OUTCOME_REGION);
}

const vx_section vx_section_regions = {"regions", "Regions", applies, write, NULL};
