/* What a run found, from its results folder: for the end of `voxstat run`, and for `voxstat show`. */
#ifndef VX_CLI_SUMMARY_H
#define VX_CLI_SUMMARY_H

#include "results/results.h"

#include <stdio.h>

/* A line an effect: the peak and where it lies, the smallest p of every correction wherever it lies, clusters. */
vx_status vx_summary_print(const vx_results *results, FILE *out, vx_error *error);

/* The clusters of an effect, largest first; or that there are none. */
vx_status vx_summary_print_clusters(const vx_results_effect *effect, FILE *out, vx_error *error);

/* A sentence an effect: how much survives each correction. */
void vx_summary_say(const vx_results *results, FILE *out);

#endif
