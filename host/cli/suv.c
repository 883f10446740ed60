/* The body weights for --suv, from columns of the table. */
#include "cli/run.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/table.h"

#include <math.h>
#include <string.h>

static vx_status check_names(const vx_run *run, vx_error *error)
{
    for (size_t i = 0; i < run->suv.count; i++) {
        bool known = false;
        for (size_t m = 0; m < run->study->modalities; m++)
            known |= !strcmp(run->suv.name[i], run->study->modality[m].name);
        if (!known)
            return vx_fail(error, VX_USAGE, "--suv: found %s, which is no modality of images that is analysed",
                           run->suv.name[i]);
    }
    return VX_OK;
}

static vx_status read_table(const vx_run *run, vx_table *table, vx_error *error)
{
    if (!run->bids.table)
        return vx_table_read(run->study->table, table, error);
    char *text = vx_copy_text(run->bids.table);
    return text ? vx_table_of_text(run->study->table, text, strlen(text), table, error) : vx_fail_memory(error);
}

/* The column of body weights of a session; -1 without one. */
static int64_t weight_column(const vx_table *table, const char *session)
{
    static const char *const name[] = {"body_weight", "weight", "weight_kg"};
    int64_t column = -1;
    for (size_t i = 0; i < sizeof name / sizeof *name && column < 0; i++) {
        char of_session[256];
        snprintf(of_session, sizeof of_session, "%s_%s", name[i], session ? session : "");
        column = vx_table_find(table, of_session);
        column = column < 0 ? vx_table_find(table, name[i]) : column;
    }
    return column;
}

/* The row of a participant; -1 without one. The first column is participant_id. */
static int64_t row_of(const vx_table *table, const char *participant)
{
    for (int64_t row = 0; row < table->rows; row++)
        if (vx_table_cell(table, row, 0) && !strcmp(vx_table_cell(table, row, 0), participant))
            return row;
    return -1;
}

static vx_status find_weights(vx_run *run, const vx_table *table, size_t m, vx_error *error)
{
    const vx_study *study = run->study;
    const vx_study_modality *modality = &study->modality[m];
    const int64_t sessions = study->design == VX_PAIRED ? 2 : 1;
    size_t cells;
    const bool fits = vx_multiply((size_t)modality->n, (size_t)sessions, &cells);
    double *weight = fits ? vx_array(cells, sizeof *weight) : NULL;
    if (!(run->modality[m].body_weight = weight))
        return vx_fail_memory(error);
    for (int64_t s = 0; s < sessions; s++) {
        const int64_t column = weight_column(table, study->session[s]);
        for (int64_t i = 0; i < modality->n; i++) {
            const char *participant = study->participant[modality->participant[i]];
            const int64_t row = row_of(table, participant);
            const char *cell = column >= 0 && row >= 0 ? vx_table_cell(table, row, column) : NULL;
            double *found = &weight[i * sessions + s];
            *found = NAN;
            if (cell && !vx_number_read(cell, found))
                return vx_fail(error, VX_INPUT, "%s, line %lld: participant %s, column %s: found '%s', expected a body "
                               "weight in kg", table->path, (long long)table->line[row], participant,
                               table->name[column], cell);
        }
    }
    return VX_OK;
}

vx_status vx_run_body_weights(vx_run *run, vx_error *error)
{
    vx_table table = {0};
    vx_status status = check_names(run, error);
    if (status || !run->suv.count)
        return status;
    status = read_table(run, &table, error);
    for (size_t i = 0; i < run->suv.count && !status; i++)
        for (size_t m = 0; m < run->study->modalities && !status; m++)
            if (!strcmp(run->suv.name[i], run->study->modality[m].name))
                status = find_weights(run, &table, m, error);
    vx_table_destroy(&table);
    return status;
}
