#include "image/global.h"

#include "space/grid.h"

#include <math.h>

/* The mean of the finite voxels above `level`, and their number. */
static double mean_above(const vx_loaded *image, double level, int64_t *voxels)
{
    const int64_t elements = (int64_t)vx_grid_elements(&image->grid);
    double sum = 0;
    *voxels = 0;
    for (int64_t v = 0; v < elements; v++) {
        const double value = vx_loaded_value(image, v);
        const bool above = value > level && value < INFINITY; /* false for NaN */
        sum += above ? value : 0;
        *voxels += above;
    }
    return *voxels ? sum / (double)*voxels : NAN;
}

/* The sum of squares about the mean is taken in a pass of its own, which keeps its digits. */
vx_global vx_global_of(const vx_loaded *image)
{
    const int64_t elements = (int64_t)vx_grid_elements(&image->grid);
    int64_t finite;
    vx_global global = {.level = mean_above(image, -INFINITY, &finite) / 8};
    double squares = 0;
    global.mean = mean_above(image, global.level, &global.voxels);
    for (int64_t v = 0; v < elements; v++) {
        const double value = vx_loaded_value(image, v);
        const double off = value > global.level && value < INFINITY ? value - global.mean : 0;
        squares += off * off;
    }
    global.sd = global.voxels > 1 ? sqrt(squares / (double)(global.voxels - 1)) : NAN;
    return global;
}
