/* A problem: one effect on one matrix, in the form that the ops take.
 *
 * The score s of an op is an int32 that orders as the statistic does (args.h). vx_score_r converts it to r of
 * model.h. */
#ifndef VX_ENGINE_PROBLEM_H
#define VX_ENGINE_PROBLEM_H

#include "engine/backend.h"
#include "model/relabelling.h"
#include "space/lattice.h"
#include "voxstat/image.h"

typedef struct vx_problem_options {
    double threshold_t; /* forming threshold */
    int connectivity;   /* 6, 18, 26 */
    bool clusters;      /* extent and mass of every relabelling */
    bool count;         /* exceedances of every voxel */
    bool statistics;    /* scores of every relabelling and voxel */
    bool tfce;          /* largest TFCE of every relabelling */
    int tfce_tails;     /* 1: positive, 2: negative, 3: both */
    double tfce_extent, tfce_height; /* E and H */
    float tfce_step;    /* 0: the integral in closed form; see vx_tfce_args in args.h */
    int tfce_step_relative; /* 1: to the tail's largest height, 2: to that of both tails */
    bool tfce_step_times;
} vx_problem_options;

typedef struct vx_problem {
    const vx_effect *effect;             /* not owned */
    const vx_relabellings *relabellings; /* not owned */
    vx_problem_options options;
    vx_op op;            /* signflip: sign flips without nuisance; correlation: everything else */
    int64_t voxels, tiles;
    void *tile;          /* [tiles][n][VX_TILE], int32 or float: y_z of unit length; null before vx_problem_fill */
    double unit;         /* signflip: r = s * unit */
    int32_t cut_high, cut_low;   /* forming threshold */
    int32_t near_high, near_low; /* near |r| = 1: args.h */
    vx_lattice lattice;   /* where the options ask for clusters or TFCE; else empty */
} vx_problem;

vx_status vx_problem_new(const vx_matrix *matrix, const vx_effect *effect, const vx_relabellings *relabellings,
                         const vx_problem_options *options, vx_problem **problem, vx_error *error);
void vx_problem_free(vx_problem *problem);

/* Fills the tiles with the data. An engine needs them, a plan does not. */
vx_status vx_problem_fill(vx_problem *problem, const vx_matrix *matrix, vx_error *error);

/* The r of a score. Rounding may take it slightly out of [-1, 1]. */
double vx_score_r(const vx_problem *problem, int32_t score);

/* |t| of a score in float, as the spatial ops use it. */
float vx_score_height(const vx_problem *problem, int32_t score);

/* The score that r rounds to. */
int32_t vx_r_score(const vx_problem *problem, double r);

/* How far rounding can separate two scores that are equal in exact arithmetic, as a difference in r near the given r
 * (docs/statistics.md, "Ties and rounding"):
 *
 *     signflip       n units: the sums are exact, but each of their n terms was rounded by up to half a unit
 *     correlation    2 VX_R_ROUNDING
 *     r near 1       4 e (sqrt(1 - r^2) + e) + 4 2^-24 (1 - r^2), where e is the bound above */
double vx_score_tolerance(const vx_problem *problem, double r);

/* The score whose |r| is one tolerance smaller, but at least 0. */
int32_t vx_score_lowered(const vx_problem *problem, int32_t score);

/* The set of ops that the problem takes beside relabel. */
unsigned vx_problem_ops(const vx_problem *problem);

/* The VX_ flags of args.h that the options need for every relabelling. */
int vx_problem_flags(const vx_problem *problem);

/* The arguments of the ops, except those that follow from the schedule: the voxel slab, the groups of rows, the
 * number of relabellings, their lists, and how many are worked on at the same time. */
vx_dense_args vx_problem_dense_args(const vx_problem *problem);
vx_clusters_args vx_problem_clusters_args(const vx_problem *problem);
vx_tfce_args vx_problem_tfce_args(const vx_problem *problem);

/* The factor for the results of the op tfce: 1 / (H + 1) where the integral is in closed form, else 1. */
double vx_problem_tfce_scale(const vx_problem *problem);
/* s^E; 0 for s = 0. */
double vx_tfce_power(int64_t size, double extent);
/* Fills VX_B_POWER, with the same doubles for every device. */
vx_status vx_problem_upload_powers(const vx_problem *problem, vx_backend *backend, vx_buffer *to, vx_error *error);

#endif
