#include "bids/bids.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/sort.h"
#include "bids/compare.h"

#include <stdio.h>
#include <string.h>

/* ---- participants and sessions ---- */

static vx_status append(const char ***list, size_t *count, const char *label, vx_error *error)
{
    const char **grown = vx_array_grow(*list, *count, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    *list = grown;
    grown[(*count)++] = label;
    return VX_OK;
}

/* Lists the labels of the images, sorted. */
static vx_status list_labels(const vx_layout *layout, bool sessions, const char ***list, size_t *count, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < layout->files; i++) {
        const char *label = sessions ? layout->file[i].session : layout->file[i].participant;
        if (label)
            status = append(list, count, label, error);
    }
    *count = *count ? vx_sort_distinct(*list, *count) : 0;
    return status;
}

/* Adds the labels in the tables. */
static vx_status add_table_labels(const vx_bids_tables *tables, bool sessions, const char ***list, size_t *count,
                                  vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t t = 0; t < tables->count; t++) {
        const vx_bids_table *table = tables->item + t;
        const int64_t column = sessions ? table->session : table->id;
        for (int64_t row = 0; !status && column >= 0 && row < table->table.rows; row++) {
            const char *label = vx_table_cell(&table->table, row, column);
            if (label)
                status = append(list, count, vx_bids_label(label, sessions ? "ses" : "sub"), error);
        }
    }
    *count = *count ? vx_sort_distinct(*list, *count) : 0;
    return status;
}

/* Checks that there are images of every session that is asked for. */
static vx_status check_sessions(const vx_bids_options *options, const vx_layout *layout, const char *const *session,
                                size_t sessions, vx_error *error)
{
    char list[800] = "";
    size_t used = 0;
    for (size_t i = 0; i < sessions && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", session[i]);
    for (size_t w = 0; w < options->sessions; w++) {
        bool found = false;
        for (size_t i = 0; i < sessions; i++)
            found |= !strcmp(session[i], options->session[w]);
        if (found)
            continue;
        const char *nearest = vx_nearest(options->session[w], session, sessions);
        return vx_fail(error, VX_INPUT, "%s: no image of session %s (--sessions)%s%s%s; the sessions there are: %s",
                       layout->folder, options->session[w], nearest ? "; did you mean " : "", nearest ? nearest : "",
                       nearest ? "?" : "", sessions ? list : "none (no file name has the entity ses-)");
    }
    return VX_OK;
}

/* Finds the participants and sessions of the slots. */
static vx_status find_people(const vx_bids_options *options, vx_bids *made, vx_error *error)
{
    const char **session = NULL;
    size_t sessions = 0;
    vx_status status = list_labels(&made->layout, false, &made->label, &made->search.participants, error);
    if (!status)
        status = list_labels(&made->layout, true, &session, &sessions, error);
    if (!status)
        status = check_sessions(options, &made->layout, session, sessions, error);
    if (!status)
        status = vx_bids_tables_read(made->layout.folder, made->label, made->search.participants, &made->tables, error);
    if (!status)
        status = add_table_labels(&made->tables, false, &made->label, &made->search.participants, error);
    made->search.participant = made->label;
    made->session = session;
    made->search.session = options->sessions ? options->session : session;
    made->search.sessions = options->sessions ? options->sessions : sessions;
    return status;
}

/* ---- modalities ---- */

/* Whether a name means images: it has a filter or forms of its own, or is the suffix of a file. */
static bool is_of_images(const vx_bids *made, const char *modality)
{
    vx_bids_form other;
    size_t forms;
    if (vx_bids_filters_find(&made->filters, modality) || vx_bids_forms(modality, false, &other, &forms) != &other)
        return true;
    for (size_t i = 0; i < made->layout.files; i++)
        if (!strcmp(made->layout.file[i].entities.suffix, modality))
            return true;
    return false;
}

static bool is_among(const char *name, const char *const *list, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found |= !strcmp(name, list[i]);
    return found;
}

/* A map has columns of its own name, which no modality can have too. */
static vx_status fill_maps(const vx_bids_options *options, vx_bids *made, vx_error *error)
{
    vx_status status = VX_OK;
    made->map = vx_array_zero(options->maps, sizeof *made->map);
    if (!made->map)
        return vx_fail_memory(error);
    for (size_t m = 0; m < options->maps && !status; m++) {
        for (size_t k = 0; k < made->modalities; k++)
            if (!strcmp(made->slots[k].modality, options->map[m]))
                return vx_fail(error, VX_INPUT, "%s: %s is analysed, and also names maps of tissue; name the maps "
                               "otherwise, such as --pvc-grey shares with --bids-filter 'shares:suffix=probseg,"
                               "label=GM'", made->layout.folder, options->map[m]);
        status = vx_bids_slots_fill(&made->search, options->map[m], VX_BIDS_MAP, &made->map[made->maps++], error);
    }
    return status;
}

static vx_status fill(const vx_bids_options *options, vx_bids *made, vx_error *error)
{
    const bool named = options->modalities > 0;
    const char *const *modality = named ? options->modality : vx_bids_usual;
    const size_t modalities = named ? options->modalities : vx_bids_usuals;
    const char *native = NULL;
    bool images = !named;
    vx_status status = VX_OK;
    made->slots = vx_array_zero(modalities, sizeof *made->slots);
    if (!made->slots)
        return vx_fail_memory(error);
    for (size_t m = 0; !status && m < modalities; m++) {
        vx_bids_slots *slots = made->slots + made->modalities;
        if (named ? !is_of_images(made, modality[m]) : is_among(modality[m], options->map, options->maps))
            continue;
        images = true;
        status = vx_bids_slots_fill(&made->search, modality[m], named ? VX_BIDS_NAMED : VX_BIDS_USUAL, slots, error);
        if (slots->images) {
            made->modalities++;
            continue;
        }
        native = slots->native && !native ? modality[m] : native;
        free(slots->file);
        *slots = (vx_bids_slots){0};
    }
    if (status || !images || made->modalities)
        return status;
    made->modalities = 1;
    if (native) /* says which image it is */
        return vx_bids_slots_fill(&made->search, native, VX_BIDS_NAMED, made->slots, error);
    return vx_fail(error, VX_INPUT, "%s: no image of pet, cbf or gm in a standard space; --modality names others, and "
                   "--bids-filter says which files hold them", made->layout.folder);
}

/* ---- the table ---- */

/* The sessions of the table: those of the slots, then others that the dataset's tables have. */
static vx_status list_sessions(vx_bids *made, const char ***session, size_t *sessions, vx_error *error)
{
    const char **other = NULL;
    size_t others = 0;
    vx_status status = add_table_labels(&made->tables, true, &other, &others, error);
    for (size_t i = 0; !status && i < made->search.sessions; i++)
        status = append(session, sessions, made->search.session[i], error);
    for (size_t i = 0; !status && i < others; i++) {
        bool known = false;
        for (size_t s = 0; s < made->search.sessions; s++)
            known |= !strcmp(other[i], made->search.session[s]);
        if (!known)
            status = append(session, sessions, other[i], error);
    }
    free(other);
    return status;
}

static vx_status add_images(const vx_bids *made, const vx_bids_slots *slots, vx_wide *wide, vx_error *error)
{
    const vx_bids_search *search = &made->search;
    const size_t columns = search->sessions ? search->sessions : 1;
    vx_wide_variable *variable;
    vx_status status = vx_wide_add(wide, slots->modality, true, &variable, error);
    for (size_t i = 0; !status && i < search->participants * columns; i++)
        if (slots->file[i])
            variable->value[vx_wide_place(wide, made->id[i / columns],
                                          search->sessions ? search->session[i % columns] : NULL)] =
                slots->file[i]->path;
    return status;
}

/* Says of every column what the dataset says of its variable. */
static vx_status describe_columns(const vx_wide *wide, const json_t *variables, json_t **columns, vx_error *error)
{
    vx_wide_column *column;
    size_t count;
    vx_status status = vx_wide_columns(wide, &column, &count, error);
    *columns = json_object();
    for (size_t c = 0; !status && c < count; c++) {
        const char *variable = column[c].variable->name, *session = column[c].session;
        json_t *about = json_object_get(variables, variable);
        char *name = vx_text("%s%s%s", variable, session ? "_" : "", session ? session : "");
        if (!name || !*columns || (about && !vx_json_put(*columns, name, json_incref(about))))
            status = vx_fail_memory(error);
        free(name);
    }
    free(column);
    return status;
}

static vx_status make_table(vx_bids *made, vx_error *error)
{
    vx_wide wide = {.participants = made->search.participants};
    const char **session = NULL;
    vx_status status = list_sessions(made, &session, &wide.sessions, error);
    made->id = vx_array_zero(made->search.participants, sizeof *made->id);
    for (size_t p = 0; made->id && p < made->search.participants; p++)
        if (!(made->id[p] = vx_text("sub-%s", made->label[p])))
            status = vx_fail_memory(error);
    wide.participant = (const char *const *)made->id;
    wide.session = session;
    json_t *variables = json_object();
    if (!status && (!made->id || !variables))
        status = vx_fail_memory(error);
    for (size_t m = 0; !status && m < made->modalities; m++)
        status = add_images(made, made->slots + m, &wide, error);
    for (size_t m = 0; !status && m < made->maps; m++)
        status = add_images(made, made->map + m, &wide, error);
    if (!status)
        status = vx_bids_tables_add(&made->tables, &wide, variables, error);
    if (!status)
        status = describe_columns(&wide, variables, &made->dictionary, error);
    if (!status)
        status = vx_wide_text(&wide, &made->table, error);
    vx_wide_destroy(&wide);
    json_decref(variables);
    free(session);
    return status;
}

vx_status vx_bids_read(const vx_bids_options *options, vx_bids *bids, vx_error *error)
{
    vx_bids made = {0};
    *bids = (vx_bids){0};
    vx_status status = vx_bids_filters_read(options->filter, options->filters, &made.filters, error);
    if (!status)
        status = vx_layout_read(options->folder, options->derivative, options->derivatives, &made.layout, error);
    if (!status)
        status = find_people(options, &made, error);
    *bids = made;
    bids->search.layout = &bids->layout;
    bids->search.filters = &bids->filters;
    if (!status)
        status = fill(options, bids, error);
    if (!status)
        status = fill_maps(options, bids, error);
    if (!status)
        status = make_table(bids, error);
    for (size_t m = 0; !status && m < bids->modalities; m++)
        status = vx_bids_compare(&bids->search, bids->slots + m, &bids->remarks, error);
    if (status)
        vx_bids_destroy(bids);
    return status;
}

void vx_bids_destroy(vx_bids *bids)
{
    if (!bids)
        return;
    for (size_t m = 0; bids->slots && m < bids->modalities; m++)
        free(bids->slots[m].file);
    for (size_t m = 0; bids->map && m < bids->maps; m++)
        free(bids->map[m].file);
    free(bids->map);
    for (size_t p = 0; bids->id && p < bids->search.participants; p++)
        free(bids->id[p]);
    free(bids->slots);
    free(bids->id);
    free(bids->label);
    free(bids->session);
    free(bids->table);
    json_decref(bids->dictionary);
    vx_remarks_destroy(&bids->remarks);
    vx_bids_tables_destroy(&bids->tables);
    vx_bids_filters_destroy(&bids->filters);
    vx_layout_destroy(&bids->layout);
    *bids = (vx_bids){0};
}
