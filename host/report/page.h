/* Writing HTML. Whatever comes in as an argument is escaped; only formats, which are ours, hold markup. */
#ifndef VX_REPORT_PAGE_H
#define VX_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct vx_page {
    FILE *out;
    bool lost; /* memory was short for a text */
} vx_page;

/* printf whose arguments are text and numbers, never markup: < > & " ' in %s come out as entities, and bytes that are
 * no UTF-8 or not allowed in HTML as U+FFFD. Knows s c d i u zu lld llu e f g and %%, with flags, width, precision and
 * '*'. */
void vx_put(vx_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Markup as it stands. */
void vx_put_markup(vx_page *page, const char *markup);

/* `size` bytes in base64. */
void vx_put_base64(vx_page *page, const void *data, size_t size);

/* A number as text for a table, in 32 bytes: 4 significant digits, "–" for NaN. Returns `text`. */
const char *vx_number_text(double value, char text[32]);
/* p as people write it, in 32 bytes: "0.0312", "0.00012", "–" for NaN. Returns `text`. */
const char *vx_p_text(double p, char text[32]);
/* mm^3, in 32 bytes: 5 significant digits, and from 1e5 to 1e15 all before the point. Returns `text`. */
const char *vx_volume_text(double mm3, char text[32]);

#endif
