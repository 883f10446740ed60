#include "base/error.h"
#include "cli/arguments.h"
#include "cli/terminal.h"
#include "voxstat/engine.h"

#include <stdio.h>
#include <stdlib.h>

/* Opening a device tests it: vx_device_open refuses devices that compute wrong results. */
static vx_status test_device(const char *name, int threads, vx_error *error)
{
    vx_device *device = NULL;
    char note[1000] = "";
    const vx_device_options options = VX_OPTIONS(vx_device_options, .threads = threads, .say = vx_terminal_say);
    vx_status status = vx_device_open(name, &options, &device, note, sizeof note, error);
    if (note[0])
        vx_tell(stderr, "%s\n", note);
    if (status)
        return status;
    const vx_device_info *info = vx_device_properties(device);
    printf("pass  %-12s %s\n", info->id, info->name);
    vx_device_free(device);
    return VX_OK;
}

vx_status vx_command_selftest(const vx_arguments *arguments, vx_error *error)
{
    int threads = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    vx_device_info *list = NULL;
    size_t count = 0, failed = 0;
    char note[1000] = "";
    if (vx_argument_given(arguments, VX_OPTION_DEVICE))
        return test_device(vx_argument_text(arguments, VX_OPTION_DEVICE), threads, error);
    vx_status status = vx_device_list(&list, &count, note, sizeof note, error);
    if (status)
        return status;
    if (note[0])
        vx_tell(stderr, "%s\n", note);
    for (size_t i = 0; i < count; i++) {
        vx_error why = {0};
        if (test_device(list[i].id, threads, &why)) {
            printf("FAIL  %-12s %s\n", list[i].id, why.message);
            failed++;
        }
    }
    free(list);
    return failed ? vx_fail(error, VX_DEVICE, "%zu of %zu devices failed the self-test", failed, count) : VX_OK;
}
