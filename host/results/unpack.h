/* A chunk of a dataset, as HDF5 packs it: the bytes of its values sorted by their place in the value (shuffle), then
 * compressed by zlib (deflate). */
#ifndef VX_RESULTS_UNPACK_H
#define VX_RESULTS_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vx_packed {
    const uint8_t *byte;
    size_t bytes;
    bool deflated, shuffled; /* a chunk says where a filter was left out */
} vx_packed;

/* Unpacks `count` values of `size` bytes to `value`; `spare` has the same size. False where `packed` is damaged, or
 * holds more or fewer. */
bool vx_unpack(const vx_packed *packed, size_t count, size_t size, uint8_t *spare, uint8_t *value);

#endif
