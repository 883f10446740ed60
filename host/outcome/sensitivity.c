#include "outcome/sensitivity.h"

#include "atlas/location.h"
#include "base/memory.h"
#include "infer/extreme.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

static void row_destroy(vx_sensitivity_row *row)
{
    free(row->modality);
    free(row->effect);
    free(row->units);
    free(row->name);
    free(row->place);
}

void vx_sensitivity_destroy(vx_sensitivity *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->choices; i++)
        free(s->choice[i]);
    for (size_t i = 0; i < s->rows; i++)
        row_destroy(&s->row[i]);
    for (size_t i = 0; i < s->preparations; i++) {
        free(s->preparation[i].modality);
        free(s->preparation[i].units);
        free(s->preparation[i].step);
    }
    free(s->choice);
    free(s->row);
    free(s->preparation);
    *s = (vx_sensitivity){0};
}

/* A copy in *copy; null stays null. */
static bool copy_text(const char *text, char **copy)
{
    *copy = vx_copy_text(text);
    return *copy || !text;
}

vx_status vx_sensitivity_add_choice(vx_sensitivity *s, const char *name, vx_error *error)
{
    char **grown = vx_array_grow(s->choice, s->choices, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    s->choice = grown;
    if (!copy_text(name, &s->choice[s->choices]))
        return vx_fail_memory(error);
    s->choices++;
    return VX_OK;
}

vx_status vx_sensitivity_add_preparation(vx_sensitivity *s, size_t choice, const char *modality, const char *units,
                                         int64_t voxels, const vx_step *step, size_t steps, const vx_scaling *scaling,
                                         vx_error *error)
{
    vx_sensitivity_preparation *grown = vx_array_grow(s->preparation, s->preparations, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    s->preparation = grown;
    vx_sensitivity_preparation *made = &s->preparation[s->preparations++];
    *made = (vx_sensitivity_preparation){.choice = choice, .voxels = voxels, .scaling = *scaling,
                                         .step = vx_array(steps, sizeof *made->step)};
    if (!made->step || !copy_text(modality, &made->modality) || !copy_text(units, &made->units))
        return vx_fail_memory(error);
    for (; made->steps < steps; made->steps++) {
        made->step[made->steps] = step[made->steps];
        made->step[made->steps].data = NULL;
    }
    return VX_OK;
}

static vx_status add_row(vx_sensitivity *s, const vx_sensitivity_key *key, vx_sensitivity_what what, const char *name,
                         vx_sensitivity_row **row, vx_error *error)
{
    vx_sensitivity_row *grown = vx_array_grow(s->row, s->rows, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    s->row = grown;
    *row = &s->row[s->rows++];
    **row = (vx_sensitivity_row){.choice = key->choice, .what = what};
    for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++)
        (*row)->value[k] = NAN;
    const bool copied = copy_text(key->modality, &(*row)->modality) && copy_text(key->effect, &(*row)->effect) &&
                        copy_text(key->units, &(*row)->units) && copy_text(name, &(*row)->name);
    return copied ? VX_OK : vx_fail_memory(error);
}

static vx_conclusion conclusion_of(double t)
{
    return t > 0 ? VX_CONCLUDES_RISE : t < 0 ? VX_CONCLUDES_FALL : VX_CONCLUDES_NOTHING;
}

/* What all voxels of a significant p say together. */
static vx_conclusion conclusion_of_map(const vx_result *result, const vx_map *p, double alpha)
{
    const vx_map *t = vx_result_map(result, VX_MAP_T);
    vx_conclusion conclusion = VX_CONCLUDES_NOTHING;
    for (int64_t v = 0; v < result->voxels; v++)
        if (p->value[v] < alpha)
            conclusion |= conclusion_of(t->value[v]);
    return conclusion;
}

static double value_at(const vx_result *result, vx_quantity quantity, int64_t element)
{
    const vx_map *map = vx_result_map(result, quantity);
    return map ? map->value[element] : NAN;
}

static void fill_clusters(const vx_result *result, vx_quantity primary, double alpha, double *value)
{
    size_t below = 0;
    for (size_t i = 0; i < result->clusters; i++)
        below += result->cluster[i].p[primary] < alpha;
    value[VX_SENSITIVITY_CLUSTERS] = (double)result->clusters;
    value[VX_SENSITIVITY_CLUSTERS_BELOW] = primary == VX_P_UNCORRECTED ? 0 : (double)below;
    value[VX_SENSITIVITY_LARGEST] = result->clusters ? (double)result->cluster[0].voxels : 0;
}

vx_status vx_sensitivity_add_result(vx_sensitivity *s, const vx_sensitivity_key *key, const char *volume,
                                    const vx_result *result, const vx_space *space, const vx_regions *atlas,
                                    vx_quantity primary, double alpha, vx_error *error)
{
    const vx_map *p = vx_result_map(result, primary);
    const int64_t at = p ? vx_extreme_p(result, p) : vx_extreme_t(result);
    vx_sensitivity_row *row;
    vx_status status = add_row(s, key, volume ? VX_OF_VOLUME : VX_OF_MASK, volume, &row, error);
    if (status)
        return status;
    double *value = row->value;
    value[VX_SENSITIVITY_N] = (double)result->effect->n;
    value[VX_SENSITIVITY_VOXELS] = (double)result->voxels;
    fill_clusters(result, primary, alpha, value);
    if (p && primary != VX_P_UNCORRECTED)
        row->conclusion = conclusion_of_map(result, p, alpha);
    if (at < 0)
        return VX_OK;
    const vx_quantity estimate = vx_result_map(result, VX_MAP_MEAN) ? VX_MAP_MEAN : VX_MAP_SLOPE;
    value[VX_SENSITIVITY_ESTIMATE] = value_at(result, estimate, at);
    value[VX_SENSITIVITY_SE] = value_at(result, VX_MAP_SE, at);
    value[VX_SENSITIVITY_CI_LOW] = value_at(result, VX_MAP_CI_LOW, at);
    value[VX_SENSITIVITY_CI_HIGH] = value_at(result, VX_MAP_CI_HIGH, at);
    value[VX_SENSITIVITY_T] = value_at(result, VX_MAP_T, at);
    value[VX_SENSITIVITY_P] = p ? p->value[at] : NAN;
    vx_grid_mm(&space->grid, space->index[at], &value[VX_SENSITIVITY_X]);
    const int64_t region = atlas ? vx_region_at(atlas, space, at) : -1;
    return region < 0 || copy_text(atlas->region[region].name, &row->place) ? VX_OK : vx_fail_memory(error);
}

vx_status vx_sensitivity_add_region(vx_sensitivity *s, const vx_sensitivity_key *key, const vx_outcome_test *test,
                                    double alpha, vx_error *error)
{
    static const struct {
        vx_sensitivity_column to;
        vx_outcome_column from;
    } pair[] = {{VX_SENSITIVITY_N, VX_OUTCOME_N},           {VX_SENSITIVITY_VOXELS, VX_OUTCOME_VOXELS},
                {VX_SENSITIVITY_ESTIMATE, VX_OUTCOME_CHANGE}, {VX_SENSITIVITY_SE, VX_OUTCOME_SE},
                {VX_SENSITIVITY_CI_LOW, VX_OUTCOME_CI_LOW}, {VX_SENSITIVITY_CI_HIGH, VX_OUTCOME_CI_HIGH},
                {VX_SENSITIVITY_T, VX_OUTCOME_T},           {VX_SENSITIVITY_P, VX_OUTCOME_P_FWE}};
    vx_sensitivity_row *row;
    vx_status status = add_row(s, key, VX_OF_REGION, test->outcome->name, &row, error);
    if (status)
        return status;
    for (size_t k = 0; k < sizeof pair / sizeof *pair; k++)
        row->value[pair[k].to] = test->value[pair[k].from];
    if (row->value[VX_SENSITIVITY_P] < alpha)
        row->conclusion = conclusion_of(row->value[VX_SENSITIVITY_T]);
    return VX_OK;
}

/* ---- comparison ---- */

/* Whether two rows are the same result under two choices. */
static bool same_result(const vx_sensitivity_row *a, const vx_sensitivity_row *b)
{
    return a->what == b->what && !strcmp(a->modality, b->modality) && !strcmp(a->effect, b->effect) &&
           (a->name == b->name || (a->name && b->name && !strcmp(a->name, b->name)));
}

/* Whether any row of the result of `row` is significant. */
static bool any_concludes(const vx_sensitivity *s, const vx_sensitivity_row *row)
{
    bool any = false;
    for (size_t i = 0; i < s->rows && !any; i++)
        any = s->row[i].conclusion && same_result(row, &s->row[i]);
    return any;
}

/* Whether `row` is the first of its result: rows were added choice by choice, those of the run first. */
static bool is_first(const vx_sensitivity *s, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_result(&s->row[k], &s->row[i]))
            return false;
    return true;
}

/* A result stands with those of its own modality only, for results that the run itself does not have. */
static void order(const vx_sensitivity *s, bool planned, vx_sensitivity_row *ordered, bool *taken, size_t *count)
{
    for (size_t i = 0; i < s->rows; i++) {
        const vx_sensitivity_row *first = &s->row[i];
        bool alternatives = false;
        if (!is_first(s, i) || (first->what == VX_OF_REGION && !planned && !any_concludes(s, first)))
            continue;
        for (size_t k = i + 1; k < s->rows && !alternatives; k++)
            alternatives = same_result(first, &s->row[k]);
        if (!alternatives && first->choice == 0)
            continue; /* no choice changes its images */
        for (size_t k = i; k < s->rows; k++) {
            if (!same_result(first, &s->row[k]))
                continue;
            taken[k] = true;
            vx_sensitivity_row *row = &ordered[(*count)++];
            *row = s->row[k];
            row->compared = first->choice == 0 && row->choice;
            row->changes = row->compared && row->conclusion != first->conclusion;
        }
    }
}

vx_status vx_sensitivity_finish(vx_sensitivity *s, bool planned, vx_error *error)
{
    vx_sensitivity_row *ordered = vx_array(s->rows, sizeof *ordered);
    bool *taken = vx_array_zero(s->rows, sizeof *taken);
    size_t count = 0;
    if (!ordered || !taken) {
        free(ordered);
        free(taken);
        return vx_fail_memory(error);
    }
    order(s, planned, ordered, taken, &count);
    for (size_t i = 0; i < s->rows; i++)
        if (!taken[i])
            row_destroy(&s->row[i]);
    free(s->row);
    free(taken);
    s->row = ordered;
    s->rows = count;
    return VX_OK;
}
