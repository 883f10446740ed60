#include "cli/run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/stop.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "report/report.h"

#include <omp.h>
#include <stdarg.h>
#include <time.h>

void vx_say(const vx_run *run, const char *format, ...)
{
    va_list arguments;
    if (run->quiet)
        return;
    va_start(arguments, format);
    vx_tell_of(stderr, format, arguments);
    va_end(arguments);
}

vx_status vx_run_remark(vx_run *run, vx_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = vx_text_of(format, arguments);
    va_end(arguments);
    vx_status status = text ? vx_remarks_add(&run->remarks, error, "%s", text) : vx_fail_memory(error);
    if (!status)
        vx_say(run, "remark: %s\n", text);
    free(text);
    return status;
}

vx_status vx_run_take_remarks(vx_run *run, const char *name, const vx_remarks *remarks, vx_error *error)
{
    const bool named = name && run->study->modalities > 1;
    vx_status status = VX_OK;
    for (size_t i = 0; i < remarks->count && !status; i++)
        status = vx_run_remark(run, error, "%s%s%s", named ? name : "", named ? ": " : "", remarks->text[i]);
    return status;
}

/* Writes the results and puts them in place. This takes seconds after hours of permutations, so it ignores requests to
 * stop. A part that could not be written does not hold back the others, but without run.json the folder stays
 * temporary. */
static vx_status write_and_commit(vx_run *run, vx_folder *folder, vx_error *error)
{
    double start = vx_seconds();
    vx_error why;
    vx_status status = vx_provenance_write(run, vx_folder_path(folder), error);
    run->seconds_write = vx_seconds() - start;
    if (status && !vx_folder_has_record(folder)) {
        char *path = vx_copy_text(vx_folder_path(folder));
        if (vx_folder_keep(folder))
            vx_error_prefix(error, status, "what could be written is in %s", path ? path : run->out);
        free(path);
        return status;
    }
    const vx_status placed = vx_folder_commit(folder, status ? &why : error);
    if (status && placed)
        vx_error_prefix(error, status, "%s", why.message);
    else if (status)
        vx_error_prefix(error, status, "the results are in place in %s, but", run->out);
    return status ? status : placed;
}

static vx_status compute_and_commit(vx_run *run, vx_folder *folder, vx_error *error)
{
    vx_status status = vx_run_compute(run, folder, error);
    if (!status)
        return write_and_commit(run, folder, error);
    vx_folder_abandon(folder);
    return status;
}

/* Writes the report into the results in place, as `voxstat report` does; nothing with --no-report. */
static vx_status write_report(vx_run *run, const vx_report_options *options, vx_error *error)
{
    double start = vx_seconds();
    if (vx_argument_given(run->arguments, VX_OPTION_NO_REPORT))
        return VX_OK;
    vx_status status = vx_report_write(run->out, options, error);
    run->seconds_report = vx_seconds() - start;
    return status;
}

/* Prints the tables of results to stdout, and what further looks found to stderr. `voxstat show` prints all lines. */
static vx_status summarise(const vx_run *run, bool report, vx_error *error)
{
    vx_results *results = NULL;
    vx_status status = vx_results_open(run->out, &results, error);
    if (!status)
        status = vx_summary_print(results, false, stdout, error);
    if (!status)
        status = vx_summary_print_outcomes(results, false, stdout, error);
    if (!status)
        status = vx_summary_print_expected(results, stdout, error);
    if (!status)
        status = vx_summary_print_sensitivity(results, false, stdout, error);
    vx_stdout_flush(); /* where both streams go to one place, the sentences stand below the tables */
    if (!status && !run->quiet) {
        vx_summary_say(results, stderr);
        vx_summary_say_sensitivity(results, stderr);
    }
    vx_results_close(results);
    if (report && !vx_argument_given(run->arguments, VX_OPTION_NO_REPORT))
        vx_say(run, "report: %s/report.html\n", run->out);
    vx_say(run, "time: %.1f s (reading %.1f, permutations %.1f, ", vx_seconds() - run->start, run->seconds_read,
           run->seconds_infer);
    if (run->alternatives)
        vx_say(run, "alternatives %.1f, ", run->seconds_alternatives);
    vx_say(run, "writing %.1f, report %.1f)\n", run->seconds_write, run->seconds_report);
    return status;
}

vx_status vx_command_run(const vx_arguments *arguments, vx_error *error)
{
    vx_run run = {.start = vx_seconds()};
    vx_folder *folder = NULL;
    time_t now = time(NULL);
    vx_report_options report = {.template = vx_argument_text(arguments, VX_OPTION_TEMPLATE)};
    bool recovered = false;
    vx_error why;
    vx_status status = vx_run_settings(arguments, &run, error), unreported;
    report.orientation = run.mask.analyze;
    report.say = run.quiet ? NULL : vx_terminal_remark;
    if (!status)
        status = vx_report_check(&report, &run.template, error);
    if (status)
        goto cleanup;
    strftime(run.started, sizeof run.started, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    vx_stop_catch();
    if (run.threads)
        omp_set_num_threads(run.threads); /* also for loops without an option of threads: hashing of inputs */
    if ((status = vx_run_read_study(&run, error)) || (status = vx_run_say_bids(&run, error)) ||
        (status = vx_plan_say_study(&run, error)) || (status = vx_run_remark_frames(&run, error)) ||
        (status = vx_run_read_atlas(&run, error)) || (status = vx_inputs_list(&run, error)) ||
        (status = vx_run_find_units(&run, error)) || (status = vx_run_find_alternatives(&run, error)))
        goto cleanup;
    if ((status = vx_place_begin(&run, &folder, &recovered, error))) {
        vx_folder_abandon(folder);
        goto cleanup;
    }
    if ((status = recovered ? vx_folder_commit(folder, error) : compute_and_commit(&run, folder, error)))
        goto cleanup;
    unreported = write_report(&run, &report, &why);
    if ((status = summarise(&run, !unreported, error)))
        goto cleanup;
    if (unreported) /* hours of computing must not be lost: the results stay */
        status = vx_fail(error, unreported, "the results are complete in %s, but there is no report: %s", run.out,
                         why.message);

cleanup:
    vx_run_destroy(&run);
    return status;
}
