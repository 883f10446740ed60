/* Text in the making: a stdio stream into memory.
 *
 * It replaces glibc's open_memstream, which loses text where memory is short and reports that neither by ferror nor by
 * fclose. */
#ifndef VX_BASE_STREAM_H
#define VX_BASE_STREAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* A stream to write to; null where memory is short. Closing it gives all that was written and a zero byte behind it in
 * *text, which the caller frees with free(), and its length in *size; until then *text is null, and it stays null where
 * a byte was lost. *text and *size must outlive the stream; `size` may be null. */
FILE *vx_text_stream(char **text, size_t *size);

/* Closes a stream of any kind. True where all that was written to it has arrived; false for null. */
bool vx_stream_close(FILE *stream) VX_MUST_USE;

#endif
