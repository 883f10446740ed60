/* voxstat report: draws the report of a results folder, again or with another template. */
#include "report/report.h"

#include "cli/arguments.h"
#include "cli/terminal.h"

#include <stdio.h>

vx_status vx_command_report(const vx_arguments *arguments, vx_error *error)
{
    const vx_report_options options = {
        .template = vx_argument_text(arguments, VX_OPTION_TEMPLATE),
        .orientation = 1 + vx_argument_choice(arguments, VX_OPTION_ORIENTATION), /* the choices stand in its order */
    };
    vx_stop_catch();
    vx_status status = vx_report_write(arguments->word[0], &options, error);
    if (!status && !vx_argument_given(arguments, VX_OPTION_QUIET))
        fprintf(stderr, "report: %s/report.html\n", arguments->word[0]);
    return status;
}
