#include "prepare/global_mean.h"

#include "base/error.h"
#include "image/global.h"

#include <stdio.h>

static vx_status measure(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const vx_global global = vx_global_of(volume);
    if (!(global.mean > 0))
        return vx_fail(error, VX_INPUT, "the image has no global mean above 0: the mean of all its voxels is %g",
                       8 * global.level);
    step->figure[0] = (vx_figure){VX_FIGURE_MEAN, global.mean};
    step->figure[1] = (vx_figure){VX_FIGURE_VOXELS, (double)global.voxels};
    step->figures = 2;
    return VX_OK;
}

static vx_status divide_by_mean(vx_step *step, vx_loaded *volume, vx_error *error)
{
    vx_status status = measure(step, volume, error);
    if (!status) {
        volume->slope /= step->figure[0].value;
        volume->inter /= step->figure[0].value;
    }
    return status;
}

vx_step vx_step_global_mean(bool divide)
{
    vx_step step = {.name = VX_STEP_GLOBAL, .apply = divide ? divide_by_mean : measure};
    snprintf(step.words, sizeof step.words, "%s its global mean, that of the voxels above an eighth of the mean of all",
             divide ? "divided by" : "summed up by");
    return step;
}
