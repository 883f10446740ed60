/* The report of a results folder: report.html, one file that asks nothing of the network, and the pictures beside it.
 *
 * A pure function of the folder: `voxstat run` and `voxstat report` write the same bytes. A later feature adds a file
 * in sections/ and its line in sections.h. */
#ifndef VX_REPORT_REPORT_H
#define VX_REPORT_REPORT_H

#include "image/source.h"
#include "voxstat/image.h"

typedef struct vx_report_options {
    const char *template; /* an image to draw the maps over, in the same space; null: the mean image */
    vx_analyze_orientation orientation; /* of the template, where its header does not tell left from right */
} vx_report_options;

/* Writes (or writes again) the report into `folder`: every file whole or not at all, and those that this replaces go.
 * run.json lists the files, under "files" and "report".
 * Errors: VX_INPUT for results that are incomplete or of another version, and for a template that cannot be read or
 * does not overlap the mask; VX_OUTPUT. */
vx_status vx_report_write(const char *folder, const vx_report_options *options, vx_error *error);

/* Whether the options can be met as far as can be known before there are results: the template can be read. `source`
 * becomes the template's, hashed; it borrows the name from the options. */
vx_status vx_report_check(const vx_report_options *options, vx_source *source, vx_error *error);

#endif
