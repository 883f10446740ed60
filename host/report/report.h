/* The report of a results folder: report.html, one file that makes no network requests, and picture files beside it.
 *
 * The report is a pure function of the folder and the template: `voxstat run` and `voxstat report` write the same
 * bytes. A new section is a file in sections/ and its line in sections.h.
 */
#ifndef VX_REPORT_REPORT_H
#define VX_REPORT_REPORT_H

#include "image/source.h"
#include "voxstat/image.h"

typedef struct vx_report_options {
    const char *template; /* image to draw the maps over, in the space of the results; "none": the mean image; null: an
                           * installed template where the images are in MNI's space, else the mean image */
    vx_analyze_orientation orientation; /* of a template whose header does not define left and right */
    void (*say)(const char *remark); /* is told what should be known of the template; null: nobody */
} vx_report_options;

/* Writes the report into `folder`, or replaces it. Each file is written atomically, and files of an earlier report are
 * removed. run.json lists the files, under "files" and "report".
 * Errors: VX_INPUT for results that are incomplete or of another version, and for a template that cannot be read or
 * does not overlap the mask; VX_OUTPUT. */
vx_status vx_report_write(const char *folder, const vx_report_options *options, vx_error *error);

/* Checks the options before there are results: the template must be readable. `source` becomes that of the template,
 * hashed; it borrows the name from the options. */
vx_status vx_report_check(const vx_report_options *options, vx_source *source, vx_error *error);

#endif
