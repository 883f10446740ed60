/* The random draws for every participant: blood levels, covariates, and the regional values of the images.
 *
 * A vx_cohort owns its arrays; vx_cohort_free releases it. */
#ifndef VX_SIMULATE_DRAW_H
#define VX_SIMULATE_DRAW_H

#include "simulate/phantom.h"
#include "simulate/simulate.h"

enum { VX_PREDOSE, VX_1H, VX_3H, VX_48H, VX_BLOOD };
enum { VX_BASELINE, VX_FOLLOWUP, VX_SESSIONS };

typedef struct vx_cohort {
    int64_t n;
    int labels;
    double (*log_level)[VX_BLOOD];   /* n: natural log of ng/mL */
    int64_t below_limit;             /* the participant whose trough is below the limit of quantification */
    int *age, *sex, *mmse;           /* n */
    double *residual;                /* n x labels: regional uptake at baseline relative to the typical one, minus 1 */
    double *change;                  /* n x labels: percentage change */
    double (*session)[VX_SESSIONS];  /* n: factor on raw uptake, of the participant times that of the session */
} vx_cohort;

/* The planted cases by name. Flag 0 marks a case of a later version. */
typedef struct vx_plant {
    const char *name;
    unsigned flag;
} vx_plant;
extern const vx_plant vx_plants[];
extern const int vx_plants_count;

/* The stated moments of a region's change under the planted case. */
void vx_stated_change(const vx_phantom_region *region, unsigned plant, double *mean, double *sd, double *r);

vx_status vx_cohort_new(const vx_simulate_options *options, const vx_phantom *phantom, vx_cohort **cohort,
                        vx_error *error);
void vx_cohort_free(vx_cohort *cohort);

/* The purpose of a random number. Each has its own sequence, so that a new purpose changes no existing draws. */
typedef enum vx_draw {
    VX_DRAW_BLOOD, VX_DRAW_COVARIATES, VX_DRAW_RESIDUAL, VX_DRAW_CHANGE, VX_DRAW_SHARED, VX_DRAW_SESSION,
    VX_DRAW_NOISE_BASELINE, VX_DRAW_NOISE_FOLLOWUP
} vx_draw;

/* Standard normal number k of a participant. */
double vx_draw_normal(uint64_t seed, vx_draw what, int64_t participant, uint32_t k);

#endif
