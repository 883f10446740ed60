#include "study/auc.h"

#include "base/memory.h"
#include "base/number.h"
#include "study/definition.h"

#include <math.h>
#include <string.h>

static const char separators[] = " ,\t\r\n";

/* The curve of a definition. */
typedef struct curve {
    const vx_column **column; /* points */
    double *time;             /* points, ascending */
    size_t points;
} curve;

/* Takes COLUMN@TIME off the text in place, and returns COLUMN; null at the end of the text. *time is null without "@".
 */
static char *next_point(char **rest, char **time)
{
    char *name = *rest + strspn(*rest, separators), *at;
    *time = NULL;
    if (!*name)
        return NULL;
    if (*name == '"' && (at = strchr(name + 1, '"'))) {
        name++;
        *at++ = '\0';
        at = *at == '@' ? at : NULL;
    } else {
        char *end = name + strcspn(name, separators);
        const char kept = *end;
        *end = '\0';
        at = strrchr(name, '@'); /* a name may have one too */
        *end = kept;
    }
    *rest = at ? at + 1 : name + strcspn(name, separators);
    if (at) {
        *at = '\0';
        *time = *rest;
        *rest += strcspn(*rest, separators);
    }
    if (**rest)
        *(*rest)++ = '\0';
    return name;
}

static vx_status add_point(curve *c, const char *name, const char *time, vx_variables *variables, vx_error *error)
{
    const vx_column **column = vx_array_grow(c->column, c->points, 1, sizeof *column);
    if (column)
        c->column = column;
    double *times = vx_array_grow(c->time, c->points, 1, sizeof *times);
    if (times)
        c->time = times;
    if (!column || !times)
        return vx_fail_memory(error);
    if (!time || !vx_number_read(time, times + c->points))
        return vx_fail(error, VX_INPUT, "found '%s%s%s', expected COLUMN@TIME", name, time ? "@" : "",
                       time ? time : "");
    vx_status status = vx_variables_find_numbers(variables, name, column + c->points, error);
    for (size_t i = 0; !status && i < c->points; i++) {
        if (column[i] == column[c->points])
            status = vx_fail(error, VX_INPUT, "column %s is there twice", name);
    }
    if (!status && c->points && !(times[c->points] > times[c->points - 1]))
        status = vx_fail(error, VX_INPUT, "the time %s of %s is not after the %.15g of %s; times ascend", time, name,
                         times[c->points - 1], column[c->points - 1]->name);
    c->points++;
    return status;
}

/* The area under the curve of participant p by trapezoids. */
static double area(const curve *c, int64_t p)
{
    double sum = 0;
    for (size_t i = 1; i < c->points; i++)
        sum += (c->time[i] - c->time[i - 1]) * (c->column[i - 1]->value[p] + c->column[i]->value[p]) / 2;
    return sum;
}

static vx_status make(const vx_definition *definition, char *rest, curve *c, vx_variables *variables, vx_error *error)
{
    vx_column *made;
    vx_status status = VX_OK;
    char *time;
    for (const char *name; !status && (name = next_point(&rest, &time));)
        status = add_point(c, name, time, variables, error);
    if (!status && c->points < 2)
        status = vx_fail(error, VX_INPUT, "%zu point%s; expected COLUMN@TIME of two times at least", c->points,
                         c->points == 1 ? "" : "s");
    if (!status)
        status = vx_variables_make(variables, definition->name, definition->formula, &made, error);
    if (status)
        return status;
    for (int64_t p = 0; p < variables->participants.count; p++) {
        made->value[p] = area(c, p);
        if (isinf(made->value[p]))
            return vx_fail(error, VX_INPUT, "participant %s: the area is too large for a number",
                           variables->participants.id[p]);
    }
    for (size_t i = 0; i < c->points; i++)
        vx_column_inherit_replaced(made, c->column[i], variables->participants.count);
    return VX_OK;
}

vx_status vx_auc_make(const char *text, vx_variables *variables, vx_error *error)
{
    vx_definition definition;
    curve c = {0};
    char *copy = NULL;
    vx_status status = vx_definition_read(text, &definition, error);
    if (!status && !(copy = vx_copy_text(definition.formula)))
        status = vx_fail_memory(error);
    if (!status)
        status = make(&definition, copy, &c, variables, error);
    free(copy);
    free(c.column);
    free(c.time);
    vx_definition_destroy(&definition);
    return status ? vx_error_prefix(error, status, "--auc '%s'", text) : VX_OK;
}
