/* A small picture of an effect for its answer. */
#include "report/section.h"

void vx_effect_glance(vx_report *report, const vx_effect_view *view, int slices)
{
    (void)report, (void)view, (void)slices;
}
