/* The random draws for every participant: blood levels, covariates, and the regional values of the images of every
 * modality.
 *
 * A vx_cohort owns its arrays; vx_cohort_free releases it. */
#ifndef VX_SIMULATE_DRAW_H
#define VX_SIMULATE_DRAW_H

#include "simulate/phantom.h"
#include "simulate/simulate.h"

enum { VX_PREDOSE, VX_1H, VX_3H, VX_48H, VX_BLOOD };
enum { VX_BASELINE, VX_FOLLOWUP, VX_SESSIONS };

/* The drawn values of one modality: an element is a label of the phantom, of VX_CSF a marker. */
typedef struct vx_drawn {
    int elements;
    double *residual;                /* n x elements: baseline relative to the typical value, minus 1; of a marker
                                        its log */
    double *change;                  /* n x elements: percentage change */
    double (*session)[VX_SESSIONS];  /* n: factor of the participant times that of the session */
} vx_drawn;

typedef struct vx_cohort {
    int64_t n;
    double (*log_level)[VX_BLOOD];   /* n: natural log of ng/mL */
    int64_t below_limit;             /* the participant whose trough is below the limit of quantification */
    double limit;                    /* of quantification, ng/mL: between the lowest trough and the next */
    int *age, *sex, *mmse;           /* n */
    bool (*missing)[VX_MODALITIES][VX_SESSIONS]; /* n: what was not measured */
    vx_drawn drawn[VX_MODALITIES];
} vx_cohort;

/* Whether the options ask for a modality. */
bool vx_simulated(const vx_simulate_options *options, int modality);

/* The planted cases by name. */
typedef struct vx_plant {
    const char *name;
    unsigned flag;
} vx_plant;
extern const vx_plant vx_plants[];
extern const int vx_plants_count;

/* The signal and the name of an element. */
const vx_signal *vx_element_signal(const vx_phantom *phantom, int modality, int element);
const char *vx_element_name(const vx_phantom *phantom, int modality, int element);

/* The value of a marker in a session, in its unit. */
double vx_marker_value(const vx_cohort *cohort, int64_t participant, int marker, int session);

/* Whether a participant has both sessions of a modality. */
bool vx_cohort_has(const vx_cohort *cohort, int64_t participant, int modality);

vx_status vx_cohort_new(const vx_simulate_options *options, const vx_phantom *phantom, vx_cohort **cohort,
                        vx_error *error);
void vx_cohort_free(vx_cohort *cohort);

/* The purpose of a random number. Each has its own sequence, so that a new purpose changes no existing draws. */
typedef enum vx_draw {
    VX_DRAW_BLOOD, VX_DRAW_COVARIATES, VX_DRAW_RESIDUAL, VX_DRAW_CHANGE, VX_DRAW_SHARED, VX_DRAW_SESSION,
    VX_DRAW_NOISE_BASELINE, VX_DRAW_NOISE_FOLLOWUP, VX_DRAW_MISSING
} vx_draw;

/* The same purpose for a modality. Of VX_PET it is `what`. */
vx_draw vx_draw_of(vx_draw what, int modality);

/* Standard normal number k of a participant. */
double vx_draw_normal(uint64_t seed, vx_draw what, int64_t participant, uint32_t k);

#endif
