/* Whether a folder may be replaced, and taking it away: only what voxstat wrote, as it wrote it, and nothing that the
 * run reads. */
#ifndef VX_OUTPUT_REPLACE_H
#define VX_OUTPUT_REPLACE_H

#include "output/output.h"

/* VX_OUTPUT, naming what is in the way, unless `folder` is empty or holds a whole or interrupted result of
 * options->kind: a run.json as voxstat wrote it, and no other file than those that it lists with their checksums. The
 * folder may not hold the current folder or an input, nor be a mount point or in other hands. */
vx_status vx_replace_check(const char *folder, const vx_folder_options *options, vx_error *error);

/* VX_OUTPUT, naming what, where the folder holds the current folder or an input of the options. */
vx_status vx_replace_check_read(const char *folder, const vx_folder_options *options, vx_error *error);

/* Removes the folder after that: the files that its run.json lists, and then itself. False and errno where something is
 * left; that stays. */
bool vx_replace_remove(const char *folder);

#endif
