/* The manifest in a folder's run.json, by which voxstat deletes and replaces only files that it wrote:
 *
 *     "kind"        "analysis" or "cohort"
 *     "files"       the path of every file, relative to the folder; run.json last
 *     "checksums"   {name: SHA-256}; [before, after] while a file is being replaced
 *     "run_sha256"  of run.json with zeros for these 64 digits */
#ifndef VX_OUTPUT_MANIFEST_H
#define VX_OUTPUT_MANIFEST_H

#include "base/error.h"
#include "results/schema.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum vx_file_state {
    VX_FILE_ABSENT,
    VX_FILE_OURS,     /* a regular file with the checksum in run.json */
    VX_FILE_CHANGED,  /* listed, but edited, replaced or a link */
    VX_FILE_UNLISTED, /* not in run.json */
} vx_file_state;

/* The run.json of the folder open as `fd`; null where it is missing or not voxstat's. *intact (may be null): whether it
 * is unchanged since voxstat wrote it. The caller releases it with json_decref. */
json_t *vx_manifest_read(int fd, bool *intact);

/* The state of a file according to `run`. */
vx_file_state vx_manifest_state(int fd, const json_t *run, const char *name);

/* Sets "files" and "checksums" of a new run.json to the contents of `folder`, and removes folders without a file, which
 * parts that could not be written leave. Errors: VX_OUTPUT. */
vx_status vx_manifest_fill(const char *folder, json_t *run, vx_error *error);

/* Sets the checksum of a file, or with `pending` adds it to those present. Errors: VX_OUTPUT. */
vx_status vx_manifest_set(json_t *run, const char *name, const char sha256[65], bool pending, vx_error *error);

/* Removes a file from "files" and "checksums". */
void vx_manifest_drop(json_t *run, const char *name);

/* Whether "files" lists the name, and voxstat gives such names. */
bool vx_manifest_lists(const json_t *run, const char *name);

/* Whether "files" lists a file in the folder `path`, or in a folder of it. */
bool vx_manifest_holds(const json_t *run, const char *path);

/* Writes run.json into the folder that is open as `fd`. "run_sha256" is zero unless `intact`: a run.json that somebody
 * changed stays marked as such. Errors: VX_OUTPUT. */
vx_status vx_manifest_write(int fd, const char *folder, json_t *run, bool intact, vx_error *error);

/* The same for a new run.json, by the folder's path. */
vx_status vx_manifest_finish(const char *folder, json_t *run, vx_error *error);

/* Whether run.json is intact and every file that it lists is VX_FILE_OURS. */
bool vx_manifest_complete(int fd, const json_t *run, bool intact);

#endif
