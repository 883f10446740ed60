/* The parts of the viewer of report.html. */
#ifndef VX_REPORT_VIEWER_H
#define VX_REPORT_VIEWER_H

#include "report/section.h"

/* Statistics in the page are rounded to this part of the end of their colours: |t| up to 10 is right to 0.003. */
enum { VX_VIEWER_STEPS = 2047, VX_VIEWER_COLOURS = 17 /* of a tail, from the threshold to the limit */ };

/* Writes the volumes, as many as the page can take. */
vx_status vx_viewer_volumes(vx_report *report, int64_t *shown, int64_t *left_out);

#endif
