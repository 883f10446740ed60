/* What an inference is of, so that tallies of another one are told apart. */
#ifndef VX_INFER_FINGERPRINT_H
#define VX_INFER_FINGERPRINT_H

#include "engine/tally.h"
#include "voxstat/result.h"

/* VX_INTERNAL without memory. */
vx_status vx_fingerprint_make(const vx_matrix *matrix, const vx_effect *effect, const vx_inference_options *options,
                            const vx_relabellings *relabellings, vx_fingerprint *fingerprint, vx_error *error);

#endif
