#include "engine/verify.h"

#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DRAWN = 4, EXTREMES = 8, CHOSEN_MAX = 2 + 2 * DRAWN + EXTREMES, TILES = 16, ROW = 8 };

typedef struct vx_check {
    const vx_evidence *evidence;
    vx_backend *cpu;
    uint64_t seed;
} vx_check;

/* Fails with what was found, in the words of printf. */
__attribute__((format(printf, 3, 4))) static vx_status refuse(const vx_check *c, vx_error *error, const char *format,
                                                              ...)
{
    char found[400];
    va_list arguments;
    const vx_device_info *device = c->evidence->device;
    bool cpu = strcmp(device->kind, "cpu") == 0 && strcmp(device->id, "cpu") == 0;
    va_start(arguments, format);
    vsnprintf(found, sizeof found, format, arguments);
    va_end(arguments);
    return vx_fail(error, VX_DEVICE, "%s (%s) computed \"%s\" wrongly: %s; its results were discarded. %s", device->id,
                   device->name, c->evidence->problem->effect->name, found,
                   cpu ? "The memory or the processor of this machine may be at fault"
                       : "--device cpu computes without this device");
}

static vx_status refuse_number(const vx_check *c, const char *what, uint64_t index, double found, double expected,
                               vx_error *error)
{
    return refuse(c, error, "%s %llu is %.9g where the C code finds %.9g", what, (unsigned long long)index, found,
                  expected);
}

/* Fails unless least <= found <= most; NaN fails. */
static vx_status within(const vx_check *c, const char *what, uint64_t index, double found, double least, double most,
                        vx_error *error)
{
    return found >= least && found <= most ? VX_OK
                                           : refuse_number(c, what, index, found, found > most ? most : least, error);
}

/* How much r may differ. */
static double tolerance(const vx_check *c, double r)
{
    return c->evidence->device->exact_division ? 0.0 : vx_score_tolerance(c->evidence->problem, r);
}

/* The score that lies `times` tolerances above. */
static int32_t shifted(const vx_check *c, int32_t score, int times)
{
    double r = vx_score_r(c->evidence->problem, score), by = tolerance(c, r);
    bool none = score == INT32_MIN || score == INT32_MAX; /* a bound that no score reaches */
    return by == 0.0 || none || times == 0 ? score : vx_r_score(c->evidence->problem, r + times * by);
}

/* The relative bound of heights t that come from an r of this size or less. It is 0 where the device rounds exactly.
 * Else it is 6 units of 2^-24 and the error of r, as dt / t = dr / (r (1 - r^2)); a smaller r allows eight times as
 * much. */
static double height_tolerance(const vx_check *c, double r)
{
    if (c->evidence->device->exact_division)
        return 0.0;
    return 6 * 0x1p-24 + 8.0 * tolerance(c, r) / fmax(fabs(r) * (1.0 - r * r), 0x1p-24);
}

/* The relative bound of the largest TFCE, which grows with t^(H + 1). Rounding in double adds 32 units of 2^-53 a voxel
 * (tests/ops/tfce.c). With steps, a height that is not exact may fall on the other side of one, so there is no
 * bound. */
static double tfce_tolerance(const vx_check *c, double r)
{
    const vx_evidence *e = c->evidence;
    double height = height_tolerance(c, r), power = e->problem->options.tfce_height + 1.0;
    double rounding = strcmp(e->device->id, "cpu") ? 32 * 0x1p-53 * (double)e->problem->voxels : 0.0;
    return height > 0.0 && e->problem->options.tfce_step > 0.0f ? INFINITY : rounding + power * height;
}

/* The k-th random number, in [first, last). */
static uint64_t draw(const vx_check *c, uint32_t k, uint64_t first, uint64_t last)
{
    return first + (uint64_t)(vx_uniform(c->seed, 0, k, VX_STREAM_TEST) * (double)(last - first));
}

/* A hash of the permutations' seed and every observed score (Fowler, Noll & Vo's FNV-1a, on words). */
static uint64_t seed_of(const vx_evidence *e)
{
    uint64_t hash = 0xcbf29ce484222325u ^ e->problem->relabellings->seed;
    for (int64_t v = 0; v < e->problem->voxels; v++)
        hash = (hash ^ (uint32_t)e->score[v]) * 0x100000001b3u;
    return hash;
}

static void add(uint64_t *chosen, int64_t *count, uint64_t index)
{
    for (int64_t i = 0; i < *count; i++)
        if (chosen[i] == index)
            return;
    chosen[(*count)++] = index;
}

/* Result `which` of a relabelling, in the order of vx_tally. Larger ones have more influence on p. */
static double extreme(const vx_tally *t, int which, uint64_t i)
{
    int tail = which % 2;
    switch (which / 2) {
    case 0: return tail ? -t->low[i] : t->high[i];
    case 1: return t->extent ? t->extent[i][tail] : 0.0;
    case 2: return t->mass ? t->mass[i][tail] : 0.0;
    default: return t->tfce ? t->tfce[i][tail] : 0.0;
    }
}

/* Chooses relabellings that are computed again, at most CHOSEN_MAX, and returns their number. The first block of a
 * kernel ends at row 8 of a batch. */
static int64_t choose_some(const vx_check *c, uint64_t *chosen)
{
    const vx_tally *t = c->evidence->tally;
    uint64_t first = c->evidence->range.first, end = c->evidence->range.last, batch = (uint64_t)c->evidence->batch;
    uint64_t row = end - first > ROW ? first + ROW : first, last = first + (end - first - 1) / batch * batch;
    uint64_t late = end - last > ROW ? last + ROW : last;
    int64_t count = 0;
    add(chosen, &count, first);
    add(chosen, &count, end - 1);
    for (uint32_t k = 0; k < DRAWN; k++) {
        add(chosen, &count, draw(c, k, row, end));
        add(chosen, &count, draw(c, DRAWN + k, late, end));
    }
    for (int which = 0; which < EXTREMES; which++) {
        uint64_t at = first;
        for (uint64_t i = first + 1; i < end; i++)
            at = extreme(t, which, i) > extreme(t, which, at) ? i : at;
        add(chosen, &count, at);
    }
    return count;
}

/* The relabellings that are computed again. The caller frees *chosen. */
static vx_status choose(const vx_check *c, uint64_t **chosen, int64_t *count, vx_error *error)
{
    const vx_range range = c->evidence->range;
    const size_t all = (size_t)(range.last - range.first);
    *chosen = vx_array(c->evidence->all ? all : CHOSEN_MAX, sizeof **chosen);
    if (!*chosen)
        return vx_fail_memory(error);
    *count = c->evidence->all ? (int64_t)all : choose_some(c, *chosen);
    for (size_t k = 0; c->evidence->all && k < all; k++)
        (*chosen)[k] = range.first + k;
    return VX_OK;
}

static vx_status check_observed(const vx_check *c, vx_engine *engine, vx_error *error)
{
    const vx_problem *p = c->evidence->problem;
    int32_t *score = vx_array((size_t)p->voxels, sizeof *score);
    vx_status status = score ? vx_engine_observe(engine, score, error) : vx_fail_memory(error);
    for (int64_t v = 0; v < p->voxels && !status; v++) {
        double found = vx_score_r(p, c->evidence->score[v]), r = vx_score_r(p, score[v]), off = tolerance(c, r);
        if (c->evidence->score[v] != score[v])
            status = off == 0.0 ? refuse_number(c, "the observed r of voxel", (uint64_t)v, found, r, error)
                                : within(c, "the observed r of voxel", (uint64_t)v, found, r - off, r + off, error);
    }
    free(score);
    return status;
}

/* Compares the tally with `count` scores of relabelling `index`, of the elements from `first` on. */
static vx_status compare_scores(const vx_check *c, uint64_t index, int64_t first, int64_t count, const int32_t *score,
                                vx_error *error)
{
    const vx_problem *p = c->evidence->problem;
    const int32_t *found = c->evidence->tally->score + (int64_t)index * p->voxels + first;
    for (int64_t k = 0; k < count; k++) {
        double r = vx_score_r(p, score[k]), off = tolerance(c, r);
        vx_status status = found[k] == score[k] ? VX_OK
                                                : within(c, "an r of relabelling", index, vx_score_r(p, found[k]),
                                                         r - off, r + off, error);
        if (status)
            return status;
    }
    return VX_OK;
}

/* Compares the tally with place k of the C backend's results at the strictest and the loosest forming threshold. */
static vx_status compare(const vx_check *c, uint64_t index, int64_t k, const vx_tally *strict, const vx_tally *loose,
                         vx_error *error)
{
    const vx_tally *t = c->evidence->tally;
    const double threshold = c->evidence->problem->options.threshold_t;
    double high = strict->high[k], low = strict->low[k], off = tolerance(c, high);
    vx_status status = within(c, "the largest r of relabelling", index, t->high[index], high - off, high + off, error);
    off = tolerance(c, low);
    if (!status)
        status = within(c, "the smallest r of relabelling", index, t->low[index], low - off, low + off, error);
    if (t->score && !status)
        status = compare_scores(c, index, 0, strict->voxels, strict->score + k * strict->voxels, error);
    for (int tail = 0; tail < 2 && t->extent && !status; tail++) {
        /* The heights in a cluster sum up to its mass plus the threshold for each voxel. */
        double most = loose->extent[k][tail], sum = loose->mass[k][tail] + most * threshold;
        off = height_tolerance(c, tail ? low : high) * sum;
        status = within(c, "the largest cluster of relabelling", index, t->extent[index][tail], strict->extent[k][tail],
                        most, error);
        if (!status)
            status = within(c, "the largest mass of relabelling", index, t->mass[index][tail],
                            strict->mass[k][tail] - off, loose->mass[k][tail] + off, error);
    }
    for (int tail = 0; tail < 2 && t->tfce && !status; tail++) {
        double best = strict->tfce[k][tail];
        off = best > 0.0 ? tfce_tolerance(c, tail ? low : high) * best : 0.0;
        status = within(c, "the largest TFCE of relabelling", index, t->tfce[index][tail], best - off, best + off,
                        error);
    }
    return status;
}

/* Checks the observed scores, and all results of the chosen relabellings. */
static vx_status check_relabellings(const vx_check *c, vx_error *error)
{
    uint64_t *chosen = NULL;
    int64_t count = 0;
    vx_problem p = *c->evidence->problem;
    const int32_t cut_high = p.cut_high, cut_low = p.cut_low;
    bool exact = c->evidence->device->exact_division;
    vx_engine *engine = NULL;
    vx_tally *strict = NULL, *loose = NULL;
    p.options.count = false;
    vx_status status = choose(c, &chosen, &count, error);
    if (status || (status = vx_engine_make(c->cpu, &p, (uint64_t)count, c->evidence->limit, &engine, error)) ||
        (status = check_observed(c, engine, error)) ||
        (status = vx_tally_new(&p, (uint64_t)count, &strict, error)) ||
        (status = vx_tally_new(&p, (uint64_t)count, &loose, error)))
        goto cleanup;
    p.cut_high = shifted(c, cut_high, 1);
    p.cut_low = shifted(c, cut_low, -1);
    if ((status = vx_engine_evaluate(engine, chosen, count, strict, error)))
        goto cleanup;
    p.cut_high = shifted(c, cut_high, -1);
    p.cut_low = shifted(c, cut_low, 1);
    if (!exact && (status = vx_engine_evaluate(engine, chosen, count, loose, error)))
        goto cleanup;
    for (int64_t k = 0; k < count && !status; k++)
        status = compare(c, chosen[k], k, strict, exact ? strict : loose, error);
cleanup:
    free(chosen);
    vx_tally_free(strict);
    vx_tally_free(loose);
    vx_engine_free(engine);
    return status;
}

/* The observed labelling reaches itself, so its range has no count of 0. A relabelling counts once, or twice where the
 * bounds meet. */
static vx_status check_range_of_counts(const vx_check *c, vx_error *error)
{
    const vx_evidence *e = c->evidence;
    const double all = (double)(e->range.last - e->range.first), least = e->range.first == 0 ? 1.0 : 0.0;
    vx_status status = VX_OK;
    for (int64_t v = 0; v < e->problem->voxels && !status; v++) {
        double most = all * (e->high[v] > e->low[v] ? 1.0 : 2.0);
        status = within(c, "the count of voxel", (uint64_t)v, (double)e->tally->exceed[v], least, most, error);
    }
    return status;
}

/* Some tiles of a problem, as a problem of their own. */
typedef struct vx_tiles {
    vx_problem problem;
    int64_t *tile;       /* problem.tiles: their places in the map */
    int32_t *high, *low; /* problem.tiles * VX_TILE */
    vx_engine *engine;
    vx_tally *strict, *loose;
} vx_tiles;

/* Chooses a tile in every part of the map, and the last tile; or every tile. */
static vx_status choose_tiles(const vx_check *c, vx_tiles *t, vx_error *error)
{
    const vx_problem *full = c->evidence->problem;
    size_t bytes = (size_t)full->effect->n * VX_TILE * sizeof(float);
    int64_t count = c->evidence->all || full->tiles < TILES ? full->tiles : TILES;
    t->problem = *full;
    t->problem.options = (vx_problem_options){.count = full->options.count, .statistics = full->options.statistics};
    t->problem.lattice = (vx_lattice){0};
    t->problem.tiles = count;
    t->problem.voxels = count * VX_TILE - (full->tiles * VX_TILE - full->voxels);
    t->problem.tile = vx_array((size_t)count, bytes);
    t->tile = vx_array((size_t)count, sizeof *t->tile);
    t->high = vx_array_zero((size_t)count * VX_TILE, sizeof *t->high);
    t->low = vx_array_zero((size_t)count * VX_TILE, sizeof *t->low);
    if (!t->problem.tile || !t->tile || !t->high || !t->low)
        return vx_fail_memory(error);
    for (int64_t k = 0; k < count; k++) {
        int64_t first = k * full->tiles / count, next = (k + 1) * full->tiles / count;
        t->tile[k] = k + 1 < count ? (int64_t)draw(c, 2 * DRAWN + (uint32_t)k, (uint64_t)first, (uint64_t)next)
                                   : full->tiles - 1;
        memcpy((char *)t->problem.tile + (size_t)k * bytes, (char *)full->tile + (size_t)t->tile[k] * bytes, bytes);
    }
    return VX_OK;
}

/* Evaluates the range with bounds that are stricter by `times` tolerances. */
static vx_status run_tiles(const vx_check *c, vx_tiles *t, int times, vx_tally **tally, vx_error *error)
{
    const vx_evidence *e = c->evidence;
    vx_status status = vx_tally_new(&t->problem, e->tally->evaluations, tally, error);
    if (status || (e->tally->weights && (status = vx_tally_keep_weights(*tally, error))))
        return status;
    for (int64_t at = 0; t->problem.options.count && at < t->problem.voxels; at++) {
        int64_t v = t->tile[at / VX_TILE] * VX_TILE + at % VX_TILE;
        t->high[at] = shifted(c, e->high[v], times);
        t->low[at] = shifted(c, e->low[v], -times);
    }
    if (t->problem.options.count && (status = vx_engine_count_against(t->engine, t->high, t->low, error)))
        return status;
    return vx_engine_run(t->engine, e->range.first, e->range.last, *tally, NULL, NULL, error);
}

/* The weights of the device have the bits of the C backend's, which made them for the tiles. Where a relabelling has
 * others, its maxima may still exceed those of the tiles. */
static vx_status compare_weights(const vx_check *c, const vx_tally *of_tiles, vx_error *error)
{
    const vx_evidence *e = c->evidence;
    for (uint64_t i = e->range.first; i < e->range.last && e->tally->weights; i++)
        if (e->tally->weights[i] != of_tiles->weights[i])
            return refuse(c, error, "relabelling %llu is not the one that the C code makes", (unsigned long long)i);
    return VX_OK;
}

/* A maximum over the map is at least the maximum over some tiles. */
static vx_status compare_tiles(const vx_check *c, const vx_tiles *t, const vx_tally *loose, vx_error *error)
{
    const vx_tally *found = c->evidence->tally;
    const vx_range range = c->evidence->range;
    vx_status status = compare_weights(c, t->strict, error);
    for (uint64_t i = range.first; i < range.last && !status; i++) {
        double high = t->strict->high[i], low = t->strict->low[i];
        status = within(c, "the largest r of relabelling", i, found->high[i], high - tolerance(c, high), INFINITY,
                        error);
        if (!status)
            status = within(c, "the smallest r of relabelling", i, found->low[i], -INFINITY, low + tolerance(c, low),
                            error);
    }
    for (uint64_t i = range.first; i < range.last && found->score && !status; i++)
        for (int64_t at = 0; at < t->problem.voxels && !status; at += VX_TILE) {
            const int64_t left = t->problem.voxels - at;
            status = compare_scores(c, i, t->tile[at / VX_TILE] * VX_TILE, left < VX_TILE ? left : VX_TILE,
                                    t->strict->score + (int64_t)i * t->problem.voxels + at, error);
        }
    for (int64_t at = 0; t->problem.options.count && at < t->problem.voxels && !status; at++) {
        uint64_t v = (uint64_t)(t->tile[at / VX_TILE] * VX_TILE + at % VX_TILE);
        status = within(c, "the count of voxel", v, (double)found->exceed[v], (double)t->strict->exceed[at],
                        (double)loose->exceed[at], error);
    }
    return status;
}

static vx_status check_tiles(const vx_check *c, vx_error *error)
{
    bool exact = c->evidence->device->exact_division;
    const vx_range range = c->evidence->range;
    vx_tiles t = {0};
    vx_status status = choose_tiles(c, &t, error);
    if (status ||
        (status = vx_engine_make(c->cpu, &t.problem, range.last - range.first, c->evidence->limit, &t.engine, error)) ||
        (status = run_tiles(c, &t, 1, &t.strict, error)))
        goto cleanup;
    if (!exact && (status = run_tiles(c, &t, -1, &t.loose, error)))
        goto cleanup;
    status = compare_tiles(c, &t, exact ? t.strict : t.loose, error);
cleanup:
    vx_engine_free(t.engine);
    vx_tally_free(t.strict);
    vx_tally_free(t.loose);
    free(t.problem.tile);
    free(t.tile);
    free(t.high);
    free(t.low);
    return status;
}

vx_status vx_verify(const vx_evidence *evidence, vx_error *error)
{
    vx_check c = {.evidence = evidence, .seed = seed_of(evidence)};
    vx_status status = vx_cpu_open(evidence->threads, &c.cpu, error);
    if (status)
        return status;
    if (!evidence->problem->options.count || !(status = check_range_of_counts(&c, error)))
        status = check_tiles(&c, error);
    if (!status)
        status = check_relabellings(&c, error);
    c.cpu->free(c.cpu);
    return status;
}
