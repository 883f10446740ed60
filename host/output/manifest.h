/* What the run.json of a folder says of the files beside it, so that voxstat deletes and replaces only what it wrote:
 *
 *     "kind"        "analysis" or "cohort"
 *     "files"       the name of every file, run.json last
 *     "checksums"   {name: SHA-256}; [before, after] from when a file is to be put in until it has been
 *     "run_sha256"  of run.json, which is taken with zeros for these 64 digits */
#ifndef VX_OUTPUT_MANIFEST_H
#define VX_OUTPUT_MANIFEST_H

#include "base/error.h"
#include "results/schema.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum vx_file_state {
    VX_FILE_ABSENT,
    VX_FILE_OURS,     /* a plain file with the content that run.json says */
    VX_FILE_CHANGED,  /* listed, and something else: edited, replaced, a link */
    VX_FILE_UNLISTED, /* there, and not in run.json */
} vx_file_state;

/* The run.json of the folder open as `fd`; null where there is none that is voxstat's. *intact (may be null): whether
 * it is as voxstat wrote it. The caller drops it with json_decref. */
json_t *vx_manifest_read(int fd, bool *intact);

/* What a file is to `run`. */
vx_file_state vx_manifest_state(int fd, const json_t *run, const char *name);

/* Gives a new run.json its "files" and "checksums": of everything that is in `folder`. Errors: VX_OUTPUT. */
vx_status vx_manifest_fill(const char *folder, json_t *run, vx_error *error);

/* Gives a file the checksum: with `pending` beside those that it has, else in their place. Errors: VX_OUTPUT. */
vx_status vx_manifest_set(json_t *run, const char *name, const char sha256[65], bool pending, vx_error *error);

/* Takes a file out of "files" and "checksums". */
void vx_manifest_drop(json_t *run, const char *name);

/* Whether "files" has the name, and it is one that voxstat gives. */
bool vx_manifest_lists(const json_t *run, const char *name);

/* Writes run.json into the folder that is open as `fd`, with its "run_sha256"; with zeros there unless `intact`: what
 * somebody changed does not become voxstat's. Errors: VX_OUTPUT. */
vx_status vx_manifest_write(int fd, const char *folder, json_t *run, bool intact, vx_error *error);

/* The same for a folder that is in the making. */
vx_status vx_manifest_finish(const char *folder, json_t *run, vx_error *error);

/* Whether run.json is intact and every file that it lists is there and ours. */
bool vx_manifest_whole(int fd, const json_t *run, bool intact);

#endif
