/* Volumes of results.h5 that HDF5 packed come back as they were, whatever their chunks; those whose chunks hold more or
 * less than they should are refused. */
#include "results/store.h"

#include <hdf5.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { NX = 7, NY = 5, NZ = 3, PLANE = NY * NZ, VOXELS = NX * PLANE, PLANES = 3, CHUNK = PLANES * PLANE };

static char folder[] = "/tmp/voxstat-store-XXXXXX", path[64];
static const int64_t dim[3] = {NX, NY, NZ};

static int set_up(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/results.h5", mkdtemp(folder) ? folder : "");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

/* Opens a new file with a volume /v of chunks of PLANES planes; the last chunk has one plane inside it. */
static hid_t make(hid_t type, hid_t *volume)
{
    const hsize_t dims[3] = {NX, NY, NZ}, chunk[3] = {PLANES, NY, NZ};
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), made = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(3, dims, NULL);
    assert_true(H5Pset_chunk(made, 3, chunk) >= 0 && H5Pset_shuffle(made) >= 0 && H5Pset_deflate(made, 1) >= 0);
    *volume = H5Dcreate2(file, "v", type, space, H5P_DEFAULT, made, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(made);
    return file;
}

static vx_status read_volume(float **value, vx_error *error)
{
    vx_results_store *store = NULL;
    vx_status status = vx_store_open(path, &store, error);
    if (!status)
        status = vx_store_volume(store, "/v", dim, value, error);
    vx_store_close(store);
    return status;
}

/* Values that compress well, and others that do not. */
static float value_at(bool compresses, int x, int y, int z)
{
    const uint32_t place = (uint32_t)((x * NY + y) * NZ + z), mixed = place * 2654435761u ^ (place << 13) * 40503u;
    float value;
    if (compresses)
        return (float)(x + 10 * y + 100 * z);
    memcpy(&value, &(uint32_t){(mixed & 0x807fffff) | (mixed % 200 + 20) << 23}, sizeof value);
    return value;
}

static void volumes_come_back(void **state)
{
    (void)state;
    for (int compresses = 0; compresses < 2; compresses++)
        for (int bytes = 0; bytes < 2; bytes++) {
            float written[NX][NY][NZ], *read = NULL;
            uint8_t small[NX][NY][NZ];
            vx_error error = {0};
            hid_t volume, file = make(bytes ? H5T_NATIVE_UINT8 : H5T_NATIVE_FLOAT, &volume);
            for (int x = 0; x < NX; x++)
                for (int y = 0; y < NY; y++)
                    for (int z = 0; z < NZ; z++) {
                        written[x][y][z] = value_at(compresses, x, y, z);
                        small[x][y][z] = (uint8_t)(x + y * z);
                    }
            assert_true((bytes ? H5Dwrite(volume, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, small)
                               : H5Dwrite(volume, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, written)) >= 0);
            H5Dclose(volume);
            H5Fclose(file);
            if (read_volume(&read, &error))
                fail_msg("%s", error.message);
            for (int i = 0; i < VOXELS; i++) {
                const int x = i % NX, y = i / NX % NY, z = i / NX / NY;
                assert_true(read[i] == (bytes ? (float)(x + y * z) : written[x][y][z]));
            }
            free(read);
        }
}

/* Every chunk holds `values` floats, packed by all filters or by none. */
static vx_status read_chunks_of(size_t values, bool packed, size_t cut)
{
    static const float zeros[2 * CHUNK];
    static uint8_t bytes[4096];
    uLongf size = sizeof bytes;
    float *read = NULL;
    vx_error error = {0};
    hid_t volume, file = make(H5T_NATIVE_FLOAT, &volume);
    if (packed) /* shuffled zeros are zeros */
        assert_int_equal(compress(bytes, &size, (const Bytef *)zeros, values * sizeof *zeros), Z_OK);
    else
        size = values * sizeof *zeros;
    for (hsize_t x = 0; x < NX; x += PLANES)
        assert_true(H5Dwrite_chunk(volume, H5P_DEFAULT, packed ? 0 : 3, (const hsize_t[]){x, 0, 0}, size - cut,
                                   packed ? (const void *)bytes : zeros) >= 0);
    H5Dclose(volume);
    H5Fclose(file);
    const vx_status status = read_volume(&read, &error);
    free(read);
    return status;
}

static void chunks_of_another_size_are_refused(void **state)
{
    (void)state;
    for (int packed = 0; packed < 2; packed++) {
        assert_int_equal(read_chunks_of(CHUNK, packed, 0), VX_OK);
        assert_int_equal(read_chunks_of(CHUNK - 1, packed, 0), VX_INPUT);
        assert_int_equal(read_chunks_of(CHUNK + 1, packed, 0), VX_INPUT);
        assert_int_equal(read_chunks_of(5, packed, 0), VX_INPUT);
        assert_int_equal(read_chunks_of(CHUNK, packed, 1), VX_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volumes_come_back),
        cmocka_unit_test(chunks_of_another_size_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
