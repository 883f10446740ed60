/* The matrix of participants by voxels. The first row is read alone: it fixes the grid and, without a mask file, the
 * candidate voxels. The other rows follow in parallel; each puts its change at the candidates and notes at which of
 * them it has no usable value. Notes are only ever added, so their order, and the number of threads, cannot matter. */
#include "base/stop.h"
#include "image/mask.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Why a candidate is left out, in the order in which the report counts. */
enum { NOT_FINITE = 1, ZERO = 2, BELOW_THRESHOLD = 4, VARIES = 8 };

enum { BASELINE, FOLLOWUP };

static const double GRID_TOLERANCE = 1e-3; /* voxels */

typedef struct reading {
    const vx_volume_row *row;
    int64_t n;
    vx_mask_options mask;
    vx_grid grid;
    const char *grid_path; /* the first image's */
    vx_candidates candidates;
    float *data;            /* n x candidates.count */
    unsigned char *note;    /* a candidate */
    uint64_t (*hash)[2];    /* of the values of every row's baseline and follow-up */
    int64_t *not_finite;    /* candidates at which a row is not finite */
} reading;

typedef struct volumes {
    vx_image image[2]; /* BASELINE, FOLLOWUP */
} volumes;

static int64_t grid_voxels(const vx_grid *grid)
{
    return grid->dim[0] * grid->dim[1] * grid->dim[2]; /* a volume of this grid has been in memory: no overflow */
}

static const char *path_of(const reading *r, int64_t row, int which)
{
    return which == BASELINE ? r->row[row].baseline : r->row[row].followup;
}

/* "participant sub-03, column pet_followup" */
static void describe_image(const reading *r, int64_t row, int which, char *text, size_t size)
{
    const char *participant = r->row[row].participant;
    const char *column = which == BASELINE ? r->row[row].baseline_column : r->row[row].followup_column;
    snprintf(text, size, "participant %s, column %s", participant ? participant : "?", column ? column : "?");
}

/* One pass over the values: their hash (FNV-1a over words, with a shift that carries high bits down), and whether the
 * image says anything at all. */
static vx_status examine(const char *path, const vx_image *image, uint64_t *hash, vx_error *error)
{
    const int64_t voxels = grid_voxels(&image->grid);
    uint64_t h = 0xcbf29ce484222325u;
    bool any = false, varies = false;
    float first = 0;
    for (int64_t v = 0; v < voxels; v++) {
        uint32_t bits;
        memcpy(&bits, &image->data[v], sizeof bits);
        h = (h ^ bits) * 0x100000001b3u;
        h ^= h >> 32;
        if (isfinite(image->data[v])) {
            if (!any)
                first = image->data[v];
            any = true;
            varies |= image->data[v] != first;
        }
    }
    *hash = h;
    if (!any)
        return vx_fail(error, VX_INPUT, "%s: no voxel is finite", path);
    if (!varies)
        return vx_fail(error, VX_INPUT, "%s: constant image: every voxel is %g", path, (double)first);
    return VX_OK;
}

static vx_status load_image(reading *r, int64_t row, int which, vx_image *image, vx_error *error)
{
    const char *path = path_of(r, row, which);
    char difference[256], whose[512];
    vx_status status = vx_image_read(path, r->mask.analyze, image, error);
    if (!status && !r->grid_path) { /* only while the first row is read, by one thread */
        r->grid = image->grid;
        r->grid_path = path;
    }
    if (!status && !vx_grid_same(&r->grid, &image->grid, GRID_TOLERANCE, difference, sizeof difference))
        status = vx_fail(error, VX_INPUT, "%s: another grid than that of %s: %s", path, r->grid_path, difference);
    if (!status)
        status = examine(path, image, &r->hash[row][which], error);
    if (status) {
        describe_image(r, row, which, whose, sizeof whose);
        vx_error_prefix(error, status, "%s", whose);
    }
    return status;
}

static void volumes_destroy(volumes *pair)
{
    vx_image_destroy(&pair->image[BASELINE]);
    vx_image_destroy(&pair->image[FOLLOWUP]);
}

static vx_status load_pair(reading *r, int64_t row, volumes *pair, vx_error *error)
{
    vx_status status = VX_OK;
    if (path_of(r, row, BASELINE))
        status = load_image(r, row, BASELINE, &pair->image[BASELINE], error);
    if (!status)
        status = load_image(r, row, FOLLOWUP, &pair->image[FOLLOWUP], error);
    return status;
}

/* Puts the row's change at the candidates and notes which of them it spoils. */
static void gather(reading *r, int64_t row, const volumes *pair)
{
    const float *baseline = pair->image[BASELINE].data, *followup = pair->image[FOLLOWUP].data;
    const bool implicit = !r->mask.file;
    float *data = r->data + row * r->candidates.count;
    for (int64_t c = 0; c < r->candidates.count; c++) {
        const float after = followup[r->candidates.index[c]];
        const float before = baseline ? baseline[r->candidates.index[c]] : after;
        const float change = baseline ? after - before : after;
        unsigned char note = 0;
        if (!isfinite(before) || !isfinite(after) || !isfinite(change))
            note |= NOT_FINITE;
        if (implicit && (before == 0 || after == 0))
            note |= ZERO;
        if (r->mask.use_threshold && !(before > r->mask.threshold && after > r->mask.threshold))
            note |= BELOW_THRESHOLD;
        data[c] = change;
        r->not_finite[row] += note & NOT_FINITE;
        if (note) {
#pragma omp atomic update
            r->note[c] |= note;
        }
    }
}

static vx_status read_row(reading *r, int64_t row, vx_error *error)
{
    volumes pair = {0};
    vx_status status = load_pair(r, row, &pair, error);
    if (!status)
        gather(r, row, &pair);
    volumes_destroy(&pair);
    return status;
}

static vx_status check_mask_grid(const reading *r, const vx_grid *mask_grid, vx_error *error)
{
    char difference[256];
    if (vx_grid_same(&r->grid, mask_grid, GRID_TOLERANCE, difference, sizeof difference))
        return VX_OK;
    return vx_fail(error, VX_INPUT, "mask: %s: another grid than that of %s: %s", r->mask.file, r->grid_path,
                   difference);
}

/* The first row, the candidates and the memory for all rows. */
static vx_status read_first(reading *r, vx_error *error)
{
    vx_grid mask_grid = {0};
    volumes pair = {0};
    vx_status status = VX_OK;
    if (r->mask.file && (status = vx_mask_read(r->mask.file, r->mask.analyze, &r->candidates, &mask_grid, error)))
        return vx_error_prefix(error, status, "mask");
    status = load_pair(r, 0, &pair, error);
    if (status)
        goto cleanup;
    status = r->mask.file ? check_mask_grid(r, &mask_grid, error)
                          : vx_mask_implicit(&r->grid, pair.image[BASELINE].data, pair.image[FOLLOWUP].data,
                                             &r->candidates, error);
    if (status)
        goto cleanup;
    size_t cells;
    r->note = vx_array_zero((size_t)r->candidates.count, 1);
    r->data = vx_multiply((size_t)r->n, (size_t)r->candidates.count, &cells) ? vx_array(cells, sizeof *r->data) : NULL;
    if (!r->note || !r->data)
        status = vx_fail_memory(error);
    else
        gather(r, 0, &pair);
cleanup:
    volumes_destroy(&pair);
    return status;
}

/* Rows after the first. Of several that fail, the lowest is reported: rows above a failed one are skipped, rows below
 * it are not, whatever the order in which threads come to them. */
static vx_status read_others(reading *r, int threads, vx_error *error)
{
    int64_t failed = r->n;
    vx_error first = {.status = VX_OK};
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (int64_t row = 1; row < r->n; row++) {
        vx_error mine;
        int64_t lowest;
#pragma omp atomic read
        lowest = failed;
        if (row > lowest || (!vx_stop_check(&mine) && read_row(r, row, &mine) == VX_OK))
            continue;
#pragma omp critical(vx_matrix_read_failed)
        if (row < failed) {
#pragma omp atomic write
            failed = row;
            first = mine;
        }
    }
    if (first.status && error)
        *error = first;
    return first.status;
}

/* Equal hashes are confirmed by reading both images again; that happens once, on the way to an error. */
static vx_status same_values(const reading *r, const char *a, const char *b, bool *same, vx_error *error)
{
    vx_image x = {0}, y = {0};
    vx_status status = vx_image_read(a, r->mask.analyze, &x, error);
    if (!status)
        status = vx_image_read(b, r->mask.analyze, &y, error);
    if (!status && vx_grid_same(&x.grid, &y.grid, GRID_TOLERANCE, NULL, 0))
        *same = memcmp(x.data, y.data, (size_t)grid_voxels(&x.grid) * sizeof *x.data) == 0;
    vx_image_destroy(&x);
    vx_image_destroy(&y);
    return status;
}

static vx_status check_duplicates(const reading *r, vx_error *error)
{
    for (int64_t i = 0; i < 2 * r->n; i++) {
        const char *a = path_of(r, i / 2, i % 2);
        for (int64_t j = i + 1; j < 2 * r->n && a; j++) {
            const char *b = path_of(r, j / 2, j % 2);
            bool same = false;
            if (!b || r->hash[i / 2][i % 2] != r->hash[j / 2][j % 2])
                continue;
            vx_status status = same_values(r, a, b, &same, error);
            if (status)
                return status;
            if (same) {
                char one[512], other[512];
                describe_image(r, i / 2, i % 2, one, sizeof one);
                describe_image(r, j / 2, j % 2, other, sizeof other);
                return vx_fail(error, VX_INPUT, "%s (%s) and %s (%s): %s; every image must be another one", one, a,
                               other, b, strcmp(a, b) == 0 ? "the same file" : "the same values");
            }
        }
    }
    return VX_OK;
}

/* Notes VARIES where the change is not the same in every row. One row alone has no variance to speak of. */
static void note_varying(reading *r, int threads)
{
    const int64_t count = r->candidates.count;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t c = 0; c < count; c++) {
        bool varies = r->n == 1;
        for (int64_t row = 1; row < r->n && !varies; row++)
            varies = r->data[row * count + c] != r->data[c];
        if (varies)
            r->note[c] |= VARIES;
    }
}

static void fill_report(const reading *r, vx_mask_report *report)
{
    int64_t worst = 0;
    *report = (vx_mask_report){.grid_voxels = grid_voxels(&r->grid),
                               .candidate = r->candidates.count};
    for (int64_t c = 0; c < r->candidates.count; c++) {
        const unsigned note = r->note[c];
        report->left_out_not_finite += (note & NOT_FINITE) != 0;
        report->left_out_zero += (note & (NOT_FINITE | ZERO)) == ZERO;
        report->left_out_threshold += (note & (NOT_FINITE | ZERO | BELOW_THRESHOLD)) == BELOW_THRESHOLD;
        report->left_out_constant += note == 0;
    }
    for (int64_t row = 1; row < r->n; row++)
        if (r->not_finite[row] > r->not_finite[worst])
            worst = row;
    if (r->not_finite[worst] > 0)
        snprintf(report->not_finite_worst, sizeof report->not_finite_worst, "%s (%lld voxel%s)",
                 r->row[worst].participant ? r->row[worst].participant : "?", (long long)r->not_finite[worst],
                 r->not_finite[worst] == 1 ? "" : "s");
}

/* Moves the voxels that stay together, in place: a voxel never moves up. Returns how many there are. */
static int64_t compress(reading *r)
{
    const int64_t count = r->candidates.count;
    int64_t kept = 0, to = 0;
    for (int64_t c = 0; c < count; c++)
        if (r->note[c] == VARIES)
            r->candidates.index[kept++] = r->candidates.index[c];
    for (int64_t row = 0; row < r->n; row++)
        for (int64_t c = 0; c < count; c++)
            if (r->note[c] == VARIES)
                r->data[to++] = r->data[row * count + c];
    return kept;
}

vx_status vx_matrix_read(const vx_volume_row *rows, int64_t n, const vx_mask_options *mask, int threads,
                         vx_matrix **matrix, vx_mask_report *report, vx_error *error)
{
    reading r = {.row = rows, .n = n, .mask = mask ? *mask : (vx_mask_options){0}};
    vx_mask_report counts;
    vx_matrix *result = NULL;
    if (n < 1)
        return vx_fail(error, VX_INPUT, "no images: at least one participant is needed");
    if (threads < 1)
        threads = omp_get_max_threads();
    r.hash = vx_array_zero((size_t)n, sizeof *r.hash);
    r.not_finite = vx_array_zero((size_t)n, sizeof *r.not_finite);
    result = calloc(1, sizeof *result);
    vx_status status = r.hash && r.not_finite && result ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = read_first(&r, error);
    if (!status)
        status = read_others(&r, threads, error);
    if (!status)
        status = check_duplicates(&r, error);
    if (status)
        goto cleanup;
    note_varying(&r, threads);
    fill_report(&r, &counts);
    if (report)
        *report = counts;
    *result = (vx_matrix){.n = n, .voxels = compress(&r), .data = r.data, .index = r.candidates.index, .grid = r.grid};
    if (result->voxels == 0) {
        status = vx_fail(error, VX_INPUT, "empty mask: of %lld voxels that %s, %lld are left out as not finite, %lld "
                         "as zero, %lld by the threshold and %lld as constant", (long long)counts.candidate,
                         r.mask.file ? "the mask file holds" : "are not zero in the first participant",
                         (long long)counts.left_out_not_finite, (long long)counts.left_out_zero,
                         (long long)counts.left_out_threshold, (long long)counts.left_out_constant);
        goto cleanup;
    }
    r.data = NULL;
    r.candidates.index = NULL;
    *matrix = result;
    result = NULL;
cleanup:
    free(result);
    free(r.data);
    free(r.candidates.index);
    free(r.note);
    free(r.hash);
    free(r.not_finite);
    return status;
}

vx_status vx_matrix_new(const vx_grid *grid, int64_t n, int64_t voxels, const float *data, const int64_t *index,
                        vx_matrix **matrix, vx_error *error)
{
    size_t cells, plane, volume;
    if (n < 1 || voxels < 1)
        return vx_fail(error, VX_INPUT, "a matrix of %lld x %lld; at least one row and one voxel are needed",
                       (long long)n, (long long)voxels);
    if (!vx_multiply((size_t)grid->dim[0], (size_t)grid->dim[1], &plane) ||
        !vx_multiply(plane, (size_t)grid->dim[2], &volume))
        return vx_fail(error, VX_INPUT, "the size of the grid overflows");
    for (int64_t v = 0; v < voxels; v++)
        if (index[v] < 0 || (size_t)index[v] >= volume || (v > 0 && index[v] <= index[v - 1]))
            return vx_fail(error, VX_INPUT, "voxel %lld has grid index %lld; ascending indices below %zu are needed",
                           (long long)v, (long long)index[v], volume);
    vx_matrix *made = calloc(1, sizeof *made);
    if (made) {
        *made = (vx_matrix){.n = n, .voxels = voxels, .grid = *grid};
        made->index = vx_array((size_t)voxels, sizeof *index);
        if (vx_multiply((size_t)n, (size_t)voxels, &cells))
            made->data = vx_array(cells, sizeof *data);
    }
    if (!made || !made->data || !made->index) {
        vx_matrix_free(made);
        return vx_fail_memory(error);
    }
    memcpy(made->data, data, cells * sizeof *data);
    memcpy(made->index, index, (size_t)voxels * sizeof *index);
    *matrix = made;
    return VX_OK;
}

void vx_matrix_free(vx_matrix *matrix)
{
    if (matrix) {
        free(matrix->data);
        free(matrix->index);
        free(matrix);
    }
}
