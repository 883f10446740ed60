#include "study/images.h"

#include "base/memory.h"
#include "image/files.h"

#include <stdio.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && !strcasecmp(text + length - tail, end);
}

bool vx_image_name(const char *value)
{
    static const char *const ending[] = {".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz",
                                         /* no NIfTI: named as what they are when they are read */
                                         ".mgz", ".mgh", ".mnc", ".nrrd", ".nhdr", ".dcm", ".gii", ".nii.bz2",
                                         ".nii.xz", ".nii.zst", ".nii.zip"};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        if (ends_with(value, ending[i]))
            return true;
    }
    return false;
}

/* Whether `value`, which is no image's name and no number, is an image's without its ending. */
static bool bare_image_name(const vx_table *table, const char *value)
{
    char *end;
    const char *slash = strrchr(table->path, '/');
    strtod(value, &end);
    if (!*end)
        return false;
    char *path = *value == '/' || !slash ? vx_copy_text(value)
                                         : vx_text("%.*s/%s", (int)(slash - table->path), table->path, value);
    const bool found = path && vx_image_bare_name(path);
    free(path);
    return found;
}

/* One value with an image's ending makes an image column; without endings the first value does, where it is one. */
static bool image_column(const vx_table *table, int64_t column)
{
    const char *first = NULL;
    for (int64_t row = 0; row < table->rows; row++) {
        const char *value = vx_table_cell(table, row, column);
        if (value && vx_image_name(value))
            return true;
        first = first ? first : value;
    }
    return first && bare_image_name(table, first);
}

/* Length of <modality> in `column`, where it is <modality>_<session>; 0 where it is not. */
static size_t modality_length(const char *column, const char *session)
{
    size_t length = strlen(column), tail = strlen(session);
    if (length < tail + 2 || column[length - tail - 1] != '_' || strcmp(column + length - tail, session))
        return 0;
    return length - tail - 1;
}

static bool wanted(const vx_study_options *options, const char *modality, size_t length)
{
    for (size_t i = 0; i < options->modalities; i++) {
        if (strlen(options->modality[i]) == length && !strncmp(options->modality[i], modality, length))
            return true;
    }
    return !options->modalities;
}

/* The sessions that the image columns name, in the table's order; of the modalities asked for, or of `any`. */
static size_t list_sessions(const vx_table *table, const vx_study_options *options, bool any, const char **session)
{
    size_t sessions = 0;
    for (int64_t column = 0; column < table->columns; column++) {
        const char *underscore = strrchr(table->name[column], '_');
        bool known = false;
        if (!underscore || underscore == table->name[column] || !underscore[1] || !image_column(table, column) ||
            !(any || wanted(options, table->name[column], (size_t)(underscore - table->name[column]))))
            continue;
        for (size_t i = 0; i < sessions; i++)
            known |= !strcmp(session[i], underscore + 1);
        if (!known)
            session[sessions++] = underscore + 1;
    }
    return sessions;
}

static vx_status choose_sessions(const vx_table *table, const vx_study_options *options, char *session[2],
                                 vx_error *error)
{
    char list[500] = "";
    vx_status status = VX_OK;
    const char **found = vx_array((size_t)table->columns, sizeof *found);
    if (!found)
        return vx_fail_memory(error);
    size_t count = list_sessions(table, options, false, found);
    if (!count) /* no modality of that name: with the sessions of the others, its column is missed by name */
        count = list_sessions(table, options, true, found);
    for (size_t i = 0; i < count; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", found[i]);
    /* By name where there is no doubt, else by the order of the columns; the run says which was subtracted. */
    if (count == 2) {
        int first = !strcmp(found[1], "baseline");
        session[0] = vx_copy_text(found[first]);
        session[1] = vx_copy_text(found[!first]);
        if (!session[0] || !session[1])
            status = vx_fail_memory(error);
    } else if (count > 2) {
        status = vx_fail(error, VX_INPUT, "%s: more than two sessions: %s; name two with --sessions BASELINE,FOLLOWUP",
                         table->path, list);
    } else {
        status = vx_fail(error, VX_INPUT,
                         "%s: a paired design needs image columns <modality>_<session> of two "
                         "sessions; the sessions found are: %s",
                         table->path, count ? list : "none");
    }
    free(found);
    return status;
}

static vx_status named_column(const vx_table *table, const char *modality, const char *session, int64_t *column,
                              vx_error *error)
{
    char *name = session ? vx_text("%s_%s", modality, session) : vx_copy_text(modality);
    vx_status status = name ? vx_table_column(table, name, column, error) : vx_fail_memory(error);
    if (!status && !image_column(table, *column))
        status =
            vx_fail(error, VX_INPUT, "%s: column %s holds no image (.nii, .nii.gz, .hdr, .img)", table->path, name);
    free(name);
    return status;
}

static vx_status add(vx_image_columns *images, size_t *count, const char *name, size_t length, int64_t baseline,
                     int64_t followup, vx_error *error)
{
    char *copy = strndup(name, length);
    if (!copy)
        return vx_fail_memory(error);
    images[(*count)++] = (vx_image_columns){copy, baseline, followup};
    return VX_OK;
}

/* Columns of the modalities that the options name. `last` is the session of the data, `first` what is subtracted. */
static vx_status named_images(const vx_table *table, const vx_study_options *options, const char *first,
                              const char *last, vx_image_columns *images, size_t *count, vx_error *error)
{
    for (size_t i = 0; i < options->modalities; i++) {
        int64_t baseline = -1, followup;
        vx_status status = VX_OK;
        if (first)
            status = named_column(table, options->modality[i], first, &baseline, error);
        if (!status)
            status = named_column(table, options->modality[i], last, &followup, error);
        if (!status)
            status = add(images, count, options->modality[i], strlen(options->modality[i]), baseline, followup, error);
        if (status)
            return status;
    }
    return VX_OK;
}

/* Every modality there is: whole columns without `last`, else those with all their sessions. */
static vx_status all_images(const vx_table *table, const char *first, const char *last, vx_image_columns *images,
                            size_t *count, vx_error *error)
{
    for (int64_t column = 0; column < table->columns; column++) {
        const char *name = table->name[column];
        size_t length = last ? modality_length(name, last) : strlen(name);
        int64_t baseline = -1;
        if (!length || !image_column(table, column))
            continue;
        for (int64_t other = 0; first && other < table->columns; other++) {
            if (modality_length(table->name[other], first) == length && !strncmp(table->name[other], name, length) &&
                image_column(table, other))
                baseline = other;
        }
        if (first && baseline < 0)
            continue;
        vx_status status = add(images, count, name, length, baseline, column, error);
        if (status)
            return status;
    }
    return VX_OK;
}

vx_status vx_image_columns_find(const vx_table *table, const vx_study_options *options, char *session[2],
                                vx_image_columns **images, size_t *count, vx_error *error)
{
    bool paired = options->design == VX_PAIRED;
    size_t most = (size_t)table->columns + options->modalities;
    vx_status status = VX_OK;
    session[0] = vx_copy_text(options->sessions[0]);
    session[1] = paired ? vx_copy_text(options->sessions[1]) : NULL;
    *count = 0;
    *images = vx_array_zero(most, sizeof **images);
    if (!*images)
        return vx_fail_memory(error);
    if (paired && !(session[0] && session[1]))
        status = choose_sessions(table, options, session, error);
    if (status)
        return status;
    const char *first = paired ? session[0] : NULL, *last = paired ? session[1] : session[0];
    status = options->modalities ? named_images(table, options, first, last, *images, count, error)
                                 : all_images(table, first, last, *images, count, error);
    if (!status && !*count && last)
        status = vx_fail(error, VX_INPUT, "%s: no image columns <modality>_<session> of %s%s%s", table->path,
                         first ? first : "", first ? " and " : "", last);
    else if (!status && !*count)
        status = vx_fail(error, VX_INPUT, "%s: no column holds images (.nii, .nii.gz, .hdr, .img)", table->path);
    return status;
}
