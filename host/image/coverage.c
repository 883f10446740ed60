#include "image/coverage.h"

#include <stdio.h>

static int64_t count_bits(uint64_t word)
{
    return __builtin_popcountll(word);
}

/* A bit is set where the image has no value: exactly zero, or not finite. */
static uint64_t missing_bits(const vx_facts *image, size_t w)
{
    return (image->zero ? image->zero[w] : 0) | (image->not_finite ? image->not_finite[w] : 0);
}

static void add_bits(uint64_t *to, const uint64_t *from, size_t words)
{
    for (size_t w = 0; from && w < words; w++)
        to[w] |= from[w];
}

/* Voxels without a value: in all images of a row, and in any of them. */
typedef struct row_missing {
    uint64_t all, any;
} row_missing;

static row_missing missing_in_row(const vx_facts *image, int64_t images, size_t w)
{
    row_missing row = {~(uint64_t)0, 0};
    for (int64_t s = 0; s < images; s++) {
        const uint64_t missing = missing_bits(&image[s], w);
        row.all &= missing;
        row.any |= missing | (image[s].no_change ? image[s].no_change[w] : 0);
    }
    return row;
}

/* Afterwards `universe` marks voxels that no image has, and `alone` those that exactly one row misses. */
static vx_status add_rows(const vx_sources *sources, const vx_facts *facts, vx_coverage *c, vx_error *error)
{
    uint64_t *once = vx_array_zero(c->words, sizeof *once); /* voxels that some earlier row misses */
    if (!once)
        return vx_fail_memory(error);
    for (size_t w = 0; w < c->words; w++)
        c->universe[w] = ~(uint64_t)0;
    for (int64_t i = 0; i < sources->n; i++) {
        const vx_facts *image = &facts[i * sources->sessions];
        for (size_t w = 0; w < c->words; w++) {
            const row_missing row = missing_in_row(image, sources->row[i].sessions, w);
            c->universe[w] &= row.all;
            c->alone[w] = (c->alone[w] & ~row.any) | (row.any & ~once[w]);
            once[w] |= row.any;
        }
        for (int64_t s = 0; s < sources->row[i].sessions; s++) {
            add_bits(c->zero, image[s].zero, c->words);
            add_bits(c->not_finite, image[s].not_finite, c->words);
            add_bits(c->no_change, image[s].no_change, c->words);
        }
    }
    free(once);
    return VX_OK;
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
    int64_t zeros = 0;
    for (size_t w = 0; w < c->words; w++) {
        report->candidate += count_bits(c->universe[w]);
        report->left_out_not_finite += count_bits(c->universe[w] & c->not_finite[w]);
        zeros += count_bits(c->universe[w] & c->zero[w] & ~c->not_finite[w]);
    }
    *(sources->options.keep_zeros ? &report->kept_zero : &report->left_out_zero) = zeros;
    for (int64_t i = 0; i < sources->n * sources->sessions; i++) {
        compare_loss(facts[i].zero, c, &sources->image[i], &report->zero);
        compare_loss(facts[i].not_finite, c, &sources->image[i], &report->not_finite);
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
        .no_change = vx_array_zero(words, sizeof(uint64_t)),
        .alone = vx_array_zero(words, sizeof(uint64_t)),
    };
    if (!coverage->universe || !coverage->zero || !coverage->not_finite || !coverage->no_change || !coverage->alone)
        return vx_fail_memory(error);
    vx_status status = add_rows(sources, facts, coverage, error);
    if (status)
        return status;
    set_universe(file, voxels, coverage);
    count(sources, facts, coverage, report);
    return VX_OK;
}

void vx_coverage_destroy(vx_coverage *coverage)
{
    if (!coverage)
        return;
    free(coverage->universe);
    free(coverage->zero);
    free(coverage->not_finite);
    free(coverage->no_change);
    free(coverage->alone);
    *coverage = (vx_coverage){0};
}
