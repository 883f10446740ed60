/* Options structs of the public headers. Each begins with its size, as the caller's compiler saw it, so that a program
 * and a library of different versions understand each other: a member that the caller did not know is zero, and zero
 * is what asks for nothing. */
#ifndef VX_BASE_OPTIONS_H
#define VX_BASE_OPTIONS_H

#include "voxstat/error.h"

#include <stddef.h>

/* Fills *taken, a struct of `known` bytes, from *given, whose first member is its size_t size. VX_USAGE, naming `type`:
 * a size too small to hold itself, which is an options struct that was not begun with its size; members set that
 * this library does not know. */
vx_status vx_options_take(const void *given, const char *type, size_t known, void *taken, vx_error *error);

#endif
