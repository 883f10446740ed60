/* What SciPy and NumPy make of the field of shares in tests/unit/prepare_pvc.c:
 *
 *     v = arange(12 * 11 * 16); z = v // 132; x = float32(2 + sin(0.37 * v))
 *     w = where(z < 9, 1, 0.5 + 0.5 * sin(0.9 * v)); g = where(z < 9, 0, (1 - w) * (0.5 + 0.5 * cos(0.7 * v)))
 *     see = lambda a: gaussian_filter(a.reshape(16, 11, 12), [0.9, 1.1, 1.3], mode="constant", truncate=5).ravel()
 *     G, W = see(g), see(w); core = W > 0.9; c = lstsq(c_[W[core], G[core]], x[core])[0][0]
 *     meltzer = where(G + W > 0.3, x / (G + W), nan); mg = where((g > 0.3) & (G > 0.1), (x - c * W) / G, nan) */
#ifndef TESTS_UNIT_PVC_REFERENCE_H
#define TESTS_UNIT_PVC_REFERENCE_H

#include <math.h>

enum { PVC_NX = 12, PVC_NY = 11, PVC_NZ = 16, PVC_CORE = 9 };
enum { SCIPY_MELTZER_VOXELS = 2106, SCIPY_MG_VOXELS = 302, SCIPY_WHITE_VOXELS = 463 };
static const double SCIPY_WHITE = 2.0508477488935375;
static const int pvc_place[] = {0, 140, 700, 1000, 1250, 1204, 1310, 1471, 2108};
static const double scipy_meltzer[] = {
    6.225083365526052, 4.595342779274223, 2.985685763210066, 1.3625701520991431, 1.7074752529897501,
    1.8487794970088498, 5.231231830122617, 1.9340029521398245, 6.873661471273645};
static const double scipy_mg[] = {
    NAN, NAN, NAN, NAN, NAN,
    1.1077742589809705, 12.402992478856005, 1.745938435948473, 17.710991231588125};

#endif
