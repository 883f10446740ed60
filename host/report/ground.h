/* What the maps of a modality's effects are drawn over. It is read and measured when the first of them is drawn. */
#ifndef VX_REPORT_GROUND_H
#define VX_REPORT_GROUND_H

#include "report/draw/brain.h"
#include "report/section.h"

typedef struct vx_ground {
    float *background; /* null: the template is */
    float *mask;
    float *inside;     /* null: the background is drawn everywhere */
    vx_brain brain;    /* with a frame, and without a map */
} vx_ground;

/* The ground of a modality, which belongs to the report. */
vx_status vx_ground_of(vx_report *report, const vx_results_modality *modality, const vx_ground **ground,
                       vx_error *error);

/* Frees the grounds of a report, of so many modalities. */
void vx_grounds_free(vx_ground *grounds, size_t modalities);

#endif
