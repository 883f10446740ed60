/* Long tables: a row a session. */
#ifndef VX_STUDY_LONG_TABLE_H
#define VX_STUDY_LONG_TABLE_H

#include "base/table.h"

/* Makes a long table into one with a row a participant (base/wide.h), and leaves any other table as it is. A table is
 * long if it has the columns participant_id and session_id and two rows of a participant. Cells that hold a code of
 * missing values become missing and are counted. The lines of the rows are the first ones of each participant.
 * Errors (VX_INPUT, naming the lines): a row without a participant or session; two rows of one participant and session.
 */
vx_status vx_long_table_widen(vx_table *table, const char *const *code, size_t codes, vx_error *error);

#endif
