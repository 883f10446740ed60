/* The files of a simulated cohort; simulate.h describes them. */
#ifndef VX_SIMULATE_WRITE_H
#define VX_SIMULATE_WRITE_H

#include "simulate/draw.h"

/* Writes a volume of the phantom's grid as NIfTI-1, int16: value = stored * slope. */
vx_status vx_write_int16(const char *path, const vx_grid *grid, const int16_t *stored, float slope,
                         const char *description, vx_error *error);

/* The name of a session's image. */
void vx_session_file(int64_t participant, int session, char *name, size_t size);

/* participants.tsv, labels.tsv, truth.tsv, truth_change.tsv and run.json. */
vx_status vx_write_tables(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                          const vx_cohort *cohort, vx_error *error);

#endif
