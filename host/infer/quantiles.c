#include "infer/quantiles.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/sort.h"
#include "engine/engine.h"
#include "infer/maps.h"

#include <math.h>

enum { CHUNK = 16, DRAW = 1 }; /* relabellings whose scores are in memory; the numbers of verify.c have index 0 */

size_t vx_quantile_ranks(int64_t elements, int64_t rank[VX_QUANTILE_RANKS])
{
    size_t ranks = 0;
    for (int k = 0; k < VX_QUANTILE_RANKS; k++) {
        const int64_t next = llround(pow((double)elements, (double)k / (VX_QUANTILE_RANKS - 1)));
        if (!ranks || next > rank[ranks - 1])
            rank[ranks++] = next;
    }
    return ranks;
}

/* Relabelling k of those that are kept, as a member of the set. */
static uint64_t member(const vx_relabellings *set, uint64_t count, uint64_t k)
{
    if (k == 0 || count == set->count || !set->exhaustive)
        return k;
    const double uniform = vx_uniform(set->seed, DRAW, (uint32_t)k, VX_STREAM_TEST);
    return (uint64_t)(uniform * (double)set->count);
}

/* Maps a score to a key that orders alike; its inverse is score_of. */
static uint32_t key_of(int32_t score)
{
    return (uint32_t)score ^ 0x80000000u;
}

static int32_t score_of(uint32_t key)
{
    return (int32_t)(key ^ 0x80000000u);
}

static double t_of(const vx_problem *problem, int32_t score)
{
    return vx_t_from_r(vx_score_r(problem, score), problem->effect->df);
}

/* The t of the middle one of `voxels` ascending keys, or the mean of both. */
static double middle(const vx_problem *problem, const uint32_t *key, int64_t voxels)
{
    const double upper = t_of(problem, score_of(key[voxels / 2]));
    return voxels % 2 ? upper : 0.5 * (upper + t_of(problem, score_of(key[voxels / 2 - 1])));
}

/* Merges ascending scores, of which the negative ones come first, into their ascending sizes. */
static void merge_sizes(const uint32_t *key, int64_t voxels, uint32_t *size)
{
    int64_t high = 0, low;
    while (high < voxels && score_of(key[high]) < 0)
        high++;
    low = high - 1;
    for (int64_t k = 0; k < voxels; k++) {
        const bool rises = low < 0 || (high < voxels && score_of(key[high]) <= -score_of(key[low]));
        size[k] = rises ? key[high++] : key_of(-score_of(key[low--]));
    }
}

/* Finds the quantiles of one relabelling by its scores. `key` and `scratch` have an element for each. */
static void find_one(const vx_problem *problem, vx_tails tails, const int32_t *score, bool mirrored, uint64_t k,
                     uint32_t *key, uint32_t *scratch, vx_quantiles *q)
{
    const int64_t voxels = problem->voxels;
    for (int64_t v = 0; v < voxels; v++)
        key[v] = key_of(score[v]);
    vx_sort_integers(key, scratch, (size_t)voxels);
    merge_sizes(key, voxels, scratch);
    const double middle_t = middle(problem, key, voxels);
    const bool negated = tails != VX_TWO_TAILS && (tails == VX_NEGATIVE) != mirrored;
    q->median[2 * k] = middle(problem, scratch, voxels);
    q->median[2 * k + 1] = mirrored ? -middle_t : middle_t;
    for (size_t i = 0; i < q->ranks; i++) {
        const uint32_t *const of = tails == VX_TWO_TAILS ? scratch : key;
        const double t = t_of(problem, score_of(of[negated ? q->rank[i] - 1 : voxels - q->rank[i]]));
        q->t[k * q->ranks + i] = negated ? -t : t;
    }
}

/* Evaluates the relabellings [first, first + count) of those that are kept. */
static vx_status find_chunk(vx_engine *engine, const vx_problem *problem, vx_tails tails, uint64_t first, int64_t count,
                            vx_tally *tally, vx_quantiles *q, vx_error *error)
{
    uint64_t index[CHUNK];
    bool mirrored[CHUNK], good = true;
    const size_t voxels = (size_t)problem->voxels;
    for (int64_t i = 0; i < count; i++)
        index[i] = vx_relabellings_evaluated(problem->relabellings,
                                             member(problem->relabellings, q->count, first + (uint64_t)i),
                                             &mirrored[i]);
    vx_status status = vx_engine_evaluate(engine, index, count, tally, error);
    if (status)
        return status;
#pragma omp parallel for schedule(dynamic) reduction(&& : good)
    for (int64_t i = 0; i < count; i++) {
        uint32_t *key = vx_array(voxels, sizeof *key), *scratch = vx_array(voxels, sizeof *scratch);
        good = good && key && scratch;
        if (key && scratch)
            find_one(problem, tails, tally->score + (size_t)i * voxels, mirrored[i], first + (uint64_t)i, key, scratch,
                     q);
        free(key);
        free(scratch);
    }
    return good ? VX_OK : vx_fail_memory(error);
}

vx_status vx_quantiles_find(const vx_problem *problem, vx_tails tails, uint64_t count, int threads, size_t limit,
                            vx_quantiles *quantiles, vx_error *error)
{
    const uint64_t all = problem->relabellings->count;
    vx_quantiles q = {.count = count < all ? count : all};
    vx_problem stored = *problem;
    vx_backend *cpu = NULL;
    vx_engine *engine = NULL;
    vx_tally *tally = NULL;
    stored.options = (vx_problem_options){.statistics = true};
    stored.lattice = (vx_lattice){0};
    vx_status status = VX_OK;
    q.rank = vx_array(VX_QUANTILE_RANKS, sizeof *q.rank);
    q.ranks = q.rank ? vx_quantile_ranks(problem->voxels, q.rank) : 0;
    q.t = vx_array((size_t)q.count * q.ranks, sizeof *q.t);
    q.median = vx_array((size_t)q.count * 2, sizeof *q.median);
    if (!q.rank || !q.t || !q.median)
        status = vx_fail_memory(error);
    if (status || (status = vx_cpu_open(threads, &cpu, error)) ||
        (status = vx_engine_make(cpu, &stored, CHUNK, limit, &engine, error)) ||
        (status = vx_tally_new(&stored, CHUNK, &tally, error)))
        goto cleanup;
    for (uint64_t first = 0; !status && first < q.count; first += CHUNK) {
        const uint64_t left = q.count - first;
        status = find_chunk(engine, &stored, tails, first, (int64_t)(left < CHUNK ? left : CHUNK), tally, &q, error);
    }
    if (!status) {
        *quantiles = q;
        q = (vx_quantiles){0};
    }
cleanup:
    vx_tally_free(tally);
    vx_engine_free(engine);
    if (cpu)
        cpu->free(cpu);
    vx_quantiles_destroy(&q);
    return status;
}

void vx_quantiles_destroy(vx_quantiles *quantiles)
{
    if (!quantiles)
        return;
    free(quantiles->rank);
    free(quantiles->t);
    free(quantiles->median);
    *quantiles = (vx_quantiles){0};
}
