/* Random numbers addressed by index: Philox4x32-10 (Salmon et al. 2011, SC'11; library Random123). */
#ifndef VX_BASE_RANDOM_H
#define VX_BASE_RANDOM_H

#include <stdint.h>

/* Independent sequences for one seed: two streams never share numbers. */
typedef enum vx_random_stream {
    VX_STREAM_FLIP = 0, VX_STREAM_PERMUTE = 1, VX_STREAM_SIMULATE = 2, VX_STREAM_TEST = 3
} vx_random_stream;

/* Four 32-bit numbers: key = seed, counter = (index low, index high, block, stream). */
typedef struct vx_random4 { uint32_t word[4]; } vx_random4;
vx_random4 vx_philox(uint64_t seed, uint64_t index, uint32_t block, uint32_t stream);

/* Number `k` of (seed, index, stream), uniform in (0, 1) or standard normal. */
double vx_uniform(uint64_t seed, uint64_t index, uint32_t k, uint32_t stream);
double vx_normal(uint64_t seed, uint64_t index, uint32_t k, uint32_t stream);

#endif
