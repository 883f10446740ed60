/* Markers that are derived from others in each session. */
#ifndef VX_STUDY_DERIVATIONS_H
#define VX_STUDY_DERIVATIONS_H

#include "study/definition.h"
#include "study/expression.h"
#include "study/sessions.h"
#include "study/variables.h"

typedef struct vx_derivation {
    vx_definition definition;
    vx_expression expression;
    const vx_column **component;          /* sessions x expression.names */
    vx_column *column[VX_STUDY_SESSIONS]; /* the values; the variables own them */
} vx_derivation;

/* Owned; vx_derivations_destroy releases it. */
typedef struct vx_derivations {
    vx_derivation *item;
    size_t count;
} vx_derivations;

/* Parses the formulas of options->derive. Errors (VX_INPUT): one that is not understood. */
vx_status vx_derivations_read(const vx_study_options *options, vx_derivations *derivations, vx_error *error);
void vx_derivations_destroy(vx_derivations *derivations);

/* The derivation of the marker called `name`, or null. */
const vx_derivation *vx_derivations_find(const vx_derivations *derivations, const char *name);

/* Makes the variables of all derived markers. `session` has the names of the sessions in the order of time, null for
 * onesample without sessions. Errors (VX_INPUT, naming formula, participant and columns): a name that means no column
 * of numbers, itself or a later derivation; division by zero; log() of what is not above zero; a ratio, or a marker of
 * options->log_marker, that is not above zero. */
vx_status vx_derivations_compute(vx_derivations *derivations, const vx_study_options *options,
                                 char *const session[VX_STUDY_SESSIONS], vx_variables *variables, vx_error *error);

/* Whether options->log_marker names a marker. */
bool vx_log_is_asked(const vx_study_options *options, const char *name);

#endif
