/* The files of a pack. Maps of the results folder are copied byte by byte; the others are computed from them. */
#include "nidm/export.h"

#include "base/memory.h"
#include "base/robust.h"
#include "base/stream.h"
#include "report/numbers.h"
#include "results/schema.h"
#include "space/grid.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *map_path(const vx_export *m, vx_quantity map)
{
    return vx_map_path(m->results->folder, m->effect->place, vx_quantity_name(map), NULL);
}

/* The map that holds the effect's estimate. */
static vx_quantity estimate(const vx_export *m)
{
    return m->effect->ranks ? VX_MAP_RHO : m->effect->kind == VX_SLOPE ? VX_MAP_SLOPE : VX_MAP_MEAN;
}

/* Reads a map of the folder. The first one sets the grid, and the others must match it. */
static float *read_map(vx_export *m, vx_quantity map)
{
    vx_image image = {0};
    char *path = map_path(m, map);
    if (!m->status)
        m->status = path ? vx_image_read(path, VX_ANALYZE_REFUSE, &image, m->error) : vx_fail_memory(m->error);
    if (!m->status && !m->grid.dim[0])
        m->grid = image.grid;
    if (!m->status && (!vx_grid_same(&m->grid, &image.grid, VX_GRID_TOLERANCE, NULL, 0) ||
                       !vx_grid_same(&m->modality->grid, &image.grid, VX_GRID_TOLERANCE, NULL, 0)))
        m->status = vx_fail(m->error, VX_INPUT, "%s: lies on another grid than the rest of the results", path);
    free(path);
    if (!m->status)
        return image.data;
    vx_image_destroy(&image);
    return NULL;
}

static void copy_map(vx_export *m, const char *name, vx_quantity map)
{
    char *path = map_path(m, map);
    if (!m->status)
        m->status = path ? vx_pack_add_file(m->pack, name, path, m->error) : vx_fail_memory(m->error);
    free(path);
}

static void copy_mask(vx_export *m)
{
    char *path = vx_modality_path(m->results->folder, m->modality->alone ? NULL : m->modality->stem, VX_MASK_FILE);
    if (!m->status)
        m->status = path ? vx_pack_add_file(m->pack, VX_NIDM_MASK, path, m->error) : vx_fail_memory(m->error);
    free(path);
}

/* Adds a map that the folder does not have, through a temporary file, because vx_image_write writes only to files. */
static void add_volume(vx_export *m, const char *name, const float *data, vx_intent intent)
{
    const char *place = getenv("TMPDIR");
    char *folder = vx_text("%s/voxstat-XXXXXX", place && *place ? place : "/tmp"), *path = NULL;
    char description[80];
    const bool made = !m->status && folder && mkdtemp(folder);
    if (!m->status && !folder)
        m->status = vx_fail_memory(m->error);
    if (!m->status && !made)
        m->status = vx_fail(m->error, VX_OUTPUT, "%s: no temporary folder can be made: %s", folder, strerror(errno));
    if (!m->status && !(path = vx_text("%s/%s", folder, name)))
        m->status = vx_fail_memory(m->error);
    snprintf(description, sizeof description, "voxstat %s: %.*s, %s", m->results->version,
             (int)strcspn(name, "."), name, m->effect->stem);
    if (!m->status)
        m->status = vx_image_write(path, &m->grid, data, VX_FLOAT32, intent, m->effect->df, NULL, description,
                                   m->error);
    if (!m->status)
        m->status = vx_pack_add_file(m->pack, name, path, m->error);
    if (path)
        unlink(path);
    if (made)
        rmdir(folder);
    free(path);
    free(folder);
}

/* Adds the contrast's estimate and t: the effect's, negated for a negative tail. */
static void add_contrast(vx_export *m, size_t elements)
{
    if (m->sign > 0) {
        copy_map(m, VX_NIDM_CONTRAST, estimate(m));
        copy_map(m, VX_NIDM_T, VX_MAP_T);
        return;
    }
    float *value = read_map(m, estimate(m));
    for (size_t i = 0; !m->status && i < elements; i++)
        value[i] = 0 - value[i]; /* not -value, which makes 0 outside the mask -0 */
    add_volume(m, VX_NIDM_CONTRAST, value, VX_INTENT_ESTIMATE);
    add_volume(m, VX_NIDM_T, m->t, VX_INTENT_T);
    free(value);
}

/* Adds the standard error se and the residual mean square s^2. Let N^2 be the sum of squares of the effect's column
 * after regression on the other columns. Then
 *     se  = s / N
 *     s^2 = (1 - r^2) / df = 1 / (df + t^2)     for ranks: they have unit length, so N = 1 and r is the estimate */
static void add_errors(vx_export *m, const float *mask, size_t elements)
{
    const vx_results_effect *effect = m->effect;
    double square = 0;
    if (!m->status)
        m->status = vx_design_square(effect->design, effect->n, effect->columns, effect->tested, &square, m->error);
    float *se = effect->ranks ? vx_array_zero(elements, sizeof *se) : read_map(m, VX_MAP_SE);
    float *residual = vx_array_zero(elements, sizeof *residual);
    if (!m->status && (!se || !residual))
        m->status = vx_fail_memory(m->error);
    for (size_t i = 0; !m->status && i < elements; i++) {
        if (!(mask[i] > 0))
            continue;
        const double t = m->t[i];
        if (effect->ranks)
            se[i] = (float)(1 / sqrt(effect->df + t * t));
        residual[i] = (float)(effect->ranks ? 1 / (effect->df + t * t) : (double)se[i] * se[i] * square);
    }
    if (effect->ranks)
        add_volume(m, VX_NIDM_ERROR, se, VX_INTENT_ESTIMATE);
    else
        copy_map(m, VX_NIDM_ERROR, VX_MAP_SE);
    add_volume(m, VX_NIDM_RESIDUAL, residual, VX_INTENT_ESTIMATE);
    free(se);
    free(residual);
}

static void add_excursion(vx_export *m, size_t elements)
{
    float *label = read_map(m, VX_MAP_CLUSTERS);
    for (size_t i = 0; !m->status && i < elements; i++)
        label[i] = label[i] > 0 ? m->t[i] : 0;
    add_volume(m, VX_NIDM_EXCURSION, label, VX_INTENT_T);
    copy_map(m, VX_NIDM_LABELS, VX_MAP_CLUSTERS);
    free(label);
}

static void add_grand_mean(vx_export *m, const float *mask, size_t elements)
{
    float *mean = NULL;
    if (!m->status)
        m->status = vx_results_mean(m->results, m->modality, &mean, m->error);
    add_volume(m, VX_NIDM_GRAND_MEAN, mean, VX_INTENT_NONE);
    double *inside = m->status ? NULL : vx_array(elements, sizeof *inside), spread;
    int64_t count = 0;
    if (!m->status && !inside)
        m->status = vx_fail_memory(m->error);
    for (size_t i = 0; inside && i < elements; i++)
        if (mask[i] > 0)
            inside[count++] = mean[i];
    if (inside && !vx_robust(inside, count, &m->masked_median, &spread))
        m->status = vx_fail_memory(m->error);
    free(inside);
    free(mean);
}

/* Adds the design as fitted, without a header line: the graph has the names of its columns. */
static void add_design(vx_export *m)
{
    const vx_results_effect *effect = m->effect;
    char *text = NULL;
    size_t size = 0;
    FILE *out = m->status ? NULL : vx_text_stream(&text, &size);
    for (int64_t i = 0; out && i < effect->n; i++)
        for (int64_t c = 0; c < effect->columns; c++)
            fprintf(out, "%.17g%c", effect->design[i * effect->columns + c], c + 1 < effect->columns ? ',' : '\n');
    if (vx_stream_close(out))
        m->status = vx_pack_add(m->pack, VX_NIDM_DESIGN, text, size, m->error);
    else if (!m->status)
        m->status = vx_fail_memory(m->error);
}

void vx_export_maps(vx_export *m)
{
    float *mask = NULL;
    m->t = read_map(m, VX_MAP_T);
    const size_t elements = m->status ? 0 : vx_grid_elements(&m->grid);
    for (size_t i = 0; m->sign < 0 && i < elements; i++)
        m->t[i] = 0 - m->t[i];
    if (!m->status)
        m->status = vx_results_mask(m->results, m->modality, &mask, m->error);
    add_design(m);
    copy_mask(m);
    add_grand_mean(m, mask, elements);
    copy_map(m, VX_NIDM_PARAMETER, estimate(m));
    add_contrast(m, elements);
    add_errors(m, mask, elements);
    add_excursion(m, elements);
    free(mask);
}
