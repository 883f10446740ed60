#include "bids/entities.h"

#include "base/memory.h"

#include <string.h>
#include <strings.h>

/* Where the tokens begin: at "sub-" where only a prefix stands before it, else at the start. */
static const char *find_tokens(const char *name)
{
    const char *at = strstr(name, "sub-");
    return at && strcspn(name, "_-.") >= (size_t)(at - name) ? at : name;
}

/* Appends a word to those before the suffix. */
static void keep_word(char *words, const char *word)
{
    if (*words && *word)
        strcat(words, "_");
    strcat(words, word);
}

/* Cuts "sub-01_ses-bl_pet" into its tokens, in place. */
static void cut_tokens(char *name, vx_entities *made)
{
    for (char *token; (token = strsep(&name, "_"));) {
        char *dash = strchr(token, '-');
        if (dash) {
            *dash = '\0';
            made->entity[made->count++] = (vx_entity){token, dash + 1};
        } else if (name) {
            keep_word(made->words, token);
        } else {
            made->suffix = token;
        }
    }
}

vx_status vx_entities_parse(const char *name, vx_entities *entities, vx_error *error)
{
    const char *tokens = find_tokens(name), *last = strrchr(tokens, '_');
    const char *dot = last ? last : tokens;
    size_t count = 1;
    dot += strcspn(dot, ".");
    for (const char *c = tokens; *c; c++)
        count += *c == '_';
    *entities = (vx_entities){0};
    vx_entities made = {.prefix = strndup(name, (size_t)(tokens - name)),
                        .tokens = strndup(tokens, (size_t)(dot - tokens)),
                        .entity = vx_array(count, sizeof *made.entity),
                        .words = vx_array_zero(strlen(name) + 1, 1), /* no longer than the name */
                        .suffix = "", .extension = vx_copy_text(dot)};
    if (!made.prefix || !made.tokens || !made.entity || !made.words || !made.extension) {
        vx_entities_destroy(&made);
        return vx_fail_memory(error);
    }
    cut_tokens(made.tokens, &made);
    *entities = made;
    return VX_OK;
}

void vx_entities_destroy(vx_entities *entities)
{
    if (!entities)
        return;
    free(entities->prefix);
    free(entities->tokens);
    free(entities->entity);
    free(entities->words);
    free(entities->extension);
    *entities = (vx_entities){0};
}

static const char *unless_empty(const char *text)
{
    return *text ? text : NULL;
}

const char *vx_entity_value(const vx_entities *entities, const char *key)
{
    for (size_t i = 0; i < entities->count; i++)
        if (!strcmp(entities->entity[i].key, key))
            return entities->entity[i].value;
    if (!strcmp(key, "prefix"))
        return unless_empty(entities->prefix);
    if (!strcmp(key, "words"))
        return unless_empty(entities->words);
    if (!strcmp(key, "suffix"))
        return unless_empty(entities->suffix);
    if (!strcmp(key, "extension"))
        return unless_empty(entities->extension);
    return NULL;
}

bool vx_entity_same(const char *key, const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(key, "space") ? !strcmp(a, b) : !strcasecmp(a, b);
}

bool vx_entities_inherit(const vx_entities *general, const vx_entities *specific)
{
    if (strcmp(general->suffix, specific->suffix) || (*general->prefix && strcmp(general->prefix, specific->prefix)) ||
        (*general->words && strcmp(general->words, specific->words)))
        return false;
    for (size_t i = 0; i < general->count; i++) {
        const char *key = general->entity[i].key;
        if (!vx_entity_same(key, general->entity[i].value, vx_entity_value(specific, key)))
            return false;
    }
    return true;
}
