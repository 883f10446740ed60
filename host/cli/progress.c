#include "cli/progress.h"

#include "base/clock.h"
#include "base/stop.h"
#include "cli/terminal.h"

#include <stdio.h>

enum { BAR = 24 };

static const double bar_interval = 0.1, plain_interval = 15; /* seconds */
static const double estimate_after = 0.5; /* seconds of work before the expected time is estimated */

/* Seconds as "0:07" or "1:02:07". */
static const char *clock_text(double seconds, char text[32])
{
    long s = (long)(seconds + 0.5);
    if (s < 3600)
        snprintf(text, 32, "%ld:%02ld", s / 60, s % 60);
    else
        snprintf(text, 32, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    return text;
}

static void show_bar(const vx_progress_state *progress, double part, double rate, double left)
{
    char bar[BAR + 1], time[32];
    bool colours = vx_colours(stderr);
    for (int i = 0; i < BAR; i++)
        bar[i] = i < (int)(part * BAR) ? '#' : '.';
    bar[BAR] = '\0';
    fprintf(stderr, "\r\033[K%s%s%s %3.0f %%  %.0f/s  %s left  ", colours ? "\033[32m" : "", bar,
            colours ? "\033[0m" : "", 100 * part, rate, clock_text(left, time));
    vx_print(stderr, "%s %s", progress->modality, progress->effect);
    fflush(stderr);
}

bool vx_progress_show(void *context, uint64_t done, uint64_t total)
{
    vx_progress_state *progress = context;
    char time[32];
    if (vx_stop_requested())
        return false;
    double now = vx_seconds(), elapsed = now - progress->start;
    double effect = total ? (double)done / (double)total : 1;
    double work = (double)progress->before + effect * (double)progress->effect_total;
    if (progress->kind == VX_PROGRESS_NONE || work <= 0 || elapsed <= 0)
        return true;
    double rate = work / elapsed, left = ((double)progress->total - work) / rate;
    if (!progress->estimated && elapsed >= estimate_after) {
        progress->estimated = true;
        vx_progress_end(progress); /* a bar may stand on the line */
        fprintf(stderr, "expected time: %s\n", clock_text(elapsed + left, time));
    }
    if (now - progress->shown < (progress->kind == VX_PROGRESS_BAR ? bar_interval : plain_interval))
        return true;
    progress->shown = now;
    double part = work / (double)progress->total;
    if (progress->kind == VX_PROGRESS_BAR)
        show_bar(progress, part, rate, left);
    else
        vx_print(stderr, "%3.0f %%  %.0f/s  %s left  %s %s\n", 100 * part, rate, clock_text(left, time),
                progress->modality, progress->effect);
    return true;
}

void vx_progress_end(const vx_progress_state *progress)
{
    if (progress->kind == VX_PROGRESS_BAR)
        fputs("\r\033[K", stderr);
}
