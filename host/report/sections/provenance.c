/* How to reproduce the results. */
#include "report/section.h"

static void put_row(vx_page *page, const char *what, const char *value)
{
    vx_put(page, "<tr><th scope=\"row\">%s</th><td><code>%s</code></td></tr>\n", what, value);
}

static void put_options(vx_report *report)
{
    const char *name;
    json_t *value;
    vx_put_markup(report->page, "<details><summary>Options in force</summary><div class=\"scroll\" tabindex=\"0\" "
                  "role=\"region\" aria-label=\"Options\"><table><thead><tr><th scope=\"col\">option</th><th "
                  "scope=\"col\">value</th></tr></thead><tbody>\n");
    json_object_foreach(json_object_get(report->results->run, VX_KEY_OPTIONS), name, value)
        if (json_is_string(value))
            put_row(report->page, name, json_string_value(value));
    vx_put_markup(report->page, "</tbody></table></div></details>\n");
}

static void put_inputs(vx_report *report)
{
    const json_t *inputs = json_object_get(report->results->run, VX_KEY_INPUTS);
    vx_put(report->page, "<details><summary>%zu input files with their SHA-256</summary><div class=\"scroll\" "
           "tabindex=\"0\" role=\"region\" aria-label=\"Input files\"><table><thead><tr><th scope=\"col\">file</th><th "
           "scope=\"col\">SHA-256</th></tr></thead><tbody>\n", json_array_size(inputs));
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const json_t *one = json_array_get(inputs, i);
        vx_put(report->page, "<tr><td><code>%s</code></td><td><code>%s</code></td></tr>\n",
               json_string_value(json_object_get(one, VX_KEY_PATH)),
               json_string_value(json_object_get(one, VX_KEY_SHA256)));
    }
    vx_put_markup(report->page, "</tbody></table></div></details>\n");
}

static void write(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    vx_put_markup(page, "<p class=\"note\">run.json has all of this; results.h5 has the null distributions and every "
                  "map.</p>\n<details><summary>Command, program and device</summary><div class=\"scroll\" "
                  "tabindex=\"0\" role=\"region\" aria-label=\"Program and device\"><table "
                  "class=\"plain\"><tbody>\n");
    put_row(page, "command", results->command_line);
    put_row(page, "voxstat", results->version);
    put_row(page, "started", results->started);
    put_row(page, "device", results->device);
    put_row(page, "driver", results->driver);
    vx_put(page, "<tr><th scope=\"row\">time</th><td>%.1f s</td></tr>\n", results->seconds);
    vx_put_markup(page, "</tbody></table></div></details>\n");
    put_options(report);
    put_inputs(report);
}

const vx_section vx_section_provenance = {"provenance", "Provenance", NULL, write, NULL};
