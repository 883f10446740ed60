/* Regions on a modality: an oblique atlas on another grid against NumPy, as labels and as probabilities; coverage where
 * the field of view cuts regions; means; planned regions.
 *
 * The literals are NumPy's:
 *
 *   c, s = cos(.4), sin(.4)
 *   A = [[3c, -3s, 0, -5], [3s, 3c, .5, -7], [0, -.4, 2.5, -3.5], [0, 0, 0, 1]]      6 x 5 x 4 voxels
 *   x, y, z = indices((6, 5, 4)); label = array([0, 300, 70000, 7])[(x + 2y + 3z) // 4 % 4]
 *   G = diag([2, 2, 2, 1]), G[:3, 3] = [-6, -4, -2]                                  7 x 8 x 5 voxels
 *   i, j, k = indices((7, 8, 5)); mask = (i + j * k) % 3 != 0; image = 100 + i + 10 j - 7 k k
 *   on = label[floor((inv(A) @ G @ [i, j, k, 1])[:3] + .5)], 0 outside
 *   out = floor((inv(G) @ A @ [x, y, z, 1])[:3] + .5) outside the 7 x 8 x 5 voxels
 *   inside = ((on == l) & mask).sum(); total = (on == l).sum() + det(A) / det(G) * (out & (label == l)).sum()
 *   mean = image[(on == l) & mask].mean()
 *
 * and for probabilities P = 10 (1 + (x + y) % 9) per cent in the voxels of the label: sums of P / 100 instead of
 * counts. */
#include "unit/atlas_fixture.h"

enum { AX = 6, AY = 5, AZ = 4, A = AX * AY * AZ, GX = 7, GY = 8, GZ = 5, G = GX * GY * GZ, REGIONS = 3 };

static const int32_t region_label[REGIONS] = {7, 300, 70000};
static const double numpy_inside[REGIONS] = {42, 22, 33};
static const double numpy_total[REGIONS] = {89.05263659640173, 80.10527319280347, 100.98685276735368};
static const double numpy_mean[REGIONS] = {113.16666666666667, 112.31818181818181, 105.57575757575758};
static const double numpy_p_inside[REGIONS] = {24.8, 9.8, 14.2};
static const double numpy_p_total[REGIONS] = {50.63816034074585, 35.40658314948645, 51.08026961786723};
static const double numpy_p_mean[REGIONS] = {122.33870967741935, 120.83673469387755, 113.0774647887324};

static vx_grid atlas_grid(void)
{
    static const double affine[4][4] = {{2.763182982008655, -1.1682550269259515, 0.0, -5.0},
                                        {1.1682550269259515, 2.763182982008655, 0.5, -7.0},
                                        {0.0, -0.4, 2.5, -3.5},
                                        {0.0, 0.0, 0.0, 1.0}};
    vx_grid grid = vx_grid_new(AX, AY, AZ, 1, (const double[]){0, 0, 0});
    memcpy(grid.affine, affine, sizeof affine);
    memcpy(grid.sform, affine, sizeof grid.sform);
    return grid;
}

static int32_t label_at(int v)
{
    static const int32_t of[] = {0, 300, 70000, 7};
    return of[(v % AX + 2 * (v / AX % AY) + 3 * (v / AX / AY)) / 4 % 4];
}

static vx_space space;
static vx_matrix *matrix;
static vx_sources sources;
static const vx_session_image session = {"image.nii", "pet", 1, {0}};
static const vx_volume_row row = {"sub-1", &session, 1};

/* The probabilities as a 4-D file of float32, an sform rounded to float. */
static void put_probabilities(const char *path, float scale)
{
    const vx_grid grid = atlas_grid();
    nifti_1_header h = {.sizeof_hdr = 348, .dim = {4, AX, AY, AZ, REGIONS, 1, 1, 1}, .datatype = DT_FLOAT32,
                        .bitpix = 32, .pixdim = {1, 3, 3, 3, 1}, .vox_offset = 352, .sform_code = 2, .magic = "n+1"};
    float *const srow[3] = {h.srow_x, h.srow_y, h.srow_z};
    const char none[4] = {0};
    for (int k = 0; k < 3; k++)
        for (int c = 0; c < 4; c++)
            srow[k][c] = (float)grid.affine[k][c];
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(&h, sizeof h, 1, file) + fwrite(none, 4, 1, file), 2);
    for (int r = 0; r < REGIONS; r++)
        for (int v = 0; v < A; v++) {
            const float value = label_at(v) == region_label[r] ? scale * (float)(1 + (v % AX + v / AX % AY) % 9) : 0;
            assert_int_equal(fwrite(&value, sizeof value, 1, file), 1);
        }
    fclose(file);
}

static int make_all(void **state)
{
    const vx_grid grid = vx_grid_new(GX, GY, GZ, 2, (const double[]){-6, -4, -2}), oblique = atlas_grid();
    int64_t index[G], elements = 0;
    int32_t label[A];
    float image[G];
    if (make_folder(state))
        return -1;
    for (int v = 0; v < A; v++)
        label[v] = label_at(v);
    put_labels("a.nii", &oblique, label);
    put_text("a.tsv", "index\tname\n70000\tinsula\n7\tcaudate\n300\tputamen\n");
    put_probabilities("p.nii", 10);
    put_text("p.tsv", "index\tname\n1\tcaudate\n2\tputamen\n3\tinsula\n");
    for (int v = 0; v < G; v++) {
        const int i = v % GX, j = v / GX % GY, k = v / GX / GY;
        if ((i + j * k) % 3)
            index[elements++] = v;
        image[v] = (float)(100 + i + 10 * j - 7 * k * k);
    }
    put_image("image.nii", &grid, image);
    if (vx_space_on_grid(&grid, elements, index, &space, &error))
        return -1;
    const vx_mask_options mask = VX_OPTIONS(vx_mask_options, .keep_zeros = true);
    return vx_sources_init(&row, 1, &mask, true, &sources, &error) ||
           vx_matrix_from_sources(&sources, 1, NULL, &matrix, NULL, &error);
}

static int remove_all(void **state)
{
    vx_space_destroy(&space);
    vx_matrix_free(matrix);
    vx_sources_destroy(&sources);
    return remove_folder(state);
}

static vx_regions regions_on(const vx_atlas *atlas)
{
    vx_regions regions;
    vx_source source = {.path = atlas->path};
    if (vx_regions_on(atlas, &source, &space, "image.nii", &regions, &error))
        fail_msg("%s", error.message);
    assert_int_equal(source.steps, 1);
    assert_string_equal(source.step->name, "nearest");
    assert_int_equal(strlen(source.file[0].sha256), 64);
    vx_source_destroy(&source);
    return regions;
}

/* `rounding` is that of float32 weights. */
static void expect_figures(const vx_regions *regions, const double *inside, const double *total, const double *mean,
                           double rounding)
{
    vx_voxel_set set[REGIONS];
    vx_means *means;
    for (int r = 0; r < REGIONS; r++) {
        const vx_region *region = &regions->region[r];
        set[r] = vx_region_voxels(region);
        assert_int_equal(region->voxels, (int64_t)numpy_inside[r]);
        assert_true(fabs(region->inside / inside[r] - 1) <= rounding);
        assert_true(fabs(region->total / total[r] - 1) <= rounding + 1e-7); /* the file's affine is float32 */
        assert_true(fabs(vx_region_coverage(region) - inside[r] / total[r]) <= rounding + 1e-7);
    }
    assert_int_equal(vx_means_read(&sources, set, REGIONS, 1, &means, &error), VX_OK);
    for (int r = 0; r < REGIONS; r++)
        assert_true(fabs(means->region[0][r] / mean[r] - 1) <= rounding + 1e-14);
    vx_means_free(means);
}

static void test_labels(void **state)
{
    vx_atlas atlas = read_atlas("a.nii", NULL, NULL);
    (void)state;
    vx_regions regions = regions_on(&atlas);
    assert_string_equal(regions.region[1].name, "putamen");
    assert_null(regions.region[1].weight);
    expect_figures(&regions, numpy_inside, numpy_total, numpy_mean, 0);
    vx_regions_destroy(&regions);
    vx_atlas_destroy(&atlas);
}

/* Per cent, and the same as shares. */
static void test_probabilities(void **state)
{
    (void)state;
    for (int shares = 0; shares < 2; shares++) {
        if (shares)
            put_probabilities("p.nii", 0.1f);
        vx_atlas atlas = read_atlas("p.nii", NULL, NULL);
        assert_true(atlas.probabilities && atlas.regions == REGIONS);
        vx_regions regions = regions_on(&atlas);
        assert_string_equal(regions.region[2].name, "insula");
        expect_figures(&regions, numpy_p_inside, numpy_p_total, numpy_p_mean, 1e-7);
        vx_regions_destroy(&regions);
        vx_atlas_destroy(&atlas);
    }
    put_probabilities("p.nii", -1);
    vx_atlas atlas = read_atlas("p.nii", NULL, NULL);
    vx_source source = {.path = "p.nii"};
    vx_regions regions;
    expect_error(vx_regions_on(&atlas, &source, &space, "image.nii", &regions, &error),
                 "p.nii: region caudate has the value -");
    vx_source_destroy(&source);
    vx_atlas_destroy(&atlas);
    put_text("four.tsv", "index\tname\n0\ta\n1\tb\n2\tc\n3\td\n");
    expect_error(vx_atlas_read("p.nii", "four.tsv", VX_ANALYZE_REFUSE, NULL, &atlas, &error),
                 "four.tsv: 4 names, and p.nii has 3 volumes");
    put_text("gap.tsv", "index\tname\n0\ta\n1\tb\n3\td\n");
    expect_error(vx_atlas_read("p.nii", "gap.tsv", VX_ANALYZE_REFUSE, NULL, &atlas, &error), "with gaps");
}

/* Coverages of 0.472, 0.275 and 0.327; the union of the last two is (22 + 33) / (80.105 + 100.987) = 0.3037. */
static void test_planned(void **state)
{
    vx_atlas atlas = read_atlas("a.nii", NULL, NULL);
    vx_regions regions = regions_on(&atlas), planned;
    vx_region_plan plan;
    vx_remarks remarks = {0};
    vx_space names;
    (void)state;
    put_text("planned.tsv", "region\tfamily\tmembers\nsmall\tsecondary\tputamen\nboth\tprimary\tputamen + insula\n"
             "caudate\tprimary\tn/a\n");
    assert_int_equal(vx_region_plan_read("planned.tsv", &atlas, &plan, &error), VX_OK);
    assert_int_equal(vx_regions_plan(&regions, &plan, 0.3, true, &remarks, &planned, &error), VX_OK);
    assert_true(fabs(vx_region_coverage(&planned.region[1]) - 55 / (80.10527319280347 + 100.98685276735368)) < 1e-7);
    assert_int_equal(planned.region[1].voxels, 55);
    for (int64_t v = 1; v < 55; v++)
        assert_true(planned.region[1].index[v] > planned.region[1].index[v - 1]);
    assert_string_equal(planned.region[1].family, "primary");
    assert_int_equal(remarks.count, 1);
    assert_string_equal(remarks.text[0], "1 of 3 regions are not tested, because the mask covers less than --coverage "
                        "0.3 of each: small (0.27)");
    assert_int_equal(vx_regions_space(&planned, &names, &error), VX_OK);
    assert_int_equal(names.elements, 2);
    assert_string_equal(names.name[0], "both");
    assert_string_equal(names.name[1], "caudate");
    assert_string_equal(names.plural, "regions");
    vx_space_destroy(&names);
    vx_remarks_destroy(&remarks);
    vx_regions_destroy(&planned);
    expect_error(vx_regions_plan(&regions, &plan, 0.9, true, &remarks, &planned, &error),
                 "the mask covers no region of the atlas to --coverage 0.9");
    regions.region[1].voxels = 0; /* as if the mask left the putamen out */
    regions.region[1].inside = 0;
    expect_error(vx_regions_plan(&regions, &plan, 0.1, true, &remarks, &planned, &error),
                 "region small has no voxel in the mask");
    assert_int_equal(vx_regions_plan(&regions, &plan, 0.1, false, &remarks, &planned, &error), VX_OK);
    assert_false(planned.region[0].tested);
    vx_remarks_destroy(&remarks);
    vx_regions_destroy(&planned);
    vx_region_plan_destroy(&plan);
    vx_regions_destroy(&regions);
    vx_atlas_destroy(&atlas);
}

/* Probabilities of two members at one voxel are added. */
static void test_union_of_probabilities(void **state)
{
    static int64_t one[] = {2, 5}, other[] = {3, 5};
    static float weight[] = {0.25f, 0.5f}, more[] = {0.125f, 0.25f};
    vx_region region[] = {{.name = "a", .index = one, .weight = weight, .voxels = 2, .inside = 0.75, .total = 1},
                          {.name = "b", .index = other, .weight = more, .voxels = 2, .inside = 0.375, .total = 1}};
    int64_t member[] = {0, 1};
    vx_planned_region all = {.name = "all", .family = "mine", .member = member, .members = 2};
    const vx_region_plan plan = {.region = &all, .regions = 1};
    const vx_regions regions = {region, 2};
    vx_regions planned;
    (void)state;
    assert_int_equal(vx_regions_plan(&regions, &plan, 0.5, true, NULL, &planned, &error), VX_OK);
    assert_int_equal(planned.region->voxels, 3);
    assert_true(planned.region->index[2] == 5 && planned.region->weight[2] == 0.75f);
    assert_true(planned.region->weight[0] == 0.25f && planned.region->weight[1] == 0.125f);
    assert_true(planned.region->inside == 1.125 && planned.region->total == 2);
    vx_regions_destroy(&planned);
}

static void test_another_space(void **state)
{
    vx_grid far = atlas_grid();
    int32_t label[A];
    vx_regions regions;
    vx_source source = {.path = "far.nii"};
    (void)state;
    for (int v = 0; v < A; v++)
        label[v] = label_at(v);
    far.affine[0][3] = far.sform[0][3] = 100;
    put_labels("far.nii", &far, label);
    vx_atlas atlas = read_atlas("far.nii", "a.tsv", NULL);
    expect_error(vx_regions_on(&atlas, &source, &space, "image.nii", &regions, &error),
                 "atlas: far.nii: 100 % of it lie outside the grid of image.nii: it is in another space");
    vx_source_destroy(&source);
    vx_atlas_destroy(&atlas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels), cmocka_unit_test(test_probabilities), cmocka_unit_test(test_planned),
        cmocka_unit_test(test_union_of_probabilities), cmocka_unit_test(test_another_space),
    };
    return cmocka_run_group_tests(tests, make_all, remove_all);
}
