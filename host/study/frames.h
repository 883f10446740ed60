/* The frames of a dynamic image that lie in a time window. */
#ifndef VX_STUDY_FRAMES_H
#define VX_STUDY_FRAMES_H

#include "voxstat/image.h"

/* Chooses the frames of an image that lie in `window` (seconds), with weights in proportion to their duration, which
 * add up to 1 (BIDS: FrameTimesStart and FrameDuration of the sidecar). An edge of the window may cut into a frame, or
 * miss the end of a frame, by 5 % of that frame. A file of one volume is taken as it is: frames->count is 0. The caller
 * frees frames->weight.
 * Errors (VX_INPUT, naming the file): no times in the sidecar; another number of frames there than volumes in the file;
 * a window that reaches beyond the first or last frame, or whose edge lies within a frame. */
vx_status vx_frames_choose(const char *path, const double window[2], vx_frames *frames, vx_error *error);

#endif
