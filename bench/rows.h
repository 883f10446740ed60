/* Shared by the parts of the bench: the data, and how a row is measured, printed and recorded. */
#ifndef VX_BENCH_ROWS_H
#define VX_BENCH_ROWS_H

#include "bench/bench.h"
#include "voxstat/voxstat.h"

#include <jansson.h>

typedef struct vx_bench_state {
    const vx_bench_options *options;
    FILE *table;
    vx_matrix *matrix;       /* with --scaling, of VX_BENCH_SCALING_MAX times the participants */
    vx_model *model;         /* the mean, then one covariate */
    const char *device_name; /* of the current device; "-" without one */
    json_t *rows;            /* of that device */
    double best;             /* seconds of the last row */
    double peak_operations, peak_bytes; /* a second, as measured on the current device; 0: not measured */
} vx_bench_state;

enum { VX_BENCH_SCALING_MAX = 4 }; /* times the participants asked for are in the data of --scaling */

/* The work of one run of a row. A rate is printed where its number is not 0. */
typedef struct vx_bench_row {
    const char *part, *name;
    double relabellings; /* 0: no time per relabelling is printed */
    double evaluations;  /* statistics computed: voxels x relabellings */
    double operations;   /* of arithmetic: two for a multiply-add of floats, or for an addition of ints, its equal */
    double bytes;        /* the minimum of reads from and writes to main memory */
} vx_bench_row;

typedef vx_status (*vx_bench_body)(void *context, vx_error *error);

/* Runs `body` once to warm up and then options->repetitions times, and reports the best and the median. */
vx_status vx_bench_measure(vx_bench_state *state, const vx_bench_row *row, vx_bench_body body, void *context,
                           vx_error *error);

/* An effect, tested as in a run from the data to the maps. */
typedef struct vx_bench_effect {
    vx_device *device;
    const vx_matrix *matrix;
    const vx_effect *effect;
    vx_inference_options options;
} vx_bench_effect;

/* Measures one row of vx_infer. */
vx_status vx_bench_infer(vx_bench_state *state, const char *part, const char *name, vx_bench_effect *tested,
                         vx_error *error);

/* Changes of `n` participants without effect, as smooth as those of the cohort, in the phantom's brain or (voxels > 0)
 * its first voxels. The caller frees *matrix. */
vx_status vx_bench_matrix(int64_t n, int64_t voxels, vx_matrix **matrix, vx_error *error);

/* The mean and one covariate. The caller frees *model. */
vx_status vx_bench_model(int64_t n, vx_model **model, vx_error *error);

/* Copies the first participants and voxels of `full`. The caller frees *matrix. */
vx_status vx_bench_corner(const vx_matrix *full, int64_t n, int64_t voxels, vx_matrix **matrix, vx_error *error);

/* Measures the peaks of a device. */
vx_status vx_bench_peak(vx_bench_state *state, vx_device *device, vx_error *error);

vx_status vx_bench_micro(vx_bench_state *state, vx_device *device, vx_error *error);
vx_status vx_bench_pipeline(vx_bench_state *state, vx_device *device, vx_error *error);
vx_status vx_bench_outcomes_rows(vx_bench_state *state, vx_device *device, vx_error *error);
vx_status vx_bench_check(vx_bench_state *state, vx_device *device, vx_error *error);
vx_status vx_bench_scaling(vx_bench_state *state, vx_device *device, vx_error *error);
vx_status vx_bench_stages(vx_bench_state *state, vx_error *error);
vx_status vx_bench_image_rows(vx_bench_state *state, const char *path, vx_error *error); /* of an image */

#endif
