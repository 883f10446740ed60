#include "simulate/smooth.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { REACH_MAX = 64 };

/* Sets kernel[REACH_MAX + t] for |t| <= reach, and returns reach. */
static int gaussian(double sigma, double *kernel)
{
    int reach = (int)fmin(ceil(4 * sigma), REACH_MAX);
    double sum = 0;
    for (int t = -reach; t <= reach; t++)
        sum += kernel[REACH_MAX + t] = exp(-0.5 * t * t / (sigma * sigma));
    for (int t = -reach; t <= reach; t++)
        kernel[REACH_MAX + t] /= sum;
    return reach;
}

/* Smooths along one axis of an array of shape outer x length x inner. */
static void smooth_axis(const float *from, float *to, int64_t outer, int64_t length, int64_t inner,
                        const double *kernel, int reach)
{
    memset(to, 0, (size_t)(outer * length * inner) * sizeof *to);
    for (int64_t o = 0; o < outer; o++, from += length * inner, to += length * inner)
        for (int t = -reach; t <= reach; t++) {
            float weight = (float)kernel[REACH_MAX + t];
            for (int64_t j = 0; j < length; j++) {
                int64_t other = ((j + t) % length + length) % length;
                for (int64_t i = 0; i < inner; i++)
                    to[j * inner + i] += weight * from[other * inner + i];
            }
        }
}

void vx_smooth(const int64_t dim[3], double sigma, float *data, float *scratch)
{
    double kernel[2 * REACH_MAX + 1];
    int reach = gaussian(sigma, kernel);
    smooth_axis(data, scratch, dim[1] * dim[2], dim[0], 1, kernel, reach);
    smooth_axis(scratch, data, dim[2], dim[1], dim[0], kernel, reach);
    smooth_axis(data, scratch, 1, dim[2], dim[0] * dim[1], kernel, reach);
    memcpy(data, scratch, (size_t)(dim[0] * dim[1] * dim[2]) * sizeof *data);
}

double vx_smooth_noise_sd(double sigma)
{
    double kernel[2 * REACH_MAX + 1], sum = 0;
    int reach = gaussian(sigma, kernel);
    for (int t = -reach; t <= reach; t++)
        sum += kernel[REACH_MAX + t] * kernel[REACH_MAX + t];
    return pow(sum, 1.5);
}
