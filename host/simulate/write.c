#include "simulate/write.h"

#include "base/json.h"
#include "base/memory.h"
#include "image/nifti.h"
#include "output/manifest.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

vx_status vx_write_int16(const char *path, const vx_grid *grid, const int16_t *stored, float slope,
                         const char *description, vx_error *error)
{
    nifti_1_header header;
    vx_status status = vx_nifti_header(grid, DT_INT16, VX_INTENT_NONE, 0, description, &header, error);
    if (status)
        return vx_error_prefix(error, status, "%s", path);
    header.scl_slope = slope;
    return vx_nifti_write(path, &header, stored, error);
}

static void participant_id(int64_t participant, char *id, size_t size)
{
    snprintf(id, size, "sub-%02d", (int)participant + 1);
}

void vx_session_file(int64_t participant, int session, char *name, size_t size)
{
    char id[16];
    participant_id(participant, id, sizeof id);
    snprintf(name, size, "%s_ses-%s_pet.nii.gz", id, session == VX_BASELINE ? "baseline" : "followup");
}

static vx_status table_open(const char *folder, const char *name, FILE **file, vx_error *error)
{
    char *path = vx_text("%s/%s", folder, name);
    if (!path)
        return vx_fail_memory(error);
    *file = fopen(path, "w");
    vx_status status =
        *file ? VX_OK : vx_fail(error, VX_OUTPUT, "%s: cannot be written: %s", path, strerror(errno));
    free(path);
    return status;
}

static vx_status table_close(FILE *file, const char *name, vx_error *error)
{
    bool failed = ferror(file);
    if (fclose(file) || failed)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be written completely: %s", name, strerror(errno));
    return VX_OK;
}

static vx_status write_participants(const char *folder, const vx_simulate_options *options, const vx_cohort *cohort,
                                    vx_error *error)
{
    FILE *file = NULL;
    if (table_open(folder, "participants.tsv", &file, error))
        return VX_OUTPUT;
    fputs("participant_id\tpet_baseline\tpet_followup\trapa_level\tlog_rapa_level\trapa_predose\trapa_1h\trapa_3h\t"
          "age\tsex\tmmse\n", file);
    for (int64_t i = 0; i < cohort->n; i++) {
        char id[16], baseline[64], followup[64], trough[32];
        const double *log_level = cohort->log_level[i];
        double shift = options->plant & VX_PLANT_SHIFT ? 100 : 0;
        participant_id(i, id, sizeof id);
        vx_session_file(i, VX_BASELINE, baseline, sizeof baseline);
        vx_session_file(i, VX_FOLLOWUP, followup, sizeof followup);
        snprintf(trough, sizeof trough, "%.3f", exp(log_level[VX_PREDOSE]));
        fprintf(file, "%s\t%s\t%s\t%.4f\t%.6f\t%s\t%.3f\t%.3f\t%d\t%d\t%d\n", id, baseline, followup,
                exp(log_level[VX_48H]) + shift, log_level[VX_48H], i == cohort->below_limit ? "n/a" : trough,
                exp(log_level[VX_1H]), exp(log_level[VX_3H]), cohort->age[i], cohort->sex[i], cohort->mmse[i]);
    }
    return table_close(file, "participants.tsv", error);
}

static const char *tissue_name(vx_tissue tissue)
{
    static const char *const name[] = {"grey", "white", "fluid", "stem"};
    return name[tissue];
}

static vx_status write_labels(const char *folder, const vx_phantom *phantom, vx_error *error)
{
    FILE *file = NULL;
    if (table_open(folder, "labels.tsv", &file, error))
        return VX_OUTPUT;
    fputs("index\tname\ttissue\n", file);
    for (int l = 0; l < phantom->labels; l++)
        fprintf(file, "%d\t%s\t%s\n", l + 1, phantom->name[l], tissue_name(phantom->region[l]->tissue));
    return table_close(file, "labels.tsv", error);
}

/* Rounds to four decimals; adding 0.0 turns -0 into 0. */
static double rounded(double x)
{
    return rint(x * 1e4) / 1e4 + 0.0;
}

/* Sample mean and SD of one label's change, and its correlation with the log level. */
static void drawn_moments(const vx_cohort *cohort, int label, double *mean, double *sd, double *r)
{
    double sum = 0, level = 0, yy = 0, xx = 0, xy = 0;
    for (int64_t i = 0; i < cohort->n; i++) {
        sum += cohort->change[i * cohort->labels + label] / (double)cohort->n;
        level += cohort->log_level[i][VX_48H] / (double)cohort->n;
    }
    for (int64_t i = 0; i < cohort->n; i++) {
        double y = cohort->change[i * cohort->labels + label] - sum, x = cohort->log_level[i][VX_48H] - level;
        yy += y * y;
        xx += x * x;
        xy += x * y;
    }
    *mean = rounded(sum);
    *sd = rounded(sqrt(yy / (double)(cohort->n - 1)));
    *r = yy > 0 ? rounded(xy / sqrt(xx * yy)) : 0;
}

static vx_status write_truth(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                             const vx_cohort *cohort, vx_error *error)
{
    FILE *file = NULL;
    if (table_open(folder, "truth.tsv", &file, error))
        return VX_OUTPUT;
    fputs("index\tname\tmean_stated\tsd_stated\tr_stated\tmean_drawn\tsd_drawn\tr_drawn\n", file);
    for (int l = 0; l < phantom->labels; l++) {
        double mean, sd, r, mean_drawn, sd_drawn, r_drawn;
        vx_stated_change(phantom->region[l], options->plant, &mean, &sd, &r);
        drawn_moments(cohort, l, &mean_drawn, &sd_drawn, &r_drawn);
        fprintf(file, "%d\t%s\t%g\t%g\t%g\t%.4f\t%.4f\t%.4f\n", l + 1, phantom->name[l], mean, sd, r, mean_drawn,
                sd_drawn, r_drawn);
    }
    if (table_close(file, "truth.tsv", error))
        return VX_OUTPUT;

    if (table_open(folder, "truth_change.tsv", &file, error))
        return VX_OUTPUT;
    fputs("participant_id", file);
    for (int l = 0; l < phantom->labels; l++)
        fprintf(file, "\t%s", phantom->name[l]);
    for (int64_t i = 0; i < cohort->n; i++) {
        char id[16];
        participant_id(i, id, sizeof id);
        fprintf(file, "\n%s", id);
        for (int l = 0; l < phantom->labels; l++)
            fprintf(file, "\t%.5f", cohort->change[i * cohort->labels + l]);
    }
    fputs("\n", file);
    return table_close(file, "truth_change.tsv", error);
}

static json_t *planted(unsigned plant)
{
    json_t *names = json_array();
    for (int k = 0; k < vx_plants_count; k++)
        if (plant & vx_plants[k].flag)
            names = vx_json_append(names, vx_json_text(vx_plants[k].name));
    return names;
}

static vx_status write_record(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                              vx_error *error)
{
    json_t *meaning = json_pack(
        "{s:s, s:s, s:s, s:s, s:s}", "images", options->raw ? "FDG SUV" : "FDG SUVR, reference region pons",
        "rapa_level", "whole blood at 48 h, ng/mL", "log_rapa_level", "its natural logarithm, without a planted shift",
        "rapa_predose", "trough, ng/mL; n/a below the limit of quantification", "truth_change",
        "percent: 100 (mean followup / mean baseline - 1) of a region's SUVR");
    json_t *record = json_pack(
        "{s:s, s:s, s:s*, s:i, s:I, s:I, s:b, s:b, s:o, s:I, s:o}", VX_KEY_VERSION, VOXSTAT_VERSION, VX_KEY_KIND,
        VX_KIND_COHORT, "command", options->command, "voxel_mm", options->voxel_mm, "seed", (json_int_t)options->seed,
        "participants", (json_int_t)options->participants, "exact_moments", options->exact_moments, "raw", options->raw,
        "planted", planted(options->plant), "brain_voxels", (json_int_t)phantom->space.elements, "meaning", meaning);
    vx_status status = record ? vx_manifest_fill(folder, record, error) : vx_fail_memory(error);
    if (!status)
        status = vx_manifest_finish(folder, record, error);
    json_decref(record);
    return status;
}

vx_status vx_write_tables(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                          const vx_cohort *cohort, vx_error *error)
{
    vx_status status = write_participants(folder, options, cohort, error);
    if (!status)
        status = write_labels(folder, phantom, error);
    if (!status)
        status = write_truth(folder, options, phantom, cohort, error);
    if (!status)
        status = write_record(folder, options, phantom, error);
    return status;
}
