#include "base/remarks.h"

#include "base/memory.h"

#include <stdarg.h>

vx_status vx_remarks_add(vx_remarks *remarks, vx_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = vx_text_of(format, arguments);
    va_end(arguments);
    char **grown = text ? vx_array_grow(remarks->text, remarks->count, 1, sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        return vx_fail_memory(error);
    }
    grown[remarks->count++] = text;
    remarks->text = grown;
    return VX_OK;
}

void vx_remarks_destroy(vx_remarks *remarks)
{
    if (!remarks)
        return;
    for (size_t i = 0; i < remarks->count; i++)
        free(remarks->text[i]);
    free(remarks->text);
    *remarks = (vx_remarks){0};
}
