#include "bids/covariates.h"

#include "base/json.h"
#include "base/memory.h"
#include "bids/folder.h"

#include <string.h>
#include <sys/stat.h>

const char *vx_bids_label(const char *text, const char *key)
{
    const size_t length = strlen(key);
    return !strncmp(text, key, length) && text[length] == '-' ? text + length + 1 : text;
}

static bool is_there(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

/* ---- reading ---- */

/* The dictionary beside a table, or else the file `general`, which may be null. */
static vx_status read_dictionary(vx_bids_table *table, const char *general, vx_error *error)
{
    char *beside = vx_text("%.*s.json", (int)(strlen(table->path) - strlen(".tsv")), table->path);
    vx_status status = beside ? VX_OK : vx_fail_memory(error);
    if (!status && is_there(beside))
        status = vx_json_read(beside, &table->dictionary, error);
    else if (!status && general && is_there(general))
        status = vx_json_read(general, &table->dictionary, error);
    free(beside);
    return status;
}

static vx_status check_columns(vx_bids_table *table, vx_error *error)
{
    table->id = vx_table_find(&table->table, "participant_id");
    table->session = vx_table_find(&table->table, "session_id");
    int64_t column;
    const char *needed = table->participant ? "session_id" : "participant_id";
    vx_status status = vx_table_column(&table->table, needed, &column, error);
    for (int64_t row = 0; !status && row < table->table.rows; row++)
        if (!vx_table_cell(&table->table, row, column))
            status = vx_fail(error, VX_INPUT, "%s, line %lld: no %s", table->path, (long long)table->table.line[row],
                             needed);
    return status;
}

/* Reads a table, if it is there. Takes over `path`; `participant` is null or a label. */
static vx_status read_table(vx_bids_tables *tables, char *path, const char *name, const char *participant,
                            const char *general, vx_error *error)
{
    vx_bids_table *grown = path ? vx_array_grow(tables->item, tables->count, 1, sizeof *grown) : NULL;
    if (grown)
        tables->item = grown;
    if (!grown || !is_there(path)) {
        free(path);
        return grown ? VX_OK : vx_fail_memory(error);
    }
    vx_bids_table *table = tables->item + tables->count++;
    *table = (vx_bids_table){.path = path, .name = vx_copy_text(name), .participant = vx_copy_text(participant)};
    if (!table->name || (participant && !table->participant))
        return vx_fail_memory(error);
    vx_status status = vx_table_read(path, &table->table, error);
    if (!status)
        status = check_columns(table, error);
    return status ? status : read_dictionary(table, general, error);
}

static vx_status read_phenotypes(const char *folder, vx_bids_tables *tables, vx_error *error)
{
    char *place = vx_text("%s/phenotype", folder);
    vx_folder_names names = {0};
    vx_status status = place ? vx_folder_names_read(place, ".tsv", &names, error) : vx_fail_memory(error);
    for (size_t i = 0; !status && i < names.count; i++) {
        char *path = vx_text("%s/%s", place, names.name[i]);
        names.name[i][strlen(names.name[i]) - strlen(".tsv")] = '\0';
        status = read_table(tables, path, names.name[i], NULL, NULL, error);
    }
    vx_folder_names_destroy(&names);
    free(place);
    return status;
}

vx_status vx_bids_tables_read(const char *folder, const char *const *participant, size_t participants,
                              vx_bids_tables *tables, vx_error *error)
{
    *tables = (vx_bids_tables){0};
    char *general = vx_text("%s/sessions.json", folder);
    vx_status status = general ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = read_table(tables, vx_text("%s/participants.tsv", folder), "participants", NULL, NULL, error);
    for (size_t i = 0; !status && i < participants; i++)
        status = read_table(tables, vx_text("%s/sub-%s/sub-%s_sessions.tsv", folder, participant[i], participant[i]),
                            "sessions", participant[i], general, error);
    if (!status)
        status = read_phenotypes(folder, tables, error);
    free(general);
    if (status)
        vx_bids_tables_destroy(tables);
    return status;
}

void vx_bids_tables_destroy(vx_bids_tables *tables)
{
    if (!tables)
        return;
    for (size_t i = 0; i < tables->count; i++) {
        vx_bids_table *table = tables->item + i;
        vx_table_destroy(&table->table);
        json_decref(table->dictionary);
        free(table->path);
        free(table->name);
        free(table->participant);
    }
    for (size_t i = 0; i < tables->made_names; i++)
        free(tables->made_name[i]);
    free(tables->item);
    free(tables->made_name);
    *tables = (vx_bids_tables){0};
}

/* ---- variables ---- */

/* The variable of a column. */
typedef struct bids_variable {
    const vx_bids_table *table; /* the first that has it */
    const char *column;
    vx_wide_variable *variable;
} bids_variable;

typedef struct bids_variables {
    bids_variable *item;
    size_t count;
} bids_variables;

/* Finds the variable of a column, or makes it. */
static vx_status find_variable(bids_variables *variables, const vx_bids_table *table, const char *column, vx_wide *wide,
                               vx_wide_variable **variable, vx_error *error)
{
    for (size_t i = 0; i < variables->count; i++)
        if (!strcmp(variables->item[i].column, column) && !strcmp(variables->item[i].table->name, table->name)) {
            *variable = variables->item[i].variable;
            return VX_OK;
        }
    bids_variable *grown = vx_array_grow(variables->item, variables->count, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    variables->item = grown;
    vx_status status = vx_wide_add(wide, column, false, variable, error);
    if (!status)
        variables->item[variables->count++] = (bids_variable){table, column, *variable};
    return status;
}

static vx_status add_row(const vx_bids_table *table, int64_t row, int64_t column, vx_wide *wide,
                         const vx_wide_variable *variable, vx_error *error)
{
    const char *value = vx_table_cell(&table->table, row, column);
    const char *session = table->session < 0 ? NULL : vx_table_cell(&table->table, row, table->session);
    const char *label = table->participant ? table->participant
                                           : vx_bids_label(vx_table_cell(&table->table, row, table->id), "sub");
    char *id = value ? vx_text("sub-%s", label) : NULL;
    if (!value)
        return VX_OK;
    if (!id)
        return vx_fail_memory(error);
    const char **cell = variable->value + vx_wide_place(wide, id, session ? vx_bids_label(session, "ses") : NULL);
    vx_status status = VX_OK;
    if (*cell && strcmp(*cell, value))
        status = vx_fail(error, VX_INPUT, "%s, line %lld: participant %s%s%s, column %s: found '%s', but an earlier "
                         "line of the same participant%s says '%s'", table->path, (long long)table->table.line[row], id,
                         session ? ", " : "", session ? session : "", table->table.name[column], value,
                         session ? " and session" : "", *cell);
    *cell = value;
    free(id);
    return status;
}

static vx_status add_table(bids_variables *variables, const vx_bids_table *table, vx_wide *wide, vx_error *error)
{
    vx_status status = VX_OK;
    for (int64_t column = 0; !status && column < table->table.columns; column++) {
        vx_wide_variable *variable;
        if (column == table->id || column == table->session)
            continue;
        status = find_variable(variables, table, table->table.name[column], wide, &variable, error);
        for (int64_t row = 0; !status && row < table->table.rows; row++)
            status = add_row(table, row, column, wide, variable, error);
    }
    return status;
}

/* Whether two variables say the same of everybody of whom both say something. */
static bool say_the_same(const vx_wide *wide, const vx_wide_variable *a, const vx_wide_variable *b)
{
    for (size_t p = 0; p < wide->participants; p++) {
        const char *one = vx_wide_constant_value(wide, a, p), *other = vx_wide_constant_value(wide, b, p);
        if (one && other && strcmp(one, other))
            return false;
    }
    return true;
}

/* Gives the variables of one name different names, where their columns would have one. */
static vx_status separate(vx_bids_tables *tables, const bids_variables *variables, vx_wide *wide, vx_error *error)
{
    for (size_t i = 0; i < variables->count; i++)
        for (size_t j = 0; j < i; j++) {
            vx_wide_variable *later = variables->item[i].variable, *earlier = variables->item[j].variable;
            if (strcmp(variables->item[i].column, variables->item[j].column) ||
                vx_wide_constant(wide, later) != vx_wide_constant(wide, earlier))
                continue;
            if (vx_wide_constant(wide, later) && say_the_same(wide, later, earlier)) {
                vx_wide_merge(wide, earlier, later);
                break;
            }
            char **grown = vx_array_grow(tables->made_name, tables->made_names, 1, sizeof *grown);
            if (!grown)
                return vx_fail_memory(error);
            tables->made_name = grown;
            char *name = vx_text("%s_%s", variables->item[i].table->name, variables->item[i].column);
            if (!name)
                return vx_fail_memory(error);
            later->name = tables->made_name[tables->made_names++] = name;
            break;
        }
    return VX_OK;
}

/* Adds what the tables' dictionaries say about the variables. */
static vx_status add_dictionary(const bids_variables *variables, json_t *dictionary, vx_error *error)
{
    for (size_t i = 0; i < variables->count; i++) {
        json_t *about = json_object_get(variables->item[i].table->dictionary, variables->item[i].column);
        if (json_is_object(about) && !vx_json_put(dictionary, variables->item[i].variable->name, json_incref(about)))
            return vx_fail_memory(error);
    }
    return VX_OK;
}

vx_status vx_bids_tables_add(vx_bids_tables *tables, vx_wide *wide, json_t *dictionary, vx_error *error)
{
    bids_variables variables = {0};
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < tables->count; i++)
        status = add_table(&variables, tables->item + i, wide, error);
    if (!status)
        status = separate(tables, &variables, wide, error);
    if (!status)
        status = add_dictionary(&variables, dictionary, error);
    free(variables.item);
    return status;
}
