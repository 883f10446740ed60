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
