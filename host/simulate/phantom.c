/* The phantom consists of ellipsoids at MNI coordinates, drawn on the right half and mirrored.
 *
 *   1. A hull bounds the cerebrum.
 *   2. Tissue near its surface or near the plane between the hemispheres is cortical ribbon, whose thickness varies as
 *      with gyri and sulci. The rest is white matter.
 *   3. The regions of the table are painted over it in their order. */
#include "simulate/phantom.h"

#include "base/memory.h"
#include "space/space.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RIBBON = 0, WHITE = 1 }; /* indices into vx_phantom_regions */

/* The squared normalised radius, which is below 1 inside the ellipsoid. */
static double ellipsoid(const double at[3], const double centre[3], const double radius[3])
{
    double sum = 0;
    for (int d = 0; d < 3; d++) {
        double z = (at[d] - centre[d]) / radius[d];
        sum += z * z;
    }
    return sum;
}

/* Distance in mm from the surface, positive inside, to first order: (1 - f) / |grad f|, f = sqrt(sum z^2). */
static double depth(const double at[3], const double centre[3], const double radius[3])
{
    double f = sqrt(ellipsoid(at, centre, radius)), slope = 0;
    for (int d = 0; d < 3; d++) {
        double z = (at[d] - centre[d]) / (radius[d] * radius[d]);
        slope += z * z;
    }
    double smallest = fmin(radius[0], fmin(radius[1], radius[2]));
    return f < 1e-9 ? smallest : (1 - f) * f / sqrt(slope);
}

/* Depth below the outer surface of the cerebrum, which is the union of the upper half, the lower half and the temporal
 * lobe. */
static double cerebrum_depth(const double at[3])
{
    static const double centre[3] = {0, -16, 16}, upper[3] = {71, 90, 65}, lower[3] = {71, 90, 46};
    static const double temporal[3] = {45, -15, -21}, temporal_radius[3] = {26, 48, 26};
    return fmax(depth(at, centre, at[2] >= centre[2] ? upper : lower), depth(at, temporal, temporal_radius));
}

/* Whether a point of the cerebrum is cortical ribbon. A gyroid with a wavelength of about 20 mm modulates the border to
 * the white matter. */
static bool in_ribbon(const double at[3], double below)
{
    static const double core[3] = {0, -14, 4}, core_radius[3] = {40, 44, 26}; /* callosum and nuclei: no cortex */
    double x = 2 * M_PI / 23 * at[0], y = 2 * M_PI / 19 * at[1], z = 2 * M_PI / 21 * at[2];
    double fold = sin(x) * cos(y) + sin(y) * cos(z) + sin(z) * cos(x);
    if (ellipsoid(at, core, core_radius) < 1)
        return false;
    return fmin(below, at[0] + 2) < fmax(3, 11 + 7 * fold);
}

/* The region at a point of the right half, or -1 outside the brain. */
static int region_at(const double at[3])
{
    double below = cerebrum_depth(at);
    bool ribbon = below > 0 && in_ribbon(at, below);
    int found = below <= 0 ? -1 : ribbon ? RIBBON : WHITE;
    for (int r = WHITE + 1; r < vx_regions_count; r++) {
        const vx_phantom_region *region = &vx_phantom_regions[r];
        if ((!region->ribbon || ribbon) && ellipsoid(at, region->centre, region->radius) < 1)
            found = r;
    }
    return found;
}

static bool one_sided(const vx_phantom_region *region)
{
    return region->centre[0] == 0;
}

static vx_grid mni_grid(int voxel_mm)
{
    static const double origin[3] = {-90, -126, -72};
    vx_grid grid = {.qform_code = 4, .sform_code = 4, .qfac = 1};
    static const int extent[3] = {180, 216, 180}; /* mm between the first and the last voxel */
    for (int d = 0; d < 3; d++) {
        grid.dim[d] = extent[d] / voxel_mm + 1;
        grid.pixdim[d] = voxel_mm;
        grid.qoffset[d] = origin[d];
        grid.affine[d][d] = grid.sform[d][d] = voxel_mm;
        grid.affine[d][3] = grid.sform[d][3] = origin[d];
    }
    grid.affine[3][3] = 1;
    return grid;
}

/* Names the labels: left before right. first[r] is the left or only label of region r. */
static void name_labels(vx_phantom *phantom, int *first)
{
    for (int r = 0; r < vx_regions_count; r++) {
        const vx_phantom_region *region = &vx_phantom_regions[r];
        int sides = one_sided(region) ? 1 : 2;
        first[r] = phantom->labels + 1;
        for (int side = 0; side < sides; side++, phantom->labels++) {
            phantom->region[phantom->labels] = region;
            snprintf(phantom->name[phantom->labels], sizeof phantom->name[0], "%s%s", region->name,
                     sides == 1 ? "" : side ? "_right" : "_left");
        }
    }
}

static void paint(vx_phantom *phantom, const int *first)
{
    const vx_grid *grid = &phantom->space.grid;
    const int64_t size = (int64_t)vx_grid_elements(grid);
#pragma omp parallel for schedule(dynamic, 4096)
    for (int64_t v = 0; v < size; v++) {
        double mm[3];
        vx_grid_mm(grid, v, mm);
        int r = region_at((double[3]){fabs(mm[0]), mm[1], mm[2]});
        bool right = r >= 0 && !one_sided(&vx_phantom_regions[r]) && mm[0] >= 0;
        phantom->label[v] = r < 0 ? 0 : (uint8_t)(first[r] + right);
    }
}

vx_status vx_phantom_new(int voxel_mm, vx_phantom **phantom, vx_error *error)
{
    if (voxel_mm != 1 && voxel_mm != 2 && voxel_mm != 4)
        return vx_fail(error, VX_USAGE, "voxels of %d mm; the phantom is drawn at 1, 2 or 4 mm", voxel_mm);
    vx_phantom *made = vx_array_zero(1, sizeof *made);
    int *first = vx_array((size_t)vx_regions_count, sizeof *first);
    vx_status status = VX_OK;
    if (!made || !first)
        goto memory;
    const vx_grid grid = mni_grid(voxel_mm);
    made->space = vx_space_own(&grid, 0, NULL);
    int64_t size = (int64_t)vx_grid_elements(&grid);
    made->region = vx_array(2 * (size_t)vx_regions_count, sizeof *made->region);
    made->name = vx_array_zero(2 * (size_t)vx_regions_count, sizeof *made->name);
    made->label = vx_array((size_t)size, sizeof *made->label);
    if (!made->region || !made->name || !made->label)
        goto memory;
    name_labels(made, first);
    paint(made, first);
    for (int64_t v = 0; v < size; v++)
        made->space.elements += made->label[v] != 0;
    made->space.index = vx_array((size_t)made->space.elements, sizeof *made->space.index);
    if (!made->space.index)
        goto memory;
    for (int64_t v = 0, next = 0; v < size; v++)
        if (made->label[v])
            made->space.index[next++] = v;
    *phantom = made;
    made = NULL;
    goto cleanup;
memory:
    status = vx_fail_memory(error);
cleanup:
    free(first);
    vx_phantom_free(made);
    return status;
}

void vx_phantom_free(vx_phantom *phantom)
{
    if (!phantom)
        return;
    free(phantom->region);
    free(phantom->name);
    free(phantom->label);
    vx_space_destroy(&phantom->space);
    free(phantom);
}

int vx_phantom_label(const vx_phantom *phantom, const char *name)
{
    for (int l = 0; l < phantom->labels; l++)
        if (!strcmp(phantom->name[l], name))
            return l + 1;
    return 0;
}
