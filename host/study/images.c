#include "study/images.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/sort.h"
#include "image/files.h"
#include "study/sessions.h"

#include <stdio.h>
#include <string.h>

/* Whether `value` names an image without its ending. Numbers never do. */
static bool bare_image_name(const vx_table *table, const char *value)
{
    double number;
    const char *slash = strrchr(table->path, '/');
    if (vx_number_read(value, &number))
        return false;
    char *path = *value == '/' || !slash ? vx_copy_text(value)
                                         : vx_text("%.*s/%s", (int)(slash - table->path), table->path, value);
    const bool found = path && vx_image_bare_name(path);
    free(path);
    return found;
}

/* A column with any image name is an image column. So is one whose first value names an image without its ending. */
bool vx_image_column(const vx_table *table, int64_t column)
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

/* The length of <modality> if the column is named <modality>_<session>, else 0. */
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

/* Lists the sessions of the image columns, sorted: those of the requested modalities, or of `any` modality. */
static size_t list_sessions(const vx_table *table, const vx_study_options *options, bool any, const char **session)
{
    size_t sessions = 0;
    for (int64_t column = 0; column < table->columns; column++) {
        const char *underscore = strrchr(table->name[column], '_');
        if (underscore && underscore > table->name[column] && underscore[1] && vx_image_column(table, column) &&
            (any || wanted(options, table->name[column], (size_t)(underscore - table->name[column]))))
            session[sessions++] = underscore + 1;
    }
    return vx_sort_distinct(session, sessions);
}

/* The first row whose cell is text and names neither a number nor an image; -1 without such a row. */
static int64_t text_row(const vx_table *table, int64_t column)
{
    double number;
    for (int64_t row = 0; row < table->rows; row++) {
        const char *value = vx_table_cell(table, row, column);
        if (value && !vx_number_read(value, &number) && !vx_image_name(value) && !bare_image_name(table, value))
            return row;
    }
    return -1;
}

/* Finds a text column that is named like an image column, preferably one of a pair; -1 if no column qualifies. */
static int64_t find_image_like_column(const vx_table *table, int64_t *row)
{
    int64_t found = -1;
    for (int64_t i = 0; i < table->columns; i++) {
        int64_t at = table->sorted[i], text;
        const char *name = table->name[at], *underscore = strrchr(name, '_');
        if (!underscore || underscore == name || !strcmp(name, "participant_id") || vx_image_column(table, at) ||
            (text = text_row(table, at)) < 0)
            continue;
        size_t length = (size_t)(underscore + 1 - name);
        bool pair = (i && !strncmp(table->name[table->sorted[i - 1]], name, length)) ||
                    (i + 1 < table->columns && !strncmp(table->name[table->sorted[i + 1]], name, length));
        if (pair || found < 0) {
            found = at;
            *row = text;
        }
        if (pair)
            break;
    }
    return found;
}

static vx_status not_two_sessions(const vx_table *table, const char *list, size_t count, vx_error *error)
{
    int64_t row = 0;
    if (count > 2)
        return vx_fail(error, VX_INPUT, "%s: more than two sessions: %s; name two with --sessions BASELINE,FOLLOWUP",
                       table->path, list);
    vx_status status = vx_fail(error, VX_INPUT, "%s: a paired design needs image columns <modality>_<session> of two "
                               "sessions; the sessions found are: %s", table->path, count ? list : "none");
    const int64_t column = find_image_like_column(table, &row);
    if (column >= 0)
        status = vx_fail(error, VX_INPUT, "%s, line %lld: column %s holds '%s', which is not the name of an image "
                         "(.nii, .nii.gz, .hdr, .img); a paired design needs columns <modality>_<session> of two "
                         "sessions; those found with images are: %s", table->path, (long long)table->line[row],
                         table->name[column], vx_table_cell(table, row, column), count ? list : "none");
    return status;
}

static vx_status choose_sessions(const vx_table *table, const vx_study_options *options, char *session[2],
                                 vx_error *error)
{
    enum { SORTED_MAX = 50 }; /* a longer list stays in alphabetical order */
    char list[500] = "";
    vx_status status = VX_OK;
    const char **found = vx_array((size_t)table->columns, sizeof *found);
    if (!found)
        return vx_fail_memory(error);
    size_t count = list_sessions(table, options, false, found), used = 0;
    if (!count) /* unknown modality: the sessions of the others let a later check name the missing column */
        count = list_sessions(table, options, true, found);
    if (count <= SORTED_MAX)
        vx_sessions_sort(found, count);
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", found[i]);
    if (count != 2) {
        status = not_two_sessions(table, list, count, error);
    } else if (!vx_sessions_order(found[0], found[1])) {
        status = vx_fail(error, VX_INPUT, "%s: the sessions' names %s and %s do not tell which came first; say it with "
                         "--sessions %s,%s (change = %s minus %s) or --sessions %s,%s (change = %s minus %s)",
                         table->path, found[0], found[1], found[0], found[1], found[1], found[0], found[1], found[0],
                         found[0], found[1]);
    } else if (!(session[0] = vx_copy_text(found[0])) || !(session[1] = vx_copy_text(found[1]))) {
        status = vx_fail_memory(error);
    }
    free(found);
    return status;
}

static vx_status named_column(const vx_table *table, const char *modality, const char *session, int64_t *column,
                              vx_error *error)
{
    char *name = session ? vx_text("%s_%s", modality, session) : vx_copy_text(modality);
    vx_status status = name ? vx_table_column(table, name, column, error) : vx_fail_memory(error);
    if (!status && !vx_image_column(table, *column)) {
        int64_t row = text_row(table, *column);
        status = vx_fail(error, VX_INPUT, "%s: column %s holds no image (.nii, .nii.gz, .hdr, .img)%s%s%s", table->path,
                         name, row < 0 ? "" : "; found '", row < 0 ? "" : vx_table_cell(table, row, *column),
                         row < 0 ? "" : "'");
    }
    free(name);
    return status;
}

/* `first` is -1 for a design of one session. */
static vx_status add_modality(vx_image_columns *images, size_t *count, const char *name, size_t length, int64_t first,
                              int64_t last, vx_error *error)
{
    char *copy = strndup(name, length);
    if (!copy)
        return vx_fail_memory(error);
    images[(*count)++] = first < 0 ? (vx_image_columns){copy, 1, {last}, {1}}
                                   : (vx_image_columns){copy, 2, {first, last}, {-1, 1}};
    return VX_OK;
}

/* Adds the modalities that the options name. `last` is the session of the data, and `first` is subtracted. */
static vx_status named_images(const vx_table *table, const vx_study_options *options, const char *first,
                              const char *last, vx_image_columns *images, size_t *count, vx_error *error)
{
    for (size_t i = 0; i < options->modalities; i++) {
        int64_t before = -1, after;
        vx_status status = VX_OK;
        if (first)
            status = named_column(table, options->modality[i], first, &before, error);
        if (!status)
            status = named_column(table, options->modality[i], last, &after, error);
        if (!status)
            status = add_modality(images, count, options->modality[i], strlen(options->modality[i]), before, after,
                                  error);
        if (status)
            return status;
    }
    return VX_OK;
}

/* Adds all modalities of the table: every image column if `last` is null, else those that have all sessions. */
static vx_status all_images(const vx_table *table, const char *first, const char *last, vx_image_columns *images,
                            size_t *count, vx_error *error)
{
    for (int64_t column = 0; column < table->columns; column++) {
        const char *name = table->name[column];
        size_t length = last ? modality_length(name, last) : strlen(name);
        int64_t before = -1;
        if (!length || !vx_image_column(table, column))
            continue;
        char *other = first ? vx_text("%.*s_%s", (int)length, name, first) : NULL;
        if (first && !other)
            return vx_fail_memory(error);
        if (other)
            before = vx_table_find(table, other);
        free(other);
        if (first && (before < 0 || !vx_image_column(table, before)))
            continue;
        vx_status status = add_modality(images, count, name, length, before, column, error);
        if (status)
            return status;
    }
    return VX_OK;
}

/* What determines which session is subtracted. */
static vx_direction direction_of(const vx_study_options *options, bool paired)
{
    if (!paired)
        return VX_DIRECTION_NONE;
    if (!options->sessions[0] || !options->sessions[1])
        return VX_DIRECTION_NAMES;
    return vx_sessions_order(options->sessions[0], options->sessions[1]) > 0 ? VX_DIRECTION_AGAINST_NAMES
                                                                             : VX_DIRECTION_OPTION;
}

vx_status vx_image_columns_find(const vx_table *table, const vx_study_options *options, char *session[2],
                                vx_direction *direction, vx_image_columns **images, size_t *count, vx_error *error)
{
    bool paired = options->design == VX_PAIRED;
    size_t count_max = (size_t)table->columns + options->modalities;
    vx_status status = VX_OK;
    session[0] = vx_copy_text(options->sessions[0]);
    session[1] = paired ? vx_copy_text(options->sessions[1]) : NULL;
    *count = 0;
    *images = vx_array_zero(count_max, sizeof **images);
    if (!*images || (options->sessions[0] && !session[0]) || (paired && options->sessions[1] && !session[1]))
        return vx_fail_memory(error);
    *direction = direction_of(options, paired);
    if (*direction == VX_DIRECTION_NAMES)
        status = choose_sessions(table, options, session, error);
    if (status)
        return status;
    const char *first = paired ? session[0] : NULL, *last = paired ? session[1] : session[0];
    status = options->modalities ? named_images(table, options, first, last, *images, count, error)
                                 : all_images(table, first, last, *images, count, error);
    if (!status && !*count && last)
        status = vx_fail(error, VX_INPUT, "%s: no image columns <modality>_<session> of %s%s%s%s", table->path,
                         first ? first : "", first ? " and " : "", last,
                         *direction == VX_DIRECTION_NAMES ? " with one modality; names of sessions that contain '_' "
                                                            "must be given by --sessions" : "");
    else if (!status && !*count)
        status = vx_fail(error, VX_INPUT, "%s: no column holds images (.nii, .nii.gz, .hdr, .img)", table->path);
    return status;
}

/* Sets *found if <modality>_<session> is an image column; `modality` has `length` bytes. */
static vx_status find_session(const vx_table *table, const char *modality, size_t length, const char *session,
                              bool *found, vx_error *error)
{
    char *name = vx_text("%.*s_%s", (int)length, modality, session);
    if (!name)
        return vx_fail_memory(error);
    int64_t column = vx_table_find(table, name);
    *found = column >= 0 && vx_image_column(table, column);
    free(name);
    return VX_OK;
}

vx_status vx_image_columns_unpaired(const vx_table *table, char *const session[2], const char ***unpaired,
                                    size_t *count, vx_error *error)
{
    vx_status status = VX_OK;
    *count = 0;
    *unpaired = vx_array((size_t)table->columns, sizeof **unpaired);
    if (!*unpaired)
        return vx_fail_memory(error);
    for (int64_t column = 0; column < table->columns; column++)
        for (int own = 0; own < 2 && !status; own++) {
            const char *name = table->name[column];
            size_t length = modality_length(name, session[own]);
            bool found = true;
            if (length && vx_image_column(table, column))
                status = find_session(table, name, length, session[!own], &found, error);
            if (!found)
                (*unpaired)[(*count)++] = name;
        }
    return status;
}
