/* Writing HTML. Only string literals are markup. Values of type char * are escaped, so that no text of a user becomes
 * markup. */
#ifndef VX_REPORT_PAGE_H
#define VX_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct vx_page {
    FILE *out;
    char **escaped; /* texts of the current vx_put */
    size_t texts;
    bool out_of_memory;      /* memory ran out for a text */
} vx_page;

/* Writes to the page like printf, with a literal as format. Each value of type char * is escaped by vx_page_escaped
 * first, so width and precision of a %s would apply to the escaped text. */
#ifndef VX_WITHOUT_VA_OPT /* of tests/lint/cppcheck.sh */
#define vx_put(page, format, ...) vx_page_print((page), "" format __VA_OPT__(VX_EACH(page, __VA_ARGS__)))
#else
#define vx_put(page, ...) vx_page_print((page), __VA_ARGS__)
#endif

/* Writes a literal without escaping. */
#define vx_put_markup(page, markup) vx_page_write((page), "" markup)

/* Escapes < > & " ' as entities, and replaces invalid UTF-8 and characters that HTML forbids by U+FFFD. Null gives an
 * empty text. The result is valid until the next vx_put has written it. */
const char *vx_page_escaped(vx_page *page, const char *text);

/* Implementation of vx_put and vx_put_markup. */
void vx_page_print(vx_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Called directly only for files that are embedded in the program (vx_page_file). */
void vx_page_write(vx_page *page, const char *markup);

/* VX_EACH(page, a, b) expands to ", VX_VALUE(page, a), VX_VALUE(page, b)". A macro does not expand within itself, so
 * each step leaves "VX_AGAIN VX_NONE (page, b)", which the next scan of VX_SCAN expands. 64 scans allow 64 values. The
 * inner _Generic makes both branches of the outer one valid for any type. */
#define VX_EACH(page, ...) VX_SCAN(VX_NEXT(page, __VA_ARGS__))
#define VX_NEXT(page, value, ...) , VX_VALUE(page, value) __VA_OPT__(VX_AGAIN VX_NONE (page, __VA_ARGS__))
#define VX_AGAIN() VX_NEXT
#define VX_NONE ()
#define VX_SCAN(...) VX_SCAN_16(VX_SCAN_16(VX_SCAN_16(VX_SCAN_16(__VA_ARGS__))))
#define VX_SCAN_16(...) VX_SCAN_4(VX_SCAN_4(VX_SCAN_4(VX_SCAN_4(__VA_ARGS__))))
#define VX_SCAN_4(...) VX_SCAN_1(VX_SCAN_1(VX_SCAN_1(VX_SCAN_1(__VA_ARGS__))))
#define VX_SCAN_1(...) __VA_ARGS__
#define VX_VALUE(page, value) \
    _Generic((value), char *: vx_page_escaped((page), VX_IF_TEXT(value)), \
             const char *: vx_page_escaped((page), VX_IF_TEXT(value)), default: (value))
#define VX_IF_TEXT(value) _Generic((value), char *: (value), const char *: (value), default: (const char *)NULL)

/* Writes `size` bytes in base64. */
void vx_put_base64(vx_page *page, const void *data, size_t size);

/* Formats a number for a table, in 32 bytes: 4 significant digits, "–" for NaN. Returns `text`. */
const char *vx_number_text(double value, char text[32]);
/* Formats p, in 32 bytes: "0.0312", "0.00012", "–" for NaN. Returns `text`. */
const char *vx_p_text(double p, char text[32]);
/* Formats mm^3, in 32 bytes: 5 significant digits, or all integer digits from 1e5 to 1e15. Returns `text`. */
const char *vx_volume_text(double mm3, char text[32]);

#endif
