#include "image/frames.h"

#include <stdio.h>

static vx_status apply_nothing(vx_step *step, vx_loaded *volume, vx_error *error)
{
    (void)step;
    (void)volume;
    (void)error;
    return VX_OK;
}

/* "frames 1 to 3 of 6, from 0; weights 0.2, 0.4, 0.4"; a long list is cut. */
static void put_parameters(const vx_frames *frames, char *text, size_t size)
{
    const long long first = (long long)frames->first, last = first + (long long)frames->count - 1;
    int used = frames->of ? snprintf(text, size, "frames %lld to %lld of %lld, from 0", first, last,
                                     (long long)frames->of)
                          : snprintf(text, size, "frames %lld to %lld, from 0", first, last);
    for (int64_t k = 0; frames->weight && k < frames->count && used < (int)size; k++)
        used += snprintf(text + used, size - (size_t)used, "%s%.6g", k ? ", " : "; weights ", frames->weight[k]);
}

vx_step vx_step_frames(const vx_frames *frames)
{
    vx_step step = {.name = VX_STEP_FRAMES, .apply = apply_nothing};
    step.figure[step.figures++] = (vx_figure){"first", (double)frames->first};
    step.figure[step.figures++] = (vx_figure){"count", (double)frames->count};
    if (!frames->weight && frames->count == 1) {
        snprintf(step.words, sizeof step.words, "taken from volume %lld of its file, from 0", (long long)frames->first);
        snprintf(step.parameters, sizeof step.parameters, "volume %lld, from 0", (long long)frames->first);
        return step;
    }
    step.figure[step.figures++] = (vx_figure){"start", frames->start};
    step.figure[step.figures++] = (vx_figure){"end", frames->end};
    snprintf(step.words, sizeof step.words, "averaged over its frames from %g to %g s, weighted by their duration",
             frames->start, frames->end);
    put_parameters(frames, step.parameters, sizeof step.parameters);
    return step;
}
