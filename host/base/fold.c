#include "base/fold.h"

#include "base/stream.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* The columns of the first `length` bytes of `text`. */
static int width_of(const char *text, size_t length)
{
    int width = 0;
    for (const char *at = text, *next; at < text + length; at = next) {
        next = vx_utf8_skip(at, 1);
        if (next == at)
            break;
        width += vx_utf8_width(at) - vx_utf8_width(next);
    }
    return width;
}

static void fold_line(FILE *out, const char *line, size_t length, int width)
{
    const int lead = (int)strspn(line, " ");
    int column = 0;
    for (size_t at = 0, word; at < length; at += word) {
        const size_t blanks = strspn(line + at, " ");
        word = blanks + strcspn(line + at + blanks, " \n");
        const int own = width_of(line + at, word);
        if (column > lead + 2 && column + own > width) {
            fprintf(out, "\n%*s%.*s", lead + 2, "", (int)(word - blanks), line + at + blanks);
            column = lead + 2 + own - (int)blanks;
        } else {
            fwrite(line + at, 1, word, out);
            column += own;
        }
    }
}

char *vx_folded(const char *text, int width)
{
    char *folded = NULL;
    FILE *out = vx_text_stream(&folded, NULL);
    while (out && *text) {
        const size_t length = strcspn(text, "\n");
        if (width > 0)
            fold_line(out, text, length, width);
        else
            fwrite(text, 1, length, out);
        text += length;
        if (*text) {
            fputc('\n', out);
            text++;
        }
    }
    return vx_stream_close(out) ? folded : NULL;
}
