/* A group: outcomes that have the same participants, and the same nuisance. Its changes are one matrix over a space of
 * names, which one model and one inference an effect serve. Groups share the relabellings of all participants of the
 * study, so that a family may have members of several groups. */
#ifndef VX_OUTCOME_GROUP_H
#define VX_OUTCOME_GROUP_H

#include "outcome/outcome.h"

typedef struct vx_outcome_group {
    const vx_outcome *const *outcome; /* outcomes: those in it, in their order; not owned */
    size_t outcomes;
    int64_t n;
    const int64_t *participant;       /* n; not owned */
    double *change;                   /* outcomes x n, on the scale that is tested */
    vx_matrix *matrix;                /* n x outcomes, the changes */
    vx_model *model[2];               /* by vx_correlation */
    vx_result **result[2];            /* model->effects of each; the mean's is null with Spearman's correlation */
} vx_outcome_group;

/* Sorts the outcomes into groups. `order` gets the outcomes group after group, and the groups point into it; both are
 * the caller's to free, each group with vx_outcome_group_destroy. */
vx_status vx_outcome_groups_make(const vx_outcome *outcome, size_t outcomes, const vx_outcome ***order,
                                 vx_outcome_group **groups, size_t *count, vx_error *error);
void vx_outcome_group_destroy(vx_outcome_group *group);

/* Errors: VX_INPUT where the changes of one outcome are the same in all participants of an effect. Rounding would make
 * t of such a series about 1e15. */
vx_status vx_outcome_group_check(const vx_outcome_group *group, const vx_effect *effect, vx_error *error);

/* The change of one participant on the scale that is tested; of one session its value, or the logarithm of it. */
double vx_outcome_change(const vx_outcome *outcome, int64_t i);

#endif
