#include "base/markup.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <string.h>

/* The entity for a character of `length` bytes (0: invalid UTF-8); null: the character needs none. */
static const char *replacement(const char *text, size_t length)
{
    const unsigned char byte = (unsigned char)*text;
    switch (byte) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n':
    case '\t': return NULL;
    default: return length == 0 || byte < 0x20 || byte == 0x7f ? "\xEF\xBF\xBD" : NULL;
    }
}

char *vx_markup_of(const char *text)
{
    char *markup = vx_array(strlen(text) + 1, sizeof "&quot;" - 1), *end = markup;
    while (markup && *text) {
        const size_t length = vx_utf8_length(text), bytes = length ? length : 1;
        const char *instead = replacement(text, length);
        end = instead ? stpcpy(end, instead) : mempcpy(end, text, bytes);
        text += bytes;
    }
    if (markup)
        *end = '\0';
    return markup;
}
