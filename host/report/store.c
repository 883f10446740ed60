#include "report/store.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { RANK_MAX = 3, PACKED_MOST = 1100 /* of one byte; deflate makes 1032 at most */ };

struct vx_results_store {
    hid_t file;
    char *path;
    uint64_t size; /* of the file */
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

/* A pipe would be waited for by HDF5, and content that was not fetched taken for damage. */
static vx_status check_file(const char *path, uint64_t *size, vx_error *error)
{
    enum { POINTER_MOST = 1000 }; /* bytes: of a text in the place of content; HDF5 takes more for an empty file */
    struct stat about;
    char *text;
    size_t length;
    if (lstat(path, &about) != 0 && errno == ENOENT)
        return vx_fail(error, VX_INPUT, "%s: is missing", path);
    if (stat(path, &about) != 0)
        return vx_file_not_opened(path, errno, error);
    if (!S_ISREG(about.st_mode))
        return vx_fail(error, VX_INPUT, "%s: is no regular file", path);
    *size = (uint64_t)about.st_size;
    if (*size > POINTER_MOST)
        return VX_OK;
    vx_status status = vx_file_read(path, POINTER_MOST, &text, &length, error);
    free(text);
    return status;
}

vx_status vx_store_open(const char *path, vx_results_store **store, vx_error *error)
{
    vx_results_store *opened = vx_array_zero(1, sizeof *opened);
    vx_status status = opened && (opened->path = vx_copy_text(path)) ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = check_file(path, &opened->size, error);
    if (!status) {
        quiet before = hush();
        opened->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        unhush(before);
        if (opened->file < 0)
            status = vx_fail(error, VX_INPUT, "%s: is damaged, or no HDF5 file", path);
    }
    if (status) {
        if (opened)
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

/* What a path leads to. voxstat makes hard links only; a soft or an external one may lead out of the file. */
typedef enum place { MISSING, HERE, ELSEWHERE } place;

static place find(const vx_results_store *store, const char *path)
{
    char part[1000];
    const int length = snprintf(part, sizeof part, "%s", path);
    place found = *path == '/' && length < (int)sizeof part ? HERE : MISSING;
    quiet before = hush();
    for (char *end = part; end && found == HERE;) {
        H5L_info_t link;
        end = strchr(end + 1, '/');
        if (end)
            *end = '\0';
        if (H5Lget_info(store->file, part, &link, H5P_DEFAULT) < 0)
            found = MISSING;
        else if (link.type != H5L_TYPE_HARD)
            found = ELSEWHERE;
        if (end)
            *end = '/';
    }
    unhush(before);
    return found;
}

bool vx_store_has(const vx_results_store *store, const char *path)
{
    return find(store, path) != MISSING;
}

static vx_status lacks(const vx_results_store *store, const char *path, vx_error *error)
{
    return vx_fail(error, VX_INPUT, "%s: lacks %s: it is damaged, or an older voxstat wrote it; run the analysis again",
                   store->path, path);
}

static vx_status lies_elsewhere(const vx_results_store *store, const char *path, vx_error *error)
{
    return vx_fail(error, VX_INPUT, "%s: %s is a link or lies in another file (external storage, a virtual dataset); "
                   "voxstat writes neither, and does not follow them", store->path, path);
}

/* "4 x 3" */
static void shape_text(int rank, const hsize_t *dims, char text[80])
{
    size_t used = 0;
    text[0] = '\0';
    for (int k = 0; k < rank && used < 60; k++)
        used += (size_t)snprintf(text + used, 80 - used, "%s%llu", k ? " x " : "", (unsigned long long)dims[k]);
}

static vx_status check_shape(const vx_results_store *store, const char *path, hid_t dataset, int rank,
                             const size_t *shape, vx_error *error)
{
    hsize_t dims[RANK_MAX] = {0}, wanted[RANK_MAX] = {0};
    char found_text[80], wanted_text[80];
    const hid_t space = H5Dget_space(dataset);
    const bool same_rank = space >= 0 && H5Sget_simple_extent_ndims(space) == rank &&
                           H5Sget_simple_extent_dims(space, dims, NULL) == rank;
    bool same = same_rank;
    for (int k = 0; k < rank; k++) {
        wanted[k] = shape[k];
        same = same && dims[k] == wanted[k];
    }
    if (space >= 0)
        H5Sclose(space);
    if (same)
        return VX_OK;
    if (!same_rank)
        return lacks(store, path, error);
    shape_text(rank, dims, found_text);
    shape_text(rank, wanted, wanted_text);
    return vx_fail(error, VX_INPUT, "%s: %s holds %s values, and run.json says %s: the two are not of one run",
                   store->path, path, found_text, wanted_text);
}

/* Bytes of one of its values; 0 where they are not numbers. */
static size_t number_size(hid_t dataset)
{
    const hid_t type = H5Dget_type(dataset);
    const H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    const size_t size = class == H5T_INTEGER || class == H5T_FLOAT ? H5Tget_size(type) : 0;
    if (type >= 0)
        H5Tclose(type);
    return size <= sizeof(double) ? size : 0;
}

/* Whether its bytes lie in the file as voxstat puts them there. A chunk is allocated whole, so it must not be larger
 * than the dataset is. */
static bool is_packed_as_ours(hid_t made, int rank, const size_t *shape)
{
    hsize_t chunk[RANK_MAX] = {0};
    bool good = true;
    for (int i = 0; good && i < H5Pget_nfilters(made); i++) {
        unsigned flags;
        size_t values = 0;
        const H5Z_filter_t filter = H5Pget_filter2(made, (unsigned)i, &flags, &values, NULL, 0, NULL, NULL);
        good = filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE;
    }
    if (H5Pget_layout(made) != H5D_CHUNKED)
        return good;
    good = good && H5Pget_chunk(made, rank, chunk) == rank;
    for (int k = 0; good && k < rank; k++)
        good = chunk[k] <= shape[k];
    return good;
}

/* What the file promises has to be in it: a shape without values behind it would only fill the memory. */
static vx_status check_storage(const vx_results_store *store, const char *path, hid_t dataset, int rank,
                               const size_t *shape, size_t elements, vx_error *error)
{
    const hid_t made = H5Dget_create_plist(dataset);
    const size_t size = number_size(dataset);
    const H5D_layout_t layout = made < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(made);
    const hsize_t stored = H5Dget_storage_size(dataset);
    vx_status status = VX_OK;
    if (layout == H5D_VIRTUAL || (layout >= 0 && H5Pget_external_count(made) > 0))
        status = lies_elsewhere(store, path, error);
    else if (layout < 0 || !size || !is_packed_as_ours(made, rank, shape) || stored == 0 || stored > store->size ||
             elements / PACKED_MOST * size > stored)
        status = lacks(store, path, error);
    if (made >= 0)
        H5Pclose(made);
    return status;
}

/* Reads the whole dataset as `type`. */
static vx_status read_dataset(const vx_results_store *store, const char *path, hid_t type, int rank,
                              const size_t *shape, void **value, vx_error *error)
{
    const place found = find(store, path);
    size_t elements = 1, bytes = 0;
    void *read = NULL;
    if (found != HERE)
        return found == MISSING ? lacks(store, path, error) : lies_elsewhere(store, path, error);
    for (int k = 0; k < rank; k++)
        if (!vx_multiply(elements, shape[k], &elements))
            return lacks(store, path, error);
    quiet before = hush();
    const hid_t dataset = H5Dopen2(store->file, path, H5P_DEFAULT);
    vx_status status = dataset < 0 || !vx_multiply(elements, H5Tget_size(type), &bytes) ? lacks(store, path, error)
                                                                                      : VX_OK;
    if (!status)
        status = check_shape(store, path, dataset, rank, shape, error);
    if (!status)
        status = check_storage(store, path, dataset, rank, shape, elements, error);
    if (!status && !(read = vx_array(bytes, 1)))
        status = vx_fail_memory(error);
    if (!status && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) < 0)
        status = lacks(store, path, error);
    if (dataset >= 0)
        H5Dclose(dataset);
    unhush(before);
    if (status)
        free(read);
    else
        *value = read;
    return status;
}

vx_status vx_store_numbers(const vx_results_store *store, const char *path, int rank, const size_t *shape,
                           double **value, vx_error *error)
{
    return read_dataset(store, path, H5T_NATIVE_DOUBLE, rank, shape, (void **)value, error);
}

/* Opens an attribute of `count` values; below 0 where it is not there or is another. */
static hid_t open_attribute(const vx_results_store *store, const char *path, const char *name, hssize_t count)
{
    const hid_t attribute = find(store, path) == HERE
                                ? H5Aopen_by_name(store->file, path, name, H5P_DEFAULT, H5P_DEFAULT) : -1;
    const hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    const bool good = space >= 0 && H5Sget_simple_extent_npoints(space) == count;
    if (space >= 0)
        H5Sclose(space);
    if (attribute >= 0 && !good)
        H5Aclose(attribute);
    return good ? attribute : -1;
}

static bool read_affine(const vx_results_store *store, const char *path, double affine[4][4])
{
    quiet before = hush();
    const hid_t attribute = open_attribute(store, path, "affine", 16);
    const bool good = attribute >= 0 && H5Aread(attribute, H5T_NATIVE_DOUBLE, affine) >= 0;
    if (attribute >= 0)
        H5Aclose(attribute);
    unhush(before);
    return good;
}

vx_status vx_store_volume(const vx_results_store *store, const char *path, const int64_t dim[3], double affine[4][4],
                          float **value, vx_error *error)
{
    const size_t nx = (size_t)dim[0], ny = (size_t)dim[1], nz = (size_t)dim[2], shape[] = {nx, ny, nz};
    float *stored = NULL;
    vx_status status = read_dataset(store, path, H5T_NATIVE_FLOAT, 3, shape, (void **)&stored, error);
    if (status)
        return status;
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
    if (status)
        free(volume);
    else
        *value = volume;
    return status;
}
