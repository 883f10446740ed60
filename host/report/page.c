#include "report/page.h"

#include "base/markup.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *vx_page_escaped(vx_page *page, const char *text)
{
    if (!text)
        return "";
    char **grown = vx_array_grow(page->escaped, page->texts, 1, sizeof *grown);
    page->escaped = grown ? grown : page->escaped;
    char *shortened = grown ? vx_paths_shortened(text) : NULL, *escaped = shortened ? vx_markup_of(shortened) : NULL;
    free(shortened);
    if (!escaped) {
        page->out_of_memory = true;
        return "";
    }
    page->escaped[page->texts++] = escaped;
    return escaped;
}

void vx_page_print(vx_page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    page->out_of_memory |= vfprintf(page->out, format, arguments) < 0;
    va_end(arguments);
    while (page->texts)
        free(page->escaped[--page->texts]);
    free(page->escaped);
    page->escaped = NULL;
}

void vx_page_write(vx_page *page, const char *markup)
{
    fputs(markup, page->out);
}

void vx_put_base64(vx_page *page, const void *data, size_t size)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *from = data;
    char text[4096];
    size_t used = 0;
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t three = (uint32_t)from[i] << 16 | (left > 1 ? (uint32_t)from[i + 1] << 8 : 0) |
                               (left > 2 ? from[i + 2] : 0);
        text[used++] = digit[three >> 18];
        text[used++] = digit[three >> 12 & 63];
        text[used++] = left > 1 ? digit[three >> 6 & 63] : '=';
        text[used++] = left > 2 ? digit[three & 63] : '=';
        if (used == sizeof text || left <= 3) {
            fwrite(text, 1, used, page->out);
            used = 0;
        }
    }
}

void vx_put_url_text(vx_page *page, const char *text, size_t size)
{
    static const char reserved[] = "%#&\"";
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c > '~' || strchr(reserved, c))
            fprintf(page->out, "%%%02X", c);
        else
            fputc(c, page->out);
    }
}

void vx_put_ascii(vx_page *page, const char *html, size_t size)
{
    const char *const end = html + size;
    while (html < end) {
        const char *wide = html;
        while (wide < end && (unsigned char)*wide < 0x80)
            wide++;
        fwrite(html, 1, (size_t)(wide - html), page->out);
        const size_t length = wide < end ? vx_utf8_length(wide) : 0;
        if (length)
            fprintf(page->out, "&#%" PRIu32 ";", vx_utf8_code(wide, length));
        html = wide < end ? wide + (length ? length : 1) : end;
    }
}
