/* The figures of one outcome under one effect, other than the corrected p. */
#ifndef VX_OUTCOME_FIGURES_H
#define VX_OUTCOME_FIGURES_H

#include "outcome/group.h"

/* Fills test->value for element `element` of the group and effect `effect` of its models. */
vx_status vx_outcome_figures(const vx_outcome_options *options, const vx_outcome_group *group, int64_t element,
                             int64_t effect, vx_outcome_test *test, vx_error *error);

#endif
