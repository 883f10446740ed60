#include "base/options.h"

#include "base/error.h"

#include <string.h>

enum { SIZE_MAX_PLAUSIBLE = 4096 }; /* bytes; a larger value is not a size, and reading it would leave the struct */

vx_status vx_options_take(const void *given, const char *type, size_t known, void *taken, vx_error *error)
{
    const unsigned char *byte = given;
    size_t size;
    memcpy(&size, given, sizeof size);
    if (size <= sizeof size || size > SIZE_MAX_PLAUSIBLE)
        return vx_fail(error, VX_USAGE, "%s: its member `size` is %zu; it must be sizeof (%s)", type, size, type);
    for (size_t i = known; i < size; i++)
        if (byte[i])
            return vx_fail(error, VX_USAGE, "%s: byte %zu is set, and this libvoxstat knows %zu bytes: the program was "
                           "made for a later version", type, i, known);
    memset(taken, 0, known);
    memcpy(taken, given, size < known ? size : known);
    memcpy(taken, &known, sizeof known);
    return VX_OK;
}
