/* Text of the user in HTML and in SVG. */
#ifndef VX_BASE_MARKUP_H
#define VX_BASE_MARKUP_H

/* A copy of `text` as content or as an attribute's value: < > & " ' become entities. Control characters and bytes that
 * are not UTF-8 become U+FFFD, because XML has none of them. The caller frees it; null where memory is short. */
char *vx_markup_of(const char *text);

#endif
