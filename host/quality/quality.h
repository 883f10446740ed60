/* Quality control of the images of a modality, from the survey that reading them made: figures of every image, and
 * flags where they lie far from those of the others. Nobody is dropped for a flag.
 *
 *     x_is   cells of the thumbnail of participant i in session s, within the group's extent
 *     z_is   x_is minus its mean, divided by its norm
 *     d_is   x_is minus its mirror image, divided by the norm; the mirror is the group's middle plane
 *     e_is   z_is minus the median of z_js over the participants j, divided by the norm
 *     c_i    the change of x_is / mean |x_is|, minus its mean, divided by the norm
 *     M(y)   the sum of y over the other participants, divided by the norm
 *
 *     correlation  z_is . M(z)       self   e_i1 . e_i2                     asymmetry       d_is . M(d)
 *     change       c_i . M(c)        other  largest e_i1 . e_j2 over j      self_asymmetry  d_i1 . d_i2
 *
 * A figure is unusual if it lies more than 5 robust standard deviations (1.4826 times the median absolute deviation)
 * from the median; correlations are compared as atanh r. Several flags ask for more, see quality/flags.c. Below 6
 * participants there are no bounds and no flags, but for units. */
#ifndef VX_QUALITY_QUALITY_H
#define VX_QUALITY_QUALITY_H

#include "image/sources.h"
#include "quality/columns.h"
#include "quality/strip.h"

/* Image k is that of participant k / sessions in session k % sessions. Owned; vx_quality_free releases it. */
typedef struct vx_quality {
    int64_t n, sessions;
    double *value[VX_QUALITY_COLUMNS];  /* n x sessions; NaN where a figure does not exist */
    double *median[VX_QUALITY_COLUMNS]; /* sessions: of means, SDs, smoothness over the session, else over all images */
    unsigned *flag;                     /* n x sessions */
    int64_t *nearest;                   /* n x sessions: the participant whose other session is most alike; -1: none */
    int64_t *exchanged;                 /* n: the participant with whom an image seems exchanged; -1: none */
    bool *mirrored;                     /* n x sessions: the mirror image fits the group, not only the other session */
    vx_strips strips;                   /* a small picture of every image */
} vx_quality;

/* Errors: VX_INTERNAL where memory is short. */
vx_status vx_quality_find(const vx_survey *survey, vx_quality **quality, vx_error *error);
void vx_quality_free(vx_quality *quality);

/* flags.c: sets the flags from the figures. `likeness` is n x n: e_i1 . e_j2; null where there is one session. */
vx_status vx_quality_set_flags(vx_quality *quality, const vx_survey *survey, const double *likeness, vx_error *error);

/* remarks.c: adds a remark on every flagged image; where there are many, on the first of them, and how many more there
 * are. */
vx_status vx_quality_remark(const vx_quality *quality, const vx_survey *survey, const vx_sources *sources,
                            const vx_mask_report *mask, vx_remarks *remarks, vx_error *error);

#endif
