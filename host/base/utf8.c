#include "base/utf8.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

size_t vx_utf8_length(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xc2 ? 0 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    /* RFC 3629, section 4: these four first bytes narrow the range of the second. */
    unsigned char low = byte[0] == 0xe0 ? 0xa0 : byte[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = byte[0] == 0xed ? 0x9f : byte[0] == 0xf4 ? 0x8f : 0xbf;
    if (!byte[0] || byte[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (byte[i] < (i == 1 ? low : 0x80) || byte[i] > (i == 1 ? high : 0xbf))
            return 0;
    }
    return length;
}

const char *vx_utf8_fault(const char *text)
{
    size_t length;
    while ((length = vx_utf8_length(text)))
        text += length;
    return *text ? text : NULL;
}

uint32_t vx_utf8_code(const char *text, size_t length)
{
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = (unsigned char)text[0] & first[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    return code;
}

/* The columns of one character, as the C library's Unicode tells. The program runs in the locale "C", which knows no
 * other characters than those of ASCII. */
static int character_width(uint32_t code)
{
    static locale_t unicode;
    if (code < 0x80)
        return 1;
    if (!unicode)
        unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!unicode)
        return 1;
    const locale_t before = uselocale(unicode);
    const int width = wcwidth((wchar_t)code);
    uselocale(before);
    return width < 0 ? 1 : width;
}

const char *vx_utf8_skip(const char *text, int columns)
{
    size_t length;
    while ((length = vx_utf8_length(text))) {
        const int width = character_width(vx_utf8_code(text, length));
        if (columns <= 0 && width) /* what combines belongs to the character before it */
            break;
        columns -= width;
        text += length;
    }
    return text;
}

int vx_utf8_width(const char *text)
{
    int width = 0;
    for (size_t length; (length = vx_utf8_length(text)); text += length)
        width += character_width(vx_utf8_code(text, length));
    return width;
}

/* Whether a character controls the terminal: C0, DEL, C1, and the embeddings and isolates of Unicode's bidirectional
 * algorithm (UAX 9), which can make one name look like another. */
static bool controls_terminal(uint32_t code)
{
    return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

char *vx_printable(const char *text)
{
    char *plain = malloc(4 * strlen(text) + 1), *end = plain;
    while (plain && *text) {
        size_t length = vx_utf8_length(text);
        bool shown = length && !controls_terminal(vx_utf8_code(text, length));
        for (length += !length; length; length--, text++) {
            if (shown)
                *end++ = *text;
            else
                end += sprintf(end, "\\x%02x", (unsigned char)*text);
        }
    }
    if (plain)
        *end = '\0';
    return plain;
}
