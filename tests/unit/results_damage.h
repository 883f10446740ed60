/* Ways to damage a dataset of results.h5, for tests/unit/report_damaged.c. */
#ifndef TESTS_UNIT_RESULTS_DAMAGE_H
#define TESTS_UNIT_RESULTS_DAMAGE_H

#include "unit/results_fixture.h"

#include <hdf5.h>

enum { GONE, FEWER, ONE_MORE_AXIS, TEXT, ABSURD, NO_ROWS, NEVER_WRITTEN, NAN_IN_IT, SOFT_LINK, OTHER_FILE, EXTERNAL,
       VIRTUAL, A_GROUP, FOREIGN_FILTER, WAYS };
static const char *const way_name[WAYS] = {"gone", "fewer", "one more axis", "text", "absurd", "no rows",
                                           "never written", "NaN", "soft link", "external link", "external storage",
                                           "virtual", "a group", "foreign filter"};

/* A dataset of the shape, and of values that are 1 where they are written. */
static void put(hid_t file, const char *path, int rank, const hsize_t *dims, hid_t type, hid_t made, bool written)
{
    hid_t space = H5Screate_simple(rank, dims, NULL);
    hid_t set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, made, H5P_DEFAULT);
    assert_true(set >= 0);
    if (written) {
        size_t elements = (size_t)H5Sget_simple_extent_npoints(space);
        double *value = calloc(elements + 1, sizeof *value);
        for (size_t i = 0; i < elements; i++)
            value[i] = 1;
        H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value);
        free(value);
    }
    H5Dclose(set);
    H5Sclose(space);
}

static void damage(hid_t file, const char *path, int way)
{
    hid_t old = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(old), made = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t dims[4] = {1, 1, 1, 1};
    const int rank = H5Sget_simple_extent_dims(space, dims, NULL);
    hsize_t chunk[3] = {1, 1, 1};
    H5Dclose(old);
    H5Sclose(space);
    if (way == SOFT_LINK)
        assert_true(H5Lmove(file, path, file, "/moved", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    else
        assert_true(H5Ldelete(file, path, H5P_DEFAULT) >= 0);
    switch (way) {
    case FEWER:
        dims[0] += dims[0] > 1 ? (hsize_t)-1 : 1;
        put(file, path, rank, dims, H5T_NATIVE_FLOAT, made, true);
        break;
    case ONE_MORE_AXIS: put(file, path, rank + 1, dims, H5T_NATIVE_FLOAT, made, true); break;
    case TEXT: put(file, path, rank, dims, H5T_C_S1, made, false); break;
    case ABSURD:
        dims[0] = 1ULL << 40;
        H5Pset_chunk(made, rank ? rank : 1, chunk);
        put(file, path, rank ? rank : 1, dims, H5T_NATIVE_FLOAT, made, false);
        break;
    case NO_ROWS: dims[0] = 0; put(file, path, rank ? rank : 1, dims, H5T_NATIVE_FLOAT, made, false); break;
    case NEVER_WRITTEN: put(file, path, rank, dims, H5T_NATIVE_FLOAT, made, false); break;
    case NAN_IN_IT: {
        const double nan = NAN;
        H5Pset_fill_value(made, H5T_NATIVE_DOUBLE, &nan);
        H5Pset_alloc_time(made, H5D_ALLOC_TIME_EARLY);
        put(file, path, rank, dims, H5T_NATIVE_DOUBLE, made, false);
        break;
    }
    case SOFT_LINK: H5Lcreate_soft("/moved", file, path, H5P_DEFAULT, H5P_DEFAULT); break;
    case OTHER_FILE: H5Lcreate_external(fixture_path("intact.h5"), path, file, path, H5P_DEFAULT, H5P_DEFAULT); break;
    case EXTERNAL:
        H5Pset_external(made, "/etc/passwd", 0, H5F_UNLIMITED);
        put(file, path, rank, dims, H5T_NATIVE_UINT8, made, false);
        break;
    case VIRTUAL: {
        hid_t all = H5Screate_simple(rank, dims, NULL);
        H5Pset_virtual(made, all, fixture_path("intact.h5"), path, all);
        put(file, path, rank, dims, H5T_NATIVE_FLOAT, made, false);
        H5Sclose(all);
        break;
    }
    case A_GROUP: H5Gclose(H5Gcreate2(file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)); break;
    case FOREIGN_FILTER:
        H5Pset_chunk(made, rank ? rank : 1, chunk);
        H5Pset_fletcher32(made);
        put(file, path, rank ? rank : 1, dims, H5T_NATIVE_FLOAT, made, true);
        break;
    default: break;
    }
    H5Pclose(made);
}

#endif
