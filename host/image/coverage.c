#include "image/coverage.h"

#include <math.h>
#include <stdio.h>

static int64_t count_bits(uint64_t word)
{
    return __builtin_popcountll(word);
}

/* A bit is set where the image has no value: not finite, or exactly zero unless zeros are kept. */
static uint64_t excluded_bits(const vx_facts *image, bool keep_zeros, size_t w)
{
    return (image->zero && !keep_zeros ? image->zero[w] : 0) | (image->not_finite ? image->not_finite[w] : 0);
}

static void add_bits(uint64_t *to, const uint64_t *from, size_t words)
{
    for (size_t w = 0; from && w < words; w++)
        to[w] |= from[w];
}

/* The voxels of a word in the images of a row. */
typedef struct row_bits {
    uint64_t all_missing; /* no image has a value */
    uint64_t any;         /* some image has no value, or one that is not above the thresholds */
    uint64_t excluded;    /* the same, but for zeros that are kept */
} row_bits;

static row_bits bits_of_row(const vx_facts *image, int64_t images, bool keep_zeros, size_t w)
{
    row_bits row = {~(uint64_t)0, 0, 0};
    for (int64_t s = 0; s < images; s++) {
        const uint64_t missing = excluded_bits(&image[s], false, w);
        const uint64_t below = image[s].below ? image[s].below[w] : 0;
        const uint64_t low = below | (image[s].no_change ? image[s].no_change[w] : 0);
        row.all_missing &= missing;
        row.any |= missing | low;
        row.excluded |= excluded_bits(&image[s], keep_zeros, w) | low;
    }
    return row;
}

/* Counts for every voxel the rows that exclude it. The counters stand upright: bit b of plane p of word w is bit p of
 * the count of voxel 64 w + b, so that 64 counters grow with a few operations. */
enum { PLANES = 31 };

typedef struct row_counters {
    uint64_t *plane[PLANES];
    size_t words;
    int planes;
} row_counters;

static bool counters_init(row_counters *c, size_t words, int64_t n)
{
    *c = (row_counters){.words = words};
    for (; n >> c->planes; c->planes++)
        if (c->planes == PLANES || !(c->plane[c->planes] = vx_array_zero(words, sizeof(uint64_t))))
            return false;
    return true;
}

static void count_row(row_counters *c, size_t w, uint64_t excluded)
{
    for (int p = 0; excluded; p++) {
        const uint64_t carry = c->plane[p][w] & excluded;
        c->plane[p][w] ^= excluded;
        excluded = carry;
    }
}

static int32_t rows_that_exclude(const row_counters *c, int64_t voxel)
{
    int32_t rows = 0;
    for (int p = 0; p < c->planes; p++)
        rows |= (int32_t)(c->plane[p][voxel >> 6] >> (voxel & 63) & 1) << p;
    return rows;
}

static void counters_destroy(row_counters *c)
{
    for (int p = 0; p < PLANES; p++)
        free(c->plane[p]);
}

/* Afterwards `universe` marks voxels that no image has, and `alone` those that exactly one row excludes. */
static vx_status add_rows(const vx_sources *sources, const vx_facts *facts, int64_t voxels, vx_coverage *c,
                          vx_error *error)
{
    uint64_t *once = vx_array_zero(c->words, sizeof *once); /* voxels that some earlier row excludes */
    row_counters counters;
    const bool there = counters_init(&counters, c->words, sources->n) && once;
    for (size_t w = 0; there && w < c->words; w++)
        c->universe[w] = ~(uint64_t)0;
    for (int64_t i = 0; there && i < sources->n; i++) {
        const vx_facts *image = &facts[i * sources->sessions];
        const int64_t images = sources->row[i].sessions;
        for (size_t w = 0; w < c->words; w++) {
            const row_bits row = bits_of_row(image, images, sources->options.keep_zeros, w);
            c->universe[w] &= row.all_missing;
            c->alone[w] = (c->alone[w] & ~row.any) | (row.any & ~once[w]);
            once[w] |= row.any;
            count_row(&counters, w, row.excluded);
        }
        for (int64_t s = 0; s < images; s++) {
            add_bits(c->zero, image[s].zero, c->words);
            add_bits(c->not_finite, image[s].not_finite, c->words);
            add_bits(c->below, image[s].below, c->words);
            add_bits(c->no_change, image[s].no_change, c->words);
        }
    }
    for (int64_t v = 0; there && v < voxels; v++)
        c->rows[v] = (int32_t)(sources->n - rows_that_exclude(&counters, v));
    counters_destroy(&counters);
    free(once);
    return there ? VX_OK : vx_fail_memory(error);
}

/* Inverts `universe` to the voxels that some image has, or replaces it by the voxels of the mask file. */
static void set_universe(const vx_candidates *file, int64_t voxels, vx_coverage *c)
{
    for (size_t w = 0; w < c->words; w++)
        c->universe[w] = file ? 0 : ~c->universe[w];
    if (voxels & 63)
        c->universe[c->words - 1] &= ((uint64_t)1 << (voxels & 63)) - 1;
    for (int64_t k = 0; file && k < file->count; k++)
        c->universe[file->index[k] >> 6] |= (uint64_t)1 << (file->index[k] & 63);
    for (size_t w = 0; w < c->words; w++)
        c->alone[w] &= c->universe[w];
}

/* Makes the image the worst if it costs more voxels alone, or as many alone and more in total. */
static void compare_loss(const uint64_t *bits, const vx_coverage *c, const vx_source *image, vx_mask_loss *worst)
{
    vx_mask_loss loss = {0};
    for (size_t w = 0; bits && w < c->words; w++) {
        loss.voxels += count_bits(bits[w] & c->universe[w]);
        loss.alone += count_bits(bits[w] & c->alone[w]);
    }
    loss.images = worst->images += loss.voxels > 0;
    if (loss.alone < worst->alone || (loss.alone == worst->alone && loss.voxels <= worst->voxels))
        return;
    snprintf(loss.participant, sizeof loss.participant, "%s", vx_source_name(image->participant));
    snprintf(loss.column, sizeof loss.column, "%s", vx_source_name(image->column));
    *worst = loss;
}

static void count(const vx_sources *sources, const vx_facts *facts, const vx_coverage *c, vx_mask_report *report)
{
    const bool keep_zeros = sources->options.keep_zeros;
    int64_t zeros = 0;
    for (size_t w = 0; w < c->words; w++) {
        const uint64_t finite = c->universe[w] & ~c->not_finite[w];
        report->candidate += count_bits(c->universe[w]);
        report->left_out_not_finite += count_bits(c->universe[w] & c->not_finite[w]);
        zeros += count_bits(finite & c->zero[w]);
        report->left_out_threshold += count_bits(finite & c->below[w] & (keep_zeros ? ~(uint64_t)0 : ~c->zero[w]));
    }
    *(keep_zeros ? &report->kept_zero : &report->left_out_zero) = zeros;
    for (int64_t i = 0; i < sources->n * sources->sessions; i++) {
        compare_loss(facts[i].zero, c, &sources->image[i], &report->zero);
        compare_loss(facts[i].not_finite, c, &sources->image[i], &report->not_finite);
        compare_loss(facts[i].below, c, &sources->image[i], &report->threshold);
        compare_loss(facts[i].no_change, c, &sources->image[i], &report->change);
    }
}

vx_status vx_coverage_find(const vx_sources *sources, const vx_facts *facts, const vx_candidates *file, int64_t voxels,
                           vx_coverage *coverage, vx_mask_report *report, vx_error *error)
{
    const size_t words = vx_facts_words(voxels);
    *coverage = (vx_coverage){
        .words = words,
        .universe = vx_array_zero(words, sizeof(uint64_t)),
        .zero = vx_array_zero(words, sizeof(uint64_t)),
        .not_finite = vx_array_zero(words, sizeof(uint64_t)),
        .below = vx_array_zero(words, sizeof(uint64_t)),
        .no_change = vx_array_zero(words, sizeof(uint64_t)),
        .rows = vx_array((size_t)voxels, sizeof(int32_t)),
        .alone = vx_array_zero(words, sizeof(uint64_t)),
    };
    if (!coverage->universe || !coverage->zero || !coverage->not_finite || !coverage->below || !coverage->no_change ||
        !coverage->rows || !coverage->alone)
        return vx_fail_memory(error);
    vx_status status = add_rows(sources, facts, voxels, coverage, error);
    if (status)
        return status;
    set_universe(file, voxels, coverage);
    count(sources, facts, coverage, report);
    return VX_OK;
}

/* The voxels of a word that images are expected to cover. */
static uint64_t expected_bits(const vx_sources *sources, const vx_coverage *c, int64_t voxels, size_t w)
{
    const int64_t from = (int64_t)w * 64;
    uint64_t bits = 0;
    if (sources->options.file)
        return c->universe[w];
    for (int64_t v = from; v < from + 64 && v < voxels; v++)
        bits |= (uint64_t)(2 * (int64_t)c->rows[v] > sources->n) << (v - from);
    return bits;
}

void vx_coverage_share(const vx_sources *sources, const vx_facts *facts, const vx_coverage *coverage, int64_t voxels,
                       vx_survey *survey)
{
    const int64_t images = sources->n * sources->sessions;
    int64_t expected = 0;
    for (int64_t i = 0; i < images; i++)
        survey->image[i].coverage = 0;
    for (size_t w = 0; w < coverage->words; w++) {
        const uint64_t bits = expected_bits(sources, coverage, voxels, w);
        expected += count_bits(bits);
        for (int64_t i = 0; bits && i < images; i++)
            survey->image[i].coverage +=
                (double)count_bits(bits & ~excluded_bits(&facts[i], sources->options.keep_zeros, w));
    }
    for (int64_t i = 0; i < images; i++)
        survey->image[i].coverage = sources->image[i].path ? survey->image[i].coverage / (double)expected : NAN;
}

void vx_coverage_destroy(vx_coverage *coverage)
{
    if (!coverage)
        return;
    free(coverage->universe);
    free(coverage->zero);
    free(coverage->not_finite);
    free(coverage->below);
    free(coverage->rows);
    free(coverage->no_change);
    free(coverage->alone);
    *coverage = (vx_coverage){0};
}
