/* The images of a simulated cohort on disk, and the names in it; simulate.h describes the folder. */
#ifndef VX_SIMULATE_WRITE_H
#define VX_SIMULATE_WRITE_H

#include "simulate/draw.h"

/* Writes a volume of the phantom's grid as NIfTI-1, int16: value = stored * slope. */
vx_status vx_write_int16(const char *path, const vx_grid *grid, const int16_t *stored, float slope,
                         const char *description, vx_error *error);

/* "baseline" or "followup". */
const char *vx_session_name(int session);

/* "sub-01" for participant 0. */
void vx_participant_id(int64_t participant, char *id, size_t size);

/* The name of a session's image. */
void vx_session_file(int64_t participant, int modality, int session, char *name, size_t size);

#endif
