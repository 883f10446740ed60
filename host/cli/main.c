/* The program. Its exit status is a vx_status. */
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/terminal.h"
#include "cli/threads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static vx_status perform(vx_arguments *arguments, vx_error *error)
{
    vx_status status = VX_OK;
    if (arguments->help)
        status = vx_help_print(stdout, arguments, error);
    else if (arguments->version)
        vx_version_print(stdout);
    else if (!(status = vx_threads_settle(arguments, error)))
        status = arguments->command->body(arguments, error);
    if (!vx_stdout_flush() && !status)
        status = vx_fail(error, VX_OUTPUT, "cannot write to standard output: %s", strerror(errno));
    return status;
}

int main(int argc, char **argv)
{
    vx_arguments arguments = {0};
    vx_error error = {0};
    vx_streams_settle();
    vx_status status = vx_arguments_parse(argc, argv, &arguments, &error);
    if (!status)
        status = perform(&arguments, &error);
    if (status)
        vx_tell_error(error.message);
    vx_arguments_destroy(&arguments);
    return (int)status;
}
