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

/* Writes to the page like printf: vx_put(page, format, value, ...), with a literal as format and at most 10 values;
 * more values need a second call. Each value of type char * is escaped by vx_page_escaped first, so width and precision
 * of a %s would apply to the escaped text. A macro can see the type of each value and still let the compiler check the
 * format; a function, or a call for each value, cannot. */
#ifndef VX_CPPCHECK /* cppcheck 2.10 crashes on some arguments with _Generic: tests/lint/cppcheck.sh */
#define vx_put(page, ...) vx_page_print((page), VX_PUT_PICK(__VA_ARGS__, VX_PUT_VALUES)(page, __VA_ARGS__))
#else
#define vx_put(page, ...) vx_page_print((page), __VA_ARGS__)
#endif

/* Writes a literal without escaping. */
#define vx_put_markup(page, markup) vx_page_write((page), "" markup)

/* Shortens absolute paths (base/paths.h), escapes < > & " ' as entities, and replaces invalid UTF-8 and characters that
 * HTML forbids by U+FFFD. Null gives an empty text. The result is valid until the next vx_put has written it. */
const char *vx_page_escaped(vx_page *page, const char *text);

/* Implementation of vx_put and vx_put_markup. */
void vx_page_print(vx_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Called directly only for files that are embedded in the program (vx_page_file). */
void vx_page_write(vx_page *page, const char *markup);

/* VX_PUT_PICK gives the macro for the number of values: its twelfth argument is VX_PUT_2 where format and two values
 * come before VX_PUT_VALUES. VX_PUT_2(page, format, a, b) is "" format, VX_VALUE(page, a), VX_VALUE(page, b). */
#define VX_PUT_PICK(...) VX_PUT_TWELFTH(__VA_ARGS__)
#define VX_PUT_TWELFTH(format, a, b, c, d, e, f, g, h, i, j, macro, ...) macro
#define VX_PUT_VALUES \
    VX_PUT_10, VX_PUT_9, VX_PUT_8, VX_PUT_7, VX_PUT_6, VX_PUT_5, VX_PUT_4, VX_PUT_3, VX_PUT_2, VX_PUT_1, VX_PUT_0, 0
#define VX_PUT_0(p, format) "" format
#define VX_PUT_1(p, format, a) VX_PUT_0(p, format), VX_VALUE(p, a)
#define VX_PUT_2(p, format, a, b) VX_PUT_1(p, format, a), VX_VALUE(p, b)
#define VX_PUT_3(p, format, a, b, c) VX_PUT_2(p, format, a, b), VX_VALUE(p, c)
#define VX_PUT_4(p, format, a, b, c, d) VX_PUT_3(p, format, a, b, c), VX_VALUE(p, d)
#define VX_PUT_5(p, format, a, b, c, d, e) VX_PUT_4(p, format, a, b, c, d), VX_VALUE(p, e)
#define VX_PUT_6(p, format, a, b, c, d, e, f) VX_PUT_5(p, format, a, b, c, d, e), VX_VALUE(p, f)
#define VX_PUT_7(p, format, a, b, c, d, e, f, g) VX_PUT_6(p, format, a, b, c, d, e, f), VX_VALUE(p, g)
#define VX_PUT_8(p, format, a, b, c, d, e, f, g, h) VX_PUT_7(p, format, a, b, c, d, e, f, g), VX_VALUE(p, h)
#define VX_PUT_9(p, format, a, b, c, d, e, f, g, h, i) VX_PUT_8(p, format, a, b, c, d, e, f, g, h), VX_VALUE(p, i)
#define VX_PUT_10(p, format, a, b, c, d, e, f, g, h, i, j) \
    VX_PUT_9(p, format, a, b, c, d, e, f, g, h, i), VX_VALUE(p, j)

/* A value for printf, escaped if it is a text. The inner _Generic makes both branches of the outer one valid for every
 * type. */
#define VX_VALUE(page, value) \
    _Generic((value), char *: vx_page_escaped((page), VX_IF_TEXT(value)), \
             const char *: vx_page_escaped((page), VX_IF_TEXT(value)), default: (value))
#define VX_IF_TEXT(value) _Generic((value), char *: (value), const char *: (value), default: (const char *)NULL)

/* Writes `size` bytes in base64. */
void vx_put_base64(vx_page *page, const void *data, size_t size);

/* Writes `size` bytes of a text as the end of a data: URL in quotes: a quarter shorter than base64. */
void vx_put_url_text(vx_page *page, const char *text, size_t size);

/* Writes `size` bytes of HTML in ASCII, with references for all other characters: browsers hold a page of bytes in half
 * the memory of one with wider characters, and decode it in a third of the time. Scripts and styles have to be ASCII:
 * they have no references. */
void vx_put_ascii(vx_page *page, const char *html, size_t size);

#endif
