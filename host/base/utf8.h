/* Text of the user: checking that it is UTF-8, and making it safe to print. */
#ifndef VX_BASE_UTF8_H
#define VX_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length in bytes of the first character of `text` (RFC 3629: no overlong forms, no surrogates, up to U+10FFFF). 0
 * at the end and for bytes that are not UTF-8. */
size_t vx_utf8_length(const char *text);

/* The code point of a character of `length` bytes. */
uint32_t vx_utf8_code(const char *text, size_t length);

/* The first byte that is not UTF-8, or null for valid text. */
const char *vx_utf8_fault(const char *text);

/* The number of columns of a terminal that a valid text takes: wide characters take two, combining ones none. */
int vx_utf8_width(const char *text);

/* The text after its first `columns` columns; a wide character that begins within them is skipped, too. */
const char *vx_utf8_skip(const char *text, int columns);

/* A copy that is safe to print on a terminal. Control characters except line feed and tab, characters that change the
 * direction of writing, and bytes that are not UTF-8 become \x1b and the like. The caller frees it; null where memory
 * is short. */
char *vx_printable(const char *text);

#endif
