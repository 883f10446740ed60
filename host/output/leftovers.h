/* Leftovers: the temporary folders of killed runs beside --out. They are reported, and kept unless the user asks
 * otherwise. */
#ifndef VX_OUTPUT_LEFTOVERS_H
#define VX_OUTPUT_LEFTOVERS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A temporary folder's name is that of `out`, this ending, and six letters or digits. */
#define VX_LEFTOVER_ENDING ".partial-"

typedef struct vx_leftover {
    char *path;
    bool busy;           /* a process works in it */
    bool unsure;         /* the file system has no locks, so `busy` is unknown */
    bool complete;       /* run.json and every file that it lists are intact */
    bool cohort;         /* a simulated cohort, not an analysis */
    size_t files, sound; /* the number of files, and of complete ones */
} vx_leftover;

/* The leftovers of `out`, sorted by name; the caller frees with vx_leftovers_free. Errors: VX_OUTPUT. */
vx_status vx_leftovers_find(const char *out, vx_leftover **leftover, size_t *count, vx_error *error);
void vx_leftovers_free(vx_leftover *leftover, size_t count);

/* Describes the contents: "complete results, 87 files", "nothing". `text` has `size` bytes. Returns `text`. */
const char *vx_leftover_words(const vx_leftover *leftover, char *text, size_t size);

/* Removes the folder with its files. Errors: VX_OUTPUT where a process works in it, or where a file has a name or a
 * content that is not voxstat's; then all files stay. */
vx_status vx_leftover_remove(const vx_leftover *leftover, vx_error *error);

#endif
