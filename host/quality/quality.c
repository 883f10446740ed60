#include "quality/quality.h"

#include "base/memory.h"
#include "base/sort.h"
#include "space/grid.h"

#include <math.h>

/* The state of comparing the images of a survey. Vectors of images stand one after the other. */
typedef struct group_comparison {
    const vx_survey *survey;
    vx_quality *quality;
    int64_t images;
    double *level;    /* images: the absolute value above which a cell belongs to the extent */
    bool *in_group;   /* cells of the thumbnail grid: whether it is in the group's extent */
    int64_t *cell;    /* cells: those of the group's extent */
    size_t cells;
    int64_t *mirror;  /* cells: the mirror image of each; -1 outside the group's extent */
    float *vector;    /* images x cells */
    double *likeness; /* n x n */
} group_comparison;

/* ---- vectors ---- */

static double dot(const float *a, const float *b, size_t count)
{
    enum { LANES = 4 };
    double lane[LANES] = {0};
    size_t k = 0;
    for (; k + LANES <= count; k += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += (double)a[k + l] * (double)b[k + l];
    for (; k < count; k++)
        lane[0] += (double)a[k] * (double)b[k];
    return lane[0] + lane[1] + (lane[2] + lane[3]);
}

static void divide_by_norm(float *vector, size_t count)
{
    const double norm = sqrt(dot(vector, vector, count));
    for (size_t k = 0; k < count && norm > 0; k++)
        vector[k] = (float)(vector[k] / norm);
}

static void subtract_mean(float *vector, size_t count)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += vector[k];
    for (size_t k = 0; k < count; k++)
        vector[k] = (float)(vector[k] - sum / (double)count);
}

/* NaN where one of them is zero. */
static double cosine(const float *a, const float *b, size_t count)
{
    const double squares = dot(a, a, count) * dot(b, b, count);
    return squares > 0 ? dot(a, b, count) / sqrt(squares) : NAN;
}

/* Sets a figure of every vector to its cosine with the sum of those of the other participants, of whom each has
 * `vectors` in a row. */
static vx_status compare_with_others(const group_comparison *c, int64_t vectors, double *figure, vx_error *error)
{
    float *others = vx_array(c->cells, sizeof *others);
    double *sum = vx_array_zero(c->cells, sizeof *sum);
    const int64_t n = c->quality->n;
    if (!others || !sum) {
        free(others);
        free(sum);
        return vx_fail_memory(error);
    }
    for (int64_t i = 0; i < n * vectors; i++)
        for (size_t k = 0; k < c->cells; k++)
            sum[k] += c->vector[(size_t)i * c->cells + k];
    for (int64_t i = 0; i < n; i++) {
        const float *own = c->vector + (size_t)(i * vectors) * c->cells;
        for (size_t k = 0; k < c->cells; k++) {
            double rest = sum[k];
            for (int64_t s = 0; s < vectors; s++)
                rest -= own[(size_t)s * c->cells + k];
            others[k] = (float)rest;
        }
        for (int64_t s = 0; s < vectors; s++)
            figure[i * vectors + s] = cosine(own + (size_t)s * c->cells, others, c->cells);
    }
    free(others);
    free(sum);
    return VX_OK;
}

/* ---- extent ---- */

static const float *thumbnail_of(const group_comparison *c, int64_t image)
{
    return c->survey->image[image].thumbnail;
}

static bool in_extent(const group_comparison *c, int64_t image, int64_t cell)
{
    const float *thumbnail = thumbnail_of(c, image);
    return thumbnail && fabs((double)thumbnail[cell]) > c->level[image];
}

static double level_of(const float *thumbnail, int64_t cells)
{
    double sum = 0;
    for (int64_t k = 0; thumbnail && k < cells; k++)
        sum += fabs((double)thumbnail[k]);
    return sum / (double)cells / 8;
}

/* Cells whose mirror image is not in the group's extent have none. The mirror is perpendicular to the axis of the grid
 * that is nearest to left and right, in the middle of the group's extent, to half a cell. */
static void find_mirror(group_comparison *c)
{
    const vx_grid *grid = &c->survey->thumbnail.grid;
    int axis = 0;
    double sum = 0;
    for (int k = 1; k < 3; k++)
        if (fabs(grid->affine[0][k]) > fabs(grid->affine[0][axis]))
            axis = k;
    for (size_t k = 0; k < c->cells; k++) {
        int64_t at[3];
        vx_grid_voxel(grid, c->cell[k], at);
        sum += (double)at[axis];
    }
    const int64_t twice = c->cells ? (int64_t)nearbyint(2 * sum / (double)c->cells) : 0;
    for (size_t k = 0; k < c->cells; k++) {
        int64_t at[3];
        vx_grid_voxel(grid, c->cell[k], at);
        at[axis] = twice - at[axis];
        const int64_t place = vx_grid_holds(grid, at) ? vx_grid_place(grid, at) : -1;
        c->mirror[k] = place >= 0 && c->in_group[place] ? place : -1;
    }
}

static vx_status find_extents(group_comparison *c, vx_error *error)
{
    const int64_t cells = (int64_t)vx_grid_elements(&c->survey->thumbnail.grid);
    double *overlap = c->quality->value[VX_QUALITY_OVERLAP];
    c->level = vx_array((size_t)c->images, sizeof *c->level);
    c->in_group = vx_array_zero((size_t)cells, sizeof *c->in_group);
    c->cell = vx_array((size_t)cells, sizeof *c->cell);
    c->mirror = vx_array((size_t)cells, sizeof *c->mirror);
    if (!c->level || !c->in_group || !c->cell || !c->mirror)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < c->images; i++)
        c->level[i] = level_of(thumbnail_of(c, i), cells);
    for (int64_t k = 0; k < cells; k++) {
        int64_t images = 0;
        for (int64_t i = 0; i < c->images; i++)
            images += in_extent(c, i, k);
        c->in_group[k] = 2 * images > c->images;
        if (c->in_group[k])
            c->cell[c->cells++] = k;
    }
    for (int64_t i = 0; i < c->images; i++) {
        int64_t own = 0, both = 0;
        for (int64_t k = 0; k < cells; k++) {
            own += in_extent(c, i, k);
            both += in_extent(c, i, k) && c->in_group[k];
        }
        overlap[i] = thumbnail_of(c, i) ? 2 * (double)both / (double)(own + (int64_t)c->cells) : NAN;
    }
    find_mirror(c);
    return VX_OK;
}

/* ---- figures ---- */

static void take_survey(const group_comparison *c)
{
    for (int64_t i = 0; i < c->images; i++) {
        const vx_survey_image *image = &c->survey->image[i];
        const bool there = image->thumbnail;
        c->quality->value[VX_QUALITY_MEAN][i] = there ? image->global.mean : NAN;
        c->quality->value[VX_QUALITY_SD][i] = there ? image->global.sd : NAN;
        c->quality->value[VX_QUALITY_COVERAGE][i] = there ? image->coverage : NAN;
        c->quality->value[VX_QUALITY_SMOOTHNESS][i] =
            there ? cbrt(image->fwhm[0] * image->fwhm[1] * image->fwhm[2]) : NAN;
    }
}

/* z; d takes the mirror image away first. */
static void fill_vectors(group_comparison *c, bool asymmetry)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < c->images; i++) {
        const float *thumbnail = thumbnail_of(c, i);
        float *vector = c->vector + (size_t)i * c->cells;
        for (size_t k = 0; k < c->cells; k++) {
            const float value = thumbnail ? thumbnail[c->cell[k]] : 0;
            if (asymmetry)
                vector[k] = thumbnail && c->mirror[k] >= 0 ? value - thumbnail[c->mirror[k]] : 0;
            else
                vector[k] = value;
        }
        if (!asymmetry)
            subtract_mean(vector, c->cells);
        divide_by_norm(vector, c->cells);
    }
}

static void compare_own_asymmetries(const group_comparison *c)
{
    for (int64_t i = 0; i < c->quality->n; i++) {
        const float *first = c->vector + (size_t)(2 * i) * c->cells;
        const double own = cosine(first, first + c->cells, c->cells);
        for (int64_t s = 0; s < 2; s++)
            c->quality->value[VX_QUALITY_SELF_ASYMMETRY][2 * i + s] = own;
    }
}

/* Turns z into e. The median keeps spoilt images from telling what is typical. */
static vx_status distinguish(group_comparison *c, vx_error *error)
{
    const size_t n = (size_t)c->quality->n;
    float *order = vx_array(n, sizeof *order);
    if (!order)
        return vx_fail_memory(error);
    for (size_t s = 0; s < 2; s++) {
        float *session = c->vector + s * c->cells;
        for (size_t k = 0; k < c->cells; k++) {
            for (size_t i = 0; i < n; i++)
                order[i] = session[2 * i * c->cells + k];
            vx_sort_floats(order, n);
            const float median = (order[(n - 1) / 2] + order[n / 2]) / 2;
            for (size_t i = 0; i < n; i++)
                session[2 * i * c->cells + k] -= median;
        }
        for (size_t i = 0; i < n; i++)
            divide_by_norm(session + 2 * i * c->cells, c->cells);
    }
    free(order);
    return VX_OK;
}

/* Of e_i1 . e_j2 with fixed i (session 0) or fixed j (session 1) the largest but the participant's own. */
static void find_nearest(const group_comparison *c, int64_t participant, int64_t session)
{
    const int64_t n = c->quality->n, image = 2 * participant + session;
    double *other = &c->quality->value[VX_QUALITY_OTHER][image];
    c->quality->value[VX_QUALITY_SELF][image] = n > 1 ? c->likeness[participant * n + participant] : NAN;
    for (int64_t j = 0; j < n; j++) {
        const double likeness = c->likeness[session ? j * n + participant : participant * n + j];
        if (j == participant || likeness <= *other)
            continue;
        *other = likeness;
        c->quality->nearest[image] = j;
    }
}

static vx_status compare_people(group_comparison *c, vx_error *error)
{
    const int64_t n = c->quality->n;
    size_t pairs;
    vx_status status = distinguish(c, error);
    if (!status && (!vx_multiply((size_t)n, (size_t)n, &pairs) ||
                    !(c->likeness = vx_array(pairs, sizeof *c->likeness))))
        status = vx_fail_memory(error);
    if (status)
        return status;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            c->likeness[i * n + j] = dot(c->vector + (size_t)(2 * i) * c->cells,
                                         c->vector + (size_t)(2 * j + 1) * c->cells, c->cells);
    for (int64_t image = 0; image < c->images; image++)
        find_nearest(c, image / 2, image % 2);
    return VX_OK;
}

/* The mean |x| over the group's extent. */
static double size_of(const group_comparison *c, const float *thumbnail)
{
    double sum = 0;
    for (size_t k = 0; k < c->cells; k++)
        sum += fabs((double)thumbnail[c->cell[k]]);
    return sum / (double)c->cells;
}

static vx_status compare_changes(group_comparison *c, vx_error *error)
{
    double *change = vx_array((size_t)c->quality->n, sizeof *change);
    if (!change)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < c->quality->n; i++) {
        const float *before = thumbnail_of(c, 2 * i), *after = thumbnail_of(c, 2 * i + 1);
        float *vector = c->vector + (size_t)i * c->cells;
        const bool there = before && after;
        const double divide_before = there ? size_of(c, before) : 0, divide_after = there ? size_of(c, after) : 0;
        for (size_t k = 0; k < c->cells; k++)
            vector[k] = divide_before > 0 && divide_after > 0
                            ? (float)(after[c->cell[k]] / divide_after - before[c->cell[k]] / divide_before)
                            : 0;
        subtract_mean(vector, c->cells);
        divide_by_norm(vector, c->cells);
    }
    vx_status status = compare_with_others(c, 1, change, error);
    for (int64_t i = 0; i < c->images && !status; i++)
        c->quality->value[VX_QUALITY_CHANGE][i] = change[i / 2];
    free(change);
    return status;
}

static vx_status compare(group_comparison *c, vx_error *error)
{
    vx_quality *quality = c->quality;
    const int64_t sessions = quality->sessions;
    size_t elements;
    take_survey(c);
    vx_status status = find_extents(c, error);
    if (!status && (!vx_multiply((size_t)c->images, c->cells, &elements) ||
                    !(c->vector = vx_array(elements, sizeof *c->vector))))
        status = vx_fail_memory(error);
    if (status)
        return status;
    fill_vectors(c, true);
    if (sessions == 2)
        compare_own_asymmetries(c);
    status = compare_with_others(c, sessions, quality->value[VX_QUALITY_ASYMMETRY], error);
    fill_vectors(c, false);
    if (!status)
        status = compare_with_others(c, sessions, quality->value[VX_QUALITY_CORRELATION], error);
    if (!status && sessions == 2)
        status = compare_people(c, error);
    if (!status && sessions == 2)
        status = compare_changes(c, error);
    return status;
}

static void group_comparison_destroy(group_comparison *c)
{
    free(c->level);
    free(c->in_group);
    free(c->cell);
    free(c->mirror);
    free(c->vector);
    free(c->likeness);
}

/* ---- quality ---- */

static vx_status quality_new(const vx_survey *survey, vx_quality **made, vx_error *error)
{
    const size_t n = (size_t)survey->n, images = (size_t)(survey->n * survey->sessions); /* as the survey's images */
    vx_quality *quality = *made = vx_array_zero(1, sizeof *quality);
    if (!quality)
        return vx_fail_memory(error);
    quality->n = survey->n;
    quality->sessions = survey->sessions;
    quality->flag = vx_array_zero(images, sizeof *quality->flag);
    quality->nearest = vx_array(images, sizeof *quality->nearest);
    quality->exchanged = vx_array(n, sizeof *quality->exchanged);
    quality->mirrored = vx_array_zero(images, sizeof *quality->mirrored);
    bool there = quality->flag && quality->nearest && quality->exchanged && quality->mirrored;
    for (int k = 0; there && k < VX_QUALITY_COLUMNS; k++)
        there = (quality->value[k] = vx_array(images, sizeof **quality->value)) &&
                (quality->median[k] = vx_array((size_t)survey->sessions, sizeof **quality->median));
    if (!there)
        return vx_fail_memory(error);
    for (size_t i = 0; i < images; i++) {
        quality->nearest[i] = -1;
        for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
            quality->value[k][i] = NAN;
        quality->value[VX_QUALITY_OTHER][i] = survey->sessions == 2 && n > 1 ? -INFINITY : NAN;
    }
    for (size_t i = 0; i < n; i++)
        quality->exchanged[i] = -1;
    return VX_OK;
}

vx_status vx_quality_find(const vx_survey *survey, vx_quality **quality, vx_error *error)
{
    vx_quality *made = NULL;
    group_comparison c = {.survey = survey, .images = survey->n * survey->sessions};
    vx_status status = quality_new(survey, &made, error);
    c.quality = made;
    if (!status)
        status = compare(&c, error);
    if (!status)
        status = vx_quality_set_flags(made, survey, c.likeness, error);
    if (!status)
        status = vx_strips_make(survey, c.in_group, &made->strips, error);
    group_comparison_destroy(&c);
    if (status)
        vx_quality_free(made);
    else
        *quality = made;
    return status;
}

void vx_quality_free(vx_quality *quality)
{
    if (!quality)
        return;
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++) {
        free(quality->value[k]);
        free(quality->median[k]);
    }
    free(quality->flag);
    free(quality->nearest);
    free(quality->exchanged);
    free(quality->mirrored);
    vx_strips_destroy(&quality->strips);
    free(quality);
}
