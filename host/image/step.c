#include "image/step.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>

/* The index of the stored value for every voxel of `to`; -1 outside `from`. */
static void nearest_places(const vx_grid *from, const vx_grid *to, int64_t *place)
{
    const int64_t voxels = (int64_t)vx_grid_elements(to);
    double between[3][4];
    vx_grid_between(from, to, between);
#pragma omp parallel for schedule(static)
    for (int64_t v = 0; v < voxels; v++) {
        int64_t at[3];
        place[v] = vx_grid_meets(from, (const double(*)[4])between, to, v, at) ? vx_grid_place(from, at) : -1;
    }
}

static vx_status apply_nearest(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const size_t voxels = vx_grid_elements(&step->grid);
    int64_t *place = vx_array(voxels, sizeof *place);
    float *data = place && volume->data ? vx_array(voxels, sizeof *data) : NULL;
    double *wide = place && volume->wide ? vx_array(voxels, sizeof *wide) : NULL;
    if (!data && !wide) {
        free(place);
        return vx_fail_memory(error);
    }
    nearest_places(&volume->grid, &step->grid, place);
    for (size_t v = 0; v < voxels; v++)
        if (data)
            data[v] = place[v] < 0 ? NAN : volume->data[place[v]];
        else
            wide[v] = place[v] < 0 ? NAN : volume->wide[place[v]];
    free(place);
    free(volume->data);
    free(volume->wide);
    volume->data = data;
    volume->wide = wide;
    volume->grid = step->grid;
    return VX_OK;
}

vx_step vx_step_nearest(const vx_grid *grid, const char *grid_path)
{
    vx_step step = {.name = "nearest", .words = "brought to the grid of the images by nearest neighbour",
                    .regrids = true, .grid = *grid, .apply = apply_nearest};
    snprintf(step.parameters, sizeof step.parameters, "grid of %s", grid_path);
    return step;
}

vx_status vx_steps_apply(vx_step *step, size_t steps, vx_loaded *volume, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t k = 0; k < steps && !status; k++)
        status = step[k].apply(&step[k], volume, error);
    return status;
}
