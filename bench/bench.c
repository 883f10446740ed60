/* Measures every device, prints the table and writes the JSON record. */
#include "bench/record.h"
#include "bench/rows.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/stop.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

vx_bench_options vx_bench_defaults(void)
{
    return (vx_bench_options){.participants = 14, .repetitions = 5};
}

/* The peak memory of the process since the last call, in bytes; 0 where /proc is not available. */
static double peak_memory(void)
{
    char line[128];
    double peak = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %lf kB", &peak) == 1)
            break;
    if (file)
        fclose(file);
    if (!(file = fopen("/proc/self/clear_refs", "w")))
        return 0;
    bool cleared = fputs("5", file) >= 0;
    return !fclose(file) && cleared ? 1024 * peak : 0;
}

/* Prints a number of the table, or a dash where it is 0: not measured. */
static void cell(FILE *table, int width, const char *format, double value)
{
    char text[32] = "-";
    if (value > 0)
        snprintf(text, sizeof text, format, value);
    fprintf(table, " %*s", width, text);
}

/* The time that the measured peaks allow for the row's work, as a share of the time taken, in percent; 0: unknown.
 * Arithmetic and memory work at the same time, so the slower of the two is the limit (the roofline model). */
static double share_of_peak(const vx_bench_state *state, const vx_bench_row *row, double seconds)
{
    double arithmetic = state->peak_operations > 0 ? row->operations / state->peak_operations : 0;
    double memory = state->peak_bytes > 0 ? row->bytes / state->peak_bytes : 0;
    return 100 * fmax(arithmetic, memory) / seconds;
}

/* Prints a row of the table and adds it to the record. False where memory runs out. */
static bool report(vx_bench_state *state, const vx_bench_row *row, double best, double median, double memory)
{
    double count = row->relabellings > 0 ? row->relabellings : INFINITY, share = share_of_peak(state, row, best);
    fprintf(state->table, "%-11s %-9s %-36s", state->device_name, row->part, row->name);
    cell(state->table, 11, "%.3f", 1e3 * best);
    cell(state->table, 11, "%.3f", 1e3 * median);
    cell(state->table, 10, "%.4f", 1e3 * best / count);
    cell(state->table, 9, "%.2f", 1e-9 * row->evaluations / best);
    cell(state->table, 9, "%.1f", 1e-9 * row->operations / best);
    cell(state->table, 8, "%.1f", 1e-9 * row->bytes / best);
    cell(state->table, 7, "%.1f", share);
    cell(state->table, 8, "%.0f", memory / (1 << 20));
    fprintf(state->table, "\n");
    fflush(state->table);
    state->best = best;
    json_t *figures = json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "part", row->part, "row",
                                row->name, "best_s", best, "median_s", median, "relabellings", row->relabellings,
                                "evaluations", row->evaluations, "operations", row->operations, "bytes", row->bytes,
                                "percent_of_peak", share, "peak_memory", memory);
    return vx_json_grow(state->rows, figures);
}

vx_status vx_bench_measure(vx_bench_state *state, const vx_bench_row *row, vx_bench_body body, void *context,
                           vx_error *error)
{
    int times = state->options->repetitions;
    double *seconds = vx_array((size_t)times, sizeof *seconds);
    if (!seconds)
        return vx_fail_memory(error);
    peak_memory();
    vx_status status = body(context, error);
    for (int i = 0; i < times && !status && !(status = vx_stop_check(error)); i++) {
        double start = vx_seconds();
        status = body(context, error);
        seconds[i] = vx_seconds() - start;
    }
    if (!status) {
        vx_sort_doubles(seconds, (size_t)times);
        if (!report(state, row, seconds[0], (seconds[(times - 1) / 2] + seconds[times / 2]) / 2, peak_memory()))
            status = vx_fail_memory(error);
    } else {
        vx_error_prefix(error, status, "%s, %s %s", state->device_name, row->part, row->name);
    }
    free(seconds);
    return status;
}

/* Adds the record of one device, then measures the rows of that record. */
static vx_status bench_device(vx_bench_state *state, const char *name, json_t *devices, vx_error *error)
{
    vx_device *device = NULL;
    const vx_device_options options = VX_OPTIONS(vx_device_options, .threads = state->options->threads);
    vx_status status = vx_device_open(name, &options, &device, NULL, 0, error);
    if (status)
        return status;
    const vx_device_info *info = vx_device_properties(device);
    state->device_name = info->id;
    state->rows = json_array();
    json_t *record = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:o}", "id", info->id, "name", info->name, "driver",
                               info->driver, "kind", info->kind, "compute_units", info->compute_units, "threads",
                               info->threads, "simd", info->simd, "rows", state->rows);
    if (!vx_json_grow(devices, record)) {
        vx_device_free(device);
        return vx_fail_memory(error);
    }
    fprintf(state->table, "# %s: %s, %s\n", info->id, info->name, info->driver);
    state->peak_operations = state->peak_bytes = 0;
    if (state->options->scaling)
        status = vx_bench_scaling(state, device, error);
    else if (!(status = vx_bench_peak(state, device, error)) && !(status = vx_bench_micro(state, device, error)) &&
             !(status = vx_bench_pipeline(state, device, error)) &&
             !(status = vx_bench_outcomes_rows(state, device, error)))
        status = vx_bench_check(state, device, error);
    vx_device_free(device);
    return status;
}

static vx_status bench_devices(vx_bench_state *state, json_t *devices, vx_error *error)
{
    const vx_bench_options *options = state->options;
    vx_status status = VX_OK;
    for (size_t d = 0; d < options->devices && !status; d++)
        status = bench_device(state, options->device[d], devices, error);
    if (options->devices || status)
        return status;
    vx_device_info *list = NULL;
    size_t count = 0;
    status = vx_device_list(&list, &count, NULL, 0, error);
    for (size_t d = 0; d < count && !status; d++) {
        if (list[d].unusable[0])
            fprintf(state->table, "# %s: left out: %s\n", list[d].id, list[d].unusable);
        else
            status = bench_device(state, list[d].id, devices, error);
    }
    free(list);
    return status;
}

static vx_status write_json(const vx_bench_state *state, json_t *devices, json_t *stages, vx_error *error)
{
    const vx_bench_options *options = state->options;
    json_t *record = vx_bench_record_new(options);
    record = vx_json_set(record, "participants", json_integer((json_int_t)options->participants));
    record = vx_json_set(record, "voxels", json_integer((json_int_t)state->matrix->space.elements));
    record = vx_json_set(record, "repetitions", json_integer(options->repetitions));
    record = vx_json_set(record, "threads", json_integer(options->threads));
    record = vx_json_set(record, "devices", json_incref(devices));
    record = vx_json_set(record, "stages", json_incref(stages));
    return vx_bench_record_write(options, record, error);
}

vx_status vx_bench(const vx_bench_options *options, FILE *table, vx_error *error)
{
    if (options->participants < 5 || options->participants > 10000)
        return vx_fail(error, VX_USAGE, "%lld participants; 5 to 10000 can be measured",
                       (long long)options->participants);
    if (options->repetitions < 1)
        return vx_fail(error, VX_USAGE, "%d repetitions; at least 1 is needed", options->repetitions);
    if (options->data && access(options->data, R_OK | X_OK)) /* before minutes of measuring */
        return vx_fail(error, VX_INPUT, "%s: %s", options->data, strerror(errno));
    vx_status status = options->json ? vx_bench_record_check(options, error) : VX_OK;
    if (status)
        return status;
    vx_bench_state state = {.options = options, .table = table, .device_name = "-"};
    json_t *devices = json_array(), *stages = json_array();
    int64_t rows = options->participants * (options->scaling ? VX_BENCH_SCALING_MAX : 1);
    status = vx_bench_matrix(rows, options->voxels, &state.matrix, error);
    if (!status)
        status = vx_bench_model(options->participants, &state.model, error);
    if (status)
        goto cleanup;
    fprintf(table, "# voxstat %s, %lld participants, %lld voxels, %d repetitions\n", VOXSTAT_VERSION,
            (long long)options->participants, (long long)state.matrix->space.elements, options->repetitions);
    fprintf(table, "%-11s %-9s %-36s %11s %11s %10s %9s %9s %8s %7s %8s\n", "device", "part", "row", "best ms",
            "median ms", "ms/relab.", "Gevals/s", "Gops/s", "GB/s", "% peak", "peak MiB");
    status = bench_devices(&state, devices, error);
    if (!status && options->data) {
        state.device_name = "-";
        state.rows = stages;
        status = vx_bench_stages(&state, error);
    }
    if (!status && options->json)
        status = write_json(&state, devices, stages, error);
cleanup:
    json_decref(devices);
    json_decref(stages);
    vx_matrix_free(state.matrix);
    vx_model_free(state.model);
    return status;
}
