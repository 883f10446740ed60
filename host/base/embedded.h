/* Files that travel in the program: cmake/embed.cmake makes a table of them, which ends with a null name. */
#ifndef VX_BASE_EMBEDDED_H
#define VX_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct vx_embedded {
    const char *name; /* of the file, without its folder */
    const char *text; /* what it holds, and a zero byte behind it */
    size_t size;      /* without that byte */
} vx_embedded;

#endif
