/* Remarks: warnings about a run that a reader of its results must know. They are printed on the terminal, and included
 * in run.json and at the top of the report.
 *
 * A vx_remarks starts as {0} and owns its texts; vx_remarks_destroy releases them. */
#ifndef VX_BASE_REMARKS_H
#define VX_BASE_REMARKS_H

#include "base/error.h"

#include <stddef.h>

typedef struct vx_remarks {
    char **text;
    size_t count;
} vx_remarks;

/* Adds one sentence, without a full stop at its end. The list is unchanged on error. Errors: VX_INTERNAL where memory
 * is short. */
vx_status vx_remarks_add(vx_remarks *remarks, vx_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void vx_remarks_destroy(vx_remarks *remarks);

#endif
