#include "bench/bench.h"

#include "cli/arguments.h"
#include "cli/terminal.h"

vx_status vx_command_bench(const vx_arguments *arguments, vx_error *error)
{
    vx_names device;
    vx_status status = vx_argument_names(arguments, VX_OPTION_BENCH_DEVICE, &device, error);
    if (status)
        return status;
    vx_bench_options options = vx_bench_defaults();
    options.device = device.name;
    options.devices = device.count;
    options.voxels = (int64_t)vx_argument_integer(arguments, VX_OPTION_VOXELS);
    options.participants = (int64_t)vx_argument_integer(arguments, VX_OPTION_PARTICIPANTS);
    options.repetitions = (int)vx_argument_integer(arguments, VX_OPTION_REPETITIONS);
    options.threads = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    options.scaling = vx_argument_given(arguments, VX_OPTION_SCALING);
    options.data = vx_argument_text(arguments, VX_OPTION_DATA);
    options.json = vx_argument_text(arguments, VX_OPTION_JSON);
    options.force = vx_argument_given(arguments, VX_OPTION_FORCE);
    options.command = arguments->command_line;
    vx_stop_catch();
    status = vx_bench(&options, stdout, error);
    vx_names_destroy(&device);
    return status;
}
