/* Images on disk, in a temporary folder. */
#ifndef TESTS_UNIT_IMAGE_FIXTURE_H
#define TESTS_UNIT_IMAGE_FIXTURE_H

#include "unit/folder_fixture.h"
#include "voxstat/image.h"

/* As float32. */
static inline void put_image(const char *path, const vx_grid *grid, const float *data)
{
    if (vx_image_write(path, grid, data, VX_FLOAT32, VX_INTENT_NONE, 0, NULL, "", &error))
        fail_msg("%s", error.message);
}

#endif
