/* The words for kinds of change, and their units. */
#ifndef VX_RESULTS_CHANGE_H
#define VX_RESULTS_CHANGE_H

#include "outcome/outcome.h"

/* "difference", "percent", "logratio", "symmetric", of --change and run.json, indexed by vx_change; null at the end. */
extern const char *const vx_change_names[];

/* What follows "the change": ", in percent of the baseline"; "" for the difference. */
const char *vx_change_words(vx_change change);

/* The units of an estimate on the scale of an outcome, likewise. */
const char *vx_scale_units(vx_outcome_scale scale, const char *units);

/* The units of a change of values in `units` (null: not known, and so the result may be). */
const char *vx_change_units(vx_change change, const char *units);

#endif
