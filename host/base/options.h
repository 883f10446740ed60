/* Options structs of the public headers. Each begins with its size as compiled into the caller, so that a program and a
 * library of different versions can be combined. Members that the caller's version lacks are zero, which requests
 * nothing. */
#ifndef VX_BASE_OPTIONS_H
#define VX_BASE_OPTIONS_H

#include "voxstat/error.h"

#include <stddef.h>

/* Fills *taken, a struct of `known` bytes, from *given, whose first member is its size_t size. Errors
 * (VX_USAGE, naming `type`): a size too small for the member `size`, as in a struct without it; a non-zero member that
 * this version of the library does not have. */
vx_status vx_options_take(const void *given, const char *type, size_t known, void *taken, vx_error *error);

#endif
