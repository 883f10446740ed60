/* The part of a background that is the brain, so that skull and scanner are not drawn. */
#include "base/memory.h"
#include "report/draw/brain.h"
#include "space/grid.h"

#include <math.h>

static const double AROUND = 5; /* mm */

enum { OUTSIDE = 0, BRAIN = 1, UNKNOWN = 2 };

/* Marks what lies within `steps` voxels of a marked voxel along one axis. */
static void spread(const vx_grid *grid, unsigned char *mark, int axis, int64_t steps)
{
    const int64_t stride = axis == 0 ? 1 : axis == 1 ? grid->dim[0] : grid->dim[0] * grid->dim[1];
    const int64_t length = grid->dim[axis];
    for (size_t i = 0; i < vx_grid_elements(grid); i++) {
        int64_t at[3], last = -1 - steps;
        vx_grid_voxel(grid, (int64_t)i, at);
        if (at[axis]) /* each line once, from its first voxel */
            continue;
        unsigned char *line = mark + i;
        for (int64_t k = 0; k < length; k++) { /* forwards: from voxels of the brain */
            if (line[k * stride] == BRAIN)
                last = k;
            else if (k - last <= steps)
                line[k * stride] = UNKNOWN;
        }
        last = length + steps;
        for (int64_t k = length - 1; k >= 0; k--) {
            if (line[k * stride] == BRAIN)
                last = k;
            else if (last - k <= steps)
                line[k * stride] = UNKNOWN;
        }
        for (int64_t k = 0; k < length; k++)
            line[k * stride] = line[k * stride] != OUTSIDE;
    }
}

/* Marks as outside what can be reached from the border of the grid without crossing the brain. */
static bool flood(const vx_grid *grid, unsigned char *mark)
{
    const size_t elements = vx_grid_elements(grid);
    int64_t *queue = vx_array(elements, sizeof *queue), waiting = 0;
    for (size_t i = 0; queue && i < elements; i++) {
        int64_t at[3];
        bool border = false;
        vx_grid_voxel(grid, (int64_t)i, at);
        for (int k = 0; k < 3; k++)
            border |= at[k] == 0 || at[k] == grid->dim[k] - 1;
        if (mark[i] != BRAIN)
            mark[i] = border ? OUTSIDE : UNKNOWN;
        if (border && mark[i] == OUTSIDE)
            queue[waiting++] = (int64_t)i;
    }
    while (queue && waiting) {
        int64_t at[3];
        vx_grid_voxel(grid, queue[--waiting], at);
        for (int k = 0; k < 6; k++) {
            int64_t beside[3] = {at[0], at[1], at[2]};
            beside[k / 2] += k % 2 ? 1 : -1;
            if (beside[k / 2] < 0 || beside[k / 2] >= grid->dim[k / 2])
                continue;
            const int64_t there = vx_grid_place(grid, beside);
            if (mark[there] == UNKNOWN) {
                mark[there] = OUTSIDE;
                queue[waiting++] = there;
            }
        }
    }
    const bool complete = queue;
    free(queue);
    return complete;
}

/* Whether the marked voxels fill at least a quarter of the box around the mask. */
static bool fills_box(const vx_grid *grid, const float *mask, const unsigned char *mark)
{
    int64_t low[3] = {INT64_MAX, INT64_MAX, INT64_MAX}, high[3] = {-1, -1, -1}, marked = 0;
    for (size_t i = 0; i < vx_grid_elements(grid); i++) {
        int64_t at[3];
        vx_grid_voxel(grid, (int64_t)i, at);
        marked += mark[i] != OUTSIDE;
        for (int k = 0; mask[i] > 0 && k < 3; k++) {
            low[k] = at[k] < low[k] ? at[k] : low[k];
            high[k] = at[k] > high[k] ? at[k] : high[k];
        }
    }
    double box = 1;
    for (int k = 0; k < 3; k++)
        box *= (double)(high[k] - low[k] + 1);
    return high[0] >= 0 && 4 * (double)marked >= box;
}

bool vx_brain_inside(const vx_grid *grid, const float *mask, float **inside)
{
    const size_t elements = vx_grid_elements(grid);
    unsigned char *mark = vx_array(elements, sizeof *mark);
    bool complete = mark;
    *inside = NULL;
    for (size_t i = 0; mark && i < elements; i++)
        mark[i] = mask[i] > 0 ? BRAIN : OUTSIDE;
    for (int axis = 0; mark && axis < 3; axis++)
        spread(grid, mark, axis, (int64_t)ceil(AROUND / vx_grid_step_mm(grid, axis)));
    complete = complete && flood(grid, mark);
    if (complete && fills_box(grid, mask, mark)) {
        *inside = vx_array(elements, sizeof **inside);
        complete = *inside;
        for (size_t i = 0; *inside && i < elements; i++)
            (*inside)[i] = mark[i] != OUTSIDE;
    }
    free(mark);
    return complete;
}
