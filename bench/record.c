/* Checks and writes the JSON record. */
#include "bench/record.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "output/file.h"

#include <commit.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

vx_status vx_bench_record_check(const vx_bench_options *options, vx_error *error)
{
    vx_status status = vx_write_named_check(options->json, options->force, error);
    if (status || access(options->json, F_OK) != 0)
        return status;
    json_t *old = json_load_file(options->json, 0, NULL);
    const bool figures = json_is_array(json_object_get(old, "devices")) || json_is_object(json_object_get(old, "card"));
    if (!figures || !json_object_get(old, "voxstat_version"))
        status = vx_fail(error, VX_OUTPUT, "%s: holds no figures of voxstat bench, so --force does not replace it; "
                         "choose another name", options->json);
    json_decref(old);
    return status;
}

json_t *vx_bench_record_new(const vx_bench_options *options)
{
    char date[32];
    time_t moment = time(NULL);
    struct tm utc;
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&moment, &utc));
    return json_pack("{s:s, s:s, s:s*, s:s}", "voxstat_version", VOXSTAT_VERSION, "commit", VOXSTAT_COMMIT, "command",
                     options->command, "date", date);
}

vx_status vx_bench_record_write(const vx_bench_options *options, json_t *record, vx_error *error)
{
    char *text = vx_json_dump(record, JSON_INDENT(2));
    vx_status status = text ? vx_write_named(options->json, options->force, text, strlen(text), error)
                            : vx_fail_memory(error);
    free(text);
    return status;
}
