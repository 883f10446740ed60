/* Point spreads: how wide a point is in an image, in mm FWHM along the axes of the image's grid.
 *
 * They are the same for all images, or in a table as Clinica's: participant_id, session_id, acq_label, psf_x, psf_y and
 * psf_z, a row for an image. A table without session_id, or with n/a there, means all sessions of a participant; one
 * without acq_label, all images of a session. */
#ifndef VX_PREPARE_PSF_H
#define VX_PREPARE_PSF_H

#include "base/table.h"

/* Owned; vx_psf_destroy releases it. */
typedef struct vx_psf {
    const char *text;    /* as it was given; borrowed */
    double fwhm[3];      /* of all images, where there is no table */
    vx_table table;      /* its text is null without one */
    int64_t id, session, label, width[3]; /* its columns; -1: not there */
} vx_psf;

/* Reads X or X,Y,Z in mm, or else the table of that path. Errors (VX_INPUT): a width that is not above 0; those of
 * vx_table_read; a table without participant_id, psf_x, psf_y or psf_z; a cell of those that is no number above 0. */
vx_status vx_psf_read(const char *text, vx_psf *psf, vx_error *error);
void vx_psf_destroy(vx_psf *psf);

/* Whose image it is. */
typedef struct vx_psf_image {
    const char *participant, *session; /* with or without sub- and ses-; session null: the study has none */
    const char *modality, *path;
} vx_psf_image;

/* The point spread of an image; NaN where the table has none. Of several rows of a participant and session it is that
 * whose acq_label is the modality, without regard to case, or the entity acq or trc of the file's name. Errors
 * (VX_INPUT): several rows of which none or more than one is the image's. */
vx_status vx_psf_find(const vx_psf *psf, const vx_psf_image *image, double fwhm[3], vx_error *error);

#endif
