#include "base/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void vx_note_add(char *note, size_t size, const char *format, ...)
{
    if (!note || !size)
        return;
    size_t used = strlen(note);
    if (used)
        used += (size_t)snprintf(note + used, size - used, "; ");
    if (used >= size)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(note + used, size - used, format, arguments);
    va_end(arguments);
}
