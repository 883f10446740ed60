/* Shared by the known answers: known_dense.c has those of the dense ops, known_spatial.c those of clusters and TFCE,
 * known_steps.c those of the ops on volumes. All numbers are exact in float, so that answers are compared with ==. Only
 * heights of the dense ops and splines have a tolerance. */
#ifndef VX_ENGINE_KNOWN_H
#define VX_ENGINE_KNOWN_H

#include "engine/backend.h"

/* Each op against the answers worked by hand, correlation without nuisance and beside it. Errors: VX_DEVICE where one
 * differs. */
vx_status vx_known_signflip(vx_backend *backend, vx_error *error);
vx_status vx_known_correlation(vx_backend *backend, vx_error *error);
vx_status vx_known_nuisance(vx_backend *backend, vx_error *error);
vx_status vx_known_clusters(vx_backend *backend, vx_error *error);
vx_status vx_known_tfce(vx_backend *backend, vx_error *error);
vx_status vx_known_convolve(vx_backend *backend, vx_error *error);
vx_status vx_known_spline(vx_backend *backend, vx_error *error);
vx_status vx_known_sample(vx_backend *backend, vx_error *error);

/* A buffer of an op and its initial content; null data: zeros. */
typedef struct vx_known_buffer {
    int place;
    const void *data;
    size_t bytes;
} vx_known_buffer;

/* Makes the buffers and fills them. */
vx_status vx_known_start(vx_backend *backend, const vx_known_buffer *all, size_t count, vx_buffer **buffers,
                         vx_error *error);

vx_status vx_known_expect(const char *what, int index, long long found, long long wanted, vx_error *error);

#endif
