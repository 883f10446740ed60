/* The images of a simulated cohort. */
#ifndef VX_SIMULATE_IMAGES_H
#define VX_SIMULATE_IMAGES_H

#include "simulate/draw.h"

/* Writes the images of every modality of the options into `folder`, without the sessions that are missing. */
vx_status vx_make_images(const vx_simulate_options *options, const vx_phantom *phantom, const vx_cohort *cohort,
                         const char *folder, vx_error *error);

#endif
