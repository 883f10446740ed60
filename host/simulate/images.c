/* Images from the drawn values.
 *
 * Every image of a modality is a sum of fields with 10 mm FWHM:
 *
 *   phi_s(v)     indicator of label s, smoothed and divided by the smoothed brain. In every voxel of the brain the phi
 *                sum to 1. Uptake therefore keeps its level at the edge, where smoothing alone would halve it.
 *   n_i1, n_i2   noise of the sessions, smoothed before masking, so that its variance is the same in every voxel
 *   u_s, e_is    typical value of label s, and a participant's relative deviation from it
 *
 *     baseline  B_i(v) = U(v) (1 + sum_s e_is phi_s(v) + n_i1(v)),   U = sum_s u_s phi_s;  of PET over its mean in the
 *                        pons
 *     followup  F_i(v) = B_i(v) (1 + D_i(v)),                D_i = n_i2 - n_i1 + sum_s c_is phi_s
 *
 * c_i solves a linear system, so that mean_r(F_i) / mean_r(B_i) - 1 is exactly the drawn change for every label r. The
 * noise and the smoothing across borders affect voxels, but not the regional means of the change. A session's image is
 * its field times the session's factor; PET over the pons has none. */
#include "simulate/images.h"

#include "base/memory.h"
#include "base/stop.h"
#include "simulate/smooth.h"
#include "simulate/write.h"
#include "space/grid.h"

#include <lapacke.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#define FWHM_MM 10.0
#define SUV_OF_PONS 3.0
#define SLOPE_SUV 0x1p-10f /* SUV up to 32 */

typedef struct vx_scene {
    const vx_simulate_options *options;
    const vx_phantom *phantom;
    const vx_cohort *cohort;
    const char *folder;
    int modality;
    int pons;       /* its label */
    double sigma;   /* voxels */
    float *mixing;  /* phi[v][s], voxels x labels */
    double *uptake; /* U of the modality, voxels */
} vx_scene;

/* The buffers of one thread. */
typedef struct vx_workspace {
    float *volume, *scratch;               /* grid */
    int16_t *stored;                       /* grid */
    double *baseline, *change;             /* voxels */
    double *matrix, *wanted, *weight;      /* labels^2, labels, labels */
    lapack_int *pivot;                     /* labels */
} vx_workspace;

/* Computes phi. */
static vx_status mix(vx_scene *scene, vx_error *error)
{
    const vx_phantom *phantom = scene->phantom;
    int labels = phantom->labels;
    int64_t size = (int64_t)vx_grid_elements(&phantom->space.grid);
    size_t cells;
    if (!vx_multiply((size_t)phantom->space.elements, (size_t)labels, &cells))
        return vx_fail_memory(error);
    scene->mixing = vx_array(cells, sizeof *scene->mixing);
    if (!scene->mixing)
        return vx_fail_memory(error);
    bool short_of_memory = false;
#pragma omp parallel
    {
        float *volume = vx_array((size_t)size, sizeof *volume), *scratch = vx_array((size_t)size, sizeof *scratch);
        if (!volume || !scratch) {
#pragma omp atomic write
            short_of_memory = true;
        }
#pragma omp barrier
#pragma omp for schedule(dynamic)
        for (int s = 0; s < labels; s++) {
            if (short_of_memory || vx_stop_requested())
                continue;
            for (int64_t at = 0; at < size; at++)
                volume[at] = phantom->label[at] == s + 1;
            vx_smooth(phantom->space.grid.dim, scene->sigma, volume, scratch);
            for (int64_t v = 0; v < phantom->space.elements; v++)
                scene->mixing[v * labels + s] = volume[phantom->space.index[v]];
        }
        free(volume);
        free(scratch);
    }
    if (short_of_memory)
        return vx_fail_memory(error);
#pragma omp parallel for
    for (int64_t v = 0; v < phantom->space.elements; v++) {
        float *phi = scene->mixing + v * labels, sum = 0;
        for (int s = 0; s < labels; s++)
            sum += phi[s];
        for (int s = 0; s < labels; s++)
            phi[s] /= sum;
    }
    return VX_OK;
}

/* Computes U of the scene's modality. */
static void mix_uptake(vx_scene *scene)
{
    const vx_phantom *phantom = scene->phantom;
#pragma omp parallel for
    for (int64_t v = 0; v < phantom->space.elements; v++) {
        const float *phi = scene->mixing + v * phantom->labels;
        double uptake = 0;
        for (int s = 0; s < phantom->labels; s++)
            uptake += phantom->region[s]->signal[scene->modality].level * phi[s];
        scene->uptake[v] = uptake;
    }
}

/* sum_s weight_s phi_s(v) */
static double mixed(const vx_scene *scene, int64_t v, const double *weight)
{
    const float *phi = scene->mixing + v * scene->phantom->labels;
    double sum = 0;
    for (int s = 0; s < scene->phantom->labels; s++)
        sum += weight[s] * phi[s];
    return sum;
}

/* Fills space->volume with the smoothed noise of one session. */
static void make_noise(const vx_scene *scene, int64_t participant, vx_draw what, vx_workspace *space)
{
    const vx_draw own = vx_draw_of(what, scene->modality);
    int64_t size = (int64_t)vx_grid_elements(&scene->phantom->space.grid);
    double gain = vx_modalities[scene->modality].noise_sd / vx_smooth_noise_sd(scene->sigma);
    for (int64_t at = 0; at < size; at++)
        space->volume[at] = (float)(gain * vx_draw_normal(scene->options->seed, own, participant, (uint32_t)at));
    vx_smooth(scene->phantom->space.grid.dim, scene->sigma, space->volume, space->scratch);
}

/* Computes B_i, and the noise of D_i. */
static void make_baseline(const vx_scene *scene, int64_t participant, vx_workspace *space)
{
    const vx_phantom *phantom = scene->phantom;
    const double *residual = scene->cohort->drawn[scene->modality].residual + participant * phantom->labels;
    double sum = 0, count = 0;
    make_noise(scene, participant, VX_DRAW_NOISE_BASELINE, space);
    for (int64_t v = 0; v < phantom->space.elements; v++) {
        int64_t at = phantom->space.index[v];
        space->baseline[v] = scene->uptake[v] * (1 + mixed(scene, v, residual) + space->volume[at]);
        space->change[v] = -space->volume[at];
        if (phantom->label[at] == scene->pons) {
            sum += space->baseline[v];
            count++;
        }
    }
    const double scale = scene->modality == VX_PET ? count / sum : 1;
    make_noise(scene, participant, VX_DRAW_NOISE_FOLLOWUP, space);
    for (int64_t v = 0; v < phantom->space.elements; v++) {
        space->baseline[v] *= scale;
        space->change[v] += space->volume[phantom->space.index[v]];
    }
}

/* Completes D_i. c_i solves  sum_{v in r} B (noise + sum_s c_s phi_s) = change_r sum_{v in r} B  for every label r. */
static vx_status make_change(const vx_scene *scene, int64_t participant, vx_workspace *space, vx_error *error)
{
    const vx_phantom *phantom = scene->phantom;
    int labels = phantom->labels;
    const double *wanted = scene->cohort->drawn[scene->modality].change + participant * labels;
    memset(space->matrix, 0, (size_t)labels * (size_t)labels * sizeof *space->matrix);
    memset(space->weight, 0, (size_t)labels * sizeof *space->weight);
    memset(space->wanted, 0, (size_t)labels * sizeof *space->wanted);
    for (int64_t v = 0; v < phantom->space.elements; v++) {
        int r = phantom->label[phantom->space.index[v]] - 1;
        const float *phi = scene->mixing + v * labels;
        double *row = space->matrix + r * labels, uptake = space->baseline[v];
        for (int s = 0; s < labels; s++)
            row[s] += uptake * phi[s];
        space->weight[r] += uptake;
        space->wanted[r] -= uptake * space->change[v];
    }
    for (int r = 0; r < labels; r++)
        space->wanted[r] += space->weight[r] * wanted[r] / 100;
    if (LAPACKE_dgesv(LAPACK_ROW_MAJOR, labels, 1, space->matrix, labels, space->pivot, space->wanted, 1))
        return vx_fail(error, VX_INTERNAL, "the regions cannot be distinguished on this grid");
    for (int64_t v = 0; v < phantom->space.elements; v++)
        space->change[v] += mixed(scene, v, space->wanted);
    return VX_OK;
}

/* The factor from the field to the stored unit. */
static double session_factor(const vx_scene *scene, int64_t participant, int session)
{
    const double factor = scene->cohort->drawn[scene->modality].session[participant][session];
    if (scene->modality != VX_PET)
        return factor;
    return scene->options->raw ? SUV_OF_PONS * factor : 1;
}

/* Writes one session. Voxels of the brain are at least 1, because an implicit mask excludes zeros. */
static vx_status store(const vx_scene *scene, int64_t participant, int session, vx_workspace *space, vx_error *error)
{
    const vx_phantom *phantom = scene->phantom;
    const vx_modality *modality = &vx_modalities[scene->modality];
    const bool suv = scene->modality == VX_PET && scene->options->raw;
    const float slope = suv ? SLOPE_SUV : modality->slope;
    const double factor = session_factor(scene, participant, session);
    char name[64], description[80];
    memset(space->stored, 0, vx_grid_elements(&phantom->space.grid) * sizeof *space->stored);
    for (int64_t v = 0; v < phantom->space.elements; v++) {
        double value = factor * space->baseline[v] * (session == VX_FOLLOWUP ? 1 + space->change[v] : 1);
        space->stored[phantom->space.index[v]] = (int16_t)fmax(1, fmin(INT16_MAX, rint(value / (double)slope)));
    }
    vx_session_file(participant, scene->modality, session, name, sizeof name);
    snprintf(description, sizeof description, "voxstat simulate: %s, synthetic", suv ? "FDG SUV" : modality->title);
    char *path = vx_text("%s/%s", scene->folder, name);
    if (!path)
        return vx_fail_memory(error);
    vx_status status = vx_write_int16(path, &phantom->space.grid, space->stored, slope, description, error);
    free(path);
    return status;
}

static void workspace_destroy(vx_workspace *space)
{
    free(space->volume);
    free(space->scratch);
    free(space->stored);
    free(space->baseline);
    free(space->change);
    free(space->matrix);
    free(space->wanted);
    free(space->weight);
    free(space->pivot);
}

static bool workspace_init(const vx_phantom *phantom, vx_workspace *space)
{
    size_t size = vx_grid_elements(&phantom->space.grid), voxels = (size_t)phantom->space.elements;
    size_t labels = (size_t)phantom->labels;
    space->volume = vx_array(size, sizeof *space->volume);
    space->scratch = vx_array(size, sizeof *space->scratch);
    space->stored = vx_array(size, sizeof *space->stored);
    space->baseline = vx_array(voxels, sizeof *space->baseline);
    space->change = vx_array(voxels, sizeof *space->change);
    space->matrix = vx_array(labels * labels, sizeof *space->matrix);
    space->wanted = vx_array(labels, sizeof *space->wanted);
    space->weight = vx_array(labels, sizeof *space->weight);
    space->pivot = vx_array(labels, sizeof *space->pivot);
    return space->volume && space->scratch && space->stored && space->baseline && space->change && space->matrix &&
           space->wanted && space->weight && space->pivot;
}

static vx_status make_participant(const vx_scene *scene, int64_t participant, vx_workspace *space, vx_error *error)
{
    make_baseline(scene, participant, space);
    vx_status status = make_change(scene, participant, space, error);
    for (int session = 0; session < VX_SESSIONS && !status; session++)
        if (!scene->cohort->missing[participant][scene->modality][session])
            status = store(scene, participant, session, space, error);
    return status;
}

/* The images of the scene's modality. One thread for each participant. The first error stops the others. */
static vx_status make_modality(const vx_scene *scene, vx_error *error)
{
    vx_status status = VX_OK;
#pragma omp parallel
    {
        vx_workspace space = {0};
        bool ready = workspace_init(scene->phantom, &space);
#pragma omp for schedule(dynamic)
        for (int64_t i = 0; i < scene->cohort->n; i++) {
            vx_status before;
#pragma omp atomic read
            before = status;
            if (before)
                continue;
            vx_error own = {0};
            vx_status made = ready ? vx_stop_check(&own) : vx_fail_memory(&own);
            if (!made)
                made = make_participant(scene, i, &space, &own);
            if (made) {
#pragma omp critical(simulate_error)
                {
                    if (error && !status)
                        *error = own;
#pragma omp atomic write
                    status = made;
                }
            }
        }
        workspace_destroy(&space);
    }
    return status;
}

vx_status vx_make_images(const vx_simulate_options *options, const vx_phantom *phantom, const vx_cohort *cohort,
                         const char *folder, vx_error *error)
{
    vx_scene scene = {.options = options, .phantom = phantom, .cohort = cohort, .folder = folder,
                      .pons = vx_phantom_label(phantom, "pons"),
                      .sigma = FWHM_MM / sqrt(8 * log(2)) / options->voxel_mm};
    scene.uptake = vx_array((size_t)phantom->space.elements, sizeof *scene.uptake);
    vx_status status = scene.uptake ? mix(&scene, error) : vx_fail_memory(error);
    for (scene.modality = 0; scene.modality < VX_IMAGES && !status; scene.modality++)
        if (vx_simulated(options, scene.modality)) {
            mix_uptake(&scene);
            status = make_modality(&scene, error);
        }
    free(scene.mixing);
    free(scene.uptake);
    return status;
}
