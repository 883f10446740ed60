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

/* Whether two names are one in file systems that take upper and lower case (of ASCII) for the same. */
bool vx_file_names_meet(const char *one, const char *other);

/* Whether a modality or an effect needs another name for its folder, since voxstat gives this one, in upper or lower
 * case, to a file or folder of its own. */
bool vx_folder_name_reserved(const char *name);

/* Whether a safe path is that of a report's file: report.html or a picture in figures/. */
bool vx_file_name_of_report(const char *path);

/* Whether some command of voxstat gives a safe path to a file of its results; at the top, of those of layout 1, too. */
bool vx_file_name_of_voxstat(const char *path);

/* Whether a path is one of the folders of --keep-prepared. */
bool vx_folder_name_of_voxstat(const char *path);

#endif
