/* Writing HTML. Markup stands in string literals alone: the values that are put between it are escaped by their type,
 * so that no text of a user becomes markup. */
#ifndef VX_REPORT_PAGE_H
#define VX_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct vx_page {
    FILE *out;
    char **escaped; /* of the vx_put under way */
    size_t texts;
    bool lost;      /* memory was short for a text */
} vx_page;

/* printf of a literal into the page. Each value of type char * passes vx_page_escaped first; width and precision of a
 * %s would count what is escaped. */
#ifndef VX_WITHOUT_VA_OPT /* of tests/lint/cppcheck.sh */
#define vx_put(page, format, ...) vx_page_print((page), "" format __VA_OPT__(VX_EACH(page, __VA_ARGS__)))
#else
#define vx_put(page, ...) vx_page_print((page), __VA_ARGS__)
#endif

/* A literal as it stands. */
#define vx_put_markup(page, markup) vx_page_write((page), "" markup)

/* `text` with < > & " ' as entities, and U+FFFD for bytes that are no UTF-8 and characters that HTML forbids; null
 * gives an empty text. It lives until the vx_put that it is for has written it. */
const char *vx_page_escaped(vx_page *page, const char *text);

/* What vx_put and vx_put_markup stand for. */
void vx_page_print(vx_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* By itself for files of ours that travel in the program (vx_page_file). */
void vx_page_write(vx_page *page, const char *markup);

/* VX_EACH(page, a, b) gives ", VX_VALUE(page, a), VX_VALUE(page, b)". A macro does not expand within itself: every step
 * leaves "VX_AGAIN VX_NONE (page, b)" behind, which the next scan of VX_SCAN goes on with; 64 scans are 64 values. The
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

/* `size` bytes in base64. */
void vx_put_base64(vx_page *page, const void *data, size_t size);

/* A number as text for a table, in 32 bytes: 4 significant digits, "–" for NaN. Returns `text`. */
const char *vx_number_text(double value, char text[32]);
/* p as people write it, in 32 bytes: "0.0312", "0.00012", "–" for NaN. Returns `text`. */
const char *vx_p_text(double p, char text[32]);
/* mm^3, in 32 bytes: 5 significant digits, and from 1e5 to 1e15 all before the point. Returns `text`. */
const char *vx_volume_text(double mm3, char text[32]);

#endif
