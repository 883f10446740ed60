#include "report/draw/colour.h"

#include <math.h>

const vx_colour vx_ink = {0.11, 0.13, 0.15}, vx_muted = {0.33, 0.38, 0.42}, vx_faint = {0.84, 0.86, 0.88},
                vx_orange = {0.69, 0.29, 0.02}, vx_blue = {0.12, 0.37, 0.66};

static double encoded(double linear)
{
    linear = fmin(fmax(linear, 0), 1);
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

/* Converts Oklab lightness, chroma and hue (radians) to sRGB (Ottosson 2020, "A perceptual color space for image
 * processing"), clamped to the gamut of sRGB. */
static vx_colour from_lch(double lightness, double chroma, double hue)
{
    const double a = chroma * cos(hue), b = chroma * sin(hue);
    const double l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    return (vx_colour){encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                       encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                       encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

vx_colour vx_colour_diverging(double value)
{
    const double size = fmin(fabs(value), 1), degree = M_PI / 180;
    const double hue = value >= 0 ? 72 - 34 * size : 240 + 22 * size; /* straw to rust, sky to navy */
    return from_lch(0.955 - 0.545 * size, 0.2 * sqrt(size) * (1 - 0.28 * size), hue * degree);
}

vx_colour vx_colour_glowing(double share, bool positive)
{
    share = fmin(fmax(share, 0), 1);
    const double degree = M_PI / 180, hue = positive ? 32 + 68 * share : 262 - 62 * share; /* to yellow, to cyan */
    return from_lch(0.5 + 0.41 * share, positive ? 0.17 : 0.16 - 0.04 * share, hue * degree);
}

double vx_colour_share(double size, double threshold, double limit)
{
    return limit > threshold ? fmin(fmax((size - threshold) / (limit - threshold), 0), 1) : 0;
}

double vx_colour_size(double share, double threshold, double limit)
{
    return limit > threshold ? threshold + share * (limit - threshold) : threshold;
}
