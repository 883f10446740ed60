/* Names of files: which ones voxstat takes from a run.json.
 *
 * A run.json may come from anybody. A name in it becomes part of a path only after vx_file_name_safe. */
#ifndef VX_OUTPUT_NAMES_H
#define VX_OUTPUT_NAMES_H

#include <stdbool.h>

/* Whether voxstat could have made `name`, a file's or the stem of one: letters, digits, "_-.+" and characters beyond
 * ASCII that are not controls, at most 255 bytes, and no '.' first. No such name leaves its folder. Null is no name. */
bool vx_file_name_safe(const char *name);

#endif
