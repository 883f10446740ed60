#include "report/page.h"

#include "base/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 sequence that starts at `c`, or 0 where none does (RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF). */
static int sequence(const unsigned char *c)
{
    if (c[0] < 0x80)
        return 1;
    int length = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] < 0xc2 || c[0] > 0xf4)
        return 0;
    for (int i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf0 && c[1] < 0x90) ||
        (c[0] == 0xf4 && c[1] > 0x8f))
        return 0;
    return length;
}

static void escape(FILE *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        const int length = sequence(c);
        const bool control = *c < 0x20 && *c != '\n' && *c != '\t';
        switch (*c) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\'': fputs("&#39;", out); break;
        default:
            if (length == 0 || control || *c == 0x7f)
                fputs("\xEF\xBF\xBD", out);
            else
                fwrite(c, 1, (size_t)length, out);
        }
        c += length ? length : 1;
    }
}

/* A %s conversion with its width and precision, escaped afterwards. */
static void put_text(vx_page *page, const char *spec, const char *text)
{
    char *padded = NULL;
    if (!strcmp(spec, "%s"))
        escape(page->out, text ? text : "");
    else if (asprintf(&padded, spec, text ? text : "") < 0)
        page->lost = true;
    else {
        escape(page->out, padded);
        free(padded);
    }
}

void vx_put(vx_page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (const char *c = format; *c;) {
        char spec[32];
        if (*c != '%') {
            size_t plain = strcspn(c, "%");
            fwrite(c, 1, plain, page->out);
            c += plain;
            continue;
        }
        size_t used = 0;
        do {
            if (*c == '*')
                used += (size_t)snprintf(spec + used, sizeof spec - used, "%d", va_arg(arguments, int));
            else
                spec[used++] = *c;
        } while (!strchr("scdiuefg%", *c++) || used == 1);
        spec[used] = '\0';
        const bool longer = strstr(spec, "ll"), size = strchr(spec, 'z');
        switch (spec[used - 1]) {
        case '%': fputc('%', page->out); break;
        case 's': put_text(page, spec, va_arg(arguments, const char *)); break;
        case 'c': put_text(page, "%s", (char[]){(char)va_arg(arguments, int), '\0'}); break;
        case 'e':
        case 'f':
        case 'g': fprintf(page->out, spec, va_arg(arguments, double)); break;
        default:
            if (longer)
                fprintf(page->out, spec, va_arg(arguments, long long));
            else if (size)
                fprintf(page->out, spec, va_arg(arguments, size_t));
            else
                fprintf(page->out, spec, va_arg(arguments, int));
        }
    }
    va_end(arguments);
}

void vx_put_markup(vx_page *page, const char *markup)
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

const char *vx_number_text(double value, char text[32])
{
    if (isnan(value))
        return strcpy(text, "\xE2\x80\x93");
    snprintf(text, 32, "%.4g", value);
    return text;
}

const char *vx_p_text(double p, char text[32])
{
    if (isnan(p))
        return strcpy(text, "\xE2\x80\x93");
    if (p >= 0.0001)
        snprintf(text, 32, "%.*f", p >= 0.1 ? 3 : p >= 0.01 ? 4 : p >= 0.001 ? 5 : 6, p);
    else
        snprintf(text, 32, "%.2g", p);
    return text;
}

const char *vx_volume_text(double mm3, char text[32])
{
    if (mm3 >= 1e5 && mm3 < 1e15)
        return vx_count_text((uint64_t)llrint(mm3), text);
    snprintf(text, 32, "%.5g", mm3);
    return text;
}
