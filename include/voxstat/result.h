/* Results of an inference: its options and plan, maps, null distributions and clusters.
 *
 * A vx_result owns its arrays; vx_result_free releases it. A map has one float for each element, in the order of
 * vx_matrix.space. Elements that are names have no clusters; their corrections are VX_CORRECT_VOXEL and
 * VX_CORRECT_FDR. "p-fwe-voxel" is then over the maximum t of all names. */
#ifndef VOXSTAT_RESULT_H
#define VOXSTAT_RESULT_H

#include "voxstat/engine.h"
#include "voxstat/image.h"
#include "voxstat/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Corrections for multiple testing; a set of flags. VX_CORRECT_BONFERRONI spans results: vx_bonferroni computes it. */
enum {
    VX_CORRECT_VOXEL = 1, VX_CORRECT_EXTENT = 2, VX_CORRECT_MASS = 4, VX_CORRECT_FDR = 8, VX_CORRECT_TFCE = 16,
    VX_CORRECT_BONFERRONI = 32
};

enum { VX_PERMUTATIONS_AUTO = -1, VX_PERMUTATIONS_ALL = 0 };

/* How the integral of TFCE over heights is computed: in closed form, or as the sum of another tool, for comparison.
 *
 *   exact         integral of e(h)^E h^H dh
 *   other tools   sum of e(h)^E h^H over h = dh, 2 dh, ...; PALM multiplies by dh. A voxel at height h counts (>=).
 *
 * Values of different tools differ by a factor and by the discretisation. Relative steps refer to the maximum of each
 * tail. */
typedef enum vx_tfce_preset {
    VX_TFCE_EXACT,
    VX_TFCE_FSL,     /* dh = a hundredth of the observed maximum, the same for every relabelling */
    VX_TFCE_PALM,    /* dh = a hundredth of each map's own maximum; the sum is multiplied by dh */
    VX_TFCE_MRTRIX,  /* dh = 0.1 */
    VX_TFCE_NILEARN, /* dh = a hundredth of each map's own maximum */
} vx_tfce_preset;

typedef struct vx_inference_options {
    size_t size;          /* sizeof(vx_inference_options) */
    int64_t permutations; /* number of random ones, VX_PERMUTATIONS_ALL or VX_PERMUTATIONS_AUTO */
    uint64_t seed;
    unsigned correct;     /* VX_CORRECT_ flags */
    double cluster_p;     /* forming threshold, one-sided p; used where cluster_t is 0 */
    double cluster_t;
    int connectivity;     /* 6, 18 or 26 */
    vx_tails tails;
    double tfce_extent;   /* E, 0.5 for volumes (Smith & Nichols 2009) */
    double tfce_height;   /* H, 2 for volumes; presets of other tools require 2 */
    vx_tfce_preset tfce_preset;
    size_t memory_limit;  /* bytes of device buffers; 0: 80 % of the free memory */
    bool statistics;      /* keep the statistic of every relabelling and element: vx_result.statistic. Names only */
    uint64_t quantiles;   /* relabellings whose spread of t over the elements is kept: vx_result.quantiles; 0: none */
    uint64_t quantiles_most; /* and up to so many, as long as no more than quantiles_reach of them, the observed data
                              * one of them, have a median of |t| that reaches that of the observed data */
    uint64_t quantiles_reach;
} vx_inference_options;

/* The defaults of the program: auto, seed 0, every correction, p 0.001, 26 neighbours, two tails, no limit.
 * vx_inference_defaults_fill fills `size` bytes, the size of the caller's struct. */
VX_API void vx_inference_defaults_fill(vx_inference_options *options, size_t size);
static inline vx_inference_options vx_inference_defaults(void)
{
    vx_inference_options options;
    vx_inference_defaults_fill(&options, sizeof options);
    return options;
}

/* The work of one effect's run, known before it starts. Where the device lacks the planned memory, the result has the
 * plan that was followed. */
typedef struct vx_plan {
    uint64_t possible;     /* number of distinct relabellings of the participants of vx_effect.shared, or else of the
                            * effect's own; UINT64_MAX where that does not fit */
    uint64_t relabellings; /* number used, including the observed one */
    uint64_t evaluations;  /* number computed: half of those used where the other half are their mirror images */
    bool exhaustive;
    bool exact_uncorrected; /* uncorrected p are over all 2^n sign flips, counted without enumeration */
    double p_smallest;
    double threshold_t;    /* forming threshold */
    bool host_tfce;        /* TFCE is computed on the host, because the device has no double precision */
    size_t device_bytes;   /* of all device buffers */
    size_t device_bytes_refused; /* planned at first, for which the device had no memory; 0: the plan was kept */
    int64_t batch;         /* relabellings in one launch */
    int64_t slabs;         /* voxel slabs into which the matrix is cut to fit device memory */
} vx_plan;

/* What a map holds. Kinds of p come first, in the order in which tables show them: a kind is an index into arrays of
 * VX_P_KINDS elements. vx_quantity_name gives the name in files and data sets. */
typedef enum vx_quantity {
    VX_P_UNCORRECTED, VX_P_FDR, VX_P_FWE_VOXEL, VX_P_FWE_EXTENT, VX_P_FWE_MASS, VX_P_FWE_TFCE,
    /* Corrected over all effects too: vx_bonferroni. */
    VX_P_BONFERRONI_VOXEL, VX_P_BONFERRONI_EXTENT, VX_P_BONFERRONI_MASS, VX_P_BONFERRONI_TFCE,
    VX_P_KINDS,
    VX_MAP_T = VX_P_KINDS,
    VX_MAP_MEAN,                   /* the estimate of a mean effect, in the data's units */
    VX_MAP_SLOPE,                  /* the estimate of a covariate, in the data's units per unit of the covariate */
    VX_MAP_R, VX_MAP_RHO,          /* partial correlation of the values, or of their ranks */
    VX_MAP_DZ,                     /* Cohen's d_z */
    VX_MAP_TFCE,
    VX_MAP_SE,                     /* standard error of the estimate */
    VX_MAP_CI_LOW, VX_MAP_CI_HIGH, /* 95 % interval of the estimate */
    VX_MAP_Z,                      /* the normal quantile as extreme as t */
    VX_MAP_G,                      /* Hedges' g */
    VX_MAP_CLUSTERS,               /* the label of the voxel's cluster; 0 outside clusters */
    VX_QUANTITIES
} vx_quantity;

/* The name of a quantity's map: "t", "p-fwe-voxel", ... */
VX_API const char *vx_quantity_name(vx_quantity quantity);

typedef struct vx_map {
    vx_quantity quantity;
    const char *units;
    float *value; /* V; p themselves, not 1 - p or their logarithms */
} vx_map;

typedef struct vx_cluster {
    int32_t label;    /* 1 is the largest */
    int sign;         /* +1 or -1 */
    int64_t voxels;
    double mm3;
    double mass;      /* sum of |t| - threshold */
    double peak_t;
    double peak_mm[3];
    int64_t peak_voxel[3];
    double p[VX_P_KINDS]; /* of the cluster (kinds of extent and mass), else of its peak; NaN where not requested */
} vx_cluster;

/* The maximum statistic of every relabelling. Index 0 is the observed data. Two-sided: the larger of both tails. */
typedef struct vx_null {
    uint64_t count;
    double *voxel;  /* maximum t */
    double *extent; /* voxels; null where not requested */
    double *mass;   /* null where not requested */
    double *tfce;   /* null where not requested */
} vx_null;

/* How t is spread over the elements: of the data as observed (0), and of some relabellings. */
typedef struct vx_quantiles {
    uint64_t count;  /* relabellings; 0: not kept */
    size_t ranks;
    int64_t *rank;   /* ranks: from 1, the most extreme element of a relabelling, to the number of elements */
    double *t;       /* count x ranks: the |t|, t or -t (by the tails) of these ranks */
    double *median;  /* count x 2: the medians of |t| and of t over all elements */
} vx_quantiles;

typedef struct vx_result {
    const vx_effect *effect;  /* borrowed */
    vx_plan plan;
    vx_inference_options options;
    vx_map *map;              /* `maps` elements; the array has VX_QUANTITIES */
    size_t maps;
    int64_t voxels;           /* V, the length of each map */
    vx_cluster *cluster;
    size_t clusters;
    vx_null null;
    double *statistic;        /* relabellings x voxels: the t of every relabelling and element, index 0 the data as
                               * observed; null unless vx_inference_options.statistics. 8 bytes each */
    double *reach;            /* voxels: a relabelling counts as at least as extreme as the observed data where its
                               * statistic (|t|, t or -t by the tails) is >= reach, which is the observed one less its
                               * rounding bound (docs/statistics.md, "Ties and rounding"); null with `statistic` */
    vx_quantiles quantiles;   /* empty unless vx_inference_options.quantiles */
    struct vx_relabellings *relabellings; /* opaque, owned */
    uint64_t overflows;       /* relabellings that were computed again because a list was too short */
    double seconds;           /* wall time of the relabellings */
    size_t bonferroni_effects; /* K of vx_bonferroni; 0 without it */
} vx_result;

/* Bonferroni's correction over the K effects of a study, in any number of modalities. `result` has all of them. Every
 * kind of family-wise p of a result gets a corrected map VX_P_BONFERRONI_..., and its clusters a corrected p:
 *
 *     min(1, K p),
 *
 * which is never below K times the smallest p that the relabellings allow. Every result that gets a map records K.
 *
 * At level a, P(any voxel or cluster without its effect has p below a) <= K (a / K) = a, under any dependence between
 * the effects (Dunn 1961, J Am Stat Assoc 56:52).
 *
 * A map that a result already has stays as it is. Errors: VX_INTERNAL without memory. */
VX_API vx_status vx_bonferroni(vx_result *const *result, size_t results, vx_error *error);

/* The map of a quantity, or null. */
VX_API const vx_map *vx_result_map(const vx_result *result, vx_quantity quantity);

VX_API void vx_result_free(vx_result *result);

#ifdef __cplusplus
}
#endif
#endif
