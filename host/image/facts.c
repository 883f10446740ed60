#include "image/facts.h"

#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <string.h>

enum {
    LANES = 4, /* of the hash, so that its multiplications need not wait for each other */
    SAMPLE = 2048,
};

/* A bit a voxel. */
typedef struct word {
    uint64_t zero, not_finite, differs; /* differs: from `first` */
} word;

/* Up to 64 values from `value` on. The hash is FNV-1a over the values as doubles, with a shift that carries high bits
 * down, so that the same values have the same hash in whatever type they were stored. */
#define LOOK(type)                                                                                                     \
    static word look_##type(const type *value, int count, double first, uint64_t lane[LANES])                          \
    {                                                                                                                  \
        word found = {0};                                                                                              \
        for (int k = 0; k < count; k++) {                                                                              \
            const double x = value[k];                                                                                 \
            uint64_t bits;                                                                                             \
            memcpy(&bits, &x, sizeof bits);                                                                            \
            lane[k % LANES] = (lane[k % LANES] ^ bits) * 0x100000001b3u;                                               \
            lane[k % LANES] ^= lane[k % LANES] >> 32;                                                                  \
            found.zero |= (uint64_t)(x == 0) << k;                                                                     \
            found.not_finite |= (uint64_t)!isfinite(x) << k;                                                           \
            found.differs |= (uint64_t)(x != first) << k;                                                              \
        }                                                                                                              \
        return found;                                                                                                  \
    }
LOOK(float)
LOOK(double)

/* NaN where there is none. */
static double first_finite(const vx_loaded *image, int64_t voxels)
{
    for (int64_t v = 0; v < voxels; v++)
        if (isfinite(vx_loaded_value(image, v)))
            return vx_loaded_value(image, v);
    return NAN;
}

/* The voxels of the sample are spread by multiples of the golden section, which no period of the grid meets. */
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

/* Frees the bits where none is set. */
static void keep(uint64_t **bits, uint64_t any)
{
    if (any)
        return;
    free(*bits);
    *bits = NULL;
}

vx_status vx_facts_find(const char *path, const vx_loaded *image, vx_facts *facts, vx_error *error)
{
    const int64_t voxels = image->grid.dim[0] * image->grid.dim[1] * image->grid.dim[2]; /* in memory: no overflow */
    const size_t words = vx_facts_words(voxels);
    const double first = first_finite(image, voxels);
    uint64_t lane[LANES] = {0xcbf29ce484222325u, 1, 2, 3};
    word any = {0};
    if (isnan(first))
        return vx_fail(error, VX_INPUT, "%s: no voxel is finite", path);
    facts->zero = vx_array(words, sizeof *facts->zero);
    facts->not_finite = vx_array(words, sizeof *facts->not_finite);
    if (!facts->zero || !facts->not_finite)
        return vx_fail_memory(error);
    for (size_t w = 0; w < words; w++) {
        const int64_t v = (int64_t)w * 64;
        const int count = voxels - v < 64 ? (int)(voxels - v) : 64;
        const word found = image->wide ? look_double(image->wide + v, count, first, lane)
                                       : look_float(image->data + v, count, first, lane);
        facts->zero[w] = found.zero;
        facts->not_finite[w] = found.not_finite;
        any.zero |= found.zero;
        any.not_finite |= found.not_finite;
        any.differs |= found.differs & ~found.not_finite;
    }
    if (!any.differs)
        return vx_fail(error, VX_INPUT, "%s: constant image: every voxel is %g", path, first);
    keep(&facts->zero, any.zero);
    keep(&facts->not_finite, any.not_finite);
    for (int k = 0; k < LANES; k++)
        facts->hash = (facts->hash ^ lane[k]) * 0x100000001b3u;
    facts->typical = typical_value(image, voxels);
    facts->mm_per_unit = image->mm_per_unit;
    return VX_OK;
}

void vx_facts_destroy(vx_facts *facts)
{
    free(facts->zero);
    free(facts->not_finite);
    *facts = (vx_facts){0};
}
