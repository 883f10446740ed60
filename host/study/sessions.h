/* Sessions: their columns, and their order by name. */
#ifndef VX_STUDY_SESSIONS_H
#define VX_STUDY_SESSIONS_H

#include <stddef.h>

enum { VX_STUDY_SESSIONS = 2 }; /* the most sessions of a modality or marker */

/* The name of a column: <outcome>_<session>, or <outcome> if `session` is null. The caller frees; null where memory is
 * short. */
char *vx_session_column_name(const char *outcome, const char *session);

/* Returns -1 if session `a` came before `b`, 1 if it came after, and 0 if the names do not show the order. Case is
 * ignored. The order is read from
 *     words                 baseline, bl, pre, before, screening ... come before followup, fu, post, after, final ...
 *     words and equal text  preop and postop, ses-pre and ses-post
 *     times                 m06, 6m, week26, 2y, in any units; they come after words like baseline
 *     numbers               V1 and V2, ses-01 and ses-02, visit9 and visit10: the text around the number is equal
 *     dates                 2024-01-05, 20240105, 2024-01
 * If two of these disagree, the result is 0. */
int vx_sessions_order(const char *a, const char *b);

/* Sorts names by vx_sessions_order; names that show no order stay in theirs. */
void vx_sessions_sort(const char **session, size_t sessions);

#endif
