/* The JSON record of `voxstat bench`: the figures beside the program, the command and the date. */
#ifndef VX_BENCH_RECORD_H
#define VX_BENCH_RECORD_H

#include "bench/bench.h"

#include <jansson.h>

/* Tells, before minutes of measurement, whether options->json can be written. Errors: VX_OUTPUT where it exists (unless
 * `force`), or holds no figures of the bench. */
vx_status vx_bench_record_check(const vx_bench_options *options, vx_error *error);

/* A record that has the program, the command and the date, for the caller to add figures to; null where memory runs
 * out. */
json_t *vx_bench_record_new(const vx_bench_options *options);

/* Writes a record to options->json and takes ownership of it; null is a lack of memory. */
vx_status vx_bench_record_write(const vx_bench_options *options, json_t *record, vx_error *error);

#endif
