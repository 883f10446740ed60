/* `voxstat bench`: one harness for all measurements of speed. Timings inform people and records; tests never depend on
 * them. */
#ifndef VX_BENCH_BENCH_H
#define VX_BENCH_BENCH_H

#include "voxstat/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct vx_bench_options {
    const char *const *device; /* names as for --device; no name: every usable device */
    size_t devices;
    int64_t voxels;            /* the maximum number of voxels of the 2 mm phantom; 0: all, about 230,000 */
    int64_t participants;      /* 14 */
    int repetitions;           /* of every row; its best and median are reported */
    int threads;               /* of the cpu device; 0: all */
    bool scaling;              /* instead of the rows, how time grows with voxels, participants and permutations */
    const char *data;          /* a folder of `voxstat simulate --size 2`, for the rows of the host; may be null */
    const char *json;          /* the path of the JSON record; may be null */
    bool force;                /* replace an existing record */
    const char *command;       /* the command line, for the record; may be null */
} vx_bench_options;

/* Every device, 14 participants, all voxels, 5 repetitions, all threads. */
vx_bench_options vx_bench_defaults(void);

/* Measures the devices one after the other and prints one line a row to `table`. The parts:
 *
 *   peak      the rates that the device reaches at most
 *   micro     each op through host/engine/backend.h
 *   pipeline  complete effects through vx_infer
 *   outcomes  the regions and markers of a trial through vx_outcomes_test
 *   check     the time in these that the check by the C backend takes
 *   load, prepare, write, images  the work on the host before and after the permutations, on the images in `data`
 *   scaling   with options->scaling, this part alone: a covariate at an eighth of the voxels to all, half the
 *             participants to four times as many, and 250 to 16,000 permutations
 *
 * Errors: VX_USAGE for options out of range; VX_INPUT for `data`; VX_DEVICE; VX_OUTPUT for `json`, before the
 * measurements, where it exists (unless `force`) or holds no figures of the bench. */
vx_status vx_bench(const vx_bench_options *options, FILE *table, vx_error *error);

#endif
