/* Small multiples of a view: every participant's line from baseline to follow-up, a plot for each outcome. */
#include "base/memory.h"
#include "report/draw/plot.h"
#include "report/draw/tiles.h"
#include "report/section.h"

#include <math.h>
#include <stdio.h>

enum { TILES_MAX = 24, COLUMNS = 3 };

/* "pet, SUVR", "pg/mL": what the values of a plot are. */
typedef struct values_label {
    char text[96];
} values_label;

static values_label label_of(const vx_outcome_view *view, size_t row)
{
    const char *units = view->row[row]->units, *name = view->modality ? view->modality : units ? "" : "value";
    values_label label;
    snprintf(label.text, sizeof label.text, "%.40s%s%.50s", name, *name && units ? ", " : "", units ? units : "");
    return label;
}

/* Gathers the values of the participants who have both; returns their number. */
static int64_t gather(const vx_outcome_view *view, size_t row, double *before, double *after, const char **name)
{
    int64_t n = 0;
    for (int64_t i = 0; i < view->results->participants; i++) {
        const double a = view->row[row]->session[VX_MEAN_BASELINE][i], b = view->row[row]->session[VX_MEAN_FOLLOWUP][i];
        if (isfinite(a) && isfinite(b)) {
            before[n] = a;
            name[n] = view->results->participant[i];
            after[n++] = b;
        }
    }
    return n;
}

void vx_outcome_sessions(vx_report *report, const vx_outcome_part *part)
{
    const vx_outcome_view *view = part->view;
    const size_t shown = view->rows < TILES_MAX ? view->rows : TILES_MAX, n = (size_t)report->results->participants;
    size_t tiles = 0, values;
    if (!view->row[0]->session[VX_MEAN_BASELINE] || (!view->planned && view->rows > TILES_MAX))
        return;
    double *value = vx_multiply(2 * shown, n, &values) ? vx_array(values, sizeof *value) : NULL;
    const char **name = vx_multiply(shown, n, &values) ? vx_array(values, sizeof *name) : NULL;
    vx_change_plot *plot = vx_array_zero(shown, sizeof *plot);
    vx_tile *tile = vx_array_zero(shown, sizeof *tile);
    values_label *label = vx_array(shown, sizeof *label);
    if (!value || !name || !plot || !tile || !label)
        report->status = vx_fail_memory(report->error);
    for (size_t row = 0; !report->status && row < shown; row++) {
        double *before = value + 2 * row * n;
        const vx_shown_change change = vx_view_change(view, row);
        const int64_t pairs = gather(view, row, before, before + n, name + row * n);
        if (!pairs)
            continue;
        label[tiles] = label_of(view, row);
        plot[tiles] = (vx_change_plot){before, before + n, pairs, {report->results->session[0],
                                       report->results->session[1]}, label[tiles].text,
                                       change.estimate, change.low, change.high, vx_view_axis_label(view),
                                       name + row * n};
        tile[tiles] = (vx_tile){view->row[row]->name, vx_change_drawing(&plot[tiles])};
        tiles++;
    }
    if (!report->status && tiles) {
        const vx_tile_grid all = {tile, tiles, COLUMNS};
        vx_outcome_picture(report, part, "participants", vx_tiles_drawing(&all),
                           vx_text("The values of every participant at %s and %s, in %zu plots.",
                                   report->results->session[0], report->results->session[1], tiles),
                           vx_text("Every participant from %s to %s: rises orange, falls blue and dashed. Right of "
                                   "each plot the mean change with its 95 %% interval.%s", report->results->session[0],
                                   report->results->session[1],
                                   shown < view->rows ? " The first 24 are drawn." : ""));
    }
    free(value);
    free(name);
    free(plot);
    free(tile);
    free(label);
}
