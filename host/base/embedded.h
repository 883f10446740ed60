/* Files embedded in the program. cmake/embed.cmake generates a table of them, which ends with a null name. */
#ifndef VX_BASE_EMBEDDED_H
#define VX_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct vx_embedded {
    const char *name; /* of the file, without its folder */
    const char *text; /* the content, followed by a zero byte */
    size_t size;      /* of the content, without the zero byte */
} vx_embedded;

#endif
