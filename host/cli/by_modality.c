#include "cli/by_modality.h"

#include "cli/values.h"

#include <string.h>

vx_status vx_by_modality_read(const vx_arguments *arguments, vx_option_id id, vx_by_modality *values, vx_error *error)
{
    values->option = &vx_option_table[id];
    return vx_argument_names(arguments, id, &values->word, error);
}

void vx_by_modality_destroy(vx_by_modality *values)
{
    if (values)
        vx_names_destroy(&values->word);
}

const char *vx_by_modality_own(const char *word, const char *name)
{
    const size_t length = strlen(name);
    return !strncmp(word, name, length) && word[length] == '=' ? word + length + 1 : NULL;
}

static bool names_one(const char *word, const vx_study *study)
{
    for (size_t m = 0; m < study->modalities; m++)
        if (vx_by_modality_own(word, study->modality[m].name))
            return true;
    for (size_t m = 0; m < study->markers; m++)
        if (vx_by_modality_own(word, study->marker[m].name))
            return true;
    return false;
}

const char *vx_by_modality_word(const vx_by_modality *values, const vx_study *study, const char *name, size_t i,
                                bool *own)
{
    const char *word = values->word.name[i], *found = vx_by_modality_own(word, name);
    *own = found;
    return found ? found : names_one(word, study) ? NULL : word;
}

vx_status vx_by_modality_value(const vx_by_modality *values, const vx_study *study, const char *name,
                               const char **value, vx_error *error)
{
    const char *own = NULL, *common = NULL;
    for (size_t i = 0; i < values->word.count; i++) {
        bool for_it;
        const char *word = vx_by_modality_word(values, study, name, i, &for_it), **to = for_it ? &own : &common;
        if (!word)
            continue;
        if (*to)
            return vx_fail(error, VX_USAGE, "--%s: found '%s' and '%s' for %s; expected one value, or MODALITY=VALUE "
                           "where modalities differ", values->option->name, *to, word,
                           for_it ? name : "all modalities");
        *to = word;
    }
    *value = own ? own : common;
    return VX_OK;
}

vx_status vx_by_modality_choice(const vx_by_modality *values, const vx_study *study, const char *name,
                                int otherwise, int *choice, vx_error *error)
{
    const char *word;
    vx_status status = vx_by_modality_value(values, study, name, &word, error);
    *choice = otherwise;
    if (!status && word && !(status = vx_value_check_choice(values->option, word, error)))
        *choice = vx_choice(values->option->choices, word);
    return status;
}
