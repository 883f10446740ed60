/* File names: making them from names in a table, and checking those of a run.json.
 *
 * A run.json is untrusted. A name in it becomes part of a path only after vx_file_name_safe. */
#ifndef VX_RESULTS_NAMES_H
#define VX_RESULTS_NAMES_H

#include <stdbool.h>

/* Whether voxstat could have made `name` as a file name or the stem of one. Safe names consist of letters, digits,
 * "_-.+" and non-ASCII characters other than controls, have at most 255 bytes and do not begin with '.', so none of
 * them leaves its folder. False for null. */
bool vx_file_name_safe(const char *name);

/* A copy of `text`, of the same length, with '-' for every byte that a safe name cannot contain. The caller frees; null
 * where memory is short. */
char *vx_file_name_from(const char *text);

/* Whether a safe name is that of a report's file: report.html or a picture (.png, .svg). */
bool vx_file_name_of_report(const char *name);

/* Whether some command of voxstat gives a safe name to a file of its results. */
bool vx_file_name_of_voxstat(const char *name);

#endif
