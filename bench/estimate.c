/* The work of every op, stage by stage, and the time that it takes on a card. card.h has the model. */
#include "bench/card.h"

#include "base/error.h"

#include <math.h>

const char *const vx_roof_name[VX_ROOFS] = {"issue", "double", "local", "cache", "memory", "waiting"};

/* Dense ops: instructions of an evaluation beside the inner loop. Counted from the source: two comparisons with the
 * bounds, two with those of the lists, four of the counts, and their share of reads and branches. */
#define BOUNDS 5
#define COUNTS_AND_LISTS 8
/* ... and where a score is beyond the bounds of a group's first strip, whose bounds begin with what other groups have
 * found, which is nothing for the first groups: near |r| = 1 is tested for each voxel, and the items raise one place of
 * local memory, one after the other. */
#define RARE 64
#define ROWS_OF_A_TABLE 4 /* of signflip, as 32 KiB of tables allow at n = 14 */
#define WIDTH 7           /* ... and as a table for each group of rows would have */
#define LOCAL_BYTES 128   /* of local memory that a unit reads in a clock */
#define LOCAL_CYCLES 30   /* the latency of local memory: Luo et al. 2024 */

/* Voxels at p < 0.001, both tails, and how many dependent reads a listed voxel takes: its place, its neighbours, and
 * some 20 parents (counted on the cohort). */
#define CLUSTER_P 0.001
#define CLUSTER_READS 24

/* The maps of the cohort: smooth by five voxels, half of the voxels in a tail. Of these 122,592 were 380 maxima, 922
 * saddles between maxima, 374 of them between components (counted, V = 228,010), and the neighbours of 3 to 5 voxels in
 * 100 are not connected within the cube. The padded grid has 2.15 places a voxel (counted). Noise of that smoothness
 * has 3.8 steps from a voxel to its maximum in the mean, and 10 at the 99th percentile (counted). The longest climb to
 * an arc is 16 steps there, and jumps of merges are as many as merges (tests/ops/tfce_chain.c). */
#define TAIL 0.5
#define OF_MAP(count) ((count) / 228010.0)
#define CANDIDATES (TAIL * 0.04)
#define SADDLES OF_MAP(922)
#define MERGES OF_MAP(374)
#define CHAIN 3.8
#define CHAIN_OF_WARP 10
#define GRID 2.15
#define SORTED (1 + TAIL * 3) /* entries of four passes, the first of which leaves out what is not in the tail */
#define ROUND (1.0 / 128) /* of a pass of the sort, for each entry */
#define ROUND_WAITS 8     /* its three barriers, and what it reads from local memory and adds to it */
#define CLIMB 10          /* reads from a maximum to an arc */

/* relabel: instructions of a block of Philox (ten rounds of two products of 64 bits and six other operations), those of
 * a step of the sort for each pair of keys, and the reads of a step, which wait for one another: an order's key, and
 * what the step before has written. All are counted in the source. */
#define PHILOX 80
#define PAIR 30
#define PAIR_WAITS 2
#define KEY_BYTES 12 /* a key and its place */
#define TRIED 2      /* participants at whom it shows that a draw is not the observed labelling, in the mean */

/* The kernel tfce.cl, for one tail; instructions, doubles, bytes and waits are those of a voxel of the mask. Stages of
 * one item have `waits` alone. A pass of the sort reads 8 bytes of an entry and writes them to one of 256 places, which
 * is a sector of 32 bytes for the cache; half as much again as what is written reaches memory. */
static const vx_stage tfce_stages[] = {
    {.name = "scatter", .instructions = 12, .memory = 12, .item_waits = 2},
    {.name = "link: 26 neighbours", .instructions = TAIL * 240, .cache = TAIL * 9 * 4, .memory = 16 + TAIL * 4,
     .item_waits = 3},
    {.name = "follow: chains to their maximum", .estimated = true, .instructions = 10 + TAIL * 40,
     .cache = TAIL * CHAIN * 32, .memory = 12 + TAIL * 16, .item_waits = 1 + TAIL * CHAIN_OF_WARP},
    {.name = "maxima around saddles", .estimated = true, .instructions = CANDIDATES * 400,
     .cache = CANDIDATES * 16 * 32, .item_waits = CANDIDATES * 20},
    {.name = "sort by height: 4 passes", .estimated = true, .instructions = SORTED * 70, .local = SORTED * 40,
     .cache = SORTED * 8 + TAIL * 4 * 32, .memory = SORTED * 8 + TAIL * 4 * 12, .item_waits = SORTED,
     .local_waits = SORTED * ROUND_WAITS * ROUND},
    {.name = "list of saddles", .estimated = true, .instructions = TAIL * 40, .local = TAIL * 4, .cache = TAIL * 8,
     .memory = TAIL * 8, .item_waits = TAIL * 3, .local_waits = TAIL * ROUND_WAITS * ROUND},
    {.name = "merges, one after the other", .estimated = true, .waits = SADDLES * 8 + MERGES * 4},
    {.name = "climb to the arc", .estimated = true, .instructions = TAIL * 80, .cache = TAIL * CLIMB * 32,
     .memory = TAIL * 16, .item_waits = TAIL * (CLIMB + 2)},
    {.name = "sort by arc: 2 passes", .estimated = true, .instructions = TAIL * 2 * 70, .local = TAIL * 2 * 40,
     .cache = TAIL * 2 * 40, .memory = TAIL * 2 * 20, .item_waits = TAIL * 2,
     .local_waits = TAIL * 2 * ROUND_WAITS * ROUND},
    {.name = "sizes, one after the other", .estimated = true, .instructions = TAIL * 10, .cache = TAIL * 8,
     .memory = TAIL * 8, .item_waits = TAIL, .waits = MERGES * 8},
    {.name = "terms", .instructions = TAIL * 40, .doubles = TAIL * 4, .cache = TAIL * 40, .memory = TAIL * 16,
     .item_waits = TAIL * 4},
    {.name = "sums of blocks", .estimated = true, .instructions = TAIL * 6, .doubles = TAIL, .cache = TAIL * 8,
     .memory = TAIL * 8, .item_waits = TAIL / 4, .local_waits = TAIL * ROUND},
    {.name = "arcs, one after the other", .estimated = true, .waits = MERGES * 16 + TAIL / VX_TFCE_BLOCK},
};

/* Multiply-adds of floats a second. */
static double lanes_a_second(const vx_card *card)
{
    return card->units * card->lanes * card->clock * 1e9;
}

/* Adds stages that are given for one voxel, for groups of so many items. */
static void add_stages(vx_estimate *e, const vx_stage *stage, size_t stages, double voxels, double items)
{
    for (size_t i = 0; i < stages; i++) {
        vx_stage s = stage[i];
        s.instructions *= voxels, s.doubles *= voxels, s.local *= voxels, s.cache *= voxels, s.memory *= voxels;
        s.waits = s.waits * voxels + s.item_waits * ceil(voxels / items);
        s.local_waits *= voxels;
        e->stage[e->stages++] = s;
    }
}

/* The six times of every stage, and what they come to. */
static void take_times(vx_estimate *e, const vx_card *card, double scratch)
{
    const double lanes = lanes_a_second(card), clock = card->clock * 1e9;
    const bool cached = e->in_flight * scratch < card->cache_size * 1e9;
    const int cycles = cached ? card->cache_cycles : card->memory_cycles;
    for (int i = 0; i < e->stages; i++) {
        const vx_stage *s = &e->stage[i];
        const double waiting = s->waits * cycles + s->local_waits * LOCAL_CYCLES;
        const double seconds[VX_ROOFS] = {
            s->instructions / lanes, s->doubles / (lanes * card->fp64), s->local / (card->units * LOCAL_BYTES * clock),
            s->cache / (1e9 * card->cache_rate), s->memory / (1e9 * card->memory_rate),
            e->in_flight > 0 ? waiting / clock / e->in_flight : 0};
        for (int roof = 0; roof < VX_ROOFS; roof++) {
            e->seconds[i][roof] = seconds[roof];
            e->sum[roof] += seconds[roof];
        }
    }
    for (int roof = 0; roof < VX_ROOFS; roof++)
        e->expected = fmax(e->expected, e->sum[roof]);
    e->limit = fmax(e->limit_operations / (2 * lanes), e->limit_bytes / (1e9 * card->memory_rate));
    e->limit = fmax(e->limit, e->limit_local / (card->units * LOCAL_BYTES * clock));
}

/* The share of strips that are the first of their group. A launch has the strips once for every `rows` relabellings. */
static double first_strips(const vx_card *card, vx_op op, double voxels)
{
    const vx_form *form = &vx_op_table[op].gpu;
    double groups = card->units * form->groups_per_unit;
    double strips = ceil(voxels / (form->vec * form->cols * form->items)) * VX_BATCH_MAX / form->rows;
    return groups < strips ? groups / strips : 1;
}

/* A dense op whose inner loop has `useful` instructions for an evaluation, each of which takes code->step in all. For
 * each, signflip reads a table, and correlation a float of the data, which serves a block of relabellings. The data of
 * a strip stay in the nearest cache. */
static void add_dense(vx_estimate *e, const vx_card *card, vx_op op, double voxels, double useful, double beside,
                      const vx_gpu_code *code)
{
    const vx_form *form = &vx_op_table[op].gpu;
    /* The instructions of signflip are those of ints. */
    const double integers = op == VX_OP_SIGNFLIP ? (double)card->lanes / card->integer_lanes : 1;
    e->stage[e->stages++] = (vx_stage){.name = "inner loop", .instructions = useful * code->step * integers * voxels,
                                       .local = 4 * useful * voxels / (op == VX_OP_SIGNFLIP ? 1 : form->block)};
    e->stage[e->stages++] = (vx_stage){.name = beside > BOUNDS ? "bounds, counts, lists" : "bounds",
                                       .instructions = beside * voxels,
                                       .memory = beside > BOUNDS ? 2 * CLUSTER_P * 8 * voxels : 0};
    e->stage[e->stages++] = (vx_stage){.name = "beyond the bounds", .estimated = true,
                                       .instructions = first_strips(card, op, voxels) * RARE * voxels};
    take_times(e, card, 0);
}

/* Maps that a card works on: as many groups as it holds, and as their scratch fits. */
static double maps_in_flight(const vx_card *card, const vx_form *form, const vx_gpu_code *code, double scratch)
{
    const double groups = code->groups < form->groups_per_unit ? code->groups : form->groups_per_unit;
    double maps = groups * card->units;
    maps = fmin(maps, floor(card->buffer_size * 1e9 / scratch));
    return fmax(1, fmin(maps, floor(0.8e9 * card->memory_size / scratch)));
}

static vx_status find_code(const vx_card *card, vx_op op, vx_gpu_code *code, vx_error *error)
{
    const vx_gpu_code nearest = {.step = 0};
    vx_gpu_code counted = nearest;
    const char *stem = vx_op_table[op].stem;
    if (!vx_gpu_code_find(stem, card->target, code))
        return vx_fail(error, VX_INTERNAL, "gpu_budgets.tsv has no row of %s for %s", stem, card->target);
    if (!code->step && vx_gpu_code_find(stem, "sm_80", &counted)) /* AMD's inner loops are not counted */
        code->step = counted.step;
    return VX_OK;
}

static double bytes_of_stages(const vx_estimate *e)
{
    double bytes = 0;
    for (int i = 0; i < e->stages; i++)
        bytes += e->stage[i].memory;
    return bytes;
}

static void estimate_tfce(vx_estimate *e, const vx_card *card, double voxels, const vx_gpu_code *code)
{
    const vx_form *form = &vx_op_table[VX_OP_TFCE].gpu;
    const double scratch = 4 * voxels * (VX_TFCE_GRID_WORDS * GRID + VX_TFCE_VOXEL_WORDS + 1);
    *e = (vx_estimate){.name = "tfce, one tail"};
    add_stages(e, tfce_stages, sizeof tfce_stages / sizeof *tfce_stages, voxels, form->items);
    e->limit_bytes = bytes_of_stages(e);
    e->in_flight = maps_in_flight(card, form, code, scratch);
    take_times(e, card, scratch);
}

/* The rounds that a group of relabel takes for so many parts. Items without a part take as long. */
static double rounds_of(double parts)
{
    return ceil(parts / vx_op_table[VX_OP_RELABEL].gpu.items);
}

/* What the group's items issue where each has so many instructions. */
static double issued(double instructions)
{
    return instructions * vx_op_table[VX_OP_RELABEL].gpu.items;
}

/* The groups of relabel are as many as the relabellings of a launch. */
static void take_times_of_groups(vx_estimate *e, const vx_card *card, double n, const vx_gpu_code *code)
{
    e->in_flight = fmin((double)code->groups * card->units, VX_BATCH_MAX);
    take_times(e, card, KEY_BYTES * n);
}

/* Sign flips of n participants, for tables of so many rows. Every item looks for the first participant who is
 * flipped. */
static void estimate_flips(vx_estimate *e, const vx_card *card, double n, const vx_gpu_code *code)
{
    const double groups = ceil(n / ROWS_OF_A_TABLE), rounds = rounds_of(groups);
    *e = (vx_estimate){.name = "relabel, flips", .limit_bytes = n / 8, .limit_operations = 2 * PHILOX * ceil(n / 128)};
    e->stage[e->stages++] = (vx_stage){.name = "draws until one is flipped",
                                       .instructions = issued(PHILOX + TRIED * 12), .cache = TRIED * 4, .waits = TRIED};
    e->stage[e->stages++] = (vx_stage){.name = "bits of every group of rows",
                                       .instructions = issued(rounds * (PHILOX + 12 * ROWS_OF_A_TABLE)),
                                       .cache = 8 * n, .memory = groups, .waits = rounds * ROWS_OF_A_TABLE * 2};
    take_times_of_groups(e, card, n, code);
}

/* Orders of n participants, for a covariate without nuisance. The sort merges runs: runs of 2^r in r steps. */
static void estimate_orders(vx_estimate *e, const vx_card *card, double n, const vx_gpu_code *code)
{
    const double merges = ceil(log2(n)), steps = merges * (merges + 1) / 2, rounds = rounds_of(n);
    *e = (vx_estimate){.name = "relabel, permutations", .limit_bytes = 4 * n,
                       .limit_operations = 2 * PHILOX * ceil(n / 2)};
    e->stage[e->stages++] = (vx_stage){.name = "draws of keys", .instructions = issued(rounds * (PHILOX + 20)),
                                       .cache = (4 + KEY_BYTES) * n, .waits = rounds};
    e->stage[e->stages++] = (vx_stage){.name = "sort", .instructions = issued(steps * (rounds_of(n / 2) * PAIR + 10)),
                                       .cache = steps * 1.5 * KEY_BYTES * n,
                                       .waits = steps * rounds_of(n / 2) * PAIR_WAITS, .local_waits = steps};
    e->stage[e->stages++] = (vx_stage){.name = "is it the observed one?", .estimated = true,
                                       .instructions = issued(TRIED * 12), .cache = TRIED * 12, .waits = 2 * TRIED};
    e->stage[e->stages++] = (vx_stage){.name = "weights", .instructions = issued(rounds * 40), .cache = 16 * n,
                                       .memory = 4 * n, .waits = 3 * rounds};
    take_times_of_groups(e, card, n, code);
}

/* Images of the 2 mm grid, which has 902,629 voxels for 228,010 of the mask; and of 1 mm, eight times as many.
 *
 *   convolve   in double; 8 mm reach over 9 voxels; two arrays along three axes. A pass reads an element and writes
 *              one, and takes 9 products and 18 additions from 19 elements in caches
 *   spline     three axes; 4 products and 3 additions. A line is read three times and written twice
 *   sample     64 products and additions, and about 60 for weights and places
 *
 * The copies to the card and back are left out: 32 bytes a voxel for smoothing, 12 a fine one for regridding. */
#define IMAGE (902629 / 228010.0)
#define PASSES 6

static void estimate_images(vx_estimate *smooth, vx_estimate *regrid, const vx_card *card, double voxels)
{
    const double image = IMAGE * voxels, fine = 8 * image;
    *smooth = (vx_estimate){.name = "an image of 2 mm, smoothed by 8 mm", .limit_bytes = 8 * image};
    smooth->stage[smooth->stages++] = (vx_stage){
        .name = "convolve: six passes", .estimated = true, .instructions = PASSES * 130 * image,
        .doubles = PASSES * 27 * image, .cache = PASSES * 20 * 8 * image, .memory = PASSES * 16 * image};
    take_times(smooth, card, 0);
    *regrid = (vx_estimate){.name = "an image of 1 mm, to 2 mm, cubic", .limit_bytes = 8 * fine};
    regrid->stage[regrid->stages++] = (vx_stage){
        .name = "spline: three axes", .estimated = true, .instructions = 3 * 40 * fine, .doubles = 3 * 7 * fine,
        .cache = (40 + 40 + 5 * 32) * fine, .memory = 3 * 40 * fine};
    regrid->stage[regrid->stages++] = (vx_stage){
        .name = "sample: 64 coefficients", .estimated = true, .instructions = 700 * image, .doubles = 190 * image,
        .cache = 64 * 8 * image, .memory = 12 * fine + 4 * image};
    take_times(regrid, card, 0);
}

vx_status vx_card_estimate(const vx_card *card, double voxels, double n, vx_estimate estimate[VX_ESTIMATES],
                           vx_error *error)
{
    vx_gpu_code code[VX_OPS];
    vx_estimate *e;
    for (vx_op op = 0; op < VX_OPS; op++) {
        vx_status status = find_code(card, op, &code[op], error);
        if (status)
            return status;
    }
    for (int row = 0; row < VX_ESTIMATES; row++)
        estimate[row] = (vx_estimate){0};
    estimate_flips(&estimate[VX_ESTIMATE_FLIPS], card, n, &code[VX_OP_RELABEL]);
    estimate_orders(&estimate[VX_ESTIMATE_ORDERS], card, n, &code[VX_OP_RELABEL]);
    e = &estimate[VX_ESTIMATE_SIGNFLIP];
    *e = (vx_estimate){.name = "signflip, max + counts + lists", .limit_local = 4 * voxels * ceil(n / WIDTH)};
    add_dense(e, card, VX_OP_SIGNFLIP, voxels, ceil(n / ROWS_OF_A_TABLE), BOUNDS + COUNTS_AND_LISTS,
              &code[VX_OP_SIGNFLIP]);
    e = &estimate[VX_ESTIMATE_CORRELATION];
    *e = (vx_estimate){.name = "correlation, max", .limit_operations = 2 * n * voxels};
    add_dense(e, card, VX_OP_CORRELATION, voxels, n, BOUNDS, &code[VX_OP_CORRELATION]);
    e = &estimate[VX_ESTIMATE_LISTS];
    *e = (vx_estimate){.name = "correlation, max + counts + lists", .limit_operations = 2 * n * voxels};
    add_dense(e, card, VX_OP_CORRELATION, voxels, n, BOUNDS + COUNTS_AND_LISTS, &code[VX_OP_CORRELATION]);
    e = &estimate[VX_ESTIMATE_HEIGHTS];
    *e = (vx_estimate){.name = "... with heights stored", .limit_bytes = 4 * voxels};
    e->stage[e->stages++] = (vx_stage){.name = "a root and a division a voxel, stored", .estimated = true,
                                       .instructions = 40 * voxels, .memory = 4 * voxels};
    take_times(e, card, 0);
    e = &estimate[VX_ESTIMATE_CLUSTERS];
    const double listed = 2 * CLUSTER_P * voxels, items = vx_op_table[VX_OP_CLUSTERS].gpu.items;
    *e = (vx_estimate){.name = "clusters at p < 0.001", .limit_bytes = 60 * listed};
    e->stage[e->stages++] = (vx_stage){.name = "components of the lists", .estimated = true,
                                       .instructions = 600 * listed, .cache = (13 + CLUSTER_READS) * 32 * listed,
                                       .memory = 60 * listed, .waits = ceil(listed / items) * CLUSTER_READS + 20};
    e->in_flight = maps_in_flight(card, &vx_op_table[VX_OP_CLUSTERS].gpu, &code[VX_OP_CLUSTERS], 4 * GRID * voxels);
    take_times(e, card, 4 * listed);
    estimate_tfce(&estimate[VX_ESTIMATE_TFCE], card, voxels, &code[VX_OP_TFCE]);
    estimate_images(&estimate[VX_ESTIMATE_SMOOTH], &estimate[VX_ESTIMATE_REGRID], card, voxels);
    return VX_OK;
}

double vx_card_flips(double n)
{
    return n <= 14 ? exp2(n - 1) : VX_CARD_PERMUTATIONS; /* all where they are at most 20,000 */
}

double vx_card_job(const vx_estimate estimate[VX_ESTIMATES], double n)
{
    const double flips = vx_card_flips(n), permutations = VX_CARD_PERMUTATIONS;
    const double each = estimate[VX_ESTIMATE_HEIGHTS].expected + estimate[VX_ESTIMATE_CLUSTERS].expected +
                        2 * estimate[VX_ESTIMATE_TFCE].expected;
    return flips * (estimate[VX_ESTIMATE_FLIPS].expected + estimate[VX_ESTIMATE_SIGNFLIP].expected + each) +
           permutations * (estimate[VX_ESTIMATE_ORDERS].expected + estimate[VX_ESTIMATE_LISTS].expected + each);
}
