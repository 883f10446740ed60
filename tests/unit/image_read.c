/* vx_image_read on files made byte by byte: the values read, and every reason to refuse a file. */
#include "unit/nifti_fixture.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include <zlib.h>

static size_t read_bytes(const char *path, unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t count = fread(bytes, 1, size, file);
    fclose(file);
    return count;
}

/* gzip whatever the name says. */
static void write_gzip(const char *path, const void *bytes, size_t size)
{
    gzFile file = gzopen(path, "wb");
    assert_int_equal(gzwrite(file, bytes, (unsigned)size), (int)size);
    assert_int_equal(gzclose(file), Z_OK);
}

static void expect_refused(const char *path, const char *words)
{
    expect_refused_as(path, VX_ANALYZE_REFUSE, words);
}

static void expect_counting(const vx_image *image)
{
    assert_int_equal(image->grid.dim[0], NX);
    assert_int_equal(image->grid.dim[1], NY);
    assert_int_equal(image->grid.dim[2], NZ);
    for (int v = 0; v < VOXELS; v++)
        assert_true(image->data[v] == (float)v);
}

#define FILL(type)                                                                                                     \
    for (int v = 0; v < VOXELS; v++)                                                                                   \
        ((type *)values)[v] = (type)(v == 0 ? largest : v);                                                            \
    break

/* Voxel 0 holds a value that needs the type's top bits and sign: its largest, or -1 in signed types. */
static void test_every_type(void **state)
{
    static const struct {
        int code, bits;
        double largest;
    } type[] = {{DT_UINT8, 8, 255},           {DT_INT8, 8, -1},           {DT_UINT16, 16, 65535},
                {DT_INT16, 16, -1},           {DT_UINT32, 32, 4294967295}, {DT_INT32, 32, -1},
                {DT_UINT64, 64, 0x1p63},      {DT_INT64, 64, -1},          {DT_FLOAT32, 32, -1.5},
                {DT_FLOAT64, 64, -0.1}};
    (void)state;
    for (size_t t = 0; t < sizeof type / sizeof *type; t++)
        for (int version = 1; version <= 2; version++)
            for (int swap = 0; swap <= 1; swap++) {
                const double largest = type[t].largest;
                const int size = type[t].bits / 8, first = version == 1 ? 352 : 544;
                _Alignas(8) unsigned char values[8 * VOXELS], bytes[1024] = {0};
                nifti_1_header h1 = header(type[t].code, type[t].bits);
                nifti_2_header h2 = {.sizeof_hdr = 540, .magic = "n+2", .dim = {3, NX, NY, NZ}, .pixdim = {1, 2, 2, 2},
                                     .datatype = (int16_t)type[t].code, .bitpix = (int16_t)type[t].bits,
                                     .vox_offset = 544, .qform_code = 1};
                switch (type[t].code) {
                case DT_UINT8: FILL(uint8_t);
                case DT_INT8: FILL(int8_t);
                case DT_UINT16: FILL(uint16_t);
                case DT_INT16: FILL(int16_t);
                case DT_UINT32: FILL(uint32_t);
                case DT_INT32: FILL(int32_t);
                case DT_UINT64: FILL(uint64_t);
                case DT_INT64: FILL(int64_t);
                case DT_FLOAT32: FILL(float);
                case DT_FLOAT64: FILL(double);
                }
                if (swap) {
                    nifti_swap_as_nifti1(&h1);
                    nifti_swap_as_nifti2(&h2);
                }
                memcpy(bytes, version == 1 ? (void *)&h1 : (void *)&h2, version == 1 ? sizeof h1 : sizeof h2);
                for (int k = 0; k < VOXELS * size; k++)
                    bytes[first + k] = values[swap ? k / size * size + size - 1 - k % size : k];
                write_bytes("type.nii", bytes, (size_t)(first + VOXELS * size));
                vx_image image = read_as("type.nii", VX_ANALYZE_REFUSE);
                assert_true(image.data[0] == (float)largest);
                for (int v = 1; v < VOXELS; v++)
                    assert_true(image.data[v] == (float)v);
                vx_image_destroy(&image);
            }
}

static void test_scaling(void **state)
{
    static const struct {
        float slope, inter;
        double expected; /* of the stored value 5 */
    } scale[] = {{2, -1, 9}, {0.5f, 0, 2.5}, {-1, 0, -5}, {0, 7, 5}, {NAN, NAN, 5}, {INFINITY, 1, 5}};
    (void)state;
    for (size_t k = 0; k < sizeof scale / sizeof *scale; k++) {
        nifti_1_header h = header(DT_INT16, 16);
        h.scl_slope = scale[k].slope;
        h.scl_inter = scale[k].inter;
        write_image("scaled.nii", &h);
        vx_image image = read_as("scaled.nii", VX_ANALYZE_REFUSE);
        assert_true(image.data[5] == (float)scale[k].expected);
        vx_image_destroy(&image);
    }
    nifti_1_header h = header(DT_INT16, 16);
    h.scl_slope = 2;
    h.scl_inter = NAN;
    write_image("scaled.nii", &h);
    expect_refused("scaled.nii", "scl_inter");
}

static void test_compression_by_content(void **state)
{
    unsigned char bytes[512];
    nifti_1_header h = header(DT_INT16, 16);
    const size_t size = whole_file(&h, bytes);
    static const char *const name[] = {"named.nii.gz", "unnamed.nii", "no_ending"};
    (void)state;
    for (int k = 0; k < 3; k++) {
        write_gzip(name[k], bytes, size);
        vx_image image = read_as(name[k], VX_ANALYZE_REFUSE);
        expect_counting(&image);
        vx_image_destroy(&image);
        write_bytes(name[k], bytes, size);
        image = read_as(name[k], VX_ANALYZE_REFUSE);
        expect_counting(&image);
        vx_image_destroy(&image);
    }
}

static void test_pairs(void **state)
{
    unsigned char bytes[512];
    nifti_1_header h = header(DT_INT16, 16);
    (void)state;
    whole_file(&h, bytes);
    memcpy(h.magic, "ni1", 4);
    h.vox_offset = 0;
    write_bytes("pair.hdr", &h, sizeof h);
    expect_refused("pair.hdr", ".img file that belongs to it is missing");
    write_gzip("pair.img.gz", bytes + 352, 2 * VOXELS);
    static const char *const name[] = {"pair.hdr", "pair.img.gz"};
    for (int k = 0; k < 2; k++) {
        vx_image image = read_as(name[k], VX_ANALYZE_REFUSE);
        expect_counting(&image);
        vx_image_destroy(&image);
    }
    write_bytes("pair.nii", &h, sizeof h);
    expect_refused("pair.nii", ".hdr/.img pair");
    memcpy(h.magic, "n+1", 4);
    write_bytes("pair.hdr", &h, sizeof h);
    expect_refused("pair.hdr", ".nii");
    expect_refused("nothing.hdr", "No such file");
}

/* Cut anywhere and damaged anywhere, a file is refused, never read in part. */
static void test_truncated_and_damaged(void **state)
{
    unsigned char bytes[512], packed[512];
    nifti_1_header h = header(DT_INT16, 16);
    size_t size = whole_file(&h, bytes);
    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        write_bytes("cut.nii", bytes, cut);
        expect_refused("cut.nii", cut == 0 ? "empty file" : cut < 4 ? "not a NIfTI image" : "truncated");
    }
    write_gzip("complete.nii.gz", bytes, size);
    size = read_bytes("complete.nii.gz", packed, sizeof packed);
    for (size_t cut = 1; cut < size; cut++) {
        write_bytes("cut.nii.gz", packed, cut);
        expect_refused("cut.nii.gz", "");
    }
    for (size_t at = size - 8; at < size - 4; at++) { /* the checksum */
        packed[at] ^= 0x10;
        write_bytes("damaged.nii.gz", packed, size);
        expect_refused("damaged.nii.gz", "damaged gzip data");
        packed[at] ^= 0x10;
    }
}

static void test_refused_by_name(void **state)
{
    nifti_1_header h;
    (void)state;
#define REFUSED(words, ...)                                                                                            \
    h = header(DT_INT16, 16);                                                                                          \
    __VA_ARGS__;                                                                                                       \
    write_image("bad.nii", &h);                                                                                        \
    expect_refused("bad.nii", words)
    REFUSED("not a NIfTI image", h.sizeof_hdr = 347);
    REFUSED("magic", memset(h.magic, 0, 4));
    REFUSED("magic", memcpy(h.magic, "n+2", 4));
    REFUSED("0 dimensions", h.dim[0] = 0);
    REFUSED("8 dimensions", h.dim[0] = 8);
    REFUSED("dimension 2 has length 0", h.dim[2] = 0);
    REFUSED("dimension 1 has length -5", h.dim[1] = -5);
    REFUSED("4-D image with 7 volumes; one 3-D volume", (h.dim[0] = 4, h.dim[4] = 7));
    REFUSED("5-D image with 3 volumes", (h.dim[0] = 5, h.dim[5] = 3));
    REFUSED("truncated: its header promises", (h.dim[1] = h.dim[2] = h.dim[3] = 32767));
    REFUSED("complex", (h.datatype = DT_COMPLEX64, h.bitpix = 64));
    REFUSED("RGB", (h.datatype = DT_RGB24, h.bitpix = 24));
    REFUSED("1-bit", (h.datatype = DT_BINARY, h.bitpix = 1));
    REFUSED("128-bit", (h.datatype = DT_FLOAT128, h.bitpix = 128));
    REFUSED("unknown data type 3", h.datatype = 3);
    REFUSED("bitpix is 8", h.bitpix = 8);
    REFUSED("start at byte 0", h.vox_offset = 0);
    REFUSED("start at byte nan", h.vox_offset = NAN);
    REFUSED("start at byte 1e+30", h.vox_offset = 1e30f);
    REFUSED("start at byte 352.5", h.vox_offset = 352.5f);
    REFUSED("truncated", h.vox_offset = 400);
    REFUSED("singular affine", h.srow_z[2] = 0);
    REFUSED("singular affine", (h.srow_y[0] = h.srow_x[0], h.srow_y[1] = h.srow_x[1]));
    REFUSED("affine holds nan", h.srow_x[3] = NAN);
    REFUSED("singular affine", (h.sform_code = 0, h.pixdim[2] = 0));
    REFUSED("singular affine", (h.sform_code = 0, h.qform_code = 1, h.pixdim[3] = NAN));
#undef REFUSED
}

/* Products of NIfTI-2's 64-bit dimensions wrap around if nobody looks; a gzip file cannot hold 1032 times its size. */
static void test_absurd_sizes(void **state)
{
    static const int64_t dim[][3] = {{1ll << 32, 1ll << 32, 2}, {1ll << 62, 1, 1}, {1ll << 21, 1ll << 21, 1ll << 21},
                                     {100000, 10000, 1}};
    (void)state;
    for (int k = 0; k < 4; k++) {
        nifti_2_header h = {.sizeof_hdr = 540, .magic = "n+2", .dim = {3, dim[k][0], dim[k][1], dim[k][2]},
                            .pixdim = {1, 1, 1, 1}, .datatype = DT_INT16, .bitpix = 16, .vox_offset = 544,
                            .qform_code = 1};
        write_bytes("huge.nii", &h, sizeof h);
        expect_refused("huge.nii", k < 3 ? "overflows" : "truncated");
        write_gzip("huge.nii.gz", &h, sizeof h);
        expect_refused("huge.nii.gz", k < 3 ? "overflows" : "truncated");
    }
}

static void test_not_files(void **state)
{
    (void)state;
    expect_refused("missing.nii", "No such file");
    assert_int_equal(mkdir("folder.nii", 0700), 0);
    expect_refused("folder.nii", "not a regular file");
    assert_int_equal(mkfifo("pipe.nii", 0600), 0);
    expect_refused("pipe.nii", "not a regular file");
    write_bytes("text.nii", "participant_id\tage\n", 19);
    expect_refused("text.nii", "not a NIfTI image");
}

/* Methods 3, 2 and 1. The qform by nibabel:
 *   h = nibabel.Nifti1Header(); h['pixdim'][:4] = [-1, 2, 3, 4]; h['quatern_b'] = .5; h['quatern_c'] = .5
 *   h['quatern_d'] = .5; h['qoffset_x'] = -7; h['qform_code'] = 1; h.get_qform() */
static void test_affine_methods(void **state)
{
    static const double by_nibabel[3][4] = {{0, 0, -4, -7}, {2, 0, 0, 0}, {0, 3, 0, 0}};
    nifti_1_header h = header(DT_INT16, 16);
    vx_image image;
    (void)state;
    h.qform_code = 1;
    h.pixdim[0] = -1;
    h.pixdim[2] = 3;
    h.pixdim[3] = 4;
    h.quatern_b = h.quatern_c = h.quatern_d = 0.5f;
    h.qoffset_x = -7;
    write_image("affine.nii", &h);
    image = read_as("affine.nii", VX_ANALYZE_REFUSE);
    assert_true(image.grid.affine[0][0] == 2 && image.grid.affine[2][3] == -30);
    assert_true(image.grid.qform_code == 1 && image.grid.quatern[1] == 0.5 && image.grid.qfac == -1);
    assert_true(image.grid.qoffset[0] == -7 && image.grid.sform[1][3] == -20 && image.grid.pixdim[2] == 4);
    vx_image_destroy(&image);

    h.sform_code = 0;
    write_image("affine.nii", &h);
    image = read_as("affine.nii", VX_ANALYZE_REFUSE);
    for (int k = 0; k < 12; k++) /* halves and integers: exact in double */
        assert_true(fabs(image.grid.affine[k / 4][k % 4] - by_nibabel[k / 4][k % 4]) < 1e-12);
    vx_image_destroy(&image);

    h.qform_code = 0; /* sizes alone, about the middle, to the side that is said */
    write_image("affine.nii", &h);
    expect_refused("affine.nii", "without orientation");
    expect_refused("affine.nii", "--orientation neurological");
    for (int side = VX_ANALYZE_NEUROLOGICAL; side <= VX_ANALYZE_RADIOLOGICAL; side++) {
        const double x = side == VX_ANALYZE_RADIOLOGICAL ? -2 : 2;
        image = read_as("affine.nii", (vx_analyze_orientation)side);
        assert_true(image.grid.affine[0][0] == x && image.grid.affine[1][1] == 3 && image.grid.affine[2][2] == 4);
        assert_true(image.grid.affine[0][3] == -x && image.grid.affine[1][3] == -1.5 && image.grid.affine[0][1] == 0);
        assert_true(image.grid.sform_code > 0 && image.grid.sform[0][0] == x && image.grid.qform_code == 0);
        vx_image_destroy(&image);
    }
}

/* A slice, and a fourth dimension of 1, are volumes too; dimensions beyond dim[0] mean nothing. */
static void test_dimensions_of_one(void **state)
{
    nifti_1_header h = header(DT_INT16, 16);
    (void)state;
    h.dim[0] = 4;
    h.dim[5] = 99;
    write_image("one.nii", &h);
    vx_image image = read_as("one.nii", VX_ANALYZE_REFUSE);
    expect_counting(&image);
    vx_image_destroy(&image);
    h.dim[0] = 2;
    h.dim[3] = 0;
    write_image("one.nii", &h);
    image = read_as("one.nii", VX_ANALYZE_REFUSE);
    assert_true(image.grid.dim[0] == NX && image.grid.dim[1] == NY && image.grid.dim[2] == 1);
    vx_image_destroy(&image);
}

/* The origin: SPM's field, 1-based voxel (2, 1, 2), in either byte order; the centre where it is empty or absurd. */
static void test_analyze(void **state)
{
    unsigned char bytes[512], raw[348];
    nifti_1_header h = header(DT_INT16, 16);
    (void)state;
    whole_file(&h, bytes);
    write_bytes("spm.img", bytes + 352, 2 * VOXELS);
    for (int swap = 0; swap <= 1; swap++)
        for (int kind = 0; kind < 3; kind++) {
            const int16_t origin[3][3] = {{2, 1, 2}, {0, 0, 0}, {2, 1, 26740}};
            h = header(DT_INT16, 16);
            memset(&h.qform_code, 0, sizeof h - offsetof(nifti_1_header, qform_code));
            h.vox_offset = 0;
            h.scl_slope = 0.5f;
            h.scl_inter = NAN;
            if (swap)
                nifti_swap_as_nifti1(&h);
            memcpy(raw, &h, sizeof raw);
            for (int k = 0; k < 3; k++) {
                raw[253 + 2 * k + swap] = (unsigned char)(origin[kind][k] & 255);
                raw[254 + 2 * k - swap] = (unsigned char)(origin[kind][k] >> 8);
            }
            write_bytes("spm.hdr", raw, sizeof raw);
            expect_refused("spm.hdr", "--orientation neurological");
            vx_image left = read_as("spm.hdr", VX_ANALYZE_NEUROLOGICAL);
            vx_image right = read_as("spm.img", VX_ANALYZE_RADIOLOGICAL);
            const double zero[3] = {1, kind == 0 ? 0 : 0.5, kind == 0 ? 1 : 0.5};
            for (int k = 0; k < 3; k++) {
                const double sign = k == 0 ? -1 : 1;
                assert_true(left.grid.affine[k][k] == 2 && left.grid.affine[k][3] == -2 * zero[k]);
                assert_true(right.grid.affine[k][k] == 2 * sign && right.grid.affine[k][3] == -2 * sign * zero[k]);
                assert_true(left.grid.sform[k][3] == left.grid.affine[k][3] && left.grid.sform_code > 0);
            }
            if (!swap)
                assert_true(left.data[5] == 2.5f && right.data[5] == 2.5f); /* SPM's scale factor */
            vx_image_destroy(&left);
            vx_image_destroy(&right);
        }
    write_bytes("spm.nii", raw, sizeof raw);
    expect_refused_as("spm.nii", VX_ANALYZE_NEUROLOGICAL, "not a NIfTI image");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_scaling),
        cmocka_unit_test(test_compression_by_content),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_truncated_and_damaged),
        cmocka_unit_test(test_refused_by_name),
        cmocka_unit_test(test_absurd_sizes),
        cmocka_unit_test(test_not_files),
        cmocka_unit_test(test_affine_methods),
        cmocka_unit_test(test_dimensions_of_one),
        cmocka_unit_test(test_analyze),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
