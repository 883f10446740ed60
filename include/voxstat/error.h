/* Errors: how every fallible function of voxstat reports what went wrong.
 *
 * A fallible function returns a vx_status and, where it is not VX_OK, fills the vx_error that it was given. The library
 * never prints, exits or aborts. The caller owns the vx_error; it holds no pointers and needs no freeing. A null
 * vx_error pointer is allowed everywhere; the status is then the only report. */
#ifndef VOXSTAT_ERROR_H
#define VOXSTAT_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/* The library exports the functions that its headers declare, and no others. */
#define VX_API __attribute__((visibility("default")))

/* Every options struct begins with its size, so that programs and libraries of different versions can be combined.
 * VX_OPTIONS(vx_mask_options, .level = 0.5) sets the size; members that are not named are zero. */
#define VX_OPTIONS(type, ...) ((type){.size = sizeof(type), __VA_ARGS__})

/* The values are the exit statuses of the program and never change. */
typedef enum vx_status {
    VX_OK = 0,
    VX_INTERNAL = 1,      /* a fault of voxstat or of the machine (no memory) */
    VX_USAGE = 2,         /* an option or argument that is invalid */
    VX_INPUT = 3,         /* a table, image or design that cannot be analysed */
    VX_DEVICE = 4,        /* a device or driver that is missing or fails */
    VX_OUTPUT = 5,        /* results that cannot be written */
    VX_INTERRUPTED = 130, /* stopped on request */
} vx_status;

typedef struct vx_error {
    vx_status status;
    char where[64];     /* the function that detected the error */
    char message[2000]; /* one sentence for the user: file, participant and field, the value found and expected */
} vx_error;

/* "ok", "internal", "usage", "input", "device", "output", "interrupted". */
VX_API const char *vx_status_name(vx_status status);

#ifdef __cplusplus
}
#endif
#endif
