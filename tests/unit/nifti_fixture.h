/* NIfTI files made byte by byte in a temporary folder, and calls of vx_image_read on them. */
#ifndef TESTS_UNIT_NIFTI_FIXTURE_H
#define TESTS_UNIT_NIFTI_FIXTURE_H

#include "unit/folder_fixture.h"
#include "voxstat/image.h"

#include <nifti2_io.h>

enum { NX = 3, NY = 2, NZ = 2, VOXELS = NX * NY * NZ };

static inline void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* Voxels of 2 mm with an sform that puts the first voxel at (-10, -20, -30). */
static inline nifti_1_header header(int datatype, int bits)
{
    nifti_1_header h = {.sizeof_hdr = 348, .dim = {3, NX, NY, NZ, 1, 1, 1, 1}, .datatype = (short)datatype,
                        .bitpix = (short)bits, .pixdim = {1, 2, 2, 2}, .vox_offset = 352, .sform_code = 1,
                        .srow_x = {2, 0, 0, -10}, .srow_y = {0, 2, 0, -20}, .srow_z = {0, 0, 2, -30}, .magic = "n+1"};
    return h;
}

/* A complete file: header, padding, 12 voxels 0, 1, 2 … as int16. Returns its size. */
static inline size_t whole_file(const nifti_1_header *h, unsigned char *bytes)
{
    memset(bytes, 0, 352);
    memcpy(bytes, h, sizeof *h);
    for (int v = 0; v < VOXELS; v++) {
        int16_t value = (int16_t)v;
        memcpy(bytes + 352 + 2 * v, &value, 2);
    }
    return 352 + 2 * VOXELS;
}

static inline void write_image(const char *path, const nifti_1_header *h)
{
    unsigned char bytes[512];
    write_bytes(path, bytes, whole_file(h, bytes));
}

static inline vx_image read_as(const char *path, vx_analyze_orientation analyze)
{
    vx_image image;
    if (vx_image_read(path, analyze, &image, &error))
        fail_msg("%s", error.message);
    return image;
}

static inline void expect_refused_as(const char *path, vx_analyze_orientation analyze, const char *words)
{
    vx_image image = {.data = (float *)&error};
    vx_status status = vx_image_read(path, analyze, &image, &error);
    if (status != VX_INPUT || !strstr(error.message, words) || !strstr(error.message, path))
        fail_msg("expected '%s', found status %d: %s", words, status, error.message);
    assert_ptr_equal(image.data, &error); /* untouched */
}

#endif
