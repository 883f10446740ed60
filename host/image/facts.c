#include "image/facts.h"

#include "base/memory.h"
#include "base/sort.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

enum {
    WORD = 64, /* voxels at a time */
    LANES = 2, /* values in a vector: a width that every CPU has */
    SAMPLE = 512,
};

typedef float lane_floats __attribute__((vector_size(LANES * sizeof(float))));
typedef double lane_doubles __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t lane_bits __attribute__((vector_size(LANES * sizeof(int64_t))));
typedef uint64_t lane_hash __attribute__((vector_size(LANES * sizeof(uint64_t)))); /* wraps around */

/* One bit for each of 64 voxels. */
typedef struct word_bits {
    uint64_t zero, not_finite, differs; /* differs: from the first finite value */
} word_bits;

/* The state of a pass over an image. */
typedef struct scan {
    double slope, inter, first;
    lane_hash hash;
} scan;

static uint64_t any_lane(lane_bits bits)
{
    return (uint64_t)(bits[0] | bits[1]);
}

/* Scans 64 values. Each lane has its own hash (Bernstein's, h * 33 xor x). The hash is of doubles, so that equal
 * values have equal hashes whatever their type in the file. x - x is 0 for a finite x and NaN for others. */
#define SCAN_WORD(type)                                                                                                \
    static word_bits scan_word_##type(const type *stored, scan *l)                                                     \
    {                                                                                                                  \
        lane_bits zero = {0}, not_finite = {0}, differs = {0}, place = {1, 2};                                         \
        for (int k = 0; k < WORD; k += LANES) {                                                                        \
            lane_##type##s from;                                                                                       \
            memcpy(&from, stored + k, sizeof from);                                                                    \
            const lane_doubles x = l->slope * __builtin_convertvector(from, lane_doubles) + l->inter;                  \
            zero |= (x == 0) & place;                                                                                  \
            not_finite |= (x - x != 0) & place;                                                                        \
            differs |= (x != l->first) & place;                                                                        \
            place <<= LANES;                                                                                           \
            l->hash = ((l->hash << 5) + l->hash) ^ (lane_hash)x;                                                       \
        }                                                                                                              \
        return (word_bits){any_lane(zero), any_lane(not_finite), any_lane(differs)};                                   \
    }
SCAN_WORD(float)
SCAN_WORD(double)

/* Scans `count` <= 64 values from voxel `from` on. */
static word_bits scan_word(const vx_loaded *image, int64_t from, int count, scan *l)
{
    if (count == WORD)
        return image->wide ? scan_word_double(image->wide + from, l) : scan_word_float(image->data + from, l);
    double padded[WORD] = {0};
    scan plain = {.slope = 1, .first = l->first, .hash = l->hash};
    for (int k = 0; k < count; k++)
        padded[k] = vx_loaded_value(image, from + k);
    const word_bits found = scan_word_double(padded, &plain);
    const uint64_t valid = ((uint64_t)1 << count) - 1;
    l->hash = plain.hash;
    return (word_bits){found.zero & valid, found.not_finite & valid, found.differs & valid};
}

/* The first finite value; NaN if no value is finite. */
static double first_finite(const vx_loaded *image, int64_t voxels)
{
    for (int64_t v = 0; v < voxels; v++)
        if (isfinite(vx_loaded_value(image, v)))
            return vx_loaded_value(image, v);
    return NAN;
}

/* Sampled voxels are spaced by the golden ratio, so that they follow no period of the grid. */
static double typical_value(const vx_loaded *image, int64_t voxels)
{
    float sample[SAMPLE];
    size_t count = 0;
    for (int64_t i = 0; i < (voxels < SAMPLE ? voxels : SAMPLE); i++) {
        const double place = (double)i * 0.6180339887498949;
        const int64_t v = voxels < SAMPLE ? i : (int64_t)((place - floor(place)) * (double)voxels);
        const float value = (float)fabs(vx_loaded_value(image, v));
        if (isfinite(value) && value > 0)
            sample[count++] = value;
    }
    vx_sort_floats(sample, count);
    return count ? sample[count / 2] : 0;
}

/* Frees a bit set that is empty: `any` is the union of its words. */
static void free_if_clear(uint64_t **bits, uint64_t any)
{
    if (any)
        return;
    free(*bits);
    *bits = NULL;
}

vx_status vx_facts_find(const char *path, const vx_loaded *image, vx_facts *facts, vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&image->grid);
    const size_t words = vx_facts_words(voxels);
    const double first = first_finite(image, voxels);
    scan l = {image->slope, image->inter, first, {1, 2}};
    word_bits any = {0};
    if (isnan(first))
        return vx_fail(error, VX_INPUT, "%s: no voxel is finite", path);
    facts->zero = vx_array(words, sizeof *facts->zero);
    facts->not_finite = vx_array(words, sizeof *facts->not_finite);
    if (!facts->zero || !facts->not_finite)
        return vx_fail_memory(error);
    for (size_t w = 0; w < words; w++) {
        const int64_t v = (int64_t)w * WORD;
        const int count = voxels - v < WORD ? (int)(voxels - v) : WORD;
        const word_bits found = scan_word(image, v, count, &l);
        facts->zero[w] = found.zero;
        facts->not_finite[w] = found.not_finite;
        any.zero |= found.zero;
        any.not_finite |= found.not_finite;
        any.differs |= found.differs & ~found.not_finite;
    }
    if (!any.differs)
        return vx_fail(error, VX_INPUT, "%s: constant image: every voxel is %g", path, first);
    free_if_clear(&facts->zero, any.zero);
    free_if_clear(&facts->not_finite, any.not_finite);
    for (int k = 0; k < LANES; k++) { /* FNV-1a, with a shift that carries high bits down */
        facts->hash = (facts->hash ^ (uint64_t)l.hash[k]) * 0x100000001b3u;
        facts->hash ^= facts->hash >> 32;
    }
    facts->typical = typical_value(image, voxels);
    facts->global = vx_global_of(image);
    facts->mm_per_unit = image->mm_per_unit;
    facts->side_assumed = image->side_assumed;
    return VX_OK;
}

vx_status vx_facts_mark_below(const vx_loaded *image, double level, bool keep_zeros, vx_facts *facts, vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&image->grid);
    uint64_t any = 0;
    facts->below = vx_array_zero(vx_facts_words(voxels), sizeof *facts->below);
    if (!facts->below)
        return vx_fail_memory(error);
    for (int64_t v = 0; v < voxels; v++) {
        const double value = vx_loaded_value(image, v);
        const bool below = isfinite(value) && !(value > level) && (value != 0 || keep_zeros);
        facts->below[v >> 6] |= (uint64_t)below << (v & 63);
        any |= below;
    }
    free_if_clear(&facts->below, any);
    return VX_OK;
}

void vx_facts_destroy(vx_facts *facts)
{
    if (!facts)
        return;
    free(facts->below);
    free(facts->zero);
    free(facts->not_finite);
    free(facts->no_change);
    *facts = (vx_facts){0};
}
