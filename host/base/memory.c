#include "base/memory.h"

#include <stdio.h>
#include <string.h>

enum { ALIGNMENT = 64 };

void *vx_array(size_t count, size_t size)
{
    size_t bytes;
    if (!vx_multiply(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
        return NULL;
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; /* aligned_alloc wants whole multiples */
    return aligned_alloc(ALIGNMENT, bytes ? bytes : ALIGNMENT);
}

void *vx_array_zero(size_t count, size_t size)
{
    void *array = vx_array(count, size);
    return array ? memset(array, 0, count * size) : NULL;
}

char *vx_copy_text(const char *text)
{
    return text ? strdup(text) : NULL;
}

char *vx_text_of(const char *format, va_list arguments)
{
    char *text = NULL;
    return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

char *vx_text(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = vx_text_of(format, arguments);
    va_end(arguments);
    return text;
}
