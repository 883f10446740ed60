#include "infer/quantiles.h"

#include "base/memory.h"
#include "base/random.h"
#include "engine/engine.h"
#include "infer/maps.h"
#include "infer/order.h"

#include <math.h>
#include <omp.h>

/* CHUNK: relabellings whose scores are in memory, which so many THREADS at most can share. DRAW: the numbers of
 * verify.c have index 0. */
enum { CHUNK = 16, THREADS = CHUNK, DRAW = 1 };

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

/* Equal medians of correlations may differ by rounding. */
static const double SAME = 1e-6;

uint64_t vx_quantiles_reach(const vx_quantiles *q)
{
    uint64_t reach = 0;
    for (uint64_t k = 0; k < q->count; k++)
        reach += q->median[2 * k] >= (1 - SAME) * q->median[0];
    return reach;
}

/* What is asked of the scores of a relabelling: the places of the ranks, and the middle ones. */
typedef struct vx_spread {
    const vx_problem *problem;
    vx_tails tails;
    uint64_t most; /* relabellings that may be kept */
    int threads;
    vx_order *order[THREADS];
    int32_t *score; /* CHUNK maps */
    vx_quantiles q;
} vx_spread;

/* Relabelling k of those that are kept, as a member of the set. */
static uint64_t member(const vx_spread *s, uint64_t k)
{
    const vx_relabellings *set = s->problem->relabellings;
    if (k == 0 || s->most == set->count || !set->exhaustive)
        return k;
    const double uniform = vx_uniform(set->seed, DRAW, (uint32_t)k, VX_STREAM_TEST);
    return (uint64_t)(uniform * (double)set->count);
}

static double t_of(const vx_spread *s, int32_t score)
{
    return vx_t_from_r(vx_score_r(s->problem, score), s->problem->effect->df);
}

/* Finds the quantiles of relabelling k by its scores. The medians have two places each, which are one where the number
 * of voxels is odd. */
static void find_one(vx_spread *s, vx_order *order, const int32_t *score, bool mirrored, uint64_t k)
{
    vx_quantiles *q = &s->q;
    const int64_t voxels = s->problem->voxels;
    const bool sizes = s->tails == VX_TWO_TAILS, negated = !sizes && (s->tails == VX_NEGATIVE) != mirrored;
    vx_order_place place[4 + VX_QUANTILE_RANKS];
    int32_t found[4 + VX_QUANTILE_RANKS];
    for (int i = 0; i < 4; i++)
        place[i] = (vx_order_place){i < 2, (voxels - i % 2) / 2};
    for (size_t i = 0; i < q->ranks; i++)
        place[4 + i] = (vx_order_place){sizes, negated ? q->rank[i] - 1 : voxels - q->rank[i]};
    vx_order_find(order, score, place, 4 + q->ranks, found);
    const double middle = 0.5 * (t_of(s, found[2]) + t_of(s, found[3]));
    q->median[2 * k] = 0.5 * (t_of(s, found[0]) + t_of(s, found[1]));
    q->median[2 * k + 1] = mirrored ? -middle : middle;
    for (size_t i = 0; i < q->ranks; i++) {
        const double t = t_of(s, found[4 + i]);
        q->t[k * q->ranks + i] = negated ? -t : t;
    }
}

/* Evaluates the next relabellings of those that are kept. */
static vx_status find_chunk(vx_spread *s, vx_engine *engine, vx_error *error)
{
    uint64_t index[CHUNK];
    bool mirrored[CHUNK];
    const uint64_t first = s->q.count, left = s->most - first;
    const int64_t map = s->problem->tiles * VX_TILE, count = (int64_t)(left < CHUNK ? left : CHUNK);
    for (int64_t i = 0; i < count; i++)
        index[i] = vx_relabellings_evaluated(s->problem->relabellings, member(s, first + (uint64_t)i), &mirrored[i]);
    vx_status status = vx_engine_scores(engine, index, count, s->score, error);
    if (status)
        return status;
#pragma omp parallel for schedule(dynamic) num_threads(s->threads)
    for (int64_t i = 0; i < count; i++)
        find_one(s, s->order[omp_get_thread_num()], s->score + i * map, mirrored[i], first + (uint64_t)i);
    s->q.count += (uint64_t)count;
    return VX_OK;
}

/* Whether more relabellings are needed. All of a set that has no more are taken, as the first ones of an exhaustive set
 * are no random ones. */
static bool wants_more(const vx_spread *s, const vx_inference_options *options)
{
    const vx_relabellings *set = s->problem->relabellings;
    if (s->q.count == s->most)
        return false;
    return s->q.count < options->quantiles || (set->exhaustive && s->most == set->count) ||
           vx_quantiles_reach(&s->q) <= options->quantiles_reach;
}

static vx_status make_room(vx_spread *s, vx_error *error)
{
    vx_quantiles *q = &s->q;
    bool good = (q->rank = vx_array(VX_QUANTILE_RANKS, sizeof *q->rank)) != NULL;
    q->ranks = good ? vx_quantile_ranks(s->problem->voxels, q->rank) : 0;
    good = good && (q->t = vx_array((size_t)s->most * q->ranks, sizeof *q->t)) &&
           (q->median = vx_array((size_t)s->most * 2, sizeof *q->median)) &&
           (s->score = vx_array((size_t)(s->problem->tiles * VX_TILE), CHUNK * sizeof *s->score));
    for (int i = 0; good && i < s->threads; i++)
        good = (s->order[i] = vx_order_new(s->problem)) != NULL;
    return good ? VX_OK : vx_fail_memory(error);
}

vx_status vx_quantiles_find(const vx_problem *problem, const vx_inference_options *options, int threads,
                            vx_quantiles *quantiles, vx_error *error)
{
    const uint64_t all = problem->relabellings->count;
    const uint64_t asked =
        options->quantiles_most > options->quantiles ? options->quantiles_most : options->quantiles;
    vx_problem plain = *problem;
    vx_spread s = {.problem = &plain, .tails = options->tails, .most = asked < all ? asked : all};
    vx_backend *cpu = NULL;
    vx_engine *engine = NULL;
    plain.options = (vx_problem_options){0};
    plain.lattice = (vx_lattice){0};
    vx_status status = vx_cpu_open(threads, &cpu, error);
    if (status)
        return status;
    s.threads = cpu->info.threads < THREADS ? cpu->info.threads : THREADS;
    if ((status = make_room(&s, error)) ||
        (status = vx_engine_make(cpu, &plain, CHUNK, options->memory_limit, &engine, error)))
        goto cleanup;
    while (!status && wants_more(&s, options))
        status = find_chunk(&s, engine, error);
    if (!status) {
        *quantiles = s.q;
        s.q = (vx_quantiles){0};
    }
cleanup:
    for (int i = 0; i < s.threads; i++)
        vx_order_free(s.order[i]);
    vx_engine_free(engine);
    cpu->free(cpu);
    free(s.score);
    vx_quantiles_destroy(&s.q);
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
