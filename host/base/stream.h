/* Text under construction: a stdio stream into memory.
 *
 * It replaces glibc's open_memstream, which loses text where memory is short and reports the loss neither by ferror nor
 * by fclose. */
#ifndef VX_BASE_STREAM_H
#define VX_BASE_STREAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Opens a stream to write to; null where memory is short. Closing it sets *text to the text, which the caller frees
 * with free(), and *size (`size` may be null) to its length without the final zero byte. *text is null before, and
 * stays null where a byte was lost. *text and *size must outlive the stream. */
FILE *vx_text_stream(char **text, size_t *size);

/* Closes any stdio stream. True where everything written to it has been stored; false for null. */
bool vx_stream_close(FILE *stream) VX_MUST_USE;

#endif
