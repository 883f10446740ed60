#include "image/sources.h"

#include "base/memory.h"
#include "base/options.h"
#include "image/frames.h"

#include <math.h>
#include <string.h>

static vx_status check_rows(const vx_volume_row *rows, int64_t n, int64_t *sessions, vx_error *error)
{
    if (n < 1)
        return vx_fail(error, VX_INPUT, "no images: at least one participant is needed");
    for (int64_t i = 0; i < n; i++) {
        const vx_volume_row *row = &rows[i];
        if (row->sessions < 1)
            return vx_fail(error, VX_INPUT, "participant %s: no images", row->participant ? row->participant : "?");
        for (int64_t s = 0; s < row->sessions; s++)
            if (!isfinite(row->session[s].weight) || row->session[s].weight == 0)
                return vx_fail(error, VX_INPUT, "%s: its weight is %g; a number other than 0 is needed",
                               row->session[s].path, row->session[s].weight);
        *sessions = row->sessions > *sessions ? row->sessions : *sessions;
    }
    return VX_OK;
}

vx_status vx_sources_init(const vx_volume_row *rows, int64_t n, const vx_mask_options *options, bool hashed,
                          vx_sources *sources, vx_error *error)
{
    size_t images;
    const vx_mask_options *given = options ? options : &VX_OPTIONS(vx_mask_options);
    *sources = (vx_sources){.row = rows, .n = n};
    vx_status status = vx_options_take(given, "vx_mask_options", sizeof sources->options, &sources->options, error);
    if (!status)
        status = check_rows(rows, n, &sources->sessions, error);
    if (status)
        return status;
    if (!(sources->options.grid_tolerance > 0))
        sources->options.grid_tolerance = VX_GRID_TOLERANCE;
    sources->how = (vx_loading){.orientation = sources->options.analyze, .exact = true, .hashed = hashed,
                                .tolerance = sources->options.grid_tolerance};
    sources->mask.path = sources->options.file;
    if (vx_multiply((size_t)n, (size_t)sources->sessions, &images))
        sources->image = vx_array_zero(images, sizeof *sources->image);
    if (!sources->image)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < n; i++)
        for (int64_t s = 0; s < rows[i].sessions && !status; s++) {
            vx_source *image = &sources->image[i * sources->sessions + s];
            *image = (vx_source){.path = rows[i].session[s].path, .participant = rows[i].participant,
                                 .column = rows[i].session[s].column, .frames = rows[i].session[s].frames};
            const vx_step step = vx_step_frames(&image->frames);
            if (image->frames.count)
                status = vx_source_add_step(image, &step, error);
        }
    return status;
}

/* Whether each image was made of volumes of its file in the same way, or none was. */
static bool same_frames(const vx_sources *sources)
{
    const vx_source *first = vx_sources_image(sources, 0, 0);
    bool same = true;
    for (int64_t i = 0; i < sources->n; i++)
        for (int64_t s = 0; s < sources->row[i].sessions && same; s++) {
            const vx_source *image = vx_sources_image(sources, i, s);
            same = !image->frames.count == !first->frames.count &&
                   (!first->frames.count || !strcmp(image->step[0].words, first->step[0].words));
        }
    return same;
}

const vx_step *vx_sources_steps(const vx_sources *sources, size_t *steps)
{
    const vx_source *first = vx_sources_image(sources, 0, 0);
    const size_t own = first->frames.count && !same_frames(sources) ? 1 : 0;
    *steps = first->steps - own;
    return first->steps ? first->step + own : NULL;
}

vx_status vx_sources_find_grid(vx_sources *sources, vx_error *error)
{
    vx_source *first = vx_sources_image(sources, 0, 0);
    if (sources->how.grid_path)
        return VX_OK;
    vx_status status = vx_source_open(first, &sources->how, &sources->how.grid, error);
    if (status)
        return vx_source_prefix(first, status, error);
    sources->how.grid_path = first->path;
    return VX_OK;
}

void vx_sources_destroy(vx_sources *sources)
{
    if (!sources)
        return;
    for (int64_t i = 0; sources->image && i < sources->n * sources->sessions; i++)
        vx_source_destroy(&sources->image[i]);
    free(sources->image);
    vx_source_destroy(&sources->mask);
    *sources = (vx_sources){0};
}
