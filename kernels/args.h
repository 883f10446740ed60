/* Shared by host and kernels: the tile, and one argument struct for each op. Both C and OpenCL C read this file. Every
 * member is a 32-bit number, so that both lay the structs out alike (the host asserts the sizes).
 *
 * The data of n participants and V voxels are stored tile by tile, so that one tile streams through the nearest cache:
 *
 *     Y[tile][i][lane],  voxel v = tile * VX_TILE + lane
 *
 * Lanes past the last voxel repeat it. They change no maximum, are never listed, and their counts are ignored. */
#ifndef VX_ARGS_H
#define VX_ARGS_H

#define VX_TILE 64

/* The largest number of relabellings in one launch. Their running maxima fit into local memory. */
#define VX_BATCH_MAX 1024

/* Weights are stored by blocks of this many relabellings, so that one vector load takes an element of several. The
 * last block is filled up with any values:
 *
 *     W[p / VX_INTERLEAVE][element][p % VX_INTERLEAVE] */
#define VX_INTERLEAVE 8
#define VX_WEIGHT_PLACE(p, elements, element)                                                                          \
    (((size_t)((p) / VX_INTERLEAVE) * (size_t)(elements) + (size_t)(element)) * VX_INTERLEAVE +                        \
     (size_t)((p) % VX_INTERLEAVE))

/* The number of relabellings in full blocks. */
#define VX_INTERLEAVED(relabellings) (((relabellings) + VX_INTERLEAVE - 1) / VX_INTERLEAVE * VX_INTERLEAVE)

/* relabel: the weights of a launch of relabellings. host/model/relabelling.h says what the relabelling of an index is.
 *
 * people[4][n] describes the n participants of the set, of whom the effect has `rows`:
 *
 *     VX_PARTICIPANT   their indices in the study
 *     VX_ROW           their rows in the effect; -1 for a participant whom it lacks
 *     VX_KIND          the kinds of their design rows
 *     VX_MEMBER        for a row of the effect: the place of its participant among the n
 *
 * design[1 + nuisance][rows] has the regressor and the nuisance, as the observed data have them. */
typedef struct vx_relabel_args {
    int relabellings;
    int listed;              /* the relabellings are those in index[p]; else they are first + p */
    unsigned int first[2];   /* 64-bit numbers: their low and high words */
    unsigned int seed[2];
    int flips, permutes;     /* the scheme */
    int exhaustive;
    int n, rows, kinds;
    int possible, observed;  /* all permutations: their number, and the rank of the observed one */
    int groups, width;       /* signflip: weights are flip[p][g]; groups 0: W[p][j][i] of correlation */
    int nuisance;            /* correlation */
} vx_relabel_args;

enum vx_people_row { VX_PARTICIPANT, VX_ROW, VX_KIND, VX_MEMBER, VX_PEOPLE_ROWS };

/* The bytes of local memory that a dense kernel takes for a group of `rows` relabellings (vx_group of dense.h). */
#define VX_GROUP_BYTES(rows) (256 + 16 * (size_t)(rows))

/* The results of a dense op besides the two maxima of every relabelling. */
#define VX_STORE 1   /* score[p][v]: the map of scores, padded to full tiles */
#define VX_COUNT 2   /* count[v] += (s >= high[v]) + (s <= low[v]) over the launch */
#define VX_COMPACT 4 /* the list of supra-threshold voxels of every relabelling, with their heights */
#define VX_HEIGHTS 8 /* height[p][v]: the map of heights (height.h) */

/* Scores s of a dense op are ints that order as the statistic does. There are three kinds:
 *
 *     signflip       u, the sum in fixed point
 *     correlation    the ordered bits (vx_ordered) of the float r
 *     both, r near 1 the ordered bits of the float 1 / sqrt(1 - r^2) with the sign of r, where r^2 > VX_NEAR
 *
 * The third kind begins at VX_NEAR_LEAST, whose bits are above those of every r and above every u. near.h computes it,
 * and docs/statistics.md has the equations and the reason under "r near 1". Other ops see heights and no scores
 * (height.h). */
#define VX_NEAR (15.0f / 16.0f)
#define VX_NEAR_LEAST 4.0f
#define VX_NEAR_BITS 0x40800000 /* of VX_NEAR_LEAST */

/* The dense ops, with flip[p][g] and W[p][j][i] stored as VX_INTERLEAVE says.
 *
 *     signflip       u[p][v] = sum_i e_i[p] k_i[v] in int32, where k is the unit-normalised change in fixed point.
 *                    The n rows are in `groups` of `width` rows (the last may be shorter). flip[p][g] has one bit for
 *                    each row of a group, which is set where e = -1
 *     correlation    r[p][v] = d / sqrt(1 - sum_j q_j^2), d = W[p][0] . y[v], q_j = W[p][j] . y[v], y of unit length,
 *                    j = 1 to `nuisance`. Without nuisance r = d. Each dot product is by fma, i ascending, in one
 *                    accumulator
 *
 * The nuisance may leave little of relabelled data, and rounding then makes r uncertain. |r| is raised by this
 * uncertainty, so that a tie counts (docs/statistics.md, "Ties and rounding"). With Q = sum_j q_j^2, which is 0 for the
 * observed data:
 *
 *     |r| = max(|r|, min(|r| + VX_R_ROUNDING Q / (1 - Q), VX_RAISED_MOST))
 *
 * Where 1 - Q <= VX_LITTLE_LEFT, the op first gives a score of +-2. This score is beyond near_high or near_low, so
 * near.h computes the final one. With nuisance these two bounds must therefore be given. */
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
    int near_high, near_low; /* r near 1: s > near_high or s < near_low; both 0: not checked */
    int capacity;          /* entries of one relabelling's list */
    int map, map0;         /* VX_STORE, VX_HEIGHTS: elements from one map to the next; the slab's first in its map */
    float scale;           /* signflip: r = u scale */
    float root_df;         /* sqrt(df), for heights */
} vx_dense_args;

/* clusters: the components of the listed voxels of every relabelling, separately for each tail: the largest size and
 * the largest mass. The tail is the sign of the height. */
typedef struct vx_clusters_args {
    int relabellings, capacity;
    int parallel;            /* relabellings worked on at the same time; each has a grid of labels */
    int grid_size;           /* places in the padded grid */
    int stride_y, stride_z;  /* of the padded grid; stride_x is 1 */
    int connectivity;        /* 6, 18, 26 */
    float threshold;         /* forming threshold, in t */
} vx_clusters_args;

/* tfce: the largest threshold-free cluster enhancement of every relabelling, separately for each tail (Smith & Nichols
 * 2009, NeuroImage 44:83, eq. 1, with the integral in closed form on the component tree):
 *
 *     TFCE(v) = integral over 0 < h <= h_v of e_v(h)^E h^H dh,   e_v(h) the voxels of v's component of {t >= h}
 *
 * Heights h are those of height.h; heights of 0 or less are in no component. Voxels are swept by descending height,
 * ties by ascending voxel. A component has three numbers, its size s, B and S, which start at 0:
 *
 *     a voxel joins at h         S += (P[s + 1] - P[s]) G(h);  s += 1
 *     s % VX_TFCE_BLOCK = 0      B += S;  S = 0
 *     components merge at h      B = max over them of (B_i + S_i - P[s_i] G(h)) + P[sum of s_i] G(h);  S = 0;  s = sum
 *                                of s_i
 *
 * A voxel that touches no component starts one. A voxel that touches several merges them before it joins. All numbers
 * are doubles. P[s] = s^E comes from a table, and G(h) = h * h * h where power = 3, else pow(h, power). The result is
 * the largest remaining B + S, which is H + 1 times the map's maximum, because G leaves out the integral's 1 / (H + 1).
 *
 * This is the order of addition of every backend. Between two merges a component is an arc, and its blocks, which end
 * where s is a multiple of VX_TFCE_BLOCK, can be summed in parallel (tfce_arcs.h).
 *
 * An arc begins with a voxel of its own: with a maximum, or with the voxel at which components merge. Hence a map of V
 * voxels has at most V maxima, and at most V arcs. A merge has a voxel that is no maximum, and takes at least one
 * component away. Hence there are fewer than V / 2 merges: at most V - M, and at most M - 1, of M maxima.
 *
 * With step > 0 only the thresholds k * dh count, as in other tools:
 *
 *     dh              step, or step times the largest height of the tail (step_relative 1) or of both tails (2)
 *     G(h)            K (K + 1) (2 K + 1) / 6 with K = floor(h / dh): the sum of k^2
 *     result          the maximum itself: the largest B + S times dh * dh, and times dh again with step_times */
typedef struct vx_tfce_args {
    int relabellings;
    int voxels, padded;     /* of a map in height[p]: its voxels; floats from one map to the next, in full tiles */
    int tails;              /* 1: positive, 2: negative, 3: both */
    int parallel;           /* relabellings worked on at the same time; each has a part of the work buffer */
    int grid_size;          /* of the padded grid, as in vx_clusters_args */
    int stride_y, stride_z;
    int connectivity;
    float power;            /* H + 1 */
    float step;             /* 0: exact */
    int step_relative, step_times;
} vx_tfce_args;

/* 32-bit words of the work buffer that one map may use: for every place of the padded grid, and for every voxel. These
 * suffice for the bounds above, so that no map can need more. */
#define VX_TFCE_GRID_WORDS 2
#define VX_TFCE_VOXEL_WORDS 9

#define VX_TFCE_BLOCK 256 /* the terms of a block of an arc */

/* convolve: an array [outer][length][stride] convolved along its middle axis, by one half w of a symmetric kernel:
 *
 *     to[o][j][i] = from[o][j][i] + sum_{t = 1 to reach} w[t] (from[o][j - t][i] + from[o][j + t][i]),   w[0] = 1
 *
 * Elements outside the array are 0. Products and sums are doubles, each rounded, and t ascends. */
typedef struct vx_convolve_args {
    int outer, length, stride;
    int reach;    /* at most length - 1 */
    int parallel; /* groups */
} vx_convolve_args;

/* spline: an array [outer][length][stride] of values s becomes, along its middle axis, that of the coefficients c of
 * the cubic B-spline through them, mirrored at both ends (Unser 1999, IEEE Signal Process Mag 16(6):22, box 2):
 *
 *     c+(0) = 6 (s(0) + z^N s(N) + sum_{k = 1 to N - 1} (z^k + z^(2 N - k)) s(k)) / (1 - z^(2 N))
 *     c+(k) = 6 s(k) + z c+(k - 1)                     N = length - 1,  z = sqrt(3) - 2
 *     c(N)  = z / (z^2 - 1) (c+(N) + z c+(N - 1))
 *     c(k)  = z (c(k + 1) - c+(k))
 *
 * start[k] has the factor of s(k) in c+(0), that of s(N) before the others, and start[0] = 1 - z^(2 N). Products and
 * sums are doubles, each rounded. */
typedef struct vx_spline_args {
    int outer, length, stride; /* length is at least 2 */
    int parallel;
} vx_spline_args;
#define VX_SPLINE_POLE (-0.26794919243112270647)
#define VX_SPLINE_GAIN 6.0

/* sample: a volume brought to another grid, as host/prepare/regrid.h says. sample.h has the order of the sums.
 *
 * placement[3][4] turns voxel indices of the new grid into those of the volume, and two more doubles are the slope and
 * the intercept of the stored values. */
typedef struct vx_sample_args {
    int dim[3], to[3]; /* of the volume and of the new grid */
    int points[3];     /* of a new voxel, along its axes */
    int wide;          /* stored values are doubles, in `wide`; else floats, in `stored` */
    int cubic;         /* the spline of `coefficient`; else trilinear */
    int parallel;
} vx_sample_args;
#define VX_PLACEMENT 14

/* Mass is summed in 64-bit fixed point, so that the sum does not depend on the order. The term of a voxel is
 *
 *     (min(|t|, VX_MASS_T_MAX) - threshold) * VX_MASS_ONE, rounded to nearest even. */
#define VX_MASS_ONE 1048576.0f
#define VX_MASS_T_MAX 65536.0f

/* The bits of a float as an int that orders as the float does. The function is its own inverse. -0.0 is just below
 * +0.0. */
#define vx_ordered(bits) ((bits) ^ (((bits) >> 31) & 0x7fffffff))

#endif
