/* Reads images into the matrix of participants by voxels.
 *
 *     1. The header of the first image sets the grid.
 *     2. The first row is read alone. Without a mask file its voxels are the candidates, because a voxel that any row
 *        misses is left out anyway.
 *     3. The other rows are read in parallel. Each writes its weighted sum at the candidates, and bit sets of the
 *        voxels that its images miss.
 *     4. The losses that each image causes are counted from the bit sets, so they do not depend on the order of rows
 *        or threads. */
#include "base/each.h"
#include "base/stop.h"
#include "image/reading.h"
#include "space/space.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Notes on a candidate. Only a voxel with VARIES and no other note is analysed; the report counts the first reason. */
enum { NOT_FINITE = 1, ZERO = 2, BELOW_THRESHOLD = 4, VARIES = 8, NO_CHANGE = 16 };

static vx_facts *facts_of(const vx_matrix_reading *r, int64_t row, int64_t session)
{
    return &r->facts[row * r->sources->sessions + session];
}

/* Marks the voxels that the thresholds of the mask exclude. Of two thresholds the higher one decides. */
static vx_status mark_below(const vx_mask_options *mask, const char *path, const vx_loaded *volume, vx_facts *facts,
                            vx_error *error)
{
    double level = mask->use_threshold ? mask->threshold : -INFINITY;
    if (mask->relative) {
        const double global = facts->global.mean;
        if (!(global > 0))
            return vx_fail(error, VX_INPUT, "%s: its global mean is %g, and a threshold relative to it needs one above "
                           "0; leave --mask-relative out", path, global);
        level = fmax(level, mask->relative * global);
    }
    return level > -INFINITY ? vx_facts_mark_below(volume, level, mask->keep_zeros, facts, error) : VX_OK;
}

static vx_status load_image(vx_matrix_reading *r, int64_t row, int64_t session, vx_loaded *volume, vx_error *error)
{
    vx_source *image = vx_sources_image(r->sources, row, session);
    vx_facts *facts = facts_of(r, row, session);
    vx_status status = vx_source_read(image, &r->sources->how, volume, error);
    if (!status)
        status = vx_facts_find(image->path, volume, facts, error);
    if (!status)
        status = mark_below(r->mask, image->path, volume, facts, error);
    if (status)
        return vx_source_prefix(image, status, error);
    facts->distance = vx_grid_distance(&r->sources->how.grid, &volume->grid);
    return r->survey ? vx_survey_take(r->survey, row, session, facts, volume, error) : VX_OK;
}

/* Reads the volumes of a row into new memory. The caller releases it with volumes_free, on errors too. */
static vx_status load_row(vx_matrix_reading *r, int64_t row, vx_loaded **volume, vx_error *error)
{
    const int64_t sessions = r->sources->row[row].sessions;
    *volume = vx_array_zero((size_t)sessions, sizeof **volume);
    vx_status status = *volume ? VX_OK : vx_fail_memory(error);
    for (int64_t s = 0; s < sessions && !status; s++)
        status = load_image(r, row, s, &(*volume)[s], error);
    return status ? status : vx_change_mark(r->sources->change, &r->sources->row[row], *volume, r->mask->keep_zeros,
                                            facts_of(r, row, 0), error);
}

static void volumes_free(const vx_matrix_reading *r, int64_t row, vx_loaded *volume)
{
    for (int64_t s = 0; volume && s < r->sources->row[row].sessions; s++)
        vx_loaded_destroy(&volume[s]);
    free(volume);
}

/* A sum of finite values that is not finite is attributed to the last image. */
static vx_status note_infinite(vx_matrix_reading *r, int64_t row, int64_t voxel, vx_error *error)
{
    uint64_t **bits = &facts_of(r, row, r->sources->row[row].sessions - 1)->not_finite;
    if (!*bits && !(*bits = vx_array_zero(vx_facts_words(r->report.grid_voxels), sizeof **bits)))
        return vx_fail_memory(error);
    (*bits)[voxel >> 6] |= (uint64_t)1 << (voxel & 63);
    return VX_OK;
}

/* The row's weighted sum at the candidates, in double and rounded to float once. For weights -1 and +1 and float32
 * images it equals the float32 difference: a double has more than twice the digits of a float, so rounding twice
 * changes nothing (Figueroa 1995, SIGNUM Newsletter 30:21). */
static void add_up(const vx_volume_row *row, const vx_loaded *volume, const vx_candidates *at, float *result)
{
    enum { BLOCK = 512 };
    double sum[BLOCK];
    for (int64_t from = 0; from < at->count; from += BLOCK) {
        const int64_t *index = at->index + from;
        const int count = at->count - from < BLOCK ? (int)(at->count - from) : BLOCK;
        for (int c = 0; c < count; c++)
            sum[c] = 0;
        for (int64_t s = 0; s < row->sessions; s++)
            for (int c = 0; c < count; c++)
                sum[c] += row->session[s].weight * vx_loaded_value(&volume[s], index[c]);
        for (int c = 0; c < count; c++)
            result[from + c] = (float)sum[c];
    }
}

/* Writes the row's sum or change at the candidates, and notes where it is not finite though all values are. */
static vx_status gather(vx_matrix_reading *r, int64_t row, const vx_loaded *volume, vx_error *error)
{
    const vx_volume_row *of = &r->sources->row[row];
    float *data = r->data + row * r->candidates.count;
    vx_status status = VX_OK;
    if (r->sources->change == VX_CHANGE_DIFFERENCE)
        add_up(of, volume, &r->candidates, data);
    else
        vx_change_fill(r->sources->change, volume, &r->candidates, data);
    for (int64_t c = 0; c < r->candidates.count && !status; c++) {
        const int64_t voxel = r->candidates.index[c];
        bool finite = true;
        if (isfinite(data[c]))
            continue;
        for (int64_t s = 0; s < of->sessions; s++)
            finite = finite && isfinite(vx_loaded_value(&volume[s], voxel));
        if (finite)
            status = note_infinite(r, row, voxel, error);
    }
    return status;
}

static vx_status read_row(vx_matrix_reading *r, int64_t row, vx_error *error)
{
    vx_loaded *volume = NULL;
    vx_status status = load_row(r, row, &volume, error);
    if (!status)
        status = gather(r, row, volume, error);
    volumes_free(r, row, volume);
    return status;
}

static vx_status read_mask_file(vx_matrix_reading *r, vx_error *error)
{
    vx_source *source = &r->sources->mask;
    vx_loaded mask = {0};
    vx_status status = vx_mask_read(source, &r->sources->how, r->mask->level, &mask, &r->mask_place, error);
    if (!status && (status = vx_mask_explicit(&mask, r->mask->level, &r->candidates, &r->report, error)))
        vx_error_prefix(error, status, "%s", source->path);
    vx_loaded_destroy(&mask);
    return status ? vx_error_prefix(error, status, "mask") : VX_OK;
}

/* Reads the first row, finds the candidates and allocates the memory for all rows. */
static vx_status read_first(vx_matrix_reading *r, vx_error *error)
{
    vx_loaded *volume = NULL;
    size_t cells;
    vx_status status = vx_sources_find_grid(r->sources, error);
    r->report.grid_voxels = status ? 0 : (int64_t)vx_grid_elements(&r->sources->how.grid);
    if (!status && r->survey)
        status = vx_survey_begin(r->survey, r->sources, error);
    if (!status && r->mask->file)
        status = read_mask_file(r, error);
    if (!status)
        status = load_row(r, 0, &volume, error);
    if (!status && !r->mask->file)
        status = vx_mask_implicit(volume, r->sources->row[0].sessions, &r->candidates, error);
    if (status)
        goto cleanup;
    r->note = vx_array_zero((size_t)r->candidates.count, 1);
    if (vx_multiply((size_t)r->sources->n, (size_t)r->candidates.count, &cells))
        r->data = vx_array(cells, sizeof *r->data);
    status = r->note && r->data ? gather(r, 0, volume, error) : vx_fail_memory(error);
cleanup:
    volumes_free(r, 0, volume);
    return status;
}

static vx_status read_later_row(void *reading, int64_t i, vx_error *error)
{
    const vx_status status = vx_stop_check(error);
    return status ? status : read_row(reading, 1 + i, error);
}

/* Confirms equal hashes by reading both images again. This is rare, as it nearly always ends in an error. */
static vx_status same_values(const vx_sources *sources, vx_source *a, vx_source *b, bool *same, vx_error *error)
{
    vx_loaded x = {0}, y = {0};
    vx_status status = vx_source_read(a, &sources->how, &x, error);
    if (!status)
        status = vx_source_read(b, &sources->how, &y, error);
    *same = !status;
    for (int64_t v = 0; *same && v < (int64_t)vx_grid_elements(&sources->how.grid); v++) {
        const double one = vx_loaded_value(&x, v), other = vx_loaded_value(&y, v);
        *same = one == other || (isnan(one) && isnan(other));
    }
    vx_loaded_destroy(&x);
    vx_loaded_destroy(&y);
    return status;
}

static vx_status check_duplicates(const vx_matrix_reading *r, vx_error *error)
{
    vx_source *image = r->sources->image;
    const int64_t images = r->sources->n * r->sources->sessions;
    for (int64_t i = 0; i < images; i++)
        for (int64_t j = i + 1; j < images && image[i].path; j++) {
            char one[512], other[512];
            bool same;
            if (!image[j].path || r->facts[i].hash != r->facts[j].hash)
                continue;
            vx_status status = same_values(r->sources, &image[i], &image[j], &same, error);
            if (status)
                return status;
            if (!same)
                continue;
            vx_source_describe(&image[i], one, sizeof one);
            vx_source_describe(&image[j], other, sizeof other);
            return vx_fail(error, VX_INPUT, "%s (%s) and %s (%s): %s; every image must be different", one,
                           image[i].path, other, image[j].path,
                           strcmp(image[i].path, image[j].path) == 0 ? "the same file" : "the same values");
        }
    return VX_OK;
}

/* Notes VARIES where the rows differ. A single row counts as varying everywhere. */
static void note_varying(vx_matrix_reading *r, int threads)
{
    const int64_t count = r->candidates.count;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t c = 0; c < count; c++) {
        bool varies = r->sources->n == 1;
        for (int64_t row = 1; row < r->sources->n && !varies; row++)
            varies = r->data[row * count + c] != r->data[c];
        if (varies)
            r->note[c] |= VARIES;
    }
}

/* Notes missing and low values at the candidates, and counts the candidates left out for each reason. The survey takes
 * over the counts of rows. */
static vx_status count_left_out(vx_matrix_reading *r, vx_error *error)
{
    vx_coverage coverage;
    vx_mask_report *report = &r->report;
    vx_status status = vx_coverage_find(r->sources, r->facts, r->mask->file ? &r->candidates : NULL,
                                        report->grid_voxels, &coverage, report, error);
    for (int64_t c = 0; c < r->candidates.count && !status; c++) {
        const int64_t voxel = r->candidates.index[c];
        if (vx_bit(coverage.not_finite, voxel))
            r->note[c] |= NOT_FINITE;
        if (vx_bit(coverage.zero, voxel) && !r->mask->keep_zeros)
            r->note[c] |= ZERO;
        if (vx_bit(coverage.below, voxel))
            r->note[c] |= BELOW_THRESHOLD;
        if (vx_bit(coverage.no_change, voxel))
            r->note[c] |= NO_CHANGE;
        report->left_out_change += (r->note[c] & ~VARIES) == NO_CHANGE;
        report->left_out_constant += r->note[c] == 0;
    }
    if (r->survey && !status) {
        vx_coverage_share(r->sources, r->facts, &coverage, report->grid_voxels, r->survey);
        r->survey->rows_with_data = coverage.rows;
        coverage.rows = NULL;
    }
    vx_coverage_destroy(&coverage);
    return status;
}

/* Compacts the matrix in place to the voxels that are analysed, and returns their number. */
static int64_t compact(vx_matrix_reading *r)
{
    const int64_t count = r->candidates.count;
    int64_t kept = 0, to = 0;
    for (int64_t c = 0; c < count; c++)
        if (r->note[c] == VARIES)
            r->candidates.index[kept++] = r->candidates.index[c];
    for (int64_t row = 0; row < r->sources->n; row++)
        for (int64_t c = 0; c < count; c++)
            if (r->note[c] == VARIES)
                r->data[to++] = r->data[row * count + c];
    return kept;
}

/* Voxels without a change leave the mask, unless they are half of it or more. */
static vx_status check_changes(const vx_matrix_reading *r, int64_t voxels, vx_error *error)
{
    const vx_mask_report *report = &r->report;
    if (!report->left_out_change || report->left_out_change < voxels)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%lld of %lld voxels have a value too near to zero, or below it, for a change in "
                   "percent or as a ratio (most in participant %s, column %s: %lld); --change difference takes any "
                   "values, --mask-threshold says which count", (long long)report->left_out_change,
                   (long long)(report->left_out_change + voxels), report->change.participant, report->change.column,
                   (long long)report->change.voxels);
}

static vx_status fail_empty(const vx_matrix_reading *r, vx_error *error)
{
    const vx_mask_report *report = &r->report;
    return vx_fail(error, VX_INPUT, "empty mask: of %lld voxels that %s, %lld are left out as not finite, %lld as "
                   "zero, %lld by the threshold and %lld as constant", (long long)report->candidate,
                   r->mask->file ? "the mask file holds" : "are not zero in some image",
                   (long long)report->left_out_not_finite, (long long)report->left_out_zero,
                   (long long)report->left_out_threshold, (long long)report->left_out_constant);
}

static void reading_destroy(vx_matrix_reading *r)
{
    for (int64_t i = 0; r->facts && i < r->sources->n * r->sources->sessions; i++)
        vx_facts_destroy(&r->facts[i]);
    free(r->facts);
    free(r->data);
    free(r->candidates.index);
    free(r->note);
}

vx_status vx_matrix_from_sources(vx_sources *sources, int threads, vx_survey *survey, vx_matrix **matrix,
                                 vx_mask_report *report, vx_error *error)
{
    vx_matrix_reading r = {.sources = sources, .mask = &sources->options, .survey = survey};
    vx_matrix *result = calloc(1, sizeof *result);
    if (threads < 1)
        threads = omp_get_max_threads();
    r.facts = vx_array_zero((size_t)(sources->n * sources->sessions), sizeof *r.facts); /* sources has the same size */
    vx_status status = r.facts && result ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = read_first(&r, error);
    if (!status)
        status = vx_each(r.sources->n - 1, threads, false, read_later_row, &r, error);
    if (!status)
        status = check_duplicates(&r, error);
    if (status)
        goto cleanup;
    note_varying(&r, threads);
    if ((status = count_left_out(&r, error)))
        goto cleanup;
    const int64_t voxels = compact(&r);
    if ((status = check_changes(&r, voxels, error)))
        goto cleanup;
    if (voxels == 0)
        status = fail_empty(&r, error);
    else if (survey)
        status = vx_matrix_remark(&r, voxels, error);
    if (status)
        goto cleanup;
    *result = (vx_matrix){.n = sources->n, .data = r.data,
                          .space = vx_space_own(&sources->how.grid, voxels, r.candidates.index)};
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

vx_status vx_matrix_read(const vx_volume_row *rows, int64_t n, const vx_mask_options *mask, int threads,
                         vx_matrix **matrix, vx_mask_report *report, vx_error *error)
{
    vx_sources sources;
    vx_status status = vx_sources_init(rows, n, mask, false, &sources, error);
    if (!status)
        status = vx_matrix_from_sources(&sources, threads, NULL, matrix, report, error);
    vx_sources_destroy(&sources);
    return status;
}
