/* Fuzz target: results.h5 of a results folder, edited through HDF5. Every input is a list of edits of a file that a run
 * wrote; the edited file is read or refused with a message, without a crash or leak.
 *
 * The edits give valid HDF5 that voxstat would not write. Invalid HDF5 is not tested: the library must refuse it, and
 * HDF5 1.10 allocates gigabytes for some. */
#include "results.h"

#include <hdf5.h>
#include <math.h>

enum { OBJECTS_MAX = 512, PATH_SIZE = 200, EDIT_BYTES = 8, EDITS_MAX = 16 };

static struct object {
    char name[PATH_SIZE];
    int rank;
    hsize_t dims[H5S_MAX_RANK];
} object[OBJECTS_MAX];
static size_t objects, intact_size;
static uint8_t intact[1 << 20]; /* the file as the run wrote it */

static void require(bool good)
{
    if (!good)
        abort();
}

static herr_t add_object(hid_t group, const char *name, const H5O_info_t *about, void *file)
{
    struct object *o = &object[objects];
    (void)group;
    if (!strcmp(name, "."))
        return 0;
    require(objects < OBJECTS_MAX && snprintf(o->name, PATH_SIZE, "/%s", name) < PATH_SIZE);
    objects++;
    if (about->type != H5O_TYPE_DATASET)
        return 0;
    const hid_t dataset = H5Dopen2(*(hid_t *)file, name, H5P_DEFAULT), space = H5Dget_space(dataset);
    o->rank = H5Sget_simple_extent_dims(space, o->dims, NULL);
    H5Sclose(space);
    H5Dclose(dataset);
    return 0;
}

/* Numbers that are rare in files. */
static double value(uint8_t byte)
{
    static const double rare[] = {NAN, INFINITY, -INFINITY, -1, 0, 1e300, 0.5, 2, -1e-300, 4294967296.0};
    return rare[byte % (sizeof rare / sizeof *rare)];
}

static hid_t type_of(uint8_t byte)
{
    const hid_t type[] = {H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE, H5T_NATIVE_UINT8,  H5T_NATIVE_INT64,
                          H5T_IEEE_F32BE,   H5T_IEEE_F64BE,    H5T_NATIVE_UINT64, H5T_C_S1};
    return type[byte % (sizeof type / sizeof *type)];
}

/* Whether and how the values are stored, from the bits of one byte. */
static hid_t layout_of(uint8_t byte, int rank, const hsize_t *dims)
{
    const hid_t made = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[H5S_MAX_RANK], all = 1;
    for (int k = 0; k < rank; k++) {
        chunk[k] = byte & 1 || dims[k] < 2 ? dims[k] + !dims[k] : dims[k] / 2;
        all *= dims[k];
    }
    if (byte & 2 && rank)
        H5Pset_chunk(made, rank, chunk);
    if (byte & 4)
        H5Pset_shuffle(made);
    if (byte & 8)
        H5Pset_deflate(made, 1);
    if (byte & 16)
        H5Pset_fletcher32(made);
    if ((byte & 0xe3) == 0x20)
        H5Pset_external(made, "/dev/zero", 0, all * 8 + 8);
    if ((byte & 0xe3) == 0x40)
        H5Pset_layout(made, H5D_COMPACT);
    return made;
}

/* A dataset in the place of an object, of nearly its shape. e: type, axis and its new length, layout, value. */
static void put_dataset(hid_t file, const struct object *o, const uint8_t *e)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    const int rank = e[1] & 0x80 ? e[1] % 5 : o->rank;
    double fill = value(e[5]);
    memcpy(dims, o->dims, sizeof dims);
    if (e[1] & 0x40 && rank)
        dims[e[1] % rank] = e[2];
    const hid_t space = H5Screate_simple(rank, dims, NULL), made = layout_of(e[3], rank, dims), type = type_of(e[0]);
    if (e[4] & 1)
        H5Pset_fill_value(made, H5T_NATIVE_DOUBLE, &fill);
    H5Ldelete(file, o->name, H5P_DEFAULT);
    const hid_t dataset = H5Dcreate2(file, o->name, type, space, H5P_DEFAULT, made, H5P_DEFAULT);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    double *values = calloc(count > 0 ? (size_t)count : 1, sizeof *values);
    require(values != NULL);
    for (hssize_t i = 0; i < count; i++)
        values[i] = e[4] & 2 ? fill : 1;
    if (dataset >= 0 && !(e[4] & 4) && !(e[3] & 0x20))
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    free(values);
    H5Dclose(dataset);
    H5Pclose(made);
    H5Sclose(space);
}

/* One value of a dataset, or all from one on. */
static void put_value(hid_t file, const struct object *o, const uint8_t *e)
{
    const hid_t dataset = H5Dopen2(file, o->name, H5P_DEFAULT);
    const hid_t space = dataset < 0 ? -1 : H5Dget_space(dataset);
    const hssize_t count = space < 0 ? 0 : H5Sget_simple_extent_npoints(space);
    double *values = calloc(count > 0 ? (size_t)count : 1, sizeof *values);
    require(values != NULL);
    if (count > 0 && H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) {
        const hssize_t first = (e[0] + 256 * e[1]) % count;
        for (hssize_t i = first; i < (e[3] & 1 ? count : first + 1); i++)
            values[i] = value(e[2]);
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    }
    free(values);
    H5Sclose(space);
    H5Dclose(dataset);
}

/* e: the edit, its object, another object, and the edit's parameters. */
static void edit(hid_t file, const uint8_t *e)
{
    const struct object *o = &object[e[1] % objects], *other = &object[e[2] % objects];
    const int which = e[0] % 7;
    if (which == 0)
        put_dataset(file, o, e + 2);
    else if (which == 1)
        put_value(file, o, e + 2);
    else if (o != other && which < 6)
        H5Ldelete(file, o->name, H5P_DEFAULT);
    if (which == 2)
        H5Lmove(file, other->name, file, o->name, H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 3)
        H5Lcreate_soft(other->name, file, o->name, H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 4)
        H5Lcreate_hard(file, other->name, file, o->name, H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 5)
        H5Gclose(H5Gcreate2(file, o->name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    else if (which == 6)
        H5Lcreate_external("/dev/shm/none.h5", other->name, file, o->name, H5P_DEFAULT, H5P_DEFAULT);
}

int LLVMFuzzerInitialize(int *count, char ***argument)
{
    (void)count;
    (void)argument;
    fuzz_folder(NULL);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file = H5Fopen(fixture_path("results.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    require(file >= 0 && H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, add_object, &file) >= 0 && objects);
    H5Fclose(file);
    FILE *stream = fopen(fixture_path("results.h5"), "rb");
    require(stream && (intact_size = fread(intact, 1, sizeof intact, stream)) > 0 && intact_size < sizeof intact);
    fclose(stream);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_put(fixture_path("results.h5"), intact, intact_size);
    const hid_t file = H5Fopen(fixture_path("results.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    require(file >= 0);
    for (size_t i = 0; i + EDIT_BYTES <= size && i < (size_t)EDITS_MAX * EDIT_BYTES; i += EDIT_BYTES)
        edit(file, data + i);
    H5Fclose(file);
    fuzz_read();
    return 0;
}
