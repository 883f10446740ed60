/* The identity of an inference, by which tallies of another one are refused. */
#ifndef VX_INFER_FINGERPRINT_H
#define VX_INFER_FINGERPRINT_H

#include "engine/tally.h"
#include "voxstat/result.h"

/* Errors: VX_INTERNAL without memory. */
vx_status vx_fingerprint_make(const vx_matrix *matrix, const vx_effect *effect, const vx_inference_options *options,
                            const vx_relabellings *relabellings, vx_fingerprint *fingerprint, vx_error *error);

#endif
