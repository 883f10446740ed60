/* Unpacking of HDF5 chunks: the shuffle filter sorts the bytes of values by their position in the value, and the
 * deflate filter compresses them with zlib. */
#ifndef VX_RESULTS_UNPACK_H
#define VX_RESULTS_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vx_packed {
    const uint8_t *byte;
    size_t bytes;
    bool deflated, shuffled; /* a chunk may skip a filter */
} vx_packed;

/* Unpacks `count` values of `size` bytes to `value`; `spare` has the same size. False where `packed` is damaged or has
 * another number of values. */
bool vx_unpack(const vx_packed *packed, size_t count, size_t size, uint8_t *spare, uint8_t *value);

#endif
