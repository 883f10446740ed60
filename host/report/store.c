#include "report/store.h"

#include "base/memory.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct vx_results_store {
    hid_t file;
    char *path;
};

/* HDF5 prints what fails unless told not to; a library must not print. */
typedef struct quiet { H5E_auto2_t print; void *data; } quiet;

static quiet hush(void)
{
    quiet before = {0};
    H5Eget_auto2(H5E_DEFAULT, &before.print, &before.data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return before;
}

static void unhush(quiet before)
{
    H5Eset_auto2(H5E_DEFAULT, before.print, before.data);
}

vx_status vx_store_open(const char *path, vx_results_store **store, vx_error *error)
{
    vx_results_store *opened = vx_array_zero(1, sizeof *opened);
    if (!opened || !(opened->path = vx_copy_text(path))) {
        free(opened);
        return vx_fail_memory(error);
    }
    quiet before = hush();
    opened->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    unhush(before);
    if (opened->file < 0) {
        vx_status status = vx_fail(error, VX_INPUT, "%s: %s", path,
                                   access(path, F_OK) ? "is missing" : "is damaged, or no HDF5 file");
        free(opened->path);
        free(opened);
        return status;
    }
    *store = opened;
    return VX_OK;
}

void vx_store_close(vx_results_store *store)
{
    if (!store)
        return;
    H5Fclose(store->file);
    free(store->path);
    free(store);
}

bool vx_store_has(const vx_results_store *store, const char *path)
{
    quiet before = hush();
    hid_t object = H5Oopen(store->file, path, H5P_DEFAULT);
    if (object >= 0)
        H5Oclose(object);
    unhush(before);
    return object >= 0;
}

static vx_status lacks(const vx_results_store *store, const char *path, vx_error *error)
{
    return vx_fail(error, VX_INPUT, "%s: lacks %s: it is damaged, or an older voxstat wrote it; run the analysis again",
                   store->path, path);
}

/* Reads the whole dataset as `type`. */
static vx_status read_dataset(const vx_results_store *store, const char *path, hid_t type, int rank, size_t *shape,
                              void **value, vx_error *error)
{
    hsize_t dims[3] = {0};
    size_t elements = 1;
    quiet before = hush();
    hid_t dataset = H5Dopen2(store->file, path, H5P_DEFAULT), space = dataset < 0 ? -1 : H5Dget_space(dataset);
    bool good = space >= 0 && H5Sget_simple_extent_ndims(space) == rank &&
                H5Sget_simple_extent_dims(space, dims, NULL) == rank;
    *value = NULL;
    for (int k = 0; good && k < rank; k++)
        good = vx_multiply(elements, shape[k] = (size_t)dims[k], &elements);
    if (good)
        *value = vx_array(elements, H5Tget_size(type));
    good = good && *value && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *value) >= 0;
    if (!good) {
        free(*value);
        *value = NULL;
    }
    H5Sclose(space);
    H5Dclose(dataset);
    unhush(before);
    return good ? VX_OK : lacks(store, path, error);
}

vx_status vx_store_numbers(const vx_results_store *store, const char *path, int rank, size_t *shape, double **value,
                           vx_error *error)
{
    return read_dataset(store, path, H5T_NATIVE_DOUBLE, rank, shape, (void **)value, error);
}

static bool read_affine(const vx_results_store *store, const char *path, double affine[4][4])
{
    quiet before = hush();
    hid_t attribute = H5Aopen_by_name(store->file, path, "affine", H5P_DEFAULT, H5P_DEFAULT);
    bool good = attribute >= 0 && H5Aget_storage_size(attribute) == 16 * sizeof(double) &&
                H5Aread(attribute, H5T_NATIVE_DOUBLE, affine) >= 0;
    H5Aclose(attribute);
    unhush(before);
    return good;
}

vx_status vx_store_volume(const vx_results_store *store, const char *path, int64_t dim[3], double affine[4][4],
                          float **value, vx_error *error)
{
    size_t shape[3];
    float *stored = NULL;
    vx_status status = read_dataset(store, path, H5T_NATIVE_FLOAT, 3, shape, (void **)&stored, error);
    if (status)
        return status;
    const size_t nx = shape[0], ny = shape[1], nz = shape[2];
    float *volume = vx_array(nx * ny * nz, sizeof *volume);
    if (!volume)
        status = vx_fail_memory(error);
    else if (!read_affine(store, path, affine))
        status = lacks(store, path, error);
    for (size_t x = 0, from = 0; !status && x < nx; x++)
        for (size_t y = 0; y < ny; y++)
            for (size_t z = 0; z < nz; z++, from++)
                volume[x + nx * (y + ny * z)] = stored[from];
    free(stored);
    if (status) {
        free(volume);
        return status;
    }
    for (int k = 0; k < 3; k++)
        dim[k] = (int64_t)shape[k];
    *value = volume;
    return VX_OK;
}

void vx_store_text(const vx_results_store *store, const char *path, const char *name, char *text, size_t size)
{
    char *value = NULL;
    text[0] = '\0';
    quiet before = hush();
    hid_t attribute = H5Aopen_by_name(store->file, path, name, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    if (attribute >= 0 && H5Aread(attribute, type, &value) >= 0 && value) {
        snprintf(text, size, "%s", value);
        H5free_memory(value);
    }
    H5Tclose(type);
    H5Aclose(attribute);
    unhush(before);
}
