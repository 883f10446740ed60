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

/* How many relabellings have a median of |t| that reaches that of the data as observed, itself one of them. */
uint64_t vx_quantiles_reach(const vx_quantiles *quantiles);

/* Fills *quantiles, of the data as observed and of other relabellings of the problem's set, by the `quantiles` of the
 * options. Of a set with no more than the most all are taken, of a random set the first ones, and of any other some are
 * drawn. The processor computes them, whatever device the run has: a relabelling's scores take it less time to compute
 * than to bring them from a GPU. Errors: those of an engine. */
vx_status vx_quantiles_find(const vx_problem *problem, const vx_inference_options *options, int threads,
                            vx_quantiles *quantiles, vx_error *error);
void vx_quantiles_destroy(vx_quantiles *quantiles);

#endif
