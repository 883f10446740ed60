#include "study/parts.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Returns why a participant is left out, in new memory; null for one who is included. */
static vx_status reason_of(const vx_study *study, const vx_inclusion_rule *rule, int64_t participant, char **reason,
                           vx_error *error)
{
    const char *column = rule->lacks(rule->context, participant), *noun = rule->noun;
    *reason = NULL;
    if (study->excluded[participant]) {
        *reason = vx_copy_text("excluded by --exclude");
        return *reason ? VX_OK : vx_fail_memory(error);
    }
    for (size_t i = 0; !column && i < study->nuisances; i++) {
        if (isnan(study->nuisance[i].value[participant])) {
            column = study->nuisance[i].name;
            noun = "value";
        }
    }
    if (!column)
        return VX_OK;
    *reason = vx_text("no %s in %s", noun, column);
    return *reason ? VX_OK : vx_fail_memory(error);
}

static vx_status too_few(const vx_study_parts *parts, const vx_inclusion_rule *rule, const vx_inclusion *inclusion,
                         vx_error *error)
{
    char why[1200] = "";
    for (size_t i = 0; i < inclusion->left_outs; i++) {
        size_t used = strlen(why);
        snprintf(why + used, sizeof why - used, "%s%s (%s)", i ? ", " : "; left out: ",
                 inclusion->left_out[i].participant, inclusion->left_out[i].reason);
    }
    return vx_fail(error, VX_INPUT, "%s: %s %s has %lld complete %s; at least %lld are needed%s", parts->table.path,
                   rule->kind, rule->name, (long long)inclusion->n,
                   inclusion->n == 1 ? "participant" : "participants", (long long)rule->n_min, why);
}

vx_status vx_inclusion_decide(const vx_study_parts *parts, const vx_inclusion_rule *rule, vx_inclusion *inclusion,
                              vx_error *error)
{
    const vx_study *study = &parts->study;
    const size_t count = (size_t)study->participants;
    *inclusion = (vx_inclusion){.participant = vx_array(count, sizeof(int64_t)),
                                .left_out = vx_array_zero(count, sizeof(vx_left_out))};
    if (!inclusion->participant || !inclusion->left_out)
        return vx_fail_memory(error);
    for (int64_t p = 0; p < study->participants; p++) {
        char *reason;
        vx_status status = reason_of(study, rule, p, &reason, error);
        if (status)
            return status;
        if (reason)
            inclusion->left_out[inclusion->left_outs++] = (vx_left_out){study->participant[p], reason};
        else
            inclusion->participant[inclusion->n++] = p;
    }
    return inclusion->n < rule->n_min ? too_few(parts, rule, inclusion, error) : VX_OK;
}
