/* Remarks on the images for readers of the results. Each names the participant, the column and the finding. */
#include "image/reading.h"

#include <math.h>
#include <stdio.h>

static const double full_grid_share = 0.995; /* a mask with this share of the grid leaves hardly any background */
static const double together_share = 0.1;    /* several images that together cost this share are reported */
static const double grid_rounding = 1e-4;    /* voxels: how far float32 rounding of an affine may move a corner */

#define remark(r, error, ...) vx_remarks_add(&(r)->survey->remarks, (error), __VA_ARGS__)

static int64_t images_of(const vx_matrix_reading *r)
{
    return r->sources->n * r->sources->sessions;
}

static vx_status remark_mask_file(const vx_matrix_reading *r, vx_error *error)
{
    const vx_mask_report *report = &r->report;
    if (!r->mask->file || !report->file_between || r->mask->level != 0)
        return VX_OK;
    return remark(r, error, "the mask file %s is not binary: its values that are not 0 go from %g to %g, %lld of them "
                  "below the largest; voxels above 0 are taken (--mask-level says above what)", r->mask->file,
                  report->file_low, report->file_high, (long long)report->file_between);
}

static vx_status remark_mask_grid(const vx_matrix_reading *r, vx_error *error)
{
    if (!*r->mask_place.difference)
        return VX_OK;
    return remark(r, error, "the mask file %s lies on another grid than the images (%s): it was brought to theirs by "
                  "nearest neighbour; %.1f %% of it lie outside", r->mask->file, r->mask_place.difference,
                  100 * r->mask_place.outside);
}

static vx_status remark_loss(const vx_matrix_reading *r, const vx_mask_loss *loss, const char *what, bool always,
                             vx_error *error)
{
    if (!loss->voxels || (!always && !vx_mask_loss_is_large(&r->report, loss)))
        return VX_OK;
    char among[64] = "";
    if (loss->images > 1)
        snprintf(among, sizeof among, ", the costliest of %lld images", (long long)loss->images);
    return remark(r, error, "participant %s, column %s%s: %s at %lld voxels%s, which are left out; at %lld of them "
                  "every other participant has values%s", loss->participant, loss->column, among, what,
                  (long long)loss->voxels, r->mask->file ? " of the mask" : "", (long long)loss->alone,
                  always ? " (--keep-zeros analyses exact zeros)" : "");
}

/* Several images that miss the same voxels, so that no single one costs many voxels alone. */
static vx_status remark_together(const vx_matrix_reading *r, const vx_mask_loss *loss, int64_t left_out,
                                 const char *what, vx_error *error)
{
    const double candidate = (double)r->report.candidate;
    if (r->mask->file || vx_mask_loss_is_large(&r->report, loss) ||
        (double)left_out < together_share * candidate)
        return VX_OK;
    return remark(r, error, "%lld of the %lld voxels at which any image has values are %s in another, and left out; "
                  "participant %s, column %s, one of %lld such images, lacks %lld", (long long)left_out,
                  (long long)r->report.candidate, what, loss->participant, loss->column, (long long)loss->images,
                  (long long)loss->voxels);
}

/* Exact zeros inside a mask file are always reported, because its author took these voxels for brain. */
static vx_status remark_losses(const vx_matrix_reading *r, vx_error *error)
{
    const vx_mask_report *report = &r->report;
    vx_status status = VX_OK;
    if (r->mask->file && report->left_out_zero)
        status = remark(r, error, "%lld of the %lld voxels of the mask are exactly 0 in some image and left out as "
                        "missing coverage", (long long)report->left_out_zero, (long long)report->candidate);
    if (!status && !r->mask->keep_zeros)
        status = remark_loss(r, &report->zero, "exactly 0", r->mask->file, error);
    if (!status)
        status = remark_together(r, &report->zero, report->left_out_zero, "exactly 0", error);
    if (!status)
        status = remark_loss(r, &report->not_finite, "not finite", false, error);
    if (!status)
        status = remark_loss(r, &report->threshold, "not above the threshold", false, error);
    return status ? status
                  : remark_together(r, &report->not_finite, report->left_out_not_finite, "not finite", error);
}

static vx_status remark_box(const vx_matrix_reading *r, int64_t voxels, vx_error *error)
{
    const double share = (double)voxels / (double)r->report.grid_voxels;
    if (r->mask->file || r->mask->use_threshold || r->mask->relative || share < full_grid_share)
        return VX_OK;
    return remark(r, error, "%.1f %% of the grid are analysed: these images have no background of zeros, so that air "
                  "may be taken for brain; --mask says what is to be analysed", 100 * share);
}

/* Left and right in all results depend on the orientation that the user gave for these images. */
static vx_status remark_sides(const vx_matrix_reading *r, vx_error *error)
{
    const char *side = r->mask->analyze == VX_ANALYZE_RADIOLOGICAL ? "radiological" : "neurological";
    int64_t images = 0, of = 0;
    for (int64_t i = 0; i < images_of(r); i++)
        if (r->sources->image[i].path) {
            images += r->facts[i].side_assumed;
            of++;
        }
    if (!images && r->mask->analyze != VX_ANALYZE_REFUSE)
        return remark(r, error, "--orientation %s was not needed for the images: the header of each tells left from "
                      "right, and is followed", side);
    if (!images)
        return VX_OK;
    return remark(r, error, "the headers of %lld of %lld images do not tell left from right: --orientation %s says it, "
                  "and the middle of the grid is taken as the origin where none is stored", (long long)images,
                  (long long)of, side);
}

static vx_status remark_lengths(const vx_matrix_reading *r, vx_error *error)
{
    int64_t images = 0, first = 0;
    for (int64_t i = images_of(r) - 1; i >= 0; i--)
        if (r->sources->image[i].path && r->facts[i].mm_per_unit != 1) {
            images++;
            first = i;
        }
    if (!images)
        return VX_OK;
    return remark(r, error, "%lld image%s in %s (xyzt_units; the first is %s): all lengths are turned into mm",
                  (long long)images, images == 1 ? " has its lengths" : "s have their lengths",
                  r->facts[first].mm_per_unit < 1 ? "micrometres" : "metres",
                  r->sources->image[first].path);
}

static vx_status remark_grids(const vx_matrix_reading *r, vx_error *error)
{
    const char *furthest = r->mask->file;
    double distance = r->mask_place.distance;
    int64_t images = distance > grid_rounding;
    for (int64_t i = 0; i < images_of(r); i++) {
        images += r->facts[i].distance > grid_rounding;
        if (r->facts[i].distance > distance) {
            distance = r->facts[i].distance;
            furthest = r->sources->image[i].path;
        }
    }
    if (!images)
        return VX_OK;
    return remark(r, error, "%lld image%s not quite on the grid of %s, at most %.2g voxels off (%s): within "
                  "--grid-tolerance %g they count as one grid", (long long)images, images == 1 ? " is" : "s are",
                  r->sources->how.grid_path, distance, furthest, r->mask->grid_tolerance);
}

/* FreeSurfer stores surface values as N x 1 x 1; where N does not fit, it factors N = 10 * 4^k + 2 vertices. */
static bool is_surface(const vx_grid *grid)
{
    const int64_t x = grid->dim[0], y = grid->dim[1], z = grid->dim[2];
    bool icosahedron = false;
    for (int64_t vertices = 2562; vertices <= 655362; vertices = 4 * vertices - 6)
        icosahedron |= x * z == vertices;
    return y == 1 && ((z == 1 && x > 1) || icosahedron);
}

static vx_status remark_surface(const vx_matrix_reading *r, vx_error *error)
{
    const int64_t *dim = r->sources->how.grid.dim;
    if (!is_surface(&r->sources->how.grid))
        return VX_OK;
    return remark(r, error, "the images have %lld x %lld x %lld voxels, as values on a surface have: voxels next to "
                  "each other need not be neighbours in space, so clusters and TFCE are meaningless", (long long)dim[0],
                  (long long)dim[1], (long long)dim[2]);
}

vx_status vx_matrix_remark(const vx_matrix_reading *r, int64_t voxels, vx_error *error)
{
    vx_status (*const find[])(const vx_matrix_reading *, vx_error *) = {
        remark_mask_file, remark_mask_grid, remark_losses, remark_sides, remark_lengths, remark_grids, remark_surface,
    };
    vx_status status = remark_box(r, voxels, error);
    for (size_t k = 0; k < sizeof find / sizeof *find && !status; k++)
        status = find[k](r, error);
    return status;
}
