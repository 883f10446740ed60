/* Summaries of a results folder, for the end of `voxstat run` and for `voxstat show`. */
#ifndef VX_CLI_SUMMARY_H
#define VX_CLI_SUMMARY_H

#include "results/results.h"

#include <stdio.h>

/* Prints a line per effect, with the peak, the smallest p and the clusters, and below it one per search volume: of
 * `all` of them, or of those in which something is significant where they are many. Nothing without modalities. */
vx_status vx_summary_print(const vx_results *results, bool all, FILE *out, vx_error *error);

/* Prints a line per region or marker and effect: of `all` of them, or of those that are significant where they are
 * many. Nothing without any. */
vx_status vx_summary_print_outcomes(const vx_results *results, bool all, FILE *out, vx_error *error);

/* Prints a line per comparison with an expected change, and what it cannot tell; nothing without any. */
vx_status vx_summary_print_expected(const vx_results *results, FILE *out, vx_error *error);

/* Prints a line per result and choice of the preparation: of `all` results, or of those whose conclusion changes under
 * some choice; nothing without alternatives. */
vx_status vx_summary_print_sensitivity(const vx_results *results, bool all, FILE *out, vx_error *error);

/* Prints the clusters of an effect, largest first, or "none". */
vx_status vx_summary_print_clusters(const vx_results *results, const vx_results_effect *effect, FILE *out,
                                    vx_error *error);

/* Prints a sentence per effect for which corrections other than the primary one find something. */
void vx_summary_say(const vx_results *results, FILE *out);

/* Prints a sentence: under which choices of the preparation which conclusions change. Nothing without alternatives. */
void vx_summary_say_sensitivity(const vx_results *results, FILE *out);

#endif
