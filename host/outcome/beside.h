/* Beside: what a region's figures are of its values in other forms, which stand beside those that it was tested by.
 *
 * They are tested in the same way, under the same relabellings and in families of their own, and take no part in the
 * corrections of the others. */
#ifndef VX_OUTCOME_BESIDE_H
#define VX_OUTCOME_BESIDE_H

#include "outcome/columns.h"

typedef enum vx_beside {
    VX_BESIDE_NOPVC, /* without partial-volume correction of the images */
    VX_BESIDE_GTM,   /* corrected by the geometric transfer matrix (prepare/gtm.h) */
    VX_BESIDES
} vx_beside;

extern const char *const vx_beside_words[VX_BESIDES]; /* as in the names of columns: "nopvc", "gtm" */

/* The column that holds, of values beside, what `column` holds of the others; -1 where none does. */
int vx_beside_column(vx_beside beside, vx_outcome_column column);

#endif
