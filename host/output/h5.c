#include "output/h5.h"

#include "base/memory.h"
#include "output/file.h"
#include "results/schema.h"

#include <stdio.h>
#include <string.h>

enum { GROWTH = 1 << 22 };

void vx_h5_check(vx_h5 *h5, bool good)
{
    h5->failed = h5->failed || !good;
}

void vx_h5_begin(vx_h5 *h5)
{
    *h5 = (vx_h5){.file = -1};
    H5Eget_auto2(H5E_DEFAULT, &h5->print, &h5->print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0 && H5Pset_fapl_core(access, GROWTH, false) >= 0)
        h5->file = H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, access); /* the core driver writes no file */
    H5Pclose(access);
    h5->text = H5Tcopy(H5T_C_S1);
    h5->links = H5Pcreate(H5P_LINK_CREATE);
    vx_h5_check(h5, h5->file >= 0 && H5Tset_size(h5->text, H5T_VARIABLE) >= 0 &&
                        H5Tset_cset(h5->text, H5T_CSET_UTF8) >= 0 &&
                        H5Pset_create_intermediate_group(h5->links, 1) >= 0);
}

void vx_h5_at(vx_h5 *h5, const char *group, const char *place, const char *dataset)
{
    free(h5->path);
    h5->path = vx_dataset_path(group, place, dataset);
    vx_h5_check(h5, h5->path);
}

void vx_h5_put(vx_h5 *h5, hid_t type, int rank, const hsize_t *dims, hid_t created, const void *data)
{
    if (h5->failed)
        return;
    hid_t space = rank ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t dataset = H5Dcreate2(h5->file, h5->path, type, space, h5->links, created, H5P_DEFAULT);
    vx_h5_check(h5, dataset >= 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

void vx_h5_put_packed(vx_h5 *h5, hid_t type, const hsize_t dims[3], const void *data)
{
    /* A chunk has about this many values, which are quick to read and unpack. */
    enum { CHUNK_VALUES = 1 << 17, DEFLATE_LEVEL = 1 };
    hsize_t chunk[3] = {CHUNK_VALUES / (dims[1] * dims[2]), dims[1], dims[2]};
    hid_t created = H5Pcreate(H5P_DATASET_CREATE);
    if (chunk[0] < 1)
        chunk[0] = 1;
    if (chunk[0] > dims[0])
        chunk[0] = dims[0];
    vx_h5_check(h5, H5Pset_chunk(created, 3, chunk) >= 0 && H5Pset_shuffle(created) >= 0 &&
                        H5Pset_deflate(created, DEFLATE_LEVEL) >= 0);
    vx_h5_put(h5, type, 3, dims, created, data);
    H5Pclose(created);
}

void vx_h5_put_attribute(vx_h5 *h5, const char *name, hid_t type, int rank, const hsize_t *dims, const void *value)
{
    if (h5->failed)
        return;
    hid_t space = rank ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate_by_name(h5->file, h5->path, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    vx_h5_check(h5, attribute >= 0 && H5Awrite(attribute, type, value) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

void vx_h5_put_text_attribute(vx_h5 *h5, const char *name, const char *value)
{
    const char *text = value ? value : "";
    vx_h5_put_attribute(h5, name, h5->text, 0, NULL, &text);
}

void vx_h5_put_number_attribute(vx_h5 *h5, const char *name, double value)
{
    vx_h5_put_attribute(h5, name, H5T_NATIVE_DOUBLE, 0, NULL, &value);
}

void vx_h5_put_texts(vx_h5 *h5, const char *group, const char *place, const char *dataset, const char *const *text,
                     size_t count)
{
    const hsize_t dims = count;
    vx_h5_at(h5, group, place, dataset);
    vx_h5_put(h5, h5->text, 1, &dims, H5P_DEFAULT, text);
}

void vx_h5_put_column(vx_h5 *h5, const char *group, const char *dataset, const double *value, size_t count,
                      const char *units, const char *description)
{
    const hsize_t dims = count;
    vx_h5_at(h5, group, NULL, dataset);
    vx_h5_put(h5, H5T_NATIVE_DOUBLE, 1, &dims, H5P_DEFAULT, value);
    vx_h5_put_text_attribute(h5, "units", units);
    vx_h5_put_text_attribute(h5, "description", description);
}

/* The bytes of the finished file, in *image, which the caller frees. */
static void take_image(vx_h5 *h5, void **image, size_t *size)
{
    if (h5->failed)
        return;
    vx_h5_check(h5, H5Fflush(h5->file, H5F_SCOPE_GLOBAL) >= 0);
    ssize_t bytes = H5Fget_file_image(h5->file, NULL, 0);
    *image = bytes > 0 ? vx_array((size_t)bytes, 1) : NULL;
    vx_h5_check(h5, *image && H5Fget_file_image(h5->file, *image, (size_t)bytes) == bytes);
    *size = bytes > 0 ? (size_t)bytes : 0;
}

static herr_t take_reason(unsigned depth, const H5E_error2_t *entry, void *text)
{
    if (depth == 0) /* the innermost */
        snprintf(text, 200, "%s: %s", entry->func_name, entry->desc);
    return 0;
}

vx_status vx_h5_end(vx_h5 *h5, const char *path, vx_error *error)
{
    size_t size = 0;
    void *image = NULL;
    char reason[200] = "out of memory";
    vx_status status;
    take_image(h5, &image, &size);
    if (h5->failed) {
        H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, reason);
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", path, reason);
    } else {
        status = vx_write_file(path, image, size, error);
    }
    H5Pclose(h5->links);
    H5Tclose(h5->text);
    H5Fclose(h5->file);
    H5Eset_auto2(H5E_DEFAULT, h5->print, h5->print_data);
    free(h5->path);
    free(image);
    return status;
}
