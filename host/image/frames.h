/* The volumes of a file that make an image, as a fact of its preparation: a step that was done in reading it. */
#ifndef VX_IMAGE_FRAMES_H
#define VX_IMAGE_FRAMES_H

#include "image/step.h"

#define VX_STEP_FRAMES "frames"

/* The step of frames that are at least one. Its application does nothing. Its parameters list the weights; its figures
 * are `first` and `count`, and of frames with times `start` and `end`, in seconds. */
vx_step vx_step_frames(const vx_frames *frames);

#endif
