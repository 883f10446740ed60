#include "results/p_format.h"

#include "results/schema.h"

#include <math.h>

double vx_p_formatted(double p, vx_p_format format)
{
    switch (format) {
    case VX_P_LOG10: return p == 1 ? 0 : -log10(p); /* not -0 */
    case VX_P_PLAIN: return p;
    case VX_P_ONE_MINUS: return 1 - p;
    }
    return p;
}

const char *vx_p_format_words(vx_p_format format)
{
    return format == VX_P_LOG10 ? "-log10 p" : vx_p_format_names[format];
}
