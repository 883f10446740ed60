/* voxstat report: redraws the report of a results folder. */
#include "report/report.h"

#include "cli/results.h"
#include "cli/terminal.h"

#include <stdio.h>

vx_status vx_command_report(const vx_arguments *arguments, vx_error *error)
{
    const vx_report_options options = {
        .template = vx_argument_text(arguments, VX_OPTION_TEMPLATE),
        .orientation = 1 + vx_argument_choice(arguments, VX_OPTION_ORIENTATION), /* same order as the choices */
        .say = vx_argument_given(arguments, VX_OPTION_QUIET) ? NULL : vx_terminal_remark,
    };
    const char *folder;
    vx_stop_catch();
    vx_status status = vx_results_folder(arguments, &folder, error);
    if (!status)
        status = vx_report_write(folder, &options, error);
    if (!status && !vx_argument_given(arguments, VX_OPTION_QUIET))
        fprintf(stderr, "report: %s/report.html\n", folder);
    return status;
}
