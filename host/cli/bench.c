#include "bench/card.h"

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/terminal.h"

/* --model measures nothing, so what says how to measure does not go with it. */
static vx_status expect_card(const vx_arguments *arguments, const vx_bench_options *options, vx_error *error)
{
    static const vx_option_id measuring[] = {VX_OPTION_BENCH_DEVICE, VX_OPTION_DATA, VX_OPTION_REPETITIONS,
                                             VX_OPTION_SCALING, VX_OPTION_THREADS};
    for (size_t i = 0; i < sizeof measuring / sizeof *measuring; i++)
        if (vx_argument_given(arguments, measuring[i]))
            return vx_fail(error, VX_USAGE, "--model measures nothing, so --%s does not go with it",
                           vx_option_table[measuring[i]].name);
    return vx_card_expect(vx_argument_text(arguments, VX_OPTION_MODEL), options, stdout, error);
}

vx_status vx_command_bench(const vx_arguments *arguments, vx_error *error)
{
    vx_bench_options options = vx_bench_defaults();
    options.voxels = (int64_t)vx_argument_integer(arguments, VX_OPTION_VOXELS);
    options.participants = (int64_t)vx_argument_integer(arguments, VX_OPTION_PARTICIPANTS);
    options.repetitions = (int)vx_argument_integer(arguments, VX_OPTION_REPETITIONS);
    options.threads = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    options.scaling = vx_argument_given(arguments, VX_OPTION_SCALING);
    options.data = vx_argument_text(arguments, VX_OPTION_DATA);
    options.json = vx_argument_text(arguments, VX_OPTION_JSON);
    options.force = vx_argument_given(arguments, VX_OPTION_FORCE);
    options.command = arguments->command_line;
    if (vx_argument_given(arguments, VX_OPTION_MODEL))
        return expect_card(arguments, &options, error);
    vx_names device;
    vx_status status = vx_argument_names(arguments, VX_OPTION_BENCH_DEVICE, &device, error);
    if (status)
        return status;
    options.device = device.name;
    options.devices = device.count;
    vx_stop_catch();
    status = vx_bench(&options, stdout, error);
    vx_names_destroy(&device);
    return status;
}
