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
        char message[sizeof error->message];
        va_list arguments;
        memcpy(message, error->message, sizeof message);
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        strncat(error->message, ": ", sizeof error->message - strlen(error->message) - 1);
        strncat(error->message, message, sizeof error->message - strlen(error->message) - 1);
    }
    return status;
}
