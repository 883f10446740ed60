/* The tables and the JSON of a simulated cohort; simulate.h describes them. */
#ifndef VX_SIMULATE_TABLES_H
#define VX_SIMULATE_TABLES_H

#include "simulate/draw.h"

/* participants.tsv, labels.tsv, truth.tsv and truth_change.tsv. */
vx_status vx_write_tables(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                          const vx_cohort *cohort, vx_error *error);

/* participants.json: what the columns of participants.tsv mean, in the form of BIDS. */
vx_status vx_write_dictionary(const char *folder, const vx_simulate_options *options, vx_error *error);

/* run.json, the last file of the folder, because it lists the others. */
vx_status vx_write_cohort_record(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                                 vx_error *error);

#endif
