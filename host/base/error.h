/* Reporting errors: filling a vx_error, and results that a caller must not ignore. */
#ifndef VX_BASE_ERROR_H
#define VX_BASE_ERROR_H

#include "voxstat/error.h"

/* The compiler warns where a caller ignores the result. */
#define VX_MUST_USE __attribute__((warn_unused_result))

/* Fills *error (where it is not null) and returns `status`, so that a failing line reads
 *     return vx_fail(error, VX_INPUT, "%s: 4-D image with %d volumes; one 3-D volume is needed", path, n);   */
#define vx_fail(error, status, ...) vx_error_fill((error), (status), __func__, __VA_ARGS__)
vx_status vx_error_fill(vx_error *error, vx_status status, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "context: " in front of the message in *error (where it is not null) and returns `status`. */
vx_status vx_error_prefix(vx_error *error, vx_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
