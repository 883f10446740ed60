#include "voxstat/study.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "image/files.h"
#include "study/images.h"
#include "study/table.h"
#include "study/values.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A study and the table that owns its names and cells. */
typedef struct vx_study_parts {
    vx_study study; /* the first member: vx_study_free casts its address back */
    vx_table table;
    const int64_t *table_row; /* participants: their rows in the table; valid during vx_study_read only */
    char *folder;             /* absolute folder of the table's path */
    char *target_folder;      /* folder of the file that the table links to; null if it is the same */
} vx_study_parts;

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

static vx_status read_columns(vx_study_parts *parts, const char *const *name, size_t names, vx_column **columns,
                              size_t *count, vx_error *error)
{
    const vx_participants all = {parts->study.participants, parts->study.participant, parts->table_row};
    vx_status status = VX_OK;
    *columns = vx_array_zero(names, sizeof **columns);
    if (!*columns)
        return vx_fail_memory(error);
    *count = names;
    for (size_t i = 0; !status && i < names; i++)
        status = vx_values_read(&parts->table, &all, name[i], *columns + i, error);
    return status;
}

/* Finds the file of an image; a relative name is relative to `folder`. Of a pair, finds the header. */
static vx_status find_image(const char *folder, const char *name, const char **path, vx_error *error)
{
    vx_image_files files;
    struct stat found;
    char *place = *name == '/' ? vx_copy_text(name) : vx_text("%s/%s", folder, name);
    vx_status status = place ? vx_image_files_find(place, &files, error) : vx_fail_memory(error);
    free(place);
    if (status)
        return status;
    if (stat(files.header, &found) == 0 && S_ISDIR(found.st_mode))
        status = vx_fail(error, VX_INPUT, "%s: a folder; an image is expected", files.header);
    if (!status) {
        *path = files.header;
        files.header = NULL;
    }
    vx_image_files_destroy(&files);
    return status;
}

/* Finds the absolute path of an image. Names are relative to the folder of the table's path or, failing that, to the
 * folder of the file that it links to. If both fail, the error is that of the first. */
static vx_status image_path(const vx_study_parts *parts, int64_t participant, int64_t column, const char **path,
                            vx_error *error)
{
    const int64_t row = parts->table_row[participant];
    const char *name = vx_table_cell(&parts->table, row, column);
    vx_status status = find_image(parts->folder, name, path, error);
    if (status == VX_INPUT && parts->target_folder && find_image(parts->target_folder, name, path, NULL) == VX_OK)
        return VX_OK;
    return status ? vx_error_prefix(error, status, "%s, line %lld: participant %s, column %s", parts->table.path,
                                    (long long)parts->table.line[row], parts->study.participant[participant],
                                    parts->table.name[column])
                  : VX_OK;
}

/* Returns why a participant cannot be used for a modality, in new memory; null if nothing is missing. */
static char *missing(const vx_study_parts *parts, const vx_image_columns *images, int64_t participant)
{
    int64_t row = parts->table_row[participant];
    for (int64_t s = 0; s < images->sessions; s++) {
        if (!vx_table_cell(&parts->table, row, images->column[s]))
            return vx_text("no image in %s", parts->table.name[images->column[s]]);
    }
    for (size_t i = 0; i < parts->study.nuisances; i++) {
        if (isnan(parts->study.nuisance[i].value[participant]))
            return vx_text("no value in %s", parts->study.nuisance[i].name);
    }
    return NULL;
}

static vx_status too_few(const vx_study_parts *parts, const vx_study_modality *modality, vx_error *error)
{
    char why[1200] = "";
    for (size_t i = 0; i < modality->left_outs; i++) {
        size_t used = strlen(why);
        snprintf(why + used, sizeof why - used, "%s%s (%s)",
                 i ? ", " : "; left out: ", modality->left_out[i].participant, modality->left_out[i].reason);
    }
    return vx_fail(error, VX_INPUT, "%s: modality %s has %lld complete %s; at least 2 are needed%s", parts->table.path,
                   modality->name, (long long)modality->n, modality->n == 1 ? "participant" : "participants", why);
}

static vx_status read_row(const vx_study_parts *parts, const vx_image_columns *images, int64_t participant,
                          vx_volume_row *row, vx_error *error)
{
    vx_session_image *session = vx_array_zero((size_t)images->sessions, sizeof *session);
    vx_status status = session ? VX_OK : vx_fail_memory(error);
    *row = (vx_volume_row){parts->study.participant[participant], session, images->sessions};
    for (int64_t s = 0; s < images->sessions && !status; s++) {
        session[s].column = parts->table.name[images->column[s]];
        session[s].weight = images->weight[s];
        status = image_path(parts, participant, images->column[s], &session[s].path, error);
    }
    return status;
}

static void row_destroy(vx_volume_row *row)
{
    for (int64_t s = 0; row->session && s < row->sessions; s++)
        free((char *)row->session[s].path);
    free((vx_session_image *)row->session);
}

static vx_status read_modality(vx_study_parts *parts, const vx_image_columns *images, vx_study_modality *modality,
                               vx_error *error)
{
    size_t n = (size_t)parts->study.participants;
    vx_status status = VX_OK;
    modality->participant = vx_array(n, sizeof *modality->participant);
    modality->row = vx_array_zero(n, sizeof *modality->row);
    modality->left_out = vx_array_zero(n, sizeof *modality->left_out);
    if (!modality->participant || !modality->row || !modality->left_out)
        return vx_fail_memory(error);
    for (int64_t p = 0; p < parts->study.participants; p++) {
        char *reason = missing(parts, images, p);
        if (reason) {
            modality->left_out[modality->left_outs++] = (vx_left_out){parts->study.participant[p], reason};
            continue;
        }
        modality->participant[modality->n] = p;
        if ((status = read_row(parts, images, p, &modality->row[modality->n++], error)))
            return status;
    }
    return modality->n < 2 ? too_few(parts, modality, error) : VX_OK;
}

static vx_status read_modalities(vx_study_parts *parts, const vx_study_options *options, vx_error *error)
{
    vx_study *study = &parts->study;
    vx_image_columns *images = NULL;
    size_t count = 0, taken = 0;
    vx_status status = vx_image_columns_find(&parts->table, options, study->session, &study->direction, &images,
                                             &count, error);
    if (status)
        goto cleanup;
    study->modality = vx_array_zero(count, sizeof *study->modality);
    if (!study->modality) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (; !status && taken < count; taken++) {
        vx_study_modality *modality = study->modality + study->modalities++;
        modality->name = images[taken].name;
        status = read_modality(parts, images + taken, modality, error);
    }

cleanup:
    for (; taken < count; taken++)
        free(images[taken].name);
    free(images);
    return status;
}

/* The absolute folder of `path`, without resolving a link in its last element. Null on errors. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : vx_copy_text(".");
    char *absolute = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    return absolute;
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
    study->coded = vx_array_zero(study->covariates + study->nuisances + VX_STUDY_SESSIONS * study->modalities,
                                 sizeof *study->coded);
    if (!study->coded)
        return vx_fail_memory(error);
    for (size_t i = 0; i < study->covariates; i++)
        count_coded(parts, vx_table_find(&parts->table, study->covariate[i].name));
    for (size_t i = 0; i < study->nuisances; i++)
        count_coded(parts, vx_table_find(&parts->table, study->nuisance[i].name));
    for (size_t m = 0; m < study->modalities; m++) {
        const vx_volume_row *row = study->modality[m].row;
        for (int64_t s = 0; s < row->sessions; s++)
            count_coded(parts, vx_table_find(&parts->table, row->session[s].column));
    }
    return VX_OK;
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
    if ((status = vx_table_read(parts->study.table, &parts->table, error)) ||
        (status = table_folders(parts, error)))
        goto cleanup;
    memcpy(parts->study.table_sha256, parts->table.sha256, sizeof parts->study.table_sha256);
    vx_table_code(&parts->table, options->missing, options->missings);
    parts->table_row = table_row = vx_array((size_t)parts->table.rows, sizeof *table_row);
    if (!table_row) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if ((status = read_participants(parts, table_row, error)) ||
        (status = read_columns(parts, options->covariate, options->covariates, &parts->study.covariate,
                               &parts->study.covariates, error)) ||
        (status = read_columns(parts, options->nuisance, options->nuisances, &parts->study.nuisance,
                               &parts->study.nuisances, error)))
        goto cleanup;
    if (!(status = read_modalities(parts, options, error)))
        status = list_coded(parts, error);
    if (!status && options->design == VX_PAIRED && !options->modalities)
        status = vx_image_columns_unpaired(&parts->table, parts->study.session, &parts->study.unpaired,
                                           &parts->study.unpaireds, error);

cleanup:
    free(table_row);
    parts->table_row = NULL;
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
    for (size_t m = 0; m < study->modalities; m++) {
        vx_study_modality *modality = study->modality + m;
        for (int64_t i = 0; modality->row && i < modality->n; i++)
            row_destroy(&modality->row[i]);
        for (size_t i = 0; modality->left_out && i < modality->left_outs; i++)
            free(modality->left_out[i].reason);
        free(modality->name);
        free(modality->participant);
        free(modality->row);
        free(modality->left_out);
    }
    for (size_t i = 0; i < study->covariates; i++)
        free(study->covariate[i].value);
    for (size_t i = 0; i < study->nuisances; i++)
        free(study->nuisance[i].value);
    free(study->modality);
    free(study->covariate);
    free(study->nuisance);
    free(study->participant);
    free(study->session[0]);
    free(study->session[1]);
    free(study->table);
    free(study->coded);
    free(study->unpaired);
    free(parts->folder);
    free(parts->target_folder);
    vx_table_destroy(&parts->table);
    free(parts);
}
