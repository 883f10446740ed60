/* What host and kernels agree on: the tile, and one argument struct an op. Read by C and by OpenCL C alike; every
 * member is a 32-bit int or float, so that both sides lay the structs out the same (the host asserts the sizes).
 *
 * The data of n participants and V voxels is stored tile by tile, so that one tile streams through the nearest cache:
 *
 *     Y[tile][i][lane],  voxel v = tile * VX_TILE + lane
 *
 * Lanes past the last voxel repeat that voxel: they change no maximum, are never listed, and their counts are
 * ignored. */
#ifndef VX_ARGS_H
#define VX_ARGS_H

#define VX_TILE 64

/* Most relabellings in one launch: their running maxima stay in local memory. */
#define VX_BATCH_MAX 1024

/* What a dense op leaves besides the two maxima of every relabelling. */
#define VX_STORE 1   /* score[p][v]: the map of scores, of whole tiles */
#define VX_COUNT 2   /* count[v] += (s >= high[v]) + (s <= low[v]) over the launch */
#define VX_COMPACT 4 /* the list of supra-threshold voxels of every relabelling, with their heights */
#define VX_HEIGHTS 8 /* height[p][v]: the map of heights (height.h) */

/* Scores s of a dense op are ints that order as the statistic does. There are three kinds:
 *
 *     signflip       u, the sum in fixed point
 *     correlation    the ordered bits (vx_ordered) of the float r
 *     both, r near 1 the ordered bits of the float 1 / sqrt(1 - r^2) with the sign of r, where r^2 > VX_NEAR
 *
 * The third kind begins at VX_NEAR_LEAST, whose bits are above those of every r and above every u. near.h computes it;
 * docs/statistics.md, "r near 1", has the equations and why. What is beyond the dense ops sees heights (height.h). */
#define VX_NEAR (15.0f / 16.0f)
#define VX_NEAR_LEAST 4.0f
#define VX_NEAR_BITS 0x40800000 /* of VX_NEAR_LEAST */

/* The dense ops.
 *
 * signflip: u[p][v] = sum_i e_i[p] k_i[v] in int32, k the unit-normalised change in fixed point. The n rows are cut
 * into `groups` of `width` (the last may be shorter); flip[p][g] holds a bit a row, set where e = -1.
 *
 * correlation: r[p][v] = d / sqrt(1 - sum_j q_j^2), d = W[p][0] . y[v], q_j = W[p][j] . y[v], y of unit length, j = 1
 * to `nuisance`. Without nuisance r = d. Operations: fma, i ascending, one accumulator a dot product.
 *
 * The nuisance may leave little of relabelled data, and rounding then leaves r uncertain. So that a tie counts, |r| is
 * raised by that (docs/statistics.md, "Ties and rounding"). With Q = sum_j q_j^2, 0 for the data as observed:
 *
 *     |r| = max(|r|, min(|r| + VX_R_ROUNDING Q / (1 - Q), VX_RAISED_MOST))
 *
 * Where 1 - Q <= VX_LITTLE_LEFT, the op first gives a score of +-2, which is beyond near_high or near_low, so that
 * near.h computes it. With nuisance these two bounds must therefore be given. */
/* The rounding bound of r: how far a float r may be from the r of exact arithmetic (Higham 2002, eq. 3.5). */
#define VX_R_ROUNDING(n, nuisance) ((float)(((n) + 2) * (1 + (nuisance))) * 0x1p-24f)
#define VX_RAISED_MOST (1.0f - 0x1p-20f)
#define VX_LITTLE_LEFT(rounding) (64.0f * (rounding) > 0x1p-8f ? 64.0f * (rounding) : 0x1p-8f)
typedef struct vx_dense_args {
    int n;
    int nuisance;          /* correlation */
    int groups, width;     /* signflip */
    int voxels, tiles;     /* of this slab */
    int voxel0;            /* mask index of the slab's first voxel */
    int relabellings;
    int flags;
    int cut_high, cut_low; /* supra-threshold: s > cut_high or s < cut_low */
    int near_high, near_low; /* r near 1: s > near_high or s < near_low; both 0: no score is */
    int capacity;          /* entries of one relabelling's list */
    int map, map0;         /* VX_STORE, VX_HEIGHTS: from one map to the next; where the slab begins in its map */
    float scale;           /* signflip: r = u scale */
    float root_df;         /* sqrt(df), for heights */
} vx_dense_args;

/* clusters: components of the listed voxels of every relabelling, each tail apart: largest size and largest mass. The
 * tail is the sign of the height. */
typedef struct vx_clusters_args {
    int relabellings, capacity;
    int parallel;            /* relabellings worked on at the same time: each has a grid of labels */
    int grid_size;           /* places in the padded grid */
    int stride_y, stride_z;  /* of the padded grid; stride_x is 1 */
    int connectivity;        /* 6, 18, 26 */
    float threshold;         /* forming threshold, in t */
} vx_clusters_args;

/* tfce: the largest threshold-free cluster enhancement of every relabelling, each tail apart (Smith & Nichols 2009,
 * NeuroImage 44:83, eq. 1, with the integral in closed form on the component tree):
 *
 *     TFCE(v) = integral over 0 < h <= h_v of e_v(h)^E h^H dh,   e_v(h) the voxels of v's component of {t >= h}
 *
 * Heights h are those of height.h; heights of 0 or less are in no component. Voxels
 * are swept by descending height, ties by ascending voxel, with two numbers a component, its size s and B (both start
 * at 0):
 *
 *     a voxel joins at h      B += (P[s + 1] - P[s]) G(h);  s += 1
 *     a and b merge at h      B = max(B_a - P[s_a] G(h), B_b - P[s_b] G(h)) + P[s_a + s_b] G(h);  s = s_a + s_b
 *
 * where a voxel that touches no component starts one, and one that touches several merges them, in the order of their
 * first neighbours (x fastest, from the lowest place in the grid), before it joins. All of it in double, P[s] = s^E
 * from a table, G(h) = h * h * h where power = 3, else pow(h, power). What is found is the largest B left: H + 1 times
 * the map's maximum, as G leaves out the integral's 1 / (H + 1).
 *
 * Stepping, for comparison with other tools: with step > 0 only thresholds k * dh count, dh = step, or step times a
 * largest height: the tail's (step_relative 1), or the larger of both tails' (2). Then G(h) = K (K + 1) (2 K + 1) / 6
 * with K = floor(h / dh), that is the sum of k^2, and what is found is the maximum itself, the largest B times dh * dh,
 * and once more dh where step_times is set. */
typedef struct vx_tfce_args {
    int relabellings;
    int voxels, padded;     /* of a map in height[p]: voxels that count, and from one map to the next: whole tiles */
    int tails;              /* 1: positive, 2: negative, 3: both */
    int parallel;           /* relabellings worked on at the same time: each has its part of the work buffer */
    int grid_size;          /* of the padded grid, as in vx_clusters_args */
    int stride_y, stride_z;
    int connectivity;
    float power;            /* H + 1 */
    float step;             /* 0: exact */
    int step_relative, step_times;
} vx_tfce_args;

/* 32-bit words of the work buffer that one map may use: for every place of the padded grid, and every voxel. */
#define VX_TFCE_GRID_WORDS 2
#define VX_TFCE_VOXEL_WORDS 14

/* Mass is summed in 64-bit fixed point, so that its sum does not depend on the order:
 * (min(|t|, VX_MASS_T_MAX) - threshold) * VX_MASS_ONE, rounded to nearest even. */
#define VX_MASS_ONE 1048576.0f
#define VX_MASS_T_MAX 65536.0f

/* Bits of a float as an int that orders as the float does; its own inverse. -0.0 orders just below +0.0. */
#define vx_ordered(bits) ((bits) ^ (((bits) >> 31) & 0x7fffffff))

#endif
