/* Summaries of a results folder, for the end of `voxstat run` and for `voxstat show`. */
#ifndef VX_CLI_SUMMARY_H
#define VX_CLI_SUMMARY_H

#include "results/results.h"

#include <stdio.h>

/* Prints a line per effect: the peak and its position, the smallest p of every correction, the number of clusters;
 * then a line per search volume and effect. Nothing without modalities. */
vx_status vx_summary_print(const vx_results *results, FILE *out, vx_error *error);

/* Prints a line per region or marker and effect, at most `rows_max` of each kind; nothing without any. */
vx_status vx_summary_print_outcomes(const vx_results *results, size_t rows_max, FILE *out, vx_error *error);

/* Prints a line per comparison with an expected change, and what it cannot tell; nothing without any. */
vx_status vx_summary_print_expected(const vx_results *results, FILE *out, vx_error *error);

/* Prints a line per result and choice of the preparation: of `all` results, or of those whose conclusion changes under
 * some choice; nothing without alternatives. */
vx_status vx_summary_print_sensitivity(const vx_results *results, bool all, FILE *out, vx_error *error);

/* Prints the clusters of an effect, largest first, or "none". */
vx_status vx_summary_print_clusters(const vx_results *results, const vx_results_effect *effect, FILE *out,
                                    vx_error *error);

/* Prints a sentence per effect and search volume: how much is significant; of effects also how much has p below the
 * level in further looks. */
void vx_summary_say(const vx_results *results, FILE *out);

/* Prints a sentence: under which choices of the preparation which conclusions change. Nothing without alternatives. */
void vx_summary_say_sensitivity(const vx_results *results, FILE *out);

/* Prints a sentence per modality, family and effect: which regions or markers are significant, corrected together.
 * Nothing without any. */
void vx_summary_say_outcomes(const vx_results *results, FILE *out);

#endif
