/* Names of files: how voxstat makes them from names in a table, and which ones it takes from a run.json.
 *
 * A run.json may come from anybody. A name in it becomes part of a path only after vx_file_name_safe. */
#ifndef VX_RESULTS_NAMES_H
#define VX_RESULTS_NAMES_H

#include <stdbool.h>

/* Whether voxstat could have made `name`, a file's or the stem of one: letters, digits, "_-.+" and characters beyond
 * ASCII that are not controls, at most 255 bytes, and no '.' first. No such name leaves its folder. Null is no name. */
bool vx_file_name_safe(const char *name);

/* `text` with '-' for every byte that a safe name cannot have; its length stays. The caller frees; null where memory is
 * short. */
char *vx_file_name_from(const char *text);

/* Whether a safe name is one that a report's file has: report.html, and pictures (.png, .svg). */
bool vx_file_name_of_report(const char *name);

/* Whether a safe name is one that some command gives to a file of its folder. */
bool vx_file_name_of_voxstat(const char *name);

#endif
