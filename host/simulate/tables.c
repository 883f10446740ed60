/* The tables of a simulated cohort. */
#include "simulate/tables.h"

#include "base/memory.h"
#include "simulate/write.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* The headings of the images and markers. */
static void put_names(FILE *file, const vx_simulate_options *options)
{
    for (int m = 0; m < VX_IMAGES; m++)
        for (int k = 0; k < VX_SESSIONS && vx_simulated(options, m); k++)
            fprintf(file, "\t%s_%s", vx_modalities[m].name, vx_session_name(k));
    for (int l = 0; l < vx_csf_markers_count && vx_simulated(options, VX_CSF); l++)
        for (int k = 0; k < VX_SESSIONS; k++)
            fprintf(file, "\t%s_%s", vx_csf_markers[l].name, vx_session_name(k));
}

static void put_images(FILE *file, const vx_simulate_options *options, const vx_cohort *cohort, int64_t participant)
{
    for (int m = 0; m < VX_IMAGES; m++)
        for (int k = 0; k < VX_SESSIONS && vx_simulated(options, m); k++) {
            char name[64] = "n/a";
            if (!cohort->missing[participant][m][k])
                vx_session_file(participant, m, k, name, sizeof name);
            fprintf(file, "\t%s", name);
        }
}

static void put_markers(FILE *file, const vx_simulate_options *options, const vx_cohort *cohort, int64_t participant)
{
    for (int l = 0; l < vx_csf_markers_count && vx_simulated(options, VX_CSF); l++)
        for (int k = 0; k < VX_SESSIONS; k++) {
            if (cohort->missing[participant][VX_CSF][k])
                fputs("\tn/a", file);
            else
                fprintf(file, "\t%.3f", vx_marker_value(cohort, participant, l, k));
        }
}

static vx_status write_participants(const char *folder, const vx_simulate_options *options, const vx_cohort *cohort,
                                    vx_error *error)
{
    FILE *file = NULL;
    if (table_open(folder, "participants.tsv", &file, error))
        return VX_OUTPUT;
    fputs("participant_id", file);
    put_names(file, options);
    fputs("\trapa_level\tlog_rapa_level\trapa_predose\trapa_1h\trapa_3h\tage\tsex\tmmse\n", file);
    for (int64_t i = 0; i < cohort->n; i++) {
        char id[16], trough[32];
        const double *log_level = cohort->log_level[i];
        double shift = options->plant & VX_PLANT_SHIFT ? 100 : 0;
        vx_participant_id(i, id, sizeof id);
        fputs(id, file);
        put_images(file, options, cohort, i);
        put_markers(file, options, cohort, i);
        if (i == cohort->below_limit)
            snprintf(trough, sizeof trough, "<%.3f", cohort->limit);
        else
            snprintf(trough, sizeof trough, "%.3f", exp(log_level[VX_PREDOSE]));
        fprintf(file, "\t%.4f\t%.6f\t%s\t%.3f\t%.3f\t%d\t%d\t%d\n", exp(log_level[VX_48H]) + shift,
                log_level[VX_48H], trough, exp(log_level[VX_1H]), exp(log_level[VX_3H]), cohort->age[i], cohort->sex[i],
                cohort->mmse[i]);
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

typedef struct vx_drawn_moments {
    int64_t n; /* participants with both sessions */
    double mean, sd, r;
} vx_drawn_moments;

/* Mean and SD of one element's change over the participants who have it, and its correlation with the log level. */
static vx_drawn_moments drawn_moments(const vx_cohort *cohort, int modality, int element)
{
    const vx_drawn *drawn = &cohort->drawn[modality];
    double mean = 0, level = 0, yy = 0, xx = 0, xy = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < cohort->n; i++)
        n += vx_cohort_has(cohort, i, modality);
    for (int64_t i = 0; i < cohort->n; i++)
        if (vx_cohort_has(cohort, i, modality)) {
            mean += drawn->change[i * drawn->elements + element] / (double)n;
            level += cohort->log_level[i][VX_48H] / (double)n;
        }
    for (int64_t i = 0; i < cohort->n; i++)
        if (vx_cohort_has(cohort, i, modality)) {
            double y = drawn->change[i * drawn->elements + element] - mean, x = cohort->log_level[i][VX_48H] - level;
            yy += y * y;
            xx += x * x;
            xy += x * y;
        }
    return (vx_drawn_moments){n, rounded(mean), rounded(sqrt(yy / (double)(n - 1))),
                              yy > 0 ? rounded(xy / sqrt(xx * yy)) : 0};
}

static vx_status write_truth(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                             const vx_cohort *cohort, vx_error *error)
{
    FILE *file = NULL;
    if (table_open(folder, "truth.tsv", &file, error))
        return VX_OUTPUT;
    fputs("modality\tindex\tname\tn\tmean_stated\tsd_stated\tr_stated\tmean_drawn\tsd_drawn\tr_drawn\n", file);
    for (int m = 0; m < VX_MODALITIES; m++)
        for (int l = 0; l < cohort->drawn[m].elements && vx_simulated(options, m); l++) {
            const vx_signal stated = vx_signal_planted(vx_element_signal(phantom, m, l), m, options->plant);
            const vx_drawn_moments found = drawn_moments(cohort, m, l);
            char index[16] = "n/a"; /* a marker has no label */
            if (m != VX_CSF)
                snprintf(index, sizeof index, "%d", l + 1);
            fprintf(file, "%s\t%s\t%s\t%lld\t%g\t%g\t%g\t%.4f\t%.4f\t%.4f\n", vx_modalities[m].name, index,
                    vx_element_name(phantom, m, l), (long long)found.n, stated.mean, stated.sd, stated.r, found.mean,
                    found.sd, found.r);
        }
    return table_close(file, "truth.tsv", error);
}

/* In long form, because modalities lack different participants. */
static vx_status write_truth_change(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                                    const vx_cohort *cohort, vx_error *error)
{
    FILE *file = NULL;
    if (table_open(folder, "truth_change.tsv", &file, error))
        return VX_OUTPUT;
    fputs("participant_id\tmodality\tname\tchange\n", file);
    for (int64_t i = 0; i < cohort->n; i++)
        for (int m = 0; m < VX_MODALITIES; m++)
            for (int l = 0; l < cohort->drawn[m].elements && vx_simulated(options, m); l++) {
                char id[16], change[32] = "n/a";
                vx_participant_id(i, id, sizeof id);
                if (vx_cohort_has(cohort, i, m))
                    snprintf(change, sizeof change, "%.5f", cohort->drawn[m].change[i * cohort->drawn[m].elements + l]);
                fprintf(file, "%s\t%s\t%s\t%s\n", id, vx_modalities[m].name, vx_element_name(phantom, m, l),
                        change);
            }
    return table_close(file, "truth_change.tsv", error);
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
        status = write_truth_change(folder, options, phantom, cohort, error);
    return status;
}
