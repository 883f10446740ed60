#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *vx_status_name(vx_status status)
{
    switch (status) {
    case VX_OK: return "ok";
    case VX_INTERNAL: return "internal";
    case VX_USAGE: return "usage";
    case VX_INPUT: return "input";
    case VX_DEVICE: return "device";
    case VX_OUTPUT: return "output";
    case VX_INTERRUPTED: return "interrupted";
    }
    return "unknown";
}

vx_status vx_error_fill(vx_error *error, vx_status status, const char *where, const char *format, ...)
{
    if (error) {
        va_list arguments;
        error->status = status;
        snprintf(error->where, sizeof error->where, "%s", where);
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

vx_status vx_error_prefix(vx_error *error, vx_status status, const char *format, ...)
{
    if (error) {
        char context[sizeof error->message], message[sizeof error->message];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(context, sizeof context, format, arguments);
        va_end(arguments);
        memcpy(message, error->message, sizeof message);
        size_t used = strlen(context);
        if (used + 3 < sizeof context)
            snprintf(context + used, sizeof context - used, ": %s", message);
        memcpy(error->message, context, sizeof error->message);
    }
    return status;
}
