/* File names: making them from names in a table, and checking those of a run.json.
 *
 * A run.json is untrusted. A name in it becomes part of a path only after vx_file_name_safe or vx_file_path_safe. */
#ifndef VX_RESULTS_NAMES_H
#define VX_RESULTS_NAMES_H

#include <stdbool.h>

/* Whether voxstat could have made `name` as a file name or the stem of one. Safe names consist of letters, digits,
 * "_-.+" and non-ASCII characters other than controls, have at most 255 bytes and do not begin with '.', so none of
 * them leaves its folder. False for null. */
bool vx_file_name_safe(const char *name);

/* The same of a path within a folder: safe names with "/" between them, or ".bidsignore" for a name. */
bool vx_file_path_safe(const char *path);

/* A copy of `text`, of the same length, with '-' for every byte that a safe name cannot contain. The caller frees; null
 * where memory is short. */
char *vx_file_name_from(const char *text);

/* Whether a safe name is that of a report's file: report.html or a picture (.png, .svg). */
bool vx_file_name_of_report(const char *name);

/* Whether some command of voxstat gives a safe name or path to a file of its results. The folders are those of
 * --keep-prepared. */
bool vx_file_name_of_voxstat(const char *name);
bool vx_folder_name_of_voxstat(const char *path);

#endif
