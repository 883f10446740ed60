#include "space/space.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>

vx_space vx_space_own(const vx_grid *grid, int64_t elements, int64_t *index)
{
    return (vx_space){.singular = "voxel", .plural = "voxels", .elements = elements, .grid = *grid, .index = index};
}

vx_status vx_space_on_grid(const vx_grid *grid, int64_t elements, const int64_t *index, vx_space *space,
                           vx_error *error)
{
    size_t plane, volume;
    if (elements < 1)
        return vx_fail(error, VX_INPUT, "a space of %lld voxels; at least one is needed", (long long)elements);
    if (!vx_multiply((size_t)grid->dim[0], (size_t)grid->dim[1], &plane) ||
        !vx_multiply(plane, (size_t)grid->dim[2], &volume))
        return vx_fail(error, VX_INPUT, "the size of the grid overflows");
    for (int64_t v = 0; v < elements; v++)
        if (index[v] < 0 || (size_t)index[v] >= volume || (v > 0 && index[v] <= index[v - 1]))
            return vx_fail(error, VX_INPUT, "voxel %lld has grid index %lld; ascending indices below %zu are needed",
                           (long long)v, (long long)index[v], volume);
    int64_t *copy = vx_array((size_t)elements, sizeof *copy);
    if (!copy)
        return vx_fail_memory(error);
    memcpy(copy, index, (size_t)elements * sizeof *copy);
    *space = vx_space_own(grid, elements, copy);
    return VX_OK;
}

vx_status vx_space_whole(const vx_grid *grid, vx_space *space, vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(grid);
    int64_t *index = vx_array((size_t)voxels, sizeof *index);
    if (!index)
        return vx_fail_memory(error);
    for (int64_t v = 0; v < voxels; v++)
        index[v] = v;
    *space = vx_space_own(grid, voxels, index);
    return VX_OK;
}

static bool copy_word(char *to, size_t size, const char *word)
{
    const int length = snprintf(to, size, "%s", word);
    return length > 0 && (size_t)length < size;
}

vx_status vx_space_of_names(const char *singular, const char *plural, int64_t elements, const char *const *name,
                            vx_space *space, vx_error *error)
{
    vx_space made = {.elements = elements};
    if (!copy_word(made.singular, sizeof made.singular, singular) ||
        !copy_word(made.plural, sizeof made.plural, plural))
        return vx_fail(error, VX_INPUT, "the words for elements have 1 to %zu bytes, unlike \"%.40s\" and \"%.40s\"",
                       sizeof made.singular - 1, singular, plural);
    if (elements < 1)
        return vx_fail(error, VX_INPUT, "a space of %lld %s; at least one is needed", (long long)elements, plural);
    if (!(made.name = vx_array_zero((size_t)elements, sizeof *made.name)))
        return vx_fail_memory(error);
    for (int64_t v = 0; v < elements; v++)
        if (!(made.name[v] = vx_copy_text(name[v]))) {
            vx_space_destroy(&made);
            return vx_fail_memory(error);
        }
    *space = made;
    return VX_OK;
}

vx_status vx_space_copy(const vx_space *space, vx_space *copy, vx_error *error)
{
    if (space->name)
        return vx_space_of_names(space->singular, space->plural, space->elements, (const char *const *)space->name,
                                 copy, error);
    return vx_space_on_grid(&space->grid, space->elements, space->index, copy, error);
}

void vx_space_destroy(vx_space *space)
{
    if (!space)
        return;
    for (int64_t v = 0; space->name && v < space->elements; v++)
        free(space->name[v]);
    free(space->name);
    free(space->index);
    *space = (vx_space){0};
}

int64_t vx_space_find(const vx_space *space, const int64_t voxel[3])
{
    const int64_t place = vx_grid_place(&space->grid, voxel);
    int64_t low = 0, high = space->elements;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (space->index[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t vx_space_places(const vx_space *space)
{
    return space->name ? (size_t)space->elements : vx_grid_elements(&space->grid);
}

void vx_space_digest(const vx_space *space, vx_sha256 *sha)
{
    for (int64_t v = 0; space->name && v < space->elements; v++)
        vx_sha256_add(sha, space->name[v], strlen(space->name[v]) + 1); /* including the zero at its end */
    if (space->name)
        return;
    vx_sha256_add(sha, space->grid.dim, sizeof space->grid.dim);
    vx_sha256_add(sha, space->index, (size_t)space->elements * sizeof *space->index);
}
