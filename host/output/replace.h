/* Replacing results: voxstat deletes only unchanged files that it wrote, and none that the run reads. */
#ifndef VX_OUTPUT_REPLACE_H
#define VX_OUTPUT_REPLACE_H

#include "output/output.h"

/* Succeeds where `folder` is empty, or where it holds a complete or interrupted result of options->kind: an unchanged
 * run.json, and no file but those that it lists, with their checksums. Errors: VX_OUTPUT, naming the obstacle; also
 * where the folder contains the current folder or an input, is a mount point or belongs to another user. */
vx_status vx_replace_check(const char *folder, const vx_folder_options *options, vx_error *error);

/* Errors: VX_OUTPUT, naming it, where the folder contains the current folder or an input of the options. */
vx_status vx_replace_check_read(const char *folder, const vx_folder_options *options, vx_error *error);

/* Removes the files that run.json lists, and then the folder. False and errno where other files are left, which
 * stay. */
bool vx_replace_remove(const char *folder);

#endif
