/* The files of a report: collected in memory, then put into the folder at once. */
#ifndef VX_REPORT_FILES_H
#define VX_REPORT_FILES_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

typedef struct vx_files vx_files; /* freed with vx_files_free, the data too */

vx_files *vx_files_new(void); /* null where memory is short */
void vx_files_free(vx_files *files);

/* Takes `data` over (freed with free()), also where it fails. `name` is copied. */
vx_status vx_files_add(vx_files *files, const char *name, void *data, size_t size, vx_error *error);

/* Puts the files into `folder`, where `run` is the run.json: each under another name first and then renamed. Files of
 * an earlier report that this one does not write are removed. run.json lists them before they are there and until they
 * are gone, so that an interruption leaves no file that --force would not know. Errors: VX_OUTPUT. */
vx_status vx_files_commit(const vx_files *files, const char *folder, const json_t *run, vx_error *error);

/* Puts `data` into the folder as `name`: whoever looks sees what was there before or the new file. Errors:
 * VX_OUTPUT. */
vx_status vx_file_replace(const char *folder, const char *name, const void *data, size_t size, vx_error *error);

/* Lists one more file in the folder's run.json, `run`, which is changed too: `voxstat run --force` then knows it for
 * ours. Nothing is written where it is listed already. Errors: VX_OUTPUT. */
vx_status vx_file_list(const char *folder, json_t *run, const char *name, vx_error *error);

#endif
