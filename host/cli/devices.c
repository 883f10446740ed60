#include "cli/arguments.h"
#include "voxstat/engine.h"

#include <stdio.h>
#include <stdlib.h>

vx_status vx_command_devices(const vx_arguments *arguments, vx_error *error)
{
    vx_device_info *list = NULL;
    size_t count = 0;
    char note[1000] = "";
    (void)arguments;
    vx_status status = vx_device_list(&list, &count, note, sizeof note, error);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        const vx_device_info *info = list + i;
        printf("%-12s %s (%s)\n", info->id, info->name, info->kind);
        printf("%-12s driver %s\n", "", info->driver);
        char free_text[64] = "free memory not known: 80 % of all is assumed";
        if (info->memory_free_known)
            snprintf(free_text, sizeof free_text, "%.1f GiB free", (double)info->memory_free / 0x1p30);
        printf("%-12s %d compute units, %.1f GiB memory (%s), largest buffer %.1f GiB, %zu KiB local, %s\n", "",
               info->compute_units, (double)info->memory / 0x1p30, free_text, (double)info->allocation_max / 0x1p30,
               info->local_memory / 1024, info->simd);
        printf("%-12s division and square root %s\n", "",
               info->exact_division ? "correctly rounded" : "not correctly rounded");
        if (info->unusable[0])
            printf("%-12s cannot be used: %s\n", "", info->unusable);
    }
    if (note[0])
        fprintf(stderr, "%s\n", note);
    free(list);
    return VX_OK;
}
