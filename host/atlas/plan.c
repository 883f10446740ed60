#include "atlas/plan.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "base/sort.h"
#include "base/table.h"

#include <string.h>

static int by_number(const void *a, const void *b)
{
    return vx_compare((double)*(const int64_t *)a, (double)*(const int64_t *)b);
}

static vx_status add_member(vx_planned_region *region, const vx_atlas *atlas, const char *name, vx_error *error)
{
    int64_t r = 0;
    while (r < atlas->regions && strcmp(atlas->name[r], name) != 0)
        r++;
    if (r == atlas->regions) {
        const char *near = vx_nearest(name, (const char *const *)atlas->name, (size_t)atlas->regions);
        return vx_fail(error, VX_INPUT, "region %s: the atlas %s has no region %s%s%s%s", region->name, atlas->path,
                       name, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    for (int64_t k = 0; k < region->members; k++)
        if (region->member[k] == r)
            return vx_fail(error, VX_INPUT, "region %s: %s stands twice among its members", region->name, name);
    int64_t *grown = vx_array_grow(region->member, (size_t)region->members, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    region->member = grown;
    grown[region->members++] = r;
    return VX_OK;
}

/* A plus without blanks belongs to a name. */
vx_status vx_planned_region_add(vx_planned_region *region, const vx_atlas *atlas, const char *members,
                                vx_error *error)
{
    vx_status status = VX_OK;
    while (!status && members) {
        const char *plus = strstr(members, " + ");
        size_t length = plus ? (size_t)(plus - members) : strlen(members);
        while (length && *members == ' ')
            members++, length--;
        while (length && members[length - 1] == ' ')
            length--;
        char *name = vx_text("%.*s", (int)length, members);
        status = name ? add_member(region, atlas, name, error) : vx_fail_memory(error);
        free(name);
        members = plus ? plus + 3 : NULL;
    }
    if (!status)
        qsort(region->member, (size_t)region->members, sizeof *region->member, by_number);
    return status;
}

/* The text of region 0 on is complete; checks the last one against the others. */
static vx_status check_repeated(const vx_region_plan *plan, const vx_planned_region *last, vx_error *error)
{
    for (const vx_planned_region *one = plan->region; one < last; one++) {
        if (strcmp(one->name, last->name) != 0)
            continue;
        if (!strcmp(one->family, last->family))
            return vx_fail(error, VX_INPUT, "region %s stands twice", last->name);
        return vx_fail(error, VX_INPUT, "region %s is in two families, %s and %s; one is needed", last->name,
                       one->family, last->family);
    }
    return VX_OK;
}

static vx_status read_row(const vx_table *table, const int64_t column[3], int64_t row, const vx_atlas *atlas,
                          vx_region_plan *plan, vx_error *error)
{
    const char *name = vx_table_cell(table, row, column[0]), *family = vx_table_cell(table, row, column[1]);
    const char *members = column[2] < 0 ? NULL : vx_table_cell(table, row, column[2]);
    vx_planned_region *region = &plan->region[plan->regions];
    vx_status status = VX_OK;
    if (!name || !family)
        status = vx_fail(error, VX_INPUT, "a %s is missing", name ? "family" : "region's name");
    if (!status) {
        plan->regions++;
        region->name = vx_copy_text(name);
        region->family = vx_copy_text(family);
        status = region->name && region->family ? check_repeated(plan, region, error) : vx_fail_memory(error);
    }
    if (!status)
        status = vx_planned_region_add(region, atlas, members ? members : name, error);
    return status ? vx_error_prefix(error, status, "%s, line %lld", table->path, (long long)table->line[row]) : VX_OK;
}

static vx_status read_table(const vx_table *table, const vx_atlas *atlas, vx_region_plan *plan, vx_error *error)
{
    int64_t column[3];
    vx_status status = vx_table_column(table, "region", &column[0], error);
    if (!status)
        status = vx_table_column(table, "family", &column[1], error);
    column[2] = vx_table_find(table, "members");
    if (!status && (!(plan->region = vx_array_zero((size_t)table->rows, sizeof *plan->region)) ||
                    !(plan->path = vx_copy_text(table->path))))
        status = vx_fail_memory(error);
    memcpy(plan->sha256, table->sha256, sizeof plan->sha256);
    for (int64_t row = 0; !status && row < table->rows; row++)
        status = read_row(table, column, row, atlas, plan, error);
    return status;
}

static vx_status take_all(const vx_atlas *atlas, vx_region_plan *plan, vx_error *error)
{
    if (!(plan->region = vx_array_zero((size_t)atlas->regions, sizeof *plan->region)))
        return vx_fail_memory(error);
    for (int64_t r = 0; r < atlas->regions; r++) {
        vx_planned_region *region = &plan->region[plan->regions++];
        region->name = vx_copy_text(atlas->name[r]);
        region->family = vx_copy_text(VX_FAMILY_EXPLORATORY);
        region->member = vx_array_grow(NULL, 0, 1, sizeof *region->member);
        if (!region->name || !region->family || !region->member)
            return vx_fail_memory(error);
        region->member[region->members++] = r;
    }
    return VX_OK;
}

vx_status vx_region_plan_read(const char *path, const vx_atlas *atlas, vx_region_plan *plan, vx_error *error)
{
    vx_region_plan made = {0};
    vx_table table = {0};
    vx_status status = path ? vx_table_read(path, &table, error) : take_all(atlas, &made, error);
    if (!status && path)
        status = read_table(&table, atlas, &made, error);
    vx_table_destroy(&table);
    if (status)
        vx_region_plan_destroy(&made);
    else
        *plan = made;
    return status;
}

void vx_region_plan_destroy(vx_region_plan *plan)
{
    if (!plan)
        return;
    for (int64_t r = 0; r < plan->regions; r++) {
        free(plan->region[r].name);
        free(plan->region[r].family);
        free(plan->region[r].member);
    }
    free(plan->region);
    free(plan->path);
    *plan = (vx_region_plan){0};
}
