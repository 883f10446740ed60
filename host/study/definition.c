#include "study/definition.h"

#include "base/memory.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

/* A copy of the text from `begin` to `end` without the blanks around it. */
static char *trimmed(const char *begin, const char *end)
{
    begin += strspn(begin, blanks);
    while (end > begin && strchr(blanks, end[-1]))
        end--;
    return strndup(begin, end > begin ? (size_t)(end - begin) : 0);
}

vx_status vx_definition_read(const char *text, vx_definition *definition, vx_error *error)
{
    const char *equals = strchr(text, '=');
    *definition = (vx_definition){0};
    if (!equals)
        return vx_fail(error, VX_INPUT, "'%s' has no '='; expected NAME = FORMULA", text);
    definition->name = trimmed(text, equals);
    definition->formula = trimmed(equals + 1, text + strlen(text));
    if (!definition->name || !definition->formula)
        return vx_fail_memory(error);
    if (!*definition->name || !*definition->formula)
        return vx_fail(error, VX_INPUT, "'%s' has no %s; expected NAME = FORMULA", text,
                       *definition->name ? "formula" : "name");
    return VX_OK;
}

void vx_definition_destroy(vx_definition *definition)
{
    if (!definition)
        return;
    free(definition->name);
    free(definition->formula);
    *definition = (vx_definition){0};
}
