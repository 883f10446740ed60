/* Files that are made from a results folder and put into it: a report, NIDM-Results packs. They are collected in memory
 * and go into the folder at once. */
#ifndef VX_REPORT_FILES_H
#define VX_REPORT_FILES_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct vx_files vx_files; /* freed with vx_files_free, the data too */

vx_files *vx_files_new(void); /* null where memory is short */
void vx_files_free(vx_files *files);

/* Takes `data` over (freed with free()), also where it fails. `name` is copied. */
vx_status vx_files_add(vx_files *files, const char *name, void *data, size_t size, vx_error *error);

/* Puts the files into `folder`, whose run.json was `run` when they were made, each in one step. Meanwhile the folder is
 * locked: a report and packs at once wait for each other, and each finds what the other has written in run.json. With
 * `report` they are a report, and what an earlier one left that this one does not write goes.
 *
 * Nothing is replaced or removed that run.json does not list with the content that it has. run.json lists the files
 * before they are there and until they are gone, so that an interruption leaves none that --force would not know.
 * Errors: VX_OUTPUT, also where the folder has come to hold another run. */
vx_status vx_files_commit(const vx_files *files, const char *folder, const json_t *run, bool report, vx_error *error);

/* Puts the files into any folder, which is made where it is missing. What is there is replaced where `ours` says of it
 * that it may be (the folder is open as `fd`); null: nothing is. None is put before all may be. Errors: VX_OUTPUT. */
vx_status vx_files_write(const vx_files *files, const char *folder, bool ours(int fd, const char *name),
                         vx_error *error);

#endif
