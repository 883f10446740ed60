/* The matrix of participants by voxels, from images. The header of the first image fixes the grid. Its row is read
 * alone: without a mask file its voxels are the candidates, as a voxel that it lacks is left out whatever the others
 * hold. The other rows follow in parallel; each puts its change at the candidates and keeps a bit a voxel for what its
 * images lack. What costs whom how many voxels is counted from these bits, so that no order of rows or threads
 * matters. */
#include "base/stop.h"
#include "image/reading.h"
#include "space/grid.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Why a candidate is left out, in the order in which the report counts. */
enum { NOT_FINITE = 1, ZERO = 2, BELOW_THRESHOLD = 4, VARIES = 8 };

typedef struct volumes {
    vx_loaded image[2]; /* VX_BASELINE, VX_FOLLOWUP */
} volumes;

/* "participant sub-03, column pet_followup" */
static void describe_image(const vx_reading *r, int64_t row, int which, char *text, size_t size)
{
    const char *participant = r->row[row].participant;
    const char *column = which == VX_BASELINE ? r->row[row].baseline_column : r->row[row].followup_column;
    snprintf(text, size, "participant %s, column %s", participant ? participant : "?", column ? column : "?");
}

static vx_status prefix(const vx_reading *r, int64_t row, int which, vx_status status, vx_error *error)
{
    char whose[512];
    describe_image(r, row, which, whose, sizeof whose);
    return vx_error_prefix(error, status, "%s", whose);
}

static vx_loading loading(const vx_reading *r, vx_source *source)
{
    return (vx_loading){.orientation = r->mask.analyze, .exact = true, .grid = &r->grid, .grid_path = r->grid_path,
                        .tolerance = r->mask.grid_tolerance, .source = source};
}

static vx_status load_image(vx_reading *r, int64_t row, int which, vx_loaded *image, vx_error *error)
{
    const char *path = vx_reading_path(r, row, which);
    vx_facts *facts = &r->facts[2 * row + which];
    const vx_loading how = loading(r, r->mask.source ? &r->mask.source[1 + 2 * row + which] : NULL);
    vx_status status = vx_image_load(path, &how, image, error);
    if (!status)
        status = vx_facts_find(path, image, facts, error);
    if (status)
        return prefix(r, row, which, status, error);
    facts->distance = vx_grid_distance(&r->grid, &image->grid);
    return VX_OK;
}

static void volumes_destroy(volumes *pair)
{
    vx_loaded_destroy(&pair->image[VX_BASELINE]);
    vx_loaded_destroy(&pair->image[VX_FOLLOWUP]);
}

static vx_status load_pair(vx_reading *r, int64_t row, volumes *pair, vx_error *error)
{
    vx_status status = VX_OK;
    if (vx_reading_path(r, row, VX_BASELINE))
        status = load_image(r, row, VX_BASELINE, &pair->image[VX_BASELINE], error);
    if (!status)
        status = load_image(r, row, VX_FOLLOWUP, &pair->image[VX_FOLLOWUP], error);
    return status;
}

/* A change that is not finite, of two values that are, is the follow-up's fault. */
static vx_status note_infinite(vx_reading *r, int64_t row, int64_t voxel, vx_error *error)
{
    uint64_t **bits = &r->facts[2 * row + VX_FOLLOWUP].not_finite;
    if (!*bits && !(*bits = vx_array_zero(vx_facts_words((int64_t)vx_grid_elements(&r->grid)), sizeof **bits)))
        return vx_fail_memory(error);
    (*bits)[voxel >> 6] |= (uint64_t)1 << (voxel & 63);
    return VX_OK;
}

static bool is_float(const vx_loaded *image)
{
    return image->data && image->slope == 1 && image->inter == 0;
}

/* The row's change at the candidates, rounded once. Of two float32 images this is the float32 difference: a double has
 * more than twice its digits, so that rounding twice changes nothing (Figueroa 1995, SIGNUM Newsletter 30:21). */
static void subtract(const vx_reading *r, const vx_loaded *baseline, const vx_loaded *followup, float *change)
{
    const int64_t count = r->candidates.count, *index = r->candidates.index;
    if (!baseline)
        for (int64_t c = 0; c < count; c++)
            change[c] = (float)vx_loaded_value(followup, index[c]);
    else if (is_float(baseline) && is_float(followup))
        for (int64_t c = 0; c < count; c++)
            change[c] = followup->data[index[c]] - baseline->data[index[c]];
    else
        for (int64_t c = 0; c < count; c++)
            change[c] = (float)(vx_loaded_value(followup, index[c]) - vx_loaded_value(baseline, index[c]));
}

/* Puts the row's change at the candidates, and notes where that or a value cannot be used. */
static vx_status gather(vx_reading *r, int64_t row, const volumes *pair, vx_error *error)
{
    const vx_loaded *baseline = r->row[row].baseline ? &pair->image[VX_BASELINE] : NULL;
    const vx_loaded *followup = &pair->image[VX_FOLLOWUP];
    const double threshold = r->mask.threshold;
    float *data = r->data + row * r->candidates.count;
    subtract(r, baseline, followup, data);
    for (int64_t c = 0; c < r->candidates.count; c++) {
        const int64_t voxel = r->candidates.index[c];
        if (isfinite(data[c]) && !r->mask.use_threshold)
            continue;
        const double after = vx_loaded_value(followup, voxel);
        const double before = baseline ? vx_loaded_value(baseline, voxel) : after;
        vx_status status = VX_OK;
        if (!isfinite(data[c]) && isfinite(before) && isfinite(after))
            status = note_infinite(r, row, voxel, error);
        if (status)
            return status;
        if (r->mask.use_threshold && !(before > threshold && after > threshold)) {
#pragma omp atomic update
            r->note[c] |= BELOW_THRESHOLD;
        }
    }
    return VX_OK;
}

static vx_status read_row(vx_reading *r, int64_t row, vx_error *error)
{
    volumes pair = {0};
    vx_status status = load_pair(r, row, &pair, error);
    if (!status)
        status = gather(r, row, &pair, error);
    volumes_destroy(&pair);
    return status;
}

/* The header of the first image, before anything is inflated: all others are compared with its grid. */
static vx_status read_grid(vx_reading *r, vx_error *error)
{
    const int which = vx_reading_path(r, 0, VX_BASELINE) ? VX_BASELINE : VX_FOLLOWUP;
    r->grid_path = vx_reading_path(r, 0, which);
    vx_status status = vx_image_grid(r->grid_path, r->mask.analyze, &r->grid, error);
    return status ? prefix(r, 0, which, status, error) : VX_OK;
}

static vx_status read_mask_file(vx_reading *r, vx_error *error)
{
    const vx_loading how = loading(r, r->mask.source);
    vx_grid grid;
    vx_status status = vx_image_grid(r->mask.file, r->mask.analyze, &grid, error);
    if (!status)
        status = vx_mask_read(r->mask.file, &how, r->mask.level, &r->candidates, &r->report, error);
    if (status)
        return vx_error_prefix(error, status, "mask");
    r->mask_distance = vx_grid_distance(&r->grid, &grid);
    return VX_OK;
}

/* The first row, the candidates and the memory for all rows. */
static vx_status read_first(vx_reading *r, vx_error *error)
{
    volumes pair = {0};
    size_t cells;
    vx_status status = read_grid(r, error);
    if (!status && r->mask.file)
        status = read_mask_file(r, error);
    if (!status)
        status = load_pair(r, 0, &pair, error);
    if (!status && !r->mask.file)
        status = vx_mask_implicit(r->row->baseline ? &pair.image[VX_BASELINE] : NULL, &pair.image[VX_FOLLOWUP],
                                  &r->candidates, error);
    if (status)
        goto cleanup;
    r->note = vx_array_zero((size_t)r->candidates.count, 1);
    r->data = vx_multiply((size_t)r->n, (size_t)r->candidates.count, &cells) ? vx_array(cells, sizeof *r->data) : NULL;
    status = r->note && r->data ? gather(r, 0, &pair, error) : vx_fail_memory(error);
cleanup:
    volumes_destroy(&pair);
    return status;
}

/* Rows after the first. Of several that fail, the lowest is reported: rows above a failed one are skipped, rows below
 * it are not, whatever the order in which threads come to them. */
static vx_status read_others(vx_reading *r, int threads, vx_error *error)
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
static vx_status same_values(const vx_reading *r, const char *a, const char *b, bool *same, vx_error *error)
{
    const vx_loading how = loading(r, NULL);
    vx_loaded x = {0}, y = {0};
    vx_status status = vx_image_load(a, &how, &x, error);
    if (!status)
        status = vx_image_load(b, &how, &y, error);
    *same = !status;
    for (int64_t v = 0; *same && v < (int64_t)vx_grid_elements(&r->grid); v++) {
        const double one = vx_loaded_value(&x, v), other = vx_loaded_value(&y, v);
        *same = one == other || (isnan(one) && isnan(other));
    }
    vx_loaded_destroy(&x);
    vx_loaded_destroy(&y);
    return status;
}

static vx_status check_duplicates(const vx_reading *r, vx_error *error)
{
    for (int64_t i = 0; i < 2 * r->n; i++) {
        const char *a = vx_reading_path(r, i / 2, i % 2);
        for (int64_t j = i + 1; j < 2 * r->n && a; j++) {
            const char *b = vx_reading_path(r, j / 2, j % 2);
            bool same = false;
            if (!b || r->facts[i].hash != r->facts[j].hash)
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
static void note_varying(vx_reading *r, int threads)
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

/* Notes what is lacking at the candidates, and counts. */
static vx_status account(vx_reading *r, vx_error *error)
{
    vx_coverage coverage;
    vx_mask_report *report = &r->report;
    report->grid_voxels = (int64_t)vx_grid_elements(&r->grid);
    vx_status status = vx_coverage_find(r->row, r->n, r->facts, r->mask.file ? &r->candidates : NULL,
                                        r->mask.keep_zeros, report->grid_voxels, &coverage, report, error);
    for (int64_t c = 0; c < r->candidates.count && !status; c++) {
        const int64_t voxel = r->candidates.index[c];
        if (vx_bit(coverage.not_finite, voxel))
            r->note[c] |= NOT_FINITE;
        if (vx_bit(coverage.zero, voxel) && !r->mask.keep_zeros)
            r->note[c] |= ZERO;
        report->left_out_threshold += (r->note[c] & (NOT_FINITE | ZERO | BELOW_THRESHOLD)) == BELOW_THRESHOLD;
        report->left_out_constant += r->note[c] == 0;
    }
    vx_coverage_destroy(&coverage);
    return status;
}

/* Moves the voxels that stay together, in place: a voxel never moves up. Returns how many there are. */
static int64_t compress(vx_reading *r)
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

static vx_status fail_empty(const vx_reading *r, vx_error *error)
{
    const vx_mask_report *report = &r->report;
    return vx_fail(error, VX_INPUT, "empty mask: of %lld voxels that %s, %lld are left out as not finite, %lld as "
                   "zero, %lld by the threshold and %lld as constant", (long long)report->candidate,
                   r->mask.file ? "the mask file holds" : "are not zero in some image",
                   (long long)report->left_out_not_finite, (long long)report->left_out_zero,
                   (long long)report->left_out_threshold, (long long)report->left_out_constant);
}

static void reading_destroy(vx_reading *r)
{
    for (int64_t i = 0; r->facts && i < 2 * r->n; i++)
        vx_facts_destroy(&r->facts[i]);
    free(r->facts);
    free(r->data);
    free(r->candidates.index);
    free(r->note);
}

vx_status vx_matrix_read(const vx_volume_row *rows, int64_t n, const vx_mask_options *mask, int threads,
                         vx_matrix **matrix, vx_mask_report *report, vx_error *error)
{
    vx_reading r = {.row = rows, .n = n, .mask = mask ? *mask : (vx_mask_options){0}};
    vx_matrix *result = NULL;
    if (n < 1)
        return vx_fail(error, VX_INPUT, "no images: at least one participant is needed");
    if (threads < 1)
        threads = omp_get_max_threads();
    if (!(r.mask.grid_tolerance > 0))
        r.mask.grid_tolerance = VX_GRID_TOLERANCE;
    r.facts = vx_array_zero((size_t)n, 2 * sizeof *r.facts);
    result = calloc(1, sizeof *result);
    vx_status status = r.facts && result ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = read_first(&r, error);
    if (!status)
        status = read_others(&r, threads, error);
    if (!status)
        status = check_duplicates(&r, error);
    if (status)
        goto cleanup;
    note_varying(&r, threads);
    if ((status = account(&r, error)))
        goto cleanup;
    const int64_t voxels = compress(&r);
    if (voxels == 0)
        status = fail_empty(&r, error);
    else if (r.mask.remarks)
        status = vx_reading_remark(&r, voxels, error);
    if (status)
        goto cleanup;
    *result = (vx_matrix){.n = n, .voxels = voxels, .data = r.data, .index = r.candidates.index, .grid = r.grid};
    if (report)
        *report = r.report;
    r.data = NULL;
    r.candidates.index = NULL;
    *matrix = result;
    result = NULL;
cleanup:
    free(result);
    reading_destroy(&r);
    return status;
}
