#include "results/store.h"

#include "base/file.h"
#include "base/memory.h"
#include "results/unpack.h"

#include <errno.h>
#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { RANK_MAX = 3, UNPACKED_PER_BYTE_MAX = 1100 /* deflate reaches 1032 */ };

struct vx_results_store {
    hid_t file;
    char *path;
    uint64_t size; /* of the file, in bytes */
};

/* HDF5 prints its errors by default, and a library must not print. */
typedef struct error_printer { H5E_auto2_t print; void *data; } error_printer;

static error_printer silence(void)
{
    error_printer before = {0};
    H5Eget_auto2(H5E_DEFAULT, &before.print, &before.data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return before;
}

static void restore_printing(error_printer before)
{
    H5Eset_auto2(H5E_DEFAULT, before.print, before.data);
}

/* HDF5 would block on a pipe, and would report a pointer file of git-annex or Git LFS as damage. */
static vx_status check_file(const char *path, uint64_t *size, vx_error *error)
{
    enum { POINTER_BYTES_MAX = 1000 }; /* an empty HDF5 file is larger than a pointer file */
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
    if (*size > POINTER_BYTES_MAX)
        return VX_OK;
    vx_status status = vx_file_read(path, POINTER_BYTES_MAX, &text, &length, error);
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
        error_printer before = silence();
        opened->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        restore_printing(before);
        if (opened->file < 0)
            status = vx_fail(error, VX_INPUT, "%s: is damaged, or not an HDF5 file", path);
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

/* Where a path leads. voxstat makes hard links only; soft and external links may lead out of the file. */
typedef enum link_target { MISSING, HERE, ELSEWHERE } link_target;

static link_target find(const vx_results_store *store, const char *path)
{
    char part[1000];
    const int length = snprintf(part, sizeof part, "%s", path);
    link_target found = *path == '/' && length < (int)sizeof part ? HERE : MISSING;
    error_printer before = silence();
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
    restore_printing(before);
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

/* As "4 x 3". */
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
    return vx_fail(error, VX_INPUT, "%s: %s holds %s values, and %s belong to the rest of the results: the two are not "
                   "of one run", store->path, path, found_text, wanted_text);
}

/* The size of a value in bytes; 0 for a type that voxstat does not write. */
static size_t value_size(hid_t dataset, bool volume)
{
    const hid_t type = H5Dget_type(dataset);
    const hid_t ours[2] = {volume ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE, volume ? H5T_NATIVE_UINT8 : H5T_NATIVE_INT64};
    const bool good = type >= 0 && (H5Tequal(type, ours[0]) > 0 || H5Tequal(type, ours[1]) > 0);
    const size_t size = good ? H5Tget_size(type) : 0;
    if (type >= 0)
        H5Tclose(type);
    return size;
}

/* Whether the layout is voxstat's: shuffled and deflated chunks of complete planes for a volume, contiguous for other
 * numbers. A chunk must not exceed the volume, as HDF5 allocates complete chunks. */
static bool is_packed_as_ours(hid_t made, bool volume, const size_t *shape)
{
    static const H5Z_filter_t filter[2] = {H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE};
    hsize_t chunk[RANK_MAX] = {0};
    bool good = H5Pget_nfilters(made) == (volume ? 2 : 0) && H5Pget_layout(made) == (volume ? H5D_CHUNKED
                                                                                           : H5D_CONTIGUOUS);
    for (unsigned i = 0; good && volume && i < 2; i++) {
        unsigned flags;
        size_t values = 0;
        good = H5Pget_filter2(made, i, &flags, &values, NULL, 0, NULL, NULL) == filter[i];
    }
    return good && (!volume || (H5Pget_chunk(made, RANK_MAX, chunk) == RANK_MAX && chunk[0] >= 1 &&
                                chunk[0] <= shape[0] && chunk[1] == shape[1] && chunk[2] == shape[2]));
}

/* The stored bytes must suffice for the shape; otherwise a small file could make the reader allocate any amount. */
static vx_status check_storage(const vx_results_store *store, const char *path, hid_t dataset, bool volume,
                               const size_t *shape, size_t elements, vx_error *error)
{
    const hid_t made = H5Dget_create_plist(dataset);
    const size_t size = value_size(dataset, volume);
    const H5D_layout_t layout = made < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(made);
    const hsize_t stored = H5Dget_storage_size(dataset);
    vx_status status = VX_OK;
    if (layout == H5D_VIRTUAL || (layout >= 0 && H5Pget_external_count(made) > 0))
        status = lies_elsewhere(store, path, error);
    else if (layout < 0 || !size || !is_packed_as_ours(made, volume, shape) || stored == 0 || stored > store->size ||
             elements / (volume ? UNPACKED_PER_BYTE_MAX : 1) > stored / size)
        status = lacks(store, path, error);
    if (made >= 0)
        H5Pclose(made);
    return status;
}

/* Opens a dataset of the given shape in voxstat's layout. */
static vx_status open_dataset(const vx_results_store *store, const char *path, bool volume, int rank,
                              const size_t *shape, size_t *elements, hid_t *dataset, vx_error *error)
{
    const link_target found = find(store, path);
    *elements = 1;
    if (found != HERE)
        return found == MISSING ? lacks(store, path, error) : lies_elsewhere(store, path, error);
    for (int k = 0; k < rank; k++)
        if (!vx_multiply(*elements, shape[k], elements))
            return lacks(store, path, error);
    *dataset = H5Dopen2(store->file, path, H5P_DEFAULT);
    vx_status status = *dataset < 0 ? lacks(store, path, error)
                                    : check_shape(store, path, *dataset, rank, shape, error);
    return status ? status : check_storage(store, path, *dataset, volume, shape, *elements, error);
}

vx_status vx_store_numbers(const vx_results_store *store, const char *path, int rank, const size_t *shape,
                           double **value, vx_error *error)
{
    double *read = NULL;
    size_t elements;
    hid_t dataset = -1;
    error_printer before = silence();
    vx_status status = open_dataset(store, path, false, rank, shape, &elements, &dataset, error);
    if (!status && !(read = vx_array(elements, sizeof *read)))
        status = vx_fail_memory(error);
    if (!status && H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) < 0)
        status = lacks(store, path, error);
    if (dataset >= 0)
        H5Dclose(dataset);
    restore_printing(before);
    if (status)
        free(read);
    else
        *value = read;
    return status;
}

/* The state of reading a volume, with the memory for one chunk. */
typedef struct chunk_reader {
    const vx_results_store *store;
    const char *path;
    hid_t dataset;
    size_t nx, ny, nz, size; /* of a value: a float, else a byte */
    uint8_t *values, *spare;
} chunk_reader;

/* Reads the packed bytes of the chunk that begins at plane x. HDF5 1.10 must not unpack them: it reads out of bounds
 * where a chunk unpacks to too few bytes. */
static vx_status read_packed(const chunk_reader *c, size_t x, vx_packed *packed, uint8_t **bytes, vx_error *error)
{
    const hsize_t at[RANK_MAX] = {x, 0, 0};
    hsize_t stored = 0;
    uint32_t skipped = 0; /* a bit per filter */
    if (H5Dget_chunk_storage_size(c->dataset, at, &stored) < 0 || stored == 0 || stored > c->store->size)
        return lacks(c->store, c->path, error);
    if (!(*bytes = vx_array(stored, 1)))
        return vx_fail_memory(error);
    if (H5Dread_chunk(c->dataset, H5P_DEFAULT, at, &skipped, *bytes) < 0)
        return lacks(c->store, c->path, error);
    *packed = (vx_packed){*bytes, stored, .shuffled = !(skipped & 1), .deflated = !(skipped & 2)};
    return VX_OK;
}

/* Transposes the planes from x on, [x, y, z], into a volume whose x is fastest, in which all planes of a y and z are
 * neighbours. */
static void put_planes(const chunk_reader *c, size_t x, size_t planes, float *volume)
{
    const size_t plane = c->ny * c->nz, there = c->nx - x < planes ? c->nx - x : planes;
    const float *const wide = (const float *)(const void *)c->values; /* vx_array aligns it */
    for (size_t y = 0; y < c->ny; y++)
        for (size_t z = 0; z < c->nz; z++) {
            const size_t from = y * c->nz + z;
            float *to = volume + x + c->nx * (y + c->ny * z);
            for (size_t p = 0; p < there; p++)
                to[p] = c->size == sizeof *to ? wide[from + p * plane] : c->values[from + p * plane];
        }
}

static vx_status read_chunks(chunk_reader *c, float *volume, vx_error *error)
{
    const hid_t made = H5Dget_create_plist(c->dataset);
    hsize_t chunk[RANK_MAX] = {0};
    vx_status status = H5Pget_chunk(made, RANK_MAX, chunk) == RANK_MAX ? VX_OK : lacks(c->store, c->path, error);
    const size_t count = chunk[0] * c->ny * c->nz; /* no overflow: at most the volume's, which is in memory */
    H5Pclose(made);
    c->size = value_size(c->dataset, true);
    c->values = vx_array(count, c->size);
    c->spare = vx_array(count, c->size);
    if (!status && (!c->values || !c->spare))
        status = vx_fail_memory(error);
    for (size_t x = 0; !status && x < c->nx; x += chunk[0]) {
        vx_packed packed;
        uint8_t *bytes = NULL;
        status = read_packed(c, x, &packed, &bytes, error);
        if (!status && !vx_unpack(&packed, count, c->size, c->spare, c->values))
            status = lacks(c->store, c->path, error);
        if (!status)
            put_planes(c, x, chunk[0], volume);
        free(bytes);
    }
    free(c->values);
    free(c->spare);
    return status;
}

vx_status vx_store_volume(const vx_results_store *store, const char *path, const int64_t dim[3], float **value,
                          vx_error *error)
{
    chunk_reader c = {.store = store, .path = path, .dataset = -1, .nx = (size_t)dim[0], .ny = (size_t)dim[1],
                .nz = (size_t)dim[2]};
    float *volume = NULL;
    size_t elements;
    error_printer before = silence();
    vx_status status = open_dataset(store, path, true, RANK_MAX, (const size_t[]){c.nx, c.ny, c.nz}, &elements,
                                    &c.dataset, error);
    if (!status && !(volume = vx_array(elements, sizeof *volume)))
        status = vx_fail_memory(error);
    if (!status)
        status = read_chunks(&c, volume, error);
    if (c.dataset >= 0)
        H5Dclose(c.dataset);
    restore_printing(before);
    if (status)
        free(volume);
    else
        *value = volume;
    return status;
}
