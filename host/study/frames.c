#include "study/frames.h"

#include "base/memory.h"
#include "bids/sidecar.h"
#include "image/source.h"

#include <math.h>

static const double tolerance = 0.05; /* of a frame's duration; scanners end frames some seconds late */

static double end_of(const vx_sidecar *sidecar, size_t frame)
{
    return sidecar->start[frame] + sidecar->duration[frame];
}

/* The part of a frame, from 0 to 1, that lies in the window. */
static double part_inside(const vx_sidecar *sidecar, size_t frame, const double window[2])
{
    const double from = fmax(sidecar->start[frame], window[0]), to = fmin(end_of(sidecar, frame), window[1]);
    return to > from ? (to - from) / sidecar->duration[frame] : 0;
}

static vx_status check_window(const char *path, const vx_sidecar *sidecar, const double window[2], vx_error *error)
{
    const size_t last = sidecar->frames - 1;
    const double begin = sidecar->start[0], end = end_of(sidecar, last);
    if (window[0] < begin - tolerance * sidecar->duration[0] || window[1] > end + tolerance * sidecar->duration[last])
        return vx_fail(error, VX_INPUT, "%s: the window of %g to %g s (--frames) reaches outside the file, whose "
                       "frames last from %g to %g s", path, window[0], window[1], begin, end);
    for (size_t k = 0; k <= last; k++) {
        const double part = part_inside(sidecar, k, window);
        if (part > tolerance && part < 1 - tolerance)
            return vx_fail(error, VX_INPUT, "%s: an edge of the window of %g to %g s (--frames) lies within frame %zu "
                           "(from 0), which lasts from %g to %g s; windows begin and end with frames", path, window[0],
                           window[1], k, sidecar->start[k], end_of(sidecar, k));
    }
    return VX_OK;
}

static vx_status choose(const char *path, const vx_sidecar *sidecar, const double window[2], vx_frames *frames,
                        vx_error *error)
{
    double total = 0;
    vx_status status = check_window(path, sidecar, window, error);
    double *weight = status ? NULL : vx_array(sidecar->frames, sizeof *weight);
    if (status || !weight)
        return status ? status : vx_fail_memory(error);
    *frames = (vx_frames){.weight = weight, .of = (int64_t)sidecar->frames};
    for (size_t k = 0; k < sidecar->frames; k++) {
        if (part_inside(sidecar, k, window) <= tolerance)
            continue;
        if (!frames->count) {
            frames->first = (int64_t)k;
            frames->start = sidecar->start[k];
        }
        weight[frames->count++] = sidecar->duration[k];
        total += sidecar->duration[k];
        frames->end = end_of(sidecar, k);
    }
    for (int64_t k = 0; k < frames->count; k++)
        weight[k] /= total;
    if (frames->count)
        return VX_OK;
    free(weight);
    *frames = (vx_frames){0};
    return vx_fail(error, VX_INPUT, "%s: no frame lies in the window of %g to %g s (--frames)", path, window[0],
                   window[1]);
}

vx_status vx_frames_choose(const char *path, const double window[2], vx_frames *frames, vx_error *error)
{
    vx_series series;
    vx_sidecar sidecar;
    *frames = (vx_frames){0};
    vx_status status = vx_image_series(path, &series, error);
    if (status || series.volumes == 1)
        return status;
    if ((status = vx_sidecar_read(path, &sidecar, error)))
        return status;
    if (!sidecar.frames)
        status = vx_fail(error, VX_INPUT, "%s: --frames needs FrameTimesStart and FrameDuration in %s, which is not "
                         "there or has none", path, sidecar.path ? sidecar.path : "the JSON file beside the image");
    else if ((int64_t)sidecar.frames != series.volumes)
        status = vx_fail(error, VX_INPUT, "%s: %s has %zu frames, but the image has %lld volumes", path, sidecar.path,
                         sidecar.frames, (long long)series.volumes);
    else
        status = choose(path, &sidecar, window, frames, error);
    vx_sidecar_destroy(&sidecar);
    return status;
}
