/* Tables as BIDS has them: numbers in the cells of a TSV file (base/table.h has texts), and the data dictionary beside
 * it. */
#ifndef VX_OUTPUT_TABLE_FILE_H
#define VX_OUTPUT_TABLE_FILE_H

#include "base/table.h"

#include <jansson.h>
#include <stdio.h>

/* A number with so many digits; "n/a" where it is not finite. */
void vx_cell_put_number(FILE *stream, double value, int digits);

/* {"Description": ..., "Units": ...}, an entry of a data dictionary; no units for null. Null where memory is short. */
json_t *vx_column_described(const char *description, const char *units);

/* Writes the file <folder>/<stem><ending>. A text that is null is one for which memory was short. Frees `dictionary`.
 * Errors: VX_OUTPUT, VX_INTERNAL. */
vx_status vx_table_file_put(const char *folder, const char *stem, const char *ending, const char *text,
                            vx_error *error);
vx_status vx_table_file_put_dictionary(const char *folder, const char *stem, const char *ending, json_t *dictionary,
                                       vx_error *error);

#endif
