/* Text of the user: whether it is UTF-8, and how it is shown without harm. */
#ifndef VX_BASE_UTF8_H
#define VX_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character that `text` begins with (RFC 3629: no overlong forms, no surrogates, up to U+10FFFF); 0 at the
 * end and for bytes that are not UTF-8. */
size_t vx_utf8_length(const char *text);

/* The first byte that is not UTF-8, or null for valid text. */
const char *vx_utf8_fault(const char *text);

/* A copy in which nothing acts on a terminal: control characters but for line feeds and tabs, those that turn the
 * direction of writing, and bytes that are no UTF-8 stand as \x1b. The caller frees; null where memory is short. */
char *vx_printable(const char *text);

#endif
