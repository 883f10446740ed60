/* Which of two sessions came first, as far as their names tell. */
#ifndef VX_STUDY_SESSIONS_H
#define VX_STUDY_SESSIONS_H

#include <stddef.h>

/* -1: session `a` came before `b`; 1: after it; 0: the names do not tell. Case does not count. Names tell by
 *     words                 baseline, bl, pre, before, screening ... come before followup, fu, post, after, final ...
 *     words with a rest     preop and postop, ses-pre and ses-post: the rest is the same
 *     times                 m06, 6m, week26, 2y, in whatever units; after every word that comes before
 *     numbers               V1 and V2, ses-01 and ses-02, visit9 and visit10: what is around the number is the same
 *     dates                 2024-01-05, 20240105, 2024-01
 * and not where two of these disagree. */
int vx_sessions_order(const char *a, const char *b);

/* Sorts names by time as far as they tell; others keep their order. */
void vx_sessions_sort(const char **session, size_t sessions);

#endif
