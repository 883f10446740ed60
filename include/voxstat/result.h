/* Results of an inference: its options and plan, maps, null distributions and clusters.
 *
 * A vx_result owns its arrays; vx_result_free releases it. Maps have one float an element, in the order of the
 * vx_matrix' space. Elements that are names are corrected one by one (VX_CORRECT_VOXEL, VX_CORRECT_FDR): they have no
 * clusters, and "p-fwe-voxel" is then of the largest t over all names. */
#ifndef VOXSTAT_RESULT_H
#define VOXSTAT_RESULT_H

#include "voxstat/engine.h"
#include "voxstat/image.h"
#include "voxstat/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vx_tails { VX_TWO_TAILS, VX_POSITIVE, VX_NEGATIVE } vx_tails;

/* Which corrections; a set of flags. VX_CORRECT_BONFERRONI is over several results: vx_bonferroni makes it. */
enum {
    VX_CORRECT_VOXEL = 1, VX_CORRECT_EXTENT = 2, VX_CORRECT_MASS = 4, VX_CORRECT_FDR = 8, VX_CORRECT_TFCE = 16,
    VX_CORRECT_BONFERRONI = 32
};

enum { VX_PERMUTATIONS_AUTO = -1, VX_PERMUTATIONS_ALL = 0 };

/* How TFCE's integral over heights is taken: in closed form, or in the steps of another tool, for comparison. Steps are
 * dh; thresholds are inclusive; sums are over e^E h^H, times dh only in PALM. Values differ between tools by a factor
 * and by what the steps leave out; relative steps are of each tail's own maximum. */
typedef enum vx_tfce_preset {
    VX_TFCE_EXACT,
    VX_TFCE_FSL,     /* dh = a hundredth of the observed maximum, the same for every relabelling */
    VX_TFCE_PALM,    /* dh = a hundredth of each map's own maximum, multiplied in */
    VX_TFCE_MRTRIX,  /* dh = 0.1 */
    VX_TFCE_NILEARN, /* dh = a hundredth of each map's own maximum */
} vx_tfce_preset;

typedef struct vx_inference_options {
    size_t size;          /* sizeof(vx_inference_options) */
    int64_t permutations; /* random ones, VX_PERMUTATIONS_ALL or VX_PERMUTATIONS_AUTO */
    uint64_t seed;
    unsigned correct;     /* VX_CORRECT_ flags */
    double cluster_p;     /* forming threshold, one-sided p; used where cluster_t is 0 */
    double cluster_t;
    int connectivity;     /* 6, 18 or 26 */
    vx_tails tails;
    double tfce_extent;   /* E, 0.5 for volumes (Smith & Nichols 2009) */
    double tfce_height;   /* H, 2 for volumes; other tools' steps know no other */
    vx_tfce_preset tfce_preset;
    size_t memory_limit;  /* bytes of device buffers; 0: 80 % of what is free */
} vx_inference_options;

/* The defaults of the program: auto, seed 0, every correction, p 0.001, 26 neighbours, two tails, no limit. The first
 * fills as many bytes as the caller's struct has. */
VX_API void vx_inference_defaults_fill(vx_inference_options *options, size_t size);
static inline vx_inference_options vx_inference_defaults(void)
{
    vx_inference_options options;
    vx_inference_defaults_fill(&options, sizeof options);
    return options;
}

/* What a run of one effect will do, known before it starts. */
typedef struct vx_plan {
    uint64_t possible;     /* distinct relabellings; UINT64_MAX where there are more than fit */
    uint64_t relabellings; /* that are used, the observed one included */
    uint64_t evaluations;  /* that are computed: half of them where the others mirror them */
    bool exhaustive;
    bool exact_uncorrected; /* uncorrected p over all 2^n sign flips, counted without listing them */
    double p_smallest;
    double threshold_t;    /* forming threshold */
    size_t device_bytes;
    int64_t batch;         /* permutations a launch */
    int64_t slabs;         /* voxel slabs that the matrix is cut into */
} vx_plan;

/* What a map holds. Kinds of p come first, in the order in which tables show them, so that a kind is an index into
 * arrays of VX_P_KINDS. vx_quantity_name tells what files and data sets call it. */
typedef enum vx_quantity {
    VX_P_UNCORRECTED, VX_P_FDR, VX_P_FWE_VOXEL, VX_P_FWE_EXTENT, VX_P_FWE_MASS, VX_P_FWE_TFCE,
    /* The same, over the effects too: vx_bonferroni. */
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
    VX_MAP_CLUSTERS,               /* the label of the voxel's cluster; 0: it is in none */
    VX_QUANTITIES
} vx_quantity;

/* "t", "p-fwe-voxel", ...: docs/results.md has all of them. */
VX_API const char *vx_quantity_name(vx_quantity quantity);

typedef struct vx_map {
    vx_quantity quantity;
    const char *units;
    float *value; /* V; p are plain */
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
    double p[VX_P_KINDS]; /* of the cluster (VX_P_FWE_EXTENT, VX_P_FWE_MASS), or of its peak; NaN where not asked for */
} vx_cluster;

/* The maximum of every relabelling; index 0 is the data as observed. Two-sided: the larger of both tails. */
typedef struct vx_null {
    uint64_t count;
    double *voxel;  /* maximum t */
    double *extent; /* voxels; null where not asked for */
    double *mass;   /* null where not asked for */
    double *tfce;   /* null where not asked for */
} vx_null;

typedef struct vx_result {
    const vx_effect *effect;  /* not owned */
    vx_plan plan;
    vx_inference_options options;
    vx_map *map;              /* maps of them; there is room for VX_QUANTITIES */
    size_t maps;
    int64_t voxels;           /* V, values of each map */
    vx_cluster *cluster;
    size_t clusters;
    vx_null null;
    uint64_t overflows;       /* permutations whose lists were computed again with more room */
    double seconds;           /* wall time of the permutations */
} vx_result;

/* Bonferroni's correction over the K effects of a study, of any number of images: `result` has all of them. Every
 * result gets the maps VX_P_BONFERRONI_... of the kinds of family-wise p that it has, and its clusters the p:
 *
 *     min(1, K p).
 *
 * At level a, P(any voxel or cluster without its effect has p below a) <= K (a / K) = a, whatever the effects depend on
 * one another (Dunn 1961, J Am Stat Assoc 56:52).
 *
 * Call it once, with results of vx_infer. Errors: VX_INTERNAL without memory. */
VX_API vx_status vx_bonferroni(vx_result *const *result, size_t results, vx_error *error);

/* The map of a quantity, or null. */
VX_API const vx_map *vx_result_map(const vx_result *result, vx_quantity quantity);

VX_API void vx_result_free(vx_result *result);

#ifdef __cplusplus
}
#endif
#endif
