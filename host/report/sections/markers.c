/* Markers: the table's columns of numbers. */
#include "report/section.h"

static bool applies(const vx_report *report)
{
    return vx_outcomes_apply(report, VX_OUTCOME_MARKER);
}

static void write(vx_report *report)
{
    vx_outcomes_write(report, VX_OUTCOME_MARKER);
}

const vx_section vx_section_markers = {"markers", "Markers", applies, write, NULL};
