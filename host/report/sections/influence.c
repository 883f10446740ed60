/* On whom a plot hangs, and how its values were chosen: what stands beside every plot of participants. */
#include "base/memory.h"
#include "base/number.h"
#include "base/stream.h"
#include "report/section.h"

#include <math.h>

enum { NAMED_MAX = 3 };

void vx_put_circular(vx_report *report)
{
    if (report->circular)
        vx_put_markup(report->page, "<p class=\"note\">Chosen by the same data, so <a href=\"#circular\">circular</a>."
                      "</p>\n");
    else
        vx_put_markup(report->page, "<p class=\"note\" id=\"circular\"><strong>Circular:</strong> what is drawn here, "
                                    "and "
                      "wherever the page says so, was chosen because the same data are extreme there. It is larger "
                      "than it would be in other participants. Look at who carries an effect, not at how large it "
                      "is.</p>\n");
    report->circular = true;
}

static void put_one(FILE *out, const vx_line *line, int64_t i, const char *name, const char *slope)
{
    const bool far = vx_line_is_far(line, i), influential = vx_line_is_influential(line, i);
    char text[32];
    fprintf(out, " %s ", name);
    if (far)
        fprintf(out, "lies far out (leverage %.2f)", line->leverage[i]);
    if (influential)
        fprintf(out, "%scarries much of the result (Cook\xE2\x80\x99s distance %s)", far ? " and " : "",
                vx_digits_text(line->cook[i], 2, false, text));
    if (!isnan(line->without[i]))
        fprintf(out, ": without it the %s is %s", slope, vx_number_text(line->without[i], text));
    fputs(".", out);
}

char *vx_influence_words(const vx_line *line, const char *const *name, const char *slope, bool *marked)
{
    char *words = NULL;
    size_t size = 0;
    int64_t found = 0;
    FILE *out = vx_text_stream(&words, &size);
    if (!out)
        return NULL;
    for (int64_t i = 0; i < line->n; i++) {
        marked[i] = vx_line_is_far(line, i) || vx_line_is_influential(line, i);
        if (marked[i] && ++found <= NAMED_MAX)
            put_one(out, line, i, name[i], slope);
    }
    if (found > NAMED_MAX)
        fprintf(out, " So do %lld others, in the table below.", (long long)(found - NAMED_MAX));
    if (!vx_stream_close(out)) {
        free(words);
        return NULL;
    }
    return words;
}
