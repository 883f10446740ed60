/* Areas under a curve of columns measured at several times. */
#ifndef VX_STUDY_AUC_H
#define VX_STUDY_AUC_H

#include "study/variables.h"

/* Makes the variable of "NAME = COLUMN@TIME COLUMN@TIME ...":
 *
 *     area = sum over i of (t[i + 1] - t[i]) (x[i] + x[i + 1]) / 2
 *
 * in the unit of the columns times that of the times (linear trapezoids; Rowland & Tozer 2011, Clinical
 * Pharmacokinetics and Pharmacodynamics, appendix A). It is missing where a column is. The columns are separated by
 * blanks or commas; a name with one of these is in double quotes. Errors (VX_INPUT): text of another form, fewer than
 * two times, times that do not ascend, a column that is unknown, named twice or not of numbers, a name that is taken,
 * an area too large for a number. */
vx_status vx_auc_make(const char *text, vx_variables *variables, vx_error *error);

#endif
