/* Maps that several parts of the page need: those that were read are kept, within a limit. */
#ifndef VX_REPORT_KEPT_H
#define VX_REPORT_KEPT_H

#include "report/section.h"

typedef struct vx_kept_maps vx_kept_maps;

/* A map of an effect as vx_results_map gives it, which the caller frees and may change. */
vx_status vx_report_map(vx_report *report, const vx_results_effect *effect, const vx_grid *grid, vx_quantity quantity,
                        float **map, vx_error *error);

void vx_kept_maps_free(vx_kept_maps *kept);

#endif
