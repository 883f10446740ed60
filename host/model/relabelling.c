#include "model/relabelling.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/sort.h"

#include <string.h>

enum { AUTO_ALL = 20000, AUTO_RANDOM = 10000, BY_INSERTION_MAX = 48 };
static const uint64_t COUNT_MAX = UINT64_C(1) << 24; /* a relabelling takes about 50 bytes in a null distribution */

/* a * b / c, where c divides the product. UINT64_MAX where that does not fit, or where a is UINT64_MAX. */
static uint64_t saturating_ratio(uint64_t a, uint64_t b, uint64_t c)
{
    unsigned __int128 product = (unsigned __int128)a * b / c;
    return a == UINT64_MAX || product >= UINT64_MAX ? UINT64_MAX : (uint64_t)product;
}

/* Number of arrangements of items of which left[c].key are of kind c: a product of binomials, one for each kind. */
static uint64_t arrangements(const vx_sort_key *left, int32_t kinds)
{
    uint64_t ways = 1, placed = 0;
    for (int32_t c = 0; c < kinds; c++)
        for (uint64_t j = 1; j <= left[c].key; j++)
            ways = saturating_ratio(ways, ++placed, j);
    return ways;
}

static bool same_row(const vx_effect *effect, int64_t a, int64_t b)
{
    for (int64_t j = 0; j < effect->columns; j++)
        if (effect->design[j * effect->n + a] != effect->design[j * effect->n + b])
            return false;
    return true;
}

static void find_kinds(const vx_effect *effect, vx_relabellings *p)
{
    for (int64_t i = 0; i < effect->n; i++) {
        p->kind[i] = -1;
        for (int64_t j = 0; j < i && p->kind[i] < 0; j++)
            if (same_row(effect, i, j))
                p->kind[i] = p->kind[j];
        if (p->kind[i] < 0)
            p->kind[i] = p->kinds++;
    }
}

/* Sets left[c].key to the number of rows of kind c, and left[c].index, where the search for the next one begins, to
 * 0. */
static void count_kinds(const vx_relabellings *p, vx_sort_key *left)
{
    memset(left, 0, (size_t)p->kinds * sizeof *left);
    for (int64_t i = 0; i < p->n; i++)
        left[p->kind[i]].key++;
}

/* Lexicographic rank of the observed arrangement among all arrangements of its kinds. */
static uint64_t rank_observed(const vx_relabellings *p, vx_sort_key *left)
{
    uint64_t rank = 0;
    count_kinds(p, left);
    for (int64_t i = 0; i < p->n; i++) {
        for (int32_t c = 0; c < p->kind[i]; c++) {
            if (!left[c].key)
                continue;
            left[c].key--;
            rank += arrangements(left, p->kinds);
            left[c].key++;
        }
        left[p->kind[i]].key--;
    }
    return rank;
}

static vx_status choose_count(vx_relabellings *p, int64_t requested, vx_error *error)
{
    bool all = requested == 0 || (requested < 0 && p->possible <= AUTO_ALL) ||
               (requested > 0 && (uint64_t)requested >= p->possible - 1);
    if (all && p->possible > COUNT_MAX)
        return vx_fail(error, VX_USAGE, "every relabelling was asked for, but there are %s%llu; ask for at most %llu",
                       p->possible == UINT64_MAX ? "more than " : "", (unsigned long long)p->possible,
                       (unsigned long long)COUNT_MAX);
    if (!all && requested > 0 && (uint64_t)requested > COUNT_MAX)
        return vx_fail(error, VX_USAGE, "%lld permutations; a run can have at most %llu", (long long)requested,
                       (unsigned long long)COUNT_MAX);
    p->exhaustive = all;
    p->count = all ? p->possible : 1 + (uint64_t)(requested < 0 ? AUTO_RANDOM : requested);
    return VX_OK;
}

/* The distinct relabellings of the first p->n kinds. */
static uint64_t count_distinct(const vx_relabellings *p, vx_sort_key *left)
{
    if (p->scheme == VX_SIGN_FLIP)
        return p->n < 64 ? UINT64_C(1) << p->n : UINT64_MAX;
    count_kinds(p, left);
    return arrangements(left, p->kinds);
}

/* Takes the participants of the set, finds their rows and kinds, and counts what is possible. */
static void choose_participants(const vx_effect *effect, vx_relabellings *p, vx_sort_key *left)
{
    const int64_t *participant = effect->shared ? effect->shared : effect->participant;
    int32_t row = 0;
    p->n = p->rows = effect->n;
    find_kinds(effect, p);
    p->distinct = p->possible = count_distinct(p, left);
    if (effect->shared) {
        p->n = effect->shared_count;
        p->kinds = (int32_t)p->n;
        for (int32_t i = 0; i < p->kinds; i++)
            p->kind[i] = i;
        p->possible = count_distinct(p, left);
    }
    for (int64_t i = 0; i < p->n; i++) {
        p->participant[i] = participant[i];
        p->row[i] = row < p->rows && effect->participant[row] == participant[i] ? row++ : -1;
    }
}

/* Sets the members that follow from the scheme and the requested number. */
static vx_status choose_set(const vx_effect *effect, int64_t requested, vx_relabellings *p, vx_error *error)
{
    const size_t most = (size_t)(effect->shared ? effect->shared_count : effect->n);
    vx_sort_key *left = vx_array(most, sizeof *left);
    p->kind = vx_array(most, sizeof *p->kind);
    p->row = vx_array(most, sizeof *p->row);
    p->participant = vx_array(most, sizeof *p->participant);
    if (!left || !p->kind || !p->row || !p->participant) {
        free(left);
        return vx_fail_memory(error);
    }
    bool flips = p->scheme == VX_SIGN_FLIP;
    choose_participants(effect, p, left);
    vx_status status = choose_count(p, requested, error);
    p->mirrored = p->exhaustive && flips;
    p->evaluations = p->mirrored ? p->count / 2 : p->count;
    if (!status && p->exhaustive && !flips)
        p->observed = rank_observed(p, left);
    free(left);
    return status;
}

vx_status vx_relabellings_new(const vx_effect *effect, int64_t requested, uint64_t seed, vx_relabellings **set,
                              vx_error *error)
{
    vx_relabellings *p = vx_array_zero(1, sizeof *p);
    if (!p)
        return vx_fail_memory(error);
    p->scheme = effect->scheme;
    p->seed = seed;
    vx_status status = choose_set(effect, requested, p, error);
    if (status)
        vx_relabellings_free(p);
    else
        *set = p;
    return status;
}

void vx_relabellings_free(vx_relabellings *set)
{
    if (!set)
        return;
    free(set->kind);
    free(set->row);
    free(set->participant);
    free(set);
}

uint64_t vx_relabellings_evaluated(const vx_relabellings *set, uint64_t index, bool *mirrored)
{
    *mirrored = set->mirrored && index >= set->evaluations;
    return *mirrored ? set->count - 1 - index : index;
}

const char *vx_relabellings_difference(const vx_relabellings *a, const vx_relabellings *b)
{
    if (a->scheme != b->scheme)
        return "one flips signs, and the other permutes";
    if (a->n != b->n || memcmp(a->participant, b->participant, (size_t)a->n * sizeof *a->participant) != 0)
        return "they are of other participants";
    if (a->scheme == VX_PERMUTE && memcmp(a->kind, b->kind, (size_t)a->n * sizeof *a->kind) != 0)
        return "they depend on the ties of each design";
    if (a->count != b->count || a->exhaustive != b->exhaustive)
        return "their numbers differ";
    return !a->exhaustive && a->seed != b->seed ? "their seeds differ" : NULL;
}

/* In the set of all flips, bit i of `index` flips row i. Relabellings index and possible - 1 - index are therefore
 * mirror images. */
static void get_signs(const vx_relabellings *p, uint64_t index, int8_t *sign)
{
    if (p->exhaustive || index == 0) {
        for (int64_t i = 0; i < p->n; i++)
            sign[i] = i < 64 && index >> i & 1 ? -1 : 1;
        return;
    }
    bool flipped = false;
    for (uint32_t attempt = 0; !flipped; attempt++) {
        vx_random4 drawn = {{0}};
        int64_t block = -1;
        for (int64_t i = 0; i < p->n; i++) {
            int64_t at = p->participant[i];
            if (at / 128 != block)
                drawn = vx_philox(p->seed, index, (uint32_t)(block = at / 128), VX_STREAM_FLIP + 256 * attempt);
            sign[i] = drawn.word[at % 128 / 32] >> (at % 32) & 1 ? -1 : 1;
            flipped = flipped || sign[i] < 0;
        }
    }
}

static int by_key(const void *a, const void *b)
{
    const vx_sort_key *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return vx_compare(x->index, y->index);
}

/* qsort copies through memory that it allocates or finds, which takes longer than few keys take by insertion. */
static void sort_keys(vx_sort_key *key, int64_t n)
{
    if (n > BY_INSERTION_MAX) {
        qsort(key, (size_t)n, sizeof *key, by_key);
        return;
    }
    for (int64_t i = 1; i < n; i++) {
        const vx_sort_key moved = key[i];
        int64_t at = i;
        for (; at > 0 && key[at - 1].key > moved.key; at--) /* equal keys stay in the order of their indices */
            key[at] = key[at - 1];
        key[at] = moved;
    }
}

/* Draws a random permutation: sorts the rows by the participants' random 64-bit keys. */
static void draw_order(const vx_relabellings *p, uint64_t index, uint32_t attempt, int32_t *order, vx_sort_key *key)
{
    vx_random4 drawn = {{0}};
    int64_t block = -1;
    for (int64_t i = 0; i < p->n; i++) {
        int64_t at = p->participant[i];
        if (at / 2 != block)
            drawn = vx_philox(p->seed, index, (uint32_t)(block = at / 2), VX_STREAM_PERMUTE + 256 * attempt);
        key[i].key = (uint64_t)drawn.word[at % 2 * 2] << 32 | drawn.word[at % 2 * 2 + 1];
        key[i].index = (int32_t)i;
    }
    sort_keys(key, p->n);
    for (int64_t i = 0; i < p->n; i++)
        order[i] = key[i].index;
}

/* Whether every data row is paired with a design row equal to its own. */
static bool is_observed(const vx_relabellings *p, const int32_t *order)
{
    for (int64_t i = 0; i < p->n; i++)
        if (p->kind[order[i]] != p->kind[i])
            return false;
    return true;
}

/* Arrangement number `rank`. It pairs each data row with a kind; the design rows of a kind are used in ascending
 * order. */
static void unrank_order(const vx_relabellings *p, uint64_t rank, int32_t *order, vx_sort_key *left)
{
    count_kinds(p, left);
    for (int64_t j = 0; j < p->n; j++) {
        int32_t c = 0;
        for (;; c++) {
            if (!left[c].key)
                continue;
            left[c].key--;
            uint64_t ways = arrangements(left, p->kinds);
            if (rank < ways)
                break;
            rank -= ways;
            left[c].key++;
        }
        int32_t row = left[c].index;
        while (p->kind[row] != c)
            row++;
        left[c].index = row + 1;
        order[row] = (int32_t)j;
    }
}

static void get_order(const vx_relabellings *p, uint64_t index, int32_t *order, vx_sort_key *scratch)
{
    if (index == 0) {
        for (int64_t i = 0; i < p->n; i++)
            order[i] = (int32_t)i;
        return;
    }
    if (p->exhaustive) {
        uint64_t to_end = p->possible - p->observed; /* rank = (observed + index) mod possible, without overflow */
        unrank_order(p, index < to_end ? p->observed + index : index - to_end, order, scratch);
        return;
    }
    uint32_t attempt = 0;
    do
        draw_order(p, index, attempt++, order, scratch);
    while (is_observed(p, order));
}

/* Leaves out the participants whom the effect lacks. */
static void restrict_signs(const vx_relabellings *p, int8_t *sign)
{
    for (int64_t i = 0; i < p->n; i++)
        if (p->row[i] >= 0) /* row[i] <= i: no sign is overwritten before it is read */
            sign[p->row[i]] = sign[i];
}

static void restrict_order(const vx_relabellings *p, int32_t *order, vx_sort_key *scratch)
{
    for (int64_t i = 0; i < p->n; i++) {
        int32_t partner = order[i];
        if (p->row[i] < 0)
            continue;
        while (p->row[partner] < 0)
            partner = order[partner];
        scratch[p->row[i]].index = p->row[partner];
    }
    for (int64_t i = 0; i < p->rows; i++)
        order[i] = scratch[i].index;
}

vx_status vx_relabelling_init(vx_relabelling *relabelling, const vx_relabellings *set, vx_error *error)
{
    size_t rows = (size_t)set->n;
    vx_relabelling r = {vx_array(rows, sizeof *r.order), vx_array(rows, sizeof *r.sign),
                        vx_array(rows, sizeof *r.scratch)};
    if (!r.order || !r.sign || !r.scratch) {
        vx_relabelling_destroy(&r);
        return vx_fail_memory(error);
    }
    for (size_t i = 0; i < rows; i++) {
        r.order[i] = (int32_t)i;
        r.sign[i] = 1;
    }
    *relabelling = r;
    return VX_OK;
}

void vx_relabelling_destroy(vx_relabelling *relabelling)
{
    if (!relabelling)
        return;
    free(relabelling->order);
    free(relabelling->sign);
    free(relabelling->scratch);
    *relabelling = (vx_relabelling){0};
}

void vx_relabellings_get(const vx_relabellings *set, uint64_t index, vx_relabelling *relabelling)
{
    if (set->scheme & VX_SIGN_FLIP)
        get_signs(set, index, relabelling->sign);
    if (set->scheme & VX_PERMUTE)
        get_order(set, index, relabelling->order, relabelling->scratch);
    if (set->rows == set->n)
        return;
    if (set->scheme & VX_SIGN_FLIP)
        restrict_signs(set, relabelling->sign);
    if (set->scheme & VX_PERMUTE)
        restrict_order(set, relabelling->order, relabelling->scratch);
}
