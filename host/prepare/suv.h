/* suv: activity concentration as the standardised uptake value, for the injected dose and the body weight:
 *
 *     SUV = x [kBq/mL] * weight [kg] / dose [MBq] * 2^((c - i) / h)      in g/mL
 *
 * The last factor is there where the sidecar says that images are decay-corrected to another time c than that of the
 * injection, i: h is the half-life. A dose is that at the injection. */
#ifndef VX_PREPARE_SUV_H
#define VX_PREPARE_SUV_H

#include "bids/sidecar.h"
#include "image/step.h"

typedef struct vx_suv {
    double per_value;   /* kBq/mL in a unit of the image */
    double dose;        /* MBq */
    double weight;      /* kg */
    double decay;       /* the last factor of the equation */
    bool injection_told; /* the sidecar has both times; else the image counts as corrected to the injection */
} vx_suv;

/* From the sidecar of an image; `weight` (kg) is that of the table, or NaN to take the sidecar's. Errors (VX_INPUT): no
 * sidecar; units of no activity concentration; no dose; no weight; a dose or weight that is not above 0; an image that
 * is not corrected for decay; a time of correction without a half-life that is known. */
vx_status vx_suv_of(const vx_sidecar *sidecar, double weight, vx_suv *suv, vx_error *error);

/* The step borrows `suv`. Its figures are dose, weight and the factor by which the image was multiplied. */
vx_step vx_step_suv(const vx_suv *suv);

#endif
