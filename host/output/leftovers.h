/* What runs that were killed left beside --out: a temporary folder that nobody works in any more. It is told of, and
 * kept unless the user asks otherwise. */
#ifndef VX_OUTPUT_LEFTOVERS_H
#define VX_OUTPUT_LEFTOVERS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A temporary folder is named as `out` is, then this and six letters or digits. */
#define VX_LEFTOVER_ENDING ".partial-"

typedef struct vx_leftover {
    char *path;
    bool busy;           /* a process works in it */
    bool unsure;         /* whether one does is not known: the file system has no locks */
    bool whole;          /* its run.json is intact, and so is every file that it lists */
    bool cohort;         /* a simulated one, and no analysis */
    size_t files, sound; /* how many there are; how many of them are whole */
} vx_leftover;

/* Those of `out`, in the order of their names; the caller frees with vx_leftovers_free. Errors: VX_OUTPUT. */
vx_status vx_leftovers_find(const char *out, vx_leftover **leftover, size_t *count, vx_error *error);
void vx_leftovers_free(vx_leftover *leftover, size_t count);

/* What is in it, for a person: "whole results, 87 files", "nothing". `text` has `size` bytes. Returns `text`. */
const char *vx_leftover_words(const vx_leftover *leftover, char *text, size_t size);

/* Removes the folder with its files. Errors: VX_OUTPUT where a process works in it, or a file has no name that voxstat
 * gives, or another content than its run.json says: then all of it stays. */
vx_status vx_leftover_remove(const vx_leftover *leftover, vx_error *error);

#endif
