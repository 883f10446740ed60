#include "results/unpack.h"

#include <string.h>
#include <zlib.h>

bool vx_unpack(const vx_packed *packed, size_t count, size_t size, uint8_t *spare, uint8_t *value)
{
    const size_t bytes = count * size;
    uint8_t *sorted = packed->shuffled ? spare : value;
    uLongf unpacked = bytes;
    if (packed->deflated && (uncompress(sorted, &unpacked, packed->byte, packed->bytes) != Z_OK || unpacked != bytes))
        return false;
    if (!packed->deflated && packed->bytes != bytes)
        return false;
    if (!packed->deflated)
        memcpy(sorted, packed->byte, bytes);
    for (size_t place = 0; packed->shuffled && place < size; place++)
        for (size_t i = 0; i < count; i++)
            value[i * size + place] = sorted[place * count + i];
    return true;
}
