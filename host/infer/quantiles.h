/* How t is spread over the elements: of the data as observed, and of some relabellings. */
#ifndef VX_INFER_QUANTILES_H
#define VX_INFER_QUANTILES_H

#include "engine/problem.h"
#include "voxstat/result.h"

/* The largest number of ranks that are kept. */
enum { VX_QUANTILE_RANKS = 64 };

/* The ranks that are kept of so many elements: from 1 to all of them at even steps of their logarithms, so that most
 * are in the tail, of which p speaks. Returns their number. */
size_t vx_quantile_ranks(int64_t elements, int64_t rank[VX_QUANTILE_RANKS]);

/* Fills *quantiles, of `count` relabellings of the problem's set: the data as observed, and others. Of a set with no
 * more all are taken, of a random set the first ones, and of any other some are drawn. The processor computes them, so
 * that no device changes them. Errors: those of an engine. */
vx_status vx_quantiles_find(const vx_problem *problem, vx_tails tails, uint64_t count, int threads, size_t limit,
                            vx_quantiles *quantiles, vx_error *error);
void vx_quantiles_destroy(vx_quantiles *quantiles);

#endif
