#include "results/change.h"

const char *const vx_change_names[] = {"difference", "percent", "logratio", "symmetric", NULL};

const char *vx_change_words(vx_change change)
{
    static const char *const words[] = {[VX_CHANGE_DIFFERENCE] = "",
                                        [VX_CHANGE_PERCENT] = ", in percent of the baseline",
                                        [VX_CHANGE_LOG_RATIO] = ", as the natural logarithm of their ratio",
                                        [VX_CHANGE_SYMMETRIC] = ", over the mean of both"};
    return words[change];
}

const char *vx_change_units(vx_change change, const char *units)
{
    static const char *const own[] = {[VX_CHANGE_PERCENT] = "%", [VX_CHANGE_LOG_RATIO] = "log ratio",
                                      [VX_CHANGE_SYMMETRIC] = "fraction of the mean"};
    return change == VX_CHANGE_DIFFERENCE ? units : own[change];
}

const char *vx_scale_units(vx_outcome_scale scale, const char *units)
{
    static const vx_change change[] = {[VX_ON_LINEAR] = VX_CHANGE_DIFFERENCE, [VX_ON_LOG] = VX_CHANGE_LOG_RATIO,
                                       [VX_ON_PERCENT] = VX_CHANGE_PERCENT, [VX_ON_SYMMETRIC] = VX_CHANGE_SYMMETRIC};
    return vx_change_units(change[scale], units);
}
