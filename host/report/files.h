/* Adding files to a results folder: a report or NIDM-Results packs. The files are collected in memory and then written
 * in one transaction. */
#ifndef VX_REPORT_FILES_H
#define VX_REPORT_FILES_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct vx_files vx_files; /* vx_files_free frees it and the data */

vx_files *vx_files_new(void); /* null without memory */
void vx_files_free(vx_files *files);

/* Adds `data` and takes ownership (free()), on errors too. `name` is copied. */
vx_status vx_files_add(vx_files *files, const char *name, void *data, size_t size, vx_error *error);

/* Writes the files into `folder`, whose run.json was `run` when they were made. If `report`, the files are a report,
 * and remaining files of an earlier report are removed.
 *     1. Each file is written atomically.
 *     2. The folder is locked, so that a report and packs written at the same time wait for each other, and each keeps
 *        the other's entries in run.json.
 *     3. Files are replaced or removed only if run.json lists them with their present content.
 *     4. run.json lists a file before it is written and until it is removed. After an interruption --force therefore
 *        knows every file.
 * Errors: VX_OUTPUT, also if the folder now holds another run. */
vx_status vx_files_commit(const vx_files *files, const char *folder, const json_t *run, bool report, vx_error *error);

/* Writes the files into any folder, which is created if missing. An existing file is replaced only if `ours` returns
 * true for it (`fd` is the open folder); null: nothing is replaced. All files are checked before the first is written.
 * Errors: VX_OUTPUT. */
vx_status vx_files_write(const vx_files *files, const char *folder, bool ours(int fd, const char *name),
                         vx_error *error);

#endif
