/* The captions of a figure's pictures. */
#include "base/memory.h"
#include "base/stream.h"
#include "report/figure_sheet.h"

#include <ctype.h>
#include <string.h>

/* The length of the first sentence of `text`, with its full stop: one ends before a blank and a capital letter. */
static size_t sentence(const char *text)
{
    for (const char *at = text; (at = strstr(at, ". ")); at++)
        if (isupper((unsigned char)at[2]))
            return (size_t)(at + 1 - text);
    return strlen(text);
}

static const char *after(const char *text, size_t length)
{
    return text + length + (text[length] == ' ');
}

static bool says(const char *caption, const char *words, size_t length)
{
    for (size_t own; *caption; caption = after(caption, own)) {
        own = sentence(caption);
        if (own == length && !strncmp(caption, words, length))
            return true;
    }
    return false;
}

/* Whether every picture of a kind says a sentence. */
static bool all_say(const vx_figure_item *item, size_t items, const char *kind, const char *words, size_t length)
{
    for (size_t i = 0; i < items; i++)
        if (!strcmp(item[i].kind, kind) && !says(item[i].caption, words, length))
            return false;
    return true;
}

/* Prints the sentences of a caption that all of its kind say, or those that it says alone; `lead` stands before the
 * first. */
static void put_sentences(FILE *out, const vx_figure_item *item, size_t items, const vx_figure_item *one, bool shared,
                          const char *lead)
{
    size_t count = 0;
    for (const char *words = one->caption; *words;) {
        const size_t length = sentence(words);
        if (all_say(item, items, one->kind, words, length) == shared)
            fprintf(out, "%s%.*s", count++ ? " " : lead, (int)length, words);
        words = after(words, length);
    }
}

/* Prints "A. pet: change." */
static void put_title(FILE *out, const vx_figure_item *one)
{
    fprintf(out, "%s%s%s%s%s", one->letter, *one->letter ? "." : "", *one->letter && *one->title ? " " : "",
            one->title, *one->title ? "." : "");
}

/* The next picture of a kind; `items`: none. */
static size_t next_of(const vx_figure_item *item, size_t items, const char *kind, size_t from)
{
    while (from < items && strcmp(item[from].kind, kind) != 0)
        from++;
    return from;
}

/* Prints the letters of a kind: "A-C, E" with a dash between neighbours, of which there are three or more. */
static void put_letters(FILE *out, const vx_figure_item *item, size_t items, const char *kind)
{
    const char *between = "";
    for (size_t i = next_of(item, items, kind, 0), last; i < items; i = next_of(item, items, kind, last + 1)) {
        for (last = i; last + 1 < items && !strcmp(item[last + 1].kind, kind);)
            last++;
        last = last == i + 1 ? i : last;
        fprintf(out, "%s%s", between, item[i].letter);
        if (last > i)
            fprintf(out, "\xE2\x80\x93%s", item[last].letter);
        between = ", ";
    }
}

/* Prints what all pictures of a kind say, once, and then what each says alone. */
static void put_kind(FILE *out, const vx_figure_item *item, size_t items, size_t first)
{
    const char *kind = item[first].kind;
    put_letters(out, item, items, kind);
    put_sentences(out, item, items, &item[first], true, ". ");
    fputc('\n', out);
    for (size_t i = first; i < items; i = next_of(item, items, kind, i + 1)) {
        put_title(out, &item[i]);
        put_sentences(out, item, items, &item[i], false, " ");
        fputc('\n', out);
    }
}

/* Whether the picture is one of several with letters that have a sentence in common. */
static bool shares(const vx_figure_item *item, size_t items, size_t i)
{
    const char *kind = item[i].kind;
    const size_t first = next_of(item, items, kind, 0);
    bool shared = false;
    if (!*item[i].letter || next_of(item, items, kind, first + 1) == items)
        return false;
    for (const char *words = item[i].caption; *words && !shared;) {
        const size_t length = sentence(words);
        shared = all_say(item, items, kind, words, length);
        words = after(words, length);
    }
    return shared;
}

char *vx_sheet_captions(const vx_figure_item *item, size_t items)
{
    char *text = NULL;
    FILE *out = vx_text_stream(&text, NULL);
    for (size_t i = 0; out && i < items; i++) {
        if (!shares(item, items, i)) {
            put_title(out, &item[i]);
            fprintf(out, "%s%s\n", (*item[i].letter || *item[i].title) && *item[i].caption ? " " : "", item[i].caption);
        } else if (next_of(item, items, item[i].kind, 0) == i) {
            put_kind(out, item, items, i);
        }
    }
    return vx_stream_close(out) ? text : NULL;
}
