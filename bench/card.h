/* What to expect of a graphics card, without one: times from counted instructions and bytes.
 *
 * Nothing here is measured on a GPU. A stage of an op takes, on one relabelling,
 *
 *     issue     instructions of work-items / (units x lanes x clock)
 *     double    operations in double precision / (the same rate x fp64)
 *     local     bytes of local memory or of the nearest cache / (units x 128 bytes x clock)
 *     cache     bytes through the second-level cache / its bandwidth
 *     memory    bytes through the card's memory / its bandwidth
 *     waiting   reads that wait for one another x their latency / maps worked on at the same time
 *
 * Groups work on different maps or strips, so these six overlap: an op takes as long as the largest of the six sums
 * over its stages (Williams et al. 2009, the roofline model, with latency as a sixth roof). The work of the dense ops
 * comes from their equations and from gpu_budgets.tsv, which holds what compilers make of them. */
#ifndef VX_BENCH_CARD_H
#define VX_BENCH_CARD_H

#include "bench/bench.h"
#include "engine/op.h"

#include <jansson.h>

/* A card at its boost clock. GB are 10^9 bytes. */
typedef struct vx_card {
    const char *name;
    const char *target;           /* the rows of gpu_budgets.tsv that are nearest to its code */
    int units;                    /* multiprocessors or compute units */
    int lanes, integer_lanes;     /* of each: multiply-adds of floats and additions of ints a clock */
    double clock;                 /* GHz */
    double fp64;                  /* speed of doubles beside floats */
    double memory_rate, cache_rate; /* GB/s: of the memory and of the second-level cache */
    double memory_size, buffer_size, cache_size; /* GB: of the memory, of the largest buffer, of that cache */
    int memory_cycles, cache_cycles; /* latencies */
    const char *source;           /* of these figures */
} vx_card;

enum { VX_CARDS = 7 };
extern const vx_card vx_card_table[VX_CARDS];

/* What a row of gpu_budgets.tsv says of a kernel on a target. */
typedef struct vx_gpu_code {
    int registers, groups; /* registers of a work-item; groups that one unit holds */
    double step;           /* instructions of the inner loop for each useful one; 0: not counted */
} vx_gpu_code;

/* Finds the row of a kernel, or of its first program where it has several ("correlation.0"). False: there is no row. */
bool vx_gpu_code_find(const char *kernel, const char *target, vx_gpu_code *code);

enum { VX_STAGES_MAX = 13, VX_ROOFS = 6 };

/* The work of a stage on one relabelling. */
typedef struct vx_stage {
    const char *name;
    bool estimated;      /* some of the figures are guesses; else all are counted */
    double instructions, doubles;
    double local, cache, memory; /* bytes */
    double waits;        /* reads, each of which needs the one before, from cache or memory: of one item for the map */
    double item_waits;   /* ... and of every item for each of its voxels */
    double local_waits;  /* the same from local memory, or barriers, for the map */
} vx_stage;

/* An op on a card. */
typedef struct vx_estimate {
    const char *name;
    double limit_bytes, limit_operations, limit_local; /* the least that the op's equation needs; see `limit` */
    int stages;
    vx_stage stage[VX_STAGES_MAX];
    double in_flight;                    /* maps worked on at the same time; 0: work is in strips, and waits overlap */
    double seconds[VX_STAGES_MAX][VX_ROOFS]; /* in the order above */
    double sum[VX_ROOFS];
    double expected, limit;              /* seconds for one relabelling */
} vx_estimate;

/* The rows of the estimate. The last two are for one image instead of one relabelling. */
typedef enum vx_estimate_row {
    VX_ESTIMATE_FLIPS, VX_ESTIMATE_SIGNFLIP, VX_ESTIMATE_ORDERS, VX_ESTIMATE_CORRELATION, VX_ESTIMATE_LISTS,
    VX_ESTIMATE_HEIGHTS, VX_ESTIMATE_CLUSTERS, VX_ESTIMATE_TFCE, VX_ESTIMATE_SMOOTH,
    VX_ESTIMATE_REGRID, VX_ESTIMATES
} vx_estimate_row;

/* Estimates every row for V voxels and n participants. Errors: VX_INTERNAL where gpu_budgets.tsv lacks a row. */
vx_status vx_card_estimate(const vx_card *card, double voxels, double n, vx_estimate estimate[VX_ESTIMATES],
                           vx_error *error);

/* The relabellings of a default job: sign flips that are evaluated (where all are taken, half are the negatives of the
 * others), and permutations of one covariate. */
double vx_card_flips(double n);
#define VX_CARD_PERMUTATIONS 10000.0

/* Seconds on the card of the default job with everything, both tails. */
double vx_card_job(const vx_estimate estimate[VX_ESTIMATES], double n);

/* The names of the roofs, in the order above. */
extern const char *const vx_roof_name[VX_ROOFS];

/* The seconds that a relabelling of the row, or the default job (VX_ESTIMATES), should take on the card; 0: no target
 * is set. */
double vx_card_target(const vx_card *card, vx_estimate_row row);

/* What vx_card_expect found for a card, `voxels` and `n`. */
typedef struct vx_expectation {
    const vx_card *card;
    double voxels, n;
    vx_estimate estimate[VX_ESTIMATES];
} vx_expectation;

void vx_card_print(const vx_expectation *expected, FILE *to);
json_t *vx_card_json(const vx_expectation *expected, json_t *record); /* adds it to the record, and returns that */

/* Prints what to expect of the card of that name for options->voxels (0: 228,010, those of a brain at 2 mm) and
 * options->participants, and writes it to options->json where that is set. "list": prints the cards. Case and blanks in
 * names do not matter. Errors: VX_USAGE for an unknown name; VX_OUTPUT for `json`. */
vx_status vx_card_expect(const char *name, const vx_bench_options *options, FILE *to, vx_error *error);

#endif
