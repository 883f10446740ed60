#include "study/session_columns.h"

#include "base/memory.h"
#include "base/sort.h"
#include "study/cells.h"
#include "study/sessions.h"

#include <stdio.h>
#include <string.h>

/* The state of a search. */
typedef struct search {
    const vx_session_table *from;
    const vx_table *table;
    const vx_study_options *options;
    vx_column_kind *kind;     /* of every column */
    const char *first, *last; /* the session that is subtracted, or null; that of the data, or null */
    vx_session_columns *outcome;
    size_t count;
} search;

/* The length of <name> if the column is called <name>_<session>, else 0. */
static size_t name_length(const char *column, const char *session)
{
    size_t length = strlen(column), tail = strlen(session);
    if (length < tail + 2 || column[length - tail - 1] != '_' || strcmp(column + length - tail, session))
        return 0;
    return length - tail - 1;
}

/* The length of <name> if the column is called <name>_<session> with any session, else 0. */
static size_t stem_length(const char *column)
{
    const char *underscore = strrchr(column, '_');
    return underscore && underscore[1] ? (size_t)(underscore - column) : 0;
}

/* Whether the options name an outcome of `length` bytes. */
static bool named(const vx_study_options *options, const char *name, size_t length)
{
    for (size_t i = 0; i < options->modalities; i++) {
        if (strlen(options->modality[i]) == length && !strncmp(options->modality[i], name, length))
            return true;
    }
    return false;
}

/* ---- sessions ---- */

/* Whether a column of numbers may be that of a marker called by its first `length` bytes. */
static bool may_be_marker(const search *s, int64_t column, size_t length)
{
    const char *name = s->table->name[column];
    return s->kind[column] == VX_COLUMN_NUMBERS && strcmp(name, "participant_id") &&
           (named(s->options, name, length) || !vx_variables_has(s->from->used, name));
}

/* Whether another column of numbers has the <name> of the column at place `i` of the sorted names. */
static bool shares_name(const search *s, int64_t i)
{
    const vx_table *table = s->table;
    const char *name = table->name[table->sorted[i]];
    const size_t length = stem_length(name);
    for (int step = -1; step <= 1; step += 2) {
        for (int64_t j = i + step; j >= 0 && j < table->columns; j += step) {
            const char *other = table->name[table->sorted[j]];
            if (strncmp(name, other, length + 1))
                break;
            if (stem_length(other) == length && may_be_marker(s, table->sorted[j], length))
                return true;
        }
    }
    return false;
}

/* Lists the sessions of the columns of images, or of the columns of numbers that share their <name>; sorted. They are
 * those of the outcomes that the options name, or of `any`. */
static size_t list_sessions(const search *s, vx_column_kind kind, bool any, const char **session)
{
    const vx_table *table = s->table;
    size_t sessions = 0;
    for (int64_t i = 0; i < table->columns; i++) {
        const int64_t column = table->sorted[i];
        const char *name = table->name[column];
        const size_t length = stem_length(name);
        if (!length || s->kind[column] != kind || (!any && !named(s->options, name, length)))
            continue;
        if (kind == VX_COLUMN_NUMBERS && (!may_be_marker(s, column, length) || !shares_name(s, i)))
            continue;
        session[sessions++] = name + length + 1;
    }
    return vx_sort_distinct(session, sessions);
}

/* Lists the sessions of what the options name. Those of other columns let a later check name the column that is
 * missing. */
static size_t list_sessions_by_rank(const search *s, const char **session)
{
    static const vx_column_kind kind[] = {VX_COLUMN_IMAGES, VX_COLUMN_NUMBERS};
    for (int any = s->options->modalities == 0; any < 2; any++)
        for (size_t k = 0; k < sizeof kind / sizeof *kind; k++) {
            const size_t count = list_sessions(s, kind[k], any, session);
            if (count)
                return count;
        }
    return 0;
}

/* Finds a text column that is named like one of images, preferably one of a pair; -1 if no column qualifies. */
static int64_t find_image_like_column(const search *s, int64_t *row)
{
    const vx_table *table = s->table;
    int64_t found = -1;
    for (int64_t i = 0; i < table->columns; i++) {
        int64_t at = table->sorted[i], text;
        const char *name = table->name[at];
        size_t length = stem_length(name) + 1;
        if (length == 1 || !strcmp(name, "participant_id") || s->kind[at] == VX_COLUMN_IMAGES ||
            (text = vx_column_text_row(table, at)) < 0)
            continue;
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

static vx_status not_two_sessions(const search *s, const char *list, size_t count, vx_error *error)
{
    const vx_table *table = s->table;
    int64_t row = 0;
    if (count > 2)
        return vx_fail(error, VX_INPUT, "%s: more than two sessions: %s; name two with --sessions BASELINE,FOLLOWUP",
                       table->path, list);
    vx_status status = vx_fail(error, VX_INPUT, "%s: a paired design needs columns <name>_<session> of two sessions, "
                               "with images or numbers; the sessions found are: %s", table->path,
                               count ? list : "none");
    const int64_t column = find_image_like_column(s, &row);
    if (column >= 0)
        status = vx_fail(error, VX_INPUT, "%s, line %lld: column %s holds '%s', which is not the name of an image "
                         "(.nii, .nii.gz, .hdr, .img); a paired design needs columns <name>_<session> of two "
                         "sessions; those found are: %s", table->path, (long long)table->line[row],
                         table->name[column], vx_table_cell(table, row, column), count ? list : "none");
    return status;
}

static vx_status choose_sessions(const search *s, char *session[2], vx_error *error)
{
    enum { SORTED_MAX = 50 }; /* a longer list stays in alphabetical order */
    char list[500] = "";
    vx_status status = VX_OK;
    const char **found = vx_array((size_t)s->table->columns, sizeof *found);
    if (!found)
        return vx_fail_memory(error);
    size_t count = list_sessions_by_rank(s, found), used = 0;
    if (count <= SORTED_MAX)
        vx_sessions_sort(found, count);
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", found[i]);
    if (count != 2) {
        status = not_two_sessions(s, list, count, error);
    } else if (!vx_sessions_order(found[0], found[1])) {
        status = vx_fail(error, VX_INPUT, "%s: the sessions' names %s and %s do not tell which came first; say it with "
                         "--sessions %s,%s (change = %s minus %s) or --sessions %s,%s (change = %s minus %s)",
                         s->table->path, found[0], found[1], found[0], found[1], found[1], found[0], found[1],
                         found[0], found[0], found[1]);
    } else if (!(session[0] = vx_copy_text(found[0])) || !(session[1] = vx_copy_text(found[1]))) {
        status = vx_fail_memory(error);
    }
    free(found);
    return status;
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

/* ---- outcomes ---- */

/* `first` is -1 for one session. */
static vx_status add_outcome(search *s, const char *name, size_t length, vx_session_kind kind, int64_t first,
                             int64_t last, vx_error *error)
{
    char *copy = strndup(name, length);
    if (!copy)
        return vx_fail_memory(error);
    s->outcome[s->count++] = s->first ? (vx_session_columns){copy, kind, 2, {first, last}, {-1, 1}}
                                      : (vx_session_columns){copy, kind, 1, {last}, {1}};
    return VX_OK;
}

/* Refuses a number among images. */
static vx_status check_images(const search *s, int64_t column, vx_error *error)
{
    const vx_table *table = s->table;
    const int64_t id = vx_table_find(table, "participant_id");
    double number;
    for (int64_t row = 0; row < table->rows; row++) {
        const char *text = vx_table_cell(table, row, column);
        const vx_cell_kind kind = vx_cell_read(text, &number);
        if (kind == VX_CELL_NUMBER || kind == VX_CELL_BELOW)
            return vx_fail(error, VX_INPUT, "%s, line %lld: participant %s, column %s: found the number '%s', but "
                           "other rows of the column hold images", table->path, (long long)table->line[row],
                           id < 0 ? "" : vx_table_cell(table, row, id), table->name[column], text);
    }
    return VX_OK;
}

/* Decides by the cells of the columns whether an outcome is a modality or a marker. *found is false if neither. `first`
 * is -1 for one session. */
static vx_status decide_kind(const search *s, int64_t first, int64_t last, vx_session_kind *kind, bool *found,
                             vx_error *error)
{
    const vx_column_kind own = s->kind[last], other = first < 0 ? own : s->kind[first];
    const bool images = own == VX_COLUMN_IMAGES || other == VX_COLUMN_IMAGES;
    const bool numbers = own == VX_COLUMN_NUMBERS || other == VX_COLUMN_NUMBERS;
    *kind = images ? VX_SESSION_IMAGES : VX_SESSION_NUMBERS;
    *found = own == other && (images || numbers);
    if (images && numbers) {
        const bool own_images = own == VX_COLUMN_IMAGES;
        return vx_fail(error, VX_INPUT, "%s: column %s holds images and column %s numbers; both sessions need the same",
                       s->table->path, s->table->name[own_images ? last : first],
                       s->table->name[own_images ? first : last]);
    }
    vx_status status = *found && images ? check_images(s, last, error) : VX_OK;
    return *found && images && !status && first >= 0 ? check_images(s, first, error) : status;
}

static vx_status find_named_column(const search *s, const char *outcome, const char *session, int64_t *column,
                                   vx_error *error)
{
    char *name = vx_session_column_name(outcome, session);
    vx_status status = name ? vx_table_column(s->table, name, column, error) : vx_fail_memory(error);
    free(name);
    if (status || s->kind[*column] == VX_COLUMN_IMAGES || s->kind[*column] == VX_COLUMN_NUMBERS)
        return status;
    const int64_t row = vx_column_text_row(s->table, *column);
    return vx_fail(error, VX_INPUT, "%s: column %s holds neither images (.nii, .nii.gz, .hdr, .img) nor numbers%s%s%s",
                   s->table->path, s->table->name[*column], row < 0 ? "" : "; found '",
                   row < 0 ? "" : vx_table_cell(s->table, row, *column), row < 0 ? "" : "'");
}

/* Adds the outcomes that the options name. */
static vx_status find_named(search *s, vx_error *error)
{
    for (size_t i = 0; i < s->options->modalities; i++) {
        const char *name = s->options->modality[i];
        vx_session_kind kind = VX_SESSION_DERIVED;
        int64_t first = -1, last = -1;
        bool found;
        vx_status status = VX_OK;
        if (!vx_derivations_find(s->from->derivations, name)) {
            if (s->first)
                status = find_named_column(s, name, s->first, &first, error);
            if (!status)
                status = find_named_column(s, name, s->last, &last, error);
            if (!status)
                status = decide_kind(s, first, last, &kind, &found, error);
        }
        if (!status)
            status = add_outcome(s, name, strlen(name), kind, first, last, error);
        if (status)
            return status;
    }
    return VX_OK;
}

/* Whether the options say that images of this name, of `length` bytes, only go with others. */
static bool is_map(const vx_study_options *options, const char *name, size_t length)
{
    for (size_t i = 0; i < options->maps; i++)
        if (strlen(options->map[i]) == length && !strncmp(options->map[i], name, length))
            return true;
    return false;
}

/* Adds the outcome whose data are in `column`, if it is one. */
static vx_status add_column(search *s, int64_t column, vx_error *error)
{
    const char *name = s->table->name[column];
    const size_t length = s->last ? name_length(name, s->last) : strlen(name);
    vx_session_kind kind;
    int64_t before = -1;
    bool found;
    const bool marker = s->last && may_be_marker(s, column, length);
    if (!length || is_map(s->options, name, length) || (!marker && s->kind[column] != VX_COLUMN_IMAGES))
        return VX_OK;
    if (s->first) {
        char *other = vx_text("%.*s_%s", (int)length, name, s->first);
        if (!other)
            return vx_fail_memory(error);
        before = vx_table_find(s->table, other);
        free(other);
        if (before < 0 || (marker && vx_variables_has(s->from->used, s->table->name[before])))
            return VX_OK;
    }
    vx_status status = decide_kind(s, before, column, &kind, &found, error);
    return status || !found ? status : add_outcome(s, name, length, kind, before, column, error);
}

/* Adds all outcomes: every column of images if there are no sessions, else those with all sessions; and the derived. */
static vx_status find_all(search *s, vx_error *error)
{
    vx_status status = VX_OK;
    for (int64_t column = 0; !status && column < s->table->columns; column++)
        status = add_column(s, column, error);
    for (size_t i = 0; !status && i < s->from->derivations->count; i++) {
        const char *name = s->from->derivations->item[i].definition.name;
        status = add_outcome(s, name, strlen(name), VX_SESSION_DERIVED, -1, -1, error);
    }
    return status;
}

static vx_status nothing_found(const search *s, vx_direction direction, vx_error *error)
{
    if (s->last)
        return vx_fail(error, VX_INPUT, "%s: no columns <name>_<session> of %s%s%s with images or numbers%s",
                       s->table->path, s->first ? s->first : "", s->first ? " and " : "", s->last,
                       direction == VX_DIRECTION_NAMES ? " have one name; names of sessions that contain '_' must be "
                                                         "given by --sessions" : "");
    return vx_fail(error, VX_INPUT, "%s: no column holds images (.nii, .nii.gz, .hdr, .img); --modality names columns "
                   "of numbers", s->table->path);
}

static vx_status classify_columns(search *s, vx_error *error)
{
    s->kind = vx_array((size_t)s->table->columns, sizeof *s->kind);
    if (!s->kind)
        return vx_fail_memory(error);
    for (int64_t column = 0; column < s->table->columns; column++)
        s->kind[column] = vx_column_kind_of(s->table, column);
    return VX_OK;
}

vx_status vx_session_columns_find(const vx_session_table *from, char *session[2], vx_direction *direction,
                                  vx_session_columns **outcome, size_t *count, vx_error *error)
{
    const vx_study_options *options = from->options;
    const bool paired = options->design == VX_PAIRED;
    search s = {.from = from, .table = from->table, .options = options};
    vx_status status = classify_columns(&s, error);
    session[0] = vx_copy_text(options->sessions[0]);
    session[1] = paired ? vx_copy_text(options->sessions[1]) : NULL;
    s.outcome = vx_array_zero((size_t)from->table->columns + options->modalities + from->derivations->count,
                              sizeof *s.outcome);
    if (!s.outcome || (options->sessions[0] && !session[0]) || (paired && options->sessions[1] && !session[1]))
        status = vx_fail_memory(error);
    *direction = direction_of(options, paired);
    if (!status && *direction == VX_DIRECTION_NAMES)
        status = choose_sessions(&s, session, error);
    s.first = paired ? session[0] : NULL;
    s.last = paired ? session[1] : session[0];
    if (!status)
        status = options->modalities ? find_named(&s, error) : find_all(&s, error);
    if (!status && !s.count)
        status = nothing_found(&s, *direction, error);
    free(s.kind);
    *outcome = s.outcome;
    *count = s.count;
    return status;
}

/* Sets *found if <name>_<session> is an image column; `name` has `length` bytes. */
static vx_status find_session(const vx_table *table, const char *name, size_t length, const char *session,
                              bool *found, vx_error *error)
{
    char *other = vx_text("%.*s_%s", (int)length, name, session);
    if (!other)
        return vx_fail_memory(error);
    int64_t column = vx_table_find(table, other);
    *found = column >= 0 && vx_column_kind_of(table, column) == VX_COLUMN_IMAGES;
    free(other);
    return VX_OK;
}

vx_status vx_session_columns_unpaired(const vx_table *table, char *const session[2], const char ***unpaired,
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
            size_t length = name_length(name, session[own]);
            bool found = true;
            if (length && vx_column_kind_of(table, column) == VX_COLUMN_IMAGES)
                status = find_session(table, name, length, session[!own], &found, error);
            if (!found)
                (*unpaired)[(*count)++] = name;
        }
    return status;
}
