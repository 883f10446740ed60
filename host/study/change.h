/* A covariate that is the change of a measure: the follow-up column <name>_<session> minus the baseline one. */
#ifndef VX_STUDY_CHANGE_H
#define VX_STUDY_CHANGE_H

#include "study/variables.h"

/* Makes the variable `name` of a paired design, where the table has no such column but <name>_<session> of two
 * sessions: those of options->sessions, or the only two there are, whose names show the order. Else it does nothing.
 * Errors (VX_INPUT): those of vx_variables_find_numbers. */
vx_status vx_change_make(const char *name, const vx_study_options *options, vx_variables *variables, vx_error *error);

#endif
