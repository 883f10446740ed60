#include "infer/order.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* Bins of either sign: one for so many scores, but not more than keep the counts of both signs in the nearest cache. */
enum { SCORES = 50, BINS_MOST = 4096, BOTH_MOST = 2 * BINS_MOST, NOT_WANTED = UINT32_MAX };

/* How many standard deviations of r the bins span. What lies beyond is in the last one. */
static const double SPAN = 6.0;

struct vx_order {
    bool fixed_point;
    int bins;
    float scale;                 /* bins a unit of the value that a score stands for */
    int64_t voxels;
    uint16_t *bin;               /* voxels: the negative scores are in bins bins - 1 down to 0 */
    uint32_t *gathered;          /* voxels: sizes in the wanted bins; those of both signs follow each other */
    uint32_t count[BOTH_MOST];
    uint32_t below[2][BOTH_MOST]; /* scores below a bin; sizes below a pair of bins, of which there are `bins` */
    uint32_t start[BOTH_MOST];   /* places in `gathered`, or NOT_WANTED */
};

vx_order *vx_order_new(const vx_problem *problem)
{
    vx_order *o = vx_array(1, sizeof *o);
    if (!o)
        return NULL;
    const double span = fmin(SPAN / sqrt(problem->effect->df + 1.0), 1.0);
    o->fixed_point = problem->op == VX_OP_SIGNFLIP;
    o->bins = (int)fmax(1, fmin(BINS_MOST, (double)problem->voxels / SCORES));
    o->scale = (float)(o->bins / span * (o->fixed_point ? problem->unit : 1.0));
    o->voxels = problem->voxels;
    o->bin = vx_array((size_t)o->voxels, sizeof *o->bin);
    o->gathered = vx_array((size_t)o->voxels, sizeof *o->gathered);
    if (o->bin && o->gathered)
        return o;
    vx_order_free(o);
    return NULL;
}

void vx_order_free(vx_order *order)
{
    if (!order)
        return;
    free(order->bin);
    free(order->gathered);
    free(order);
}

/* The score of the opposite statistic: of fixed point its negative, of floats the same bits with the other sign. */
static inline int32_t mirrored(int32_t score, bool fixed_point)
{
    return fixed_point ? -score : ~score;
}

/* Bins are found apart from counting, so that the compiler makes vectors of it. */
static inline __attribute__((always_inline)) void find_bins(const vx_order *o, const int32_t *score, bool fixed_point)
{
    const float scale = o->scale;
    const int32_t bins = o->bins;
    for (int64_t v = 0; v < o->voxels; v++) {
        const int32_t sign = score[v] >> 31, size = fixed_point ? (score[v] ^ sign) - sign : score[v] ^ sign;
        union {
            int32_t bits;
            float value;
        } s = {.bits = size};
        const float place = (fixed_point ? (float)size : s.value) * scale;
        const int32_t bin = (int32_t)(place < (float)(bins - 1) ? place : (float)(bins - 1));
        o->bin[v] = (uint16_t)(bins + (bin ^ sign));
    }
}

static void count(vx_order *o, const int32_t *score)
{
    if (o->fixed_point)
        find_bins(o, score, true);
    else
        find_bins(o, score, false);
    memset(o->count, 0, 2 * (size_t)o->bins * sizeof *o->count);
    for (int64_t v = 0; v < o->voxels; v++)
        o->count[o->bin[v]]++;
}

/* Adds up the numbers below each bin: of ascending scores bin by bin, of ascending sizes by pairs of bins. */
static void add_up(vx_order *o)
{
    uint32_t scores = 0, sizes = 0;
    for (int k = 0; k < 2 * o->bins; scores += o->count[k++])
        o->below[0][k] = scores;
    for (int k = 0; k < o->bins; k++) {
        o->below[1][k] = sizes;
        sizes += o->count[o->bins - 1 - k] + o->count[o->bins + k];
    }
}

/* Finds the bin of a place by bisection, and the place within it: the last bin with no more below it. */
static int bin_of(const vx_order *o, const vx_order_place *place, int64_t *within)
{
    const uint32_t *const below = o->below[place->size];
    int first = 0, end = place->size ? o->bins : 2 * o->bins;
    while (end - first > 1) {
        const int middle = first + (end - first) / 2;
        if (below[middle] <= place->place)
            first = middle;
        else
            end = middle;
    }
    *within = place->place - below[first];
    return first;
}

/* Gives wanted bins their places among the gathered: both signs of a size together, the negative one first. */
static void make_room(vx_order *o)
{
    uint32_t end = 0;
    for (int k = 0; k < o->bins; k++)
        for (int b = o->bins - 1 - k;; b = o->bins + k) {
            if (o->start[b] != NOT_WANTED) {
                o->start[b] = end;
                end += o->count[b];
            }
            if (b >= o->bins)
                break;
        }
}

static void gather(vx_order *o, const int32_t *score)
{
    for (int64_t v = 0; v < o->voxels; v++) {
        uint32_t *const at = &o->start[o->bin[v]];
        if (__builtin_expect(*at != NOT_WANTED, 0))
            o->gathered[(*at)++] = (uint32_t)(score[v] < 0 ? mirrored(score[v], o->fixed_point) : score[v]);
    }
}

/* The one of place k among `count` numbers, which it moves. */
static uint32_t pick(uint32_t *number, int64_t count, int64_t k)
{
    int64_t first = 0, last = count - 1;
    while (first < last) {
        const uint32_t pivot = number[k];
        int64_t low = first, high = last;
        do {
            while (number[low] < pivot)
                low++;
            while (number[high] > pivot)
                high--;
            if (low <= high) {
                const uint32_t swap = number[low];
                number[low++] = number[high];
                number[high--] = swap;
            }
        } while (low <= high);
        if (high < k)
            first = low;
        if (k < low)
            last = high;
    }
    return number[k];
}

/* The score of a place within a bin of ascending scores, or of sizes. */
static int32_t select_score(const vx_order *o, bool size, int bin, int64_t place)
{
    if (size) {
        const uint32_t both = o->count[o->bins - 1 - bin] + o->count[o->bins + bin];
        return (int32_t)pick(o->gathered + o->start[o->bins + bin] - both, both, place);
    }
    const uint32_t in = o->count[bin];
    uint32_t *of = o->gathered + o->start[bin] - in;
    if (bin >= o->bins)
        return (int32_t)pick(of, in, place);
    return mirrored((int32_t)pick(of, in, in - 1 - place), o->fixed_point);
}

void vx_order_find(vx_order *o, const int32_t *score, const vx_order_place *place, size_t places, int32_t *found)
{
    int64_t within;
    count(o, score);
    add_up(o);
    memset(o->start, 0xff, 2 * (size_t)o->bins * sizeof *o->start);
    for (size_t i = 0; i < places; i++) {
        const int bin = bin_of(o, &place[i], &within);
        o->start[place[i].size ? o->bins + bin : bin] = 0;
        if (place[i].size)
            o->start[o->bins - 1 - bin] = 0;
    }
    make_room(o);
    gather(o, score);
    for (int size = 0; size < 2; size++) /* selecting among sizes mixes the signs, and so comes last */
        for (size_t i = 0; i < places; i++)
            if (place[i].size == (size == 1)) {
                const int bin = bin_of(o, &place[i], &within);
                found[i] = select_score(o, place[i].size, bin, within);
            }
}
