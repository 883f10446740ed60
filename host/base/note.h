/* Notes: remarks of one text, for a caller's buffer. */
#ifndef VX_BASE_NOTE_H
#define VX_BASE_NOTE_H

#include <stddef.h>

/* Adds a remark after "; ", as much as fits. Does nothing where `note` is null or has no bytes. */
void vx_note_add(char *note, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
