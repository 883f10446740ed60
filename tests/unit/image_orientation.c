/* The position of a volume from its header: faulty qforms, lengths not in millimetres, and headers without a volume.
 * The expected numbers are computed by hand from the fields. */
#include "unit/nifti_fixture.h"

#include <math.h>

static vx_image read_good(const char *path)
{
    return read_as(path, VX_ANALYZE_REFUSE);
}

/* An invalid qform is refused where it is the only orientation; beside an sform it is ignored. Negative voxel sizes are
 * accepted, since a sign has no meaning in pixdim. */
static void test_faulty_qform(void **state)
{
    static const struct {
        float qfac, b, x;
        const char *words; /* null: a good one */
    } is[] = {{1, 0.5f, 7, NULL}, {0, 0.5f, 7, NULL}, {-1, 1, 7, NULL}, {1, 1.01f, 7, "longer than 1"},
              {1, NAN, 7, "not finite"}, {1, 0.5f, INFINITY, "not finite"}, {NAN, 0.5f, 7, "not finite"},
              {3, 0.5f, 7, "pixdim[0]"}};
    (void)state;
    for (size_t k = 0; k < sizeof is / sizeof *is; k++) {
        nifti_1_header h = header(DT_INT16, 16);
        h.qform_code = 1;
        h.pixdim[0] = is[k].qfac;
        h.pixdim[1] = -2;
        h.quatern_b = is[k].b;
        h.qoffset_x = is[k].x;
        write_image("qform.nii", &h);
        vx_image image = read_good("qform.nii");
        assert_true(image.grid.affine[0][3] == -10 && image.grid.pixdim[0] == 2);
        assert_true(is[k].words ? image.grid.qform_code == 0 && image.grid.quatern[0] == 0 && image.grid.qoffset[0] == 0
                                : image.grid.qform_code == 1 && image.grid.qoffset[0] == 7);
        vx_image_destroy(&image);
        h.sform_code = 0;
        write_image("qform.nii", &h);
        if (is[k].words) {
            expect_refused_as("qform.nii", VX_ANALYZE_REFUSE, is[k].words);
            expect_refused_as("qform.nii", VX_ANALYZE_RADIOLOGICAL, is[k].words);
            continue;
        }
        image = read_good("qform.nii");
        assert_true(fabs(image.grid.affine[0][0] - 2) < 1e-6 && image.grid.affine[0][3] == 7); /* b turns about x */
        vx_image_destroy(&image);
    }
}

/* Micrometres and metres become mm, in every length of the grid; seconds beside them (8) change nothing. */
static void test_units(void **state)
{
    static const struct {
        int units;
        double mm;
    } is[] = {{0, 1}, {2, 1}, {1, 1000}, {3, 1e-3}, {3 + 8, 1e-3}, {7, 1}};
    (void)state;
    for (size_t k = 0; k < sizeof is / sizeof *is; k++)
        for (int code = 0; code < 3; code++) { /* sform, qform, neither */
            nifti_1_header h = header(DT_INT16, 16);
            h.xyzt_units = (char)is[k].units;
            h.sform_code = code == 0;
            h.qform_code = code < 2;
            h.qoffset_x = -10;
            write_image("units.nii", &h);
            vx_image image = read_as("units.nii", VX_ANALYZE_NEUROLOGICAL);
            const double x = code < 2 ? -10 : -2, mm = is[k].mm;
            assert_true(fabs(image.grid.affine[0][0] - 2 * mm) < 1e-12 * mm);
            assert_true(fabs(image.grid.affine[0][3] - x * mm) < 1e-11 * mm);
            assert_true(fabs(image.grid.pixdim[2] - 2 * mm) < 1e-12 * mm);
            if (code != 1)
                assert_true(fabs(image.grid.sform[0][3] - x * mm) < 1e-11 * mm);
            if (code < 2)
                assert_true(fabs(image.grid.qoffset[0] - x * mm) < 1e-11 * mm);
            vx_image_destroy(&image);
        }
}

/* FreeSurfer puts a length that does not fit in 16 bits into glmin. */
static void test_surface(void **state)
{
    nifti_1_header h = header(DT_INT16, 16);
    (void)state;
    h.dim[1] = -1;
    h.dim[2] = h.dim[3] = 1;
    h.glmin = 163842;
    write_image("surface.nii", &h);
    expect_refused_as("surface.nii", VX_ANALYZE_REFUSE, "FreeSurfer surface");
    expect_refused_as("surface.nii", VX_ANALYZE_REFUSE, "163842 vertices");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faulty_qform),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_surface),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
