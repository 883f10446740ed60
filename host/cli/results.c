#include "cli/results.h"

#include "base/memory.h"
#include "results/schema.h"

#include <stdlib.h>
#include <unistd.h>

/* Whether `folder`, or `within` in it, has a run.json. */
static vx_status has_record(const char *folder, const char *within, bool *found, vx_error *error)
{
    char *path = vx_text("%s%s%s/" VX_RUN_FILE, folder, *within ? "/" : "", within);
    if (!path)
        return vx_fail_memory(error);
    *found = !access(path, F_OK);
    free(path);
    return VX_OK;
}

vx_status vx_results_folder(const vx_arguments *arguments, const char **folder, vx_error *error)
{
    const char *usual = vx_option_table[VX_OPTION_OUT].initial, *command = arguments->command->name;
    bool found = false, within = false;
    *folder = arguments->words ? arguments->word[0] : usual;
    vx_status status = has_record(*folder, "", &found, error);
    if (status || found)
        return status;
    if (arguments->words) { /* the reader reports faults, unless the results are one level below */
        status = has_record(*folder, usual, &within, error);
        if (!status && within)
            status = vx_fail(error, VX_INPUT, "%s: is no results folder of voxstat, but %s/%s is: voxstat %s %s/%s",
                             *folder, *folder, usual, command, *folder, usual);
        return status;
    }
    status = has_record(".", "", &found, error);
    if (!status && !found)
        status = vx_fail(error, VX_INPUT, "no results here: found neither %s/run.json nor run.json; `voxstat %s DIR` "
                         "names the folder of a run (its --out)", usual, command);
    *folder = ".";
    return status;
}
