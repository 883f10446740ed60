#include "voxstat/study.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/options.h"
#include "study/auc.h"
#include "study/change.h"
#include "study/long_table.h"
#include "study/parts.h"

#include <errno.h>
#include <string.h>

typedef struct vx_named_row {
    const char *id;
    int64_t row;
} vx_named_row;

static int compare_id(const void *a, const void *b)
{
    return strcmp(((const vx_named_row *)a)->id, ((const vx_named_row *)b)->id);
}

/* Sorts the rows by participant_id, so that results do not depend on their order in the table. */
static vx_status read_participants(vx_study_parts *parts, int64_t *table_row, vx_error *error)
{
    const vx_table *table = &parts->table;
    vx_study *study = &parts->study;
    size_t n = (size_t)table->rows;
    int64_t column;
    vx_status status = vx_table_column(table, "participant_id", &column, error);
    vx_named_row *order = vx_array(n, sizeof *order);
    study->participant = vx_array_zero(n, sizeof *study->participant);
    if (!status && (!order || !study->participant))
        status = vx_fail_memory(error);
    for (size_t i = 0; !status && i < n; i++) {
        order[i] = (vx_named_row){vx_table_cell(table, (int64_t)i, column), (int64_t)i};
        if (!order[i].id)
            status =
                vx_fail(error, VX_INPUT, "%s, line %lld: no participant_id", table->path, (long long)table->line[i]);
    }
    if (status)
        goto cleanup;
    qsort(order, n, sizeof *order, compare_id);
    for (size_t i = 0; i < n; i++) {
        if (i && !compare_id(order + i - 1, order + i)) {
            long long a = table->line[order[i - 1].row], b = table->line[order[i].row];
            status = vx_fail(error, VX_INPUT, "%s: participant %s is there twice, in lines %lld and %lld", table->path,
                             order[i].id, a < b ? a : b, a < b ? b : a);
            goto cleanup;
        }
        study->participant[i] = (char *)order[i].id;
        table_row[i] = order[i].row;
    }
    study->participants = table->rows;

cleanup:
    free(order);
    return status;
}

/* Marks the participants whom the options exclude. A name that nobody has would exclude nobody, unseen. */
static vx_status read_excluded(vx_study *study, const vx_study_options *options, vx_error *error)
{
    const size_t n = (size_t)study->participants;
    if (!(study->excluded = vx_array_zero(n, sizeof *study->excluded)))
        return vx_fail_memory(error);
    for (size_t i = 0; i < options->excludes; i++) {
        size_t p = 0;
        while (p < n && strcmp(study->participant[p], options->exclude[i]))
            p++;
        if (p == n) {
            const char *nearest = vx_nearest(options->exclude[i], (const char *const *)study->participant, n);
            return vx_fail(error, VX_INPUT, "%s: --exclude %s: no participant of this name%s%s%s", study->table,
                           options->exclude[i], nearest ? "; did you mean " : "", nearest ? nearest : "",
                           nearest ? "?" : "");
        }
        study->excluded[p] = true;
    }
    return VX_OK;
}

/* Finds the columns called `name`, or makes them. What they point to belongs to parts->variables. */
static vx_status read_columns(vx_study_parts *parts, const vx_study_options *options, const char *const *name,
                              size_t names, vx_column **columns, size_t *count, vx_error *error)
{
    const vx_column *found;
    vx_status status = VX_OK;
    *columns = vx_array_zero(names, sizeof **columns);
    if (!*columns)
        return vx_fail_memory(error);
    for (size_t i = 0; !status && i < names; i++) {
        status = vx_change_make(name[i], options, &parts->variables, error);
        if (!status)
            status = vx_variables_find(&parts->variables, name[i], &found, error);
        if (!status)
            (*columns)[(*count)++] = *found;
    }
    return status;
}

/* ---- outcomes ---- */

static vx_status read_outcome(vx_study_parts *parts, const vx_study_options *options, const vx_session_columns *outcome,
                              const vx_derivations *derivations, vx_error *error)
{
    vx_study *study = &parts->study;
    if (outcome->kind == VX_SESSION_IMAGES)
        return vx_modality_read(parts, outcome, study->modality + study->modalities++, error);
    return vx_marker_read(parts, options, outcome, derivations, study->marker + study->markers++, error);
}

/* Reads the modalities and the markers, with those that are derived. */
static vx_status read_outcomes(vx_study_parts *parts, const vx_study_options *options, vx_error *error)
{
    vx_study *study = &parts->study;
    vx_derivations derivations;
    vx_session_columns *outcome = NULL;
    size_t count = 0;
    const vx_session_table from = {&parts->table, options, &parts->variables, &derivations};
    vx_status status = vx_derivations_read(options, &derivations, error);
    if (!status)
        status = vx_session_columns_find(&from, study->session, &study->direction, &outcome, &count, error);
    if (!status)
        status = vx_derivations_compute(&derivations, options, study->session, &parts->variables, error);
    study->modality = vx_array_zero(count, sizeof *study->modality);
    study->marker = vx_array_zero(count, sizeof *study->marker);
    if (!status && (!study->modality || !study->marker))
        status = vx_fail_memory(error);
    for (size_t i = 0; !status && i < count; i++)
        status = read_outcome(parts, options, outcome + i, &derivations, error);
    if (!status)
        status = vx_markers_check_log(study, options, error);
    for (size_t i = 0; outcome && i < count; i++)
        free(outcome[i].name);
    free(outcome);
    vx_derivations_destroy(&derivations);
    return status;
}

/* ---- study ---- */

/* The absolute folder of `path`, without resolving a link in its last element. Null on errors. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : vx_copy_text(".");
    char *absolute = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    return absolute;
}

/* Reads the table, a long one as a wide one, and makes its coded cells missing. */
static vx_status read_table(vx_study_parts *parts, const vx_study_options *options, vx_error *error)
{
    char *text = vx_copy_text(options->text);
    if (options->text && !text)
        return vx_fail_memory(error);
    vx_status status = text ? vx_table_of_text(parts->study.table, text, strlen(text), &parts->table, error)
                            : vx_table_read(parts->study.table, &parts->table, error);
    if (!status)
        status = vx_long_table_widen(&parts->table, options->missing, options->missings, error);
    if (status)
        return status;
    memcpy(parts->study.table_sha256, parts->table.sha256, sizeof parts->study.table_sha256);
    vx_table_code(&parts->table, options->missing, options->missings);
    return VX_OK;
}

/* Paths in a table are relative to the folder in which the user sees it, even if the table is a link to another folder
 * (an annex, a cache, a scratch disk). */
static vx_status table_folders(vx_study_parts *parts, vx_error *error)
{
    char *target = realpath(parts->study.table, NULL);
    parts->folder = folder_of(parts->study.table);
    parts->target_folder = target ? folder_of(target) : NULL;
    free(target);
    if (!parts->folder || !parts->target_folder)
        return vx_fail(error, VX_INPUT, "%s: %s", parts->study.table, strerror(errno));
    if (!strcmp(parts->folder, parts->target_folder)) {
        free(parts->target_folder);
        parts->target_folder = NULL;
    }
    return VX_OK;
}

static void count_coded(vx_study_parts *parts, int64_t column)
{
    vx_study *study = &parts->study;
    if (column < 0 || !parts->table.coded[column])
        return;
    for (size_t i = 0; i < study->codeds; i++) {
        if (study->coded[i].name == parts->table.name[column])
            return;
    }
    study->coded[study->codeds++] = (vx_coded){parts->table.name[column], parts->table.coded[column]};
}

/* Counts the cells that a code made missing, for each column that the study uses. */
static vx_status list_coded(vx_study_parts *parts, vx_error *error)
{
    vx_study *study = &parts->study;
    const vx_variables *variables = &parts->variables;
    study->coded = vx_array_zero(variables->count + VX_STUDY_SESSIONS * study->modalities, sizeof *study->coded);
    if (!study->coded)
        return vx_fail_memory(error);
    for (size_t i = 0; i < variables->count; i++)
        count_coded(parts, vx_table_find(&parts->table, variables->column[i]->name));
    for (size_t m = 0; m < study->modalities; m++) {
        const vx_volume_row *row = study->modality[m].row;
        for (int64_t s = 0; s < row->sessions; s++)
            count_coded(parts, vx_table_find(&parts->table, row->session[s].column));
    }
    return VX_OK;
}

/* Reads what the table's rows hold. */
static vx_status read_rows(vx_study_parts *parts, const vx_study_options *options, int64_t *table_row,
                           vx_error *error)
{
    vx_study *study = &parts->study;
    vx_status status = read_participants(parts, table_row, error);
    if (!status)
        status = read_excluded(study, options, error);
    parts->variables = (vx_variables){.table = &parts->table, .rule = options->below,
                                      .participants = {study->participants, study->participant, table_row}};
    for (size_t i = 0; !status && i < options->aucs; i++)
        status = vx_auc_make(options->auc[i], &parts->variables, error);
    if (!status)
        status = read_columns(parts, options, options->covariate, options->covariates, &study->covariate,
                              &study->covariates, error);
    if (!status)
        status = read_columns(parts, options, options->nuisance, options->nuisances, &study->nuisance,
                              &study->nuisances, error);
    if (!status)
        status = read_outcomes(parts, options, error);
    if (!status)
        status = vx_study_maps_read(parts, options, error);
    if (!status)
        status = list_coded(parts, error);
    if (!status && options->design == VX_PAIRED && !options->modalities)
        status = vx_session_columns_unpaired(&parts->table, study->session, &study->unpaired, &study->unpaireds, error);
    return status;
}

vx_status vx_study_read(const vx_study_options *given, vx_study **study, vx_error *error)
{
    vx_study_options taken, *options = &taken;
    int64_t *table_row = NULL;
    vx_status status = vx_options_take(given, "vx_study_options", sizeof taken, &taken, error);
    if (status)
        return status;
    vx_study_parts *parts = vx_array_zero(1, sizeof *parts);
    if (!parts)
        return vx_fail_memory(error);
    if (!(parts->study.table = vx_copy_text(options->table))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    parts->study.design = options->design;
    parts->frames = options->frames[1] > 0 ? options->frames : NULL;
    if ((status = read_table(parts, options, error)) || (status = table_folders(parts, error)))
        goto cleanup;
    parts->table_row = table_row = vx_array((size_t)parts->table.rows, sizeof *table_row);
    if (!table_row) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    status = read_rows(parts, options, table_row, error);

cleanup:
    free(table_row);
    parts->table_row = NULL;
    parts->frames = NULL;
    if (status)
        vx_study_free(&parts->study);
    else
        *study = &parts->study;
    return status;
}

void vx_study_free(vx_study *study)
{
    vx_study_parts *parts = (vx_study_parts *)study;
    if (!parts)
        return;
    for (size_t m = 0; m < study->modalities; m++)
        vx_modality_destroy(study->modality + m);
    for (size_t m = 0; m < study->markers; m++)
        vx_marker_destroy(study->marker + m);
    for (size_t m = 0; m < study->maps; m++)
        vx_study_map_destroy(study->map + m, study->participants);
    free(study->map);
    free(study->modality);
    free(study->marker);
    free(study->covariate);
    free(study->nuisance);
    free(study->participant);
    free(study->excluded);
    free(study->session[0]);
    free(study->session[1]);
    free(study->table);
    free(study->coded);
    free(study->unpaired);
    free(parts->folder);
    free(parts->target_folder);
    vx_variables_destroy(&parts->variables);
    vx_table_destroy(&parts->table);
    free(parts);
}
