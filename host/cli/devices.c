#include "cli/arguments.h"
#include "cli/terminal.h"
#include "voxstat/engine.h"

#include <stdio.h>
#include <stdlib.h>

static void print_device(const vx_device_info *info)
{
    char free_text[64] = "free memory not known: 80 % of all is assumed";
    if (info->memory_free_known)
        snprintf(free_text, sizeof free_text, "%.1f GiB free", (double)info->memory_free / 0x1p30);
    printf("%-12s %s (%s)\n", info->id, info->name, info->kind);
    printf("%-12s driver %s\n", "", info->driver);
    printf("%-12s %d compute units, %.1f GiB memory%s (%s), largest buffer %.1f GiB, %zu KiB local, %s\n", "",
           info->compute_units, (double)info->memory / 0x1p30, info->host_memory ? " of the host" : "", free_text,
           (double)info->allocation_max / 0x1p30, info->local_memory / 1024, info->simd);
    printf("%-12s division and square root %s; %s\n", "",
           info->exact_division ? "correctly rounded" : "not correctly rounded",
           info->has_double ? "double precision" : "no double precision, so that cpu computes TFCE");
    if (info->unusable[0])
        printf("%-12s cannot be used: %s\n", "", info->unusable);
}

/* Prints what --device auto takes, and why. The note has the note of the list, too. */
static void print_auto(void)
{
    vx_device *device = NULL;
    vx_error why = {0};
    char note[2000] = "";
    const vx_device_options options = VX_OPTIONS(vx_device_options, .say = vx_terminal_say);
    if (vx_device_open("auto", &options, &device, note, sizeof note, &why))
        printf("%-12s nothing: %s\n", "auto", why.message);
    else
        printf("%-12s takes %s%s%s\n", "auto", vx_device_properties(device)->id, note[0] ? ": " : "", note);
    vx_device_free(device);
}

vx_status vx_command_devices(const vx_arguments *arguments, vx_error *error)
{
    vx_device_info *list = NULL;
    size_t count = 0;
    (void)arguments;
    vx_status status = vx_device_list(&list, &count, NULL, 0, error);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        print_device(list + i);
    print_auto();
    free(list);
    return VX_OK;
}
