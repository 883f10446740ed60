#include "cli/choices.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "base/stream.h"
#include "cli/values.h"

#include <string.h>

/* The options that prepare images. An option of preparation needs its line here, and where it is by modality its case
 * below. */
static const vx_option_id preparing[] = {
    VX_OPTION_CHANGE, VX_OPTION_KEEP_ZEROS, VX_OPTION_MASK, VX_OPTION_MASK_LEVEL, VX_OPTION_MASK_RELATIVE,
    VX_OPTION_MASK_THRESHOLD, VX_OPTION_PVC, VX_OPTION_REFERENCE, VX_OPTION_REFERENCE_ERODE, VX_OPTION_REGRID,
    VX_OPTION_REGRID_METHOD, VX_OPTION_SCALE, VX_OPTION_SMOOTH, VX_OPTION_SMOOTH_TO, VX_OPTION_SUV};
enum { PREPARING = sizeof preparing / sizeof *preparing };

static bool is_by_modality(vx_option_id id)
{
    return id == VX_OPTION_CHANGE || id == VX_OPTION_PVC || id == VX_OPTION_REFERENCE || id == VX_OPTION_SCALE;
}

static vx_status find_option(const char *name, vx_option_id *id, vx_error *error)
{
    const char *known[PREPARING];
    for (int k = 0; k < PREPARING; k++) {
        known[k] = vx_option_table[preparing[k]].name;
        *id = preparing[k];
        if (!strcmp(known[k], name))
            return VX_OK;
    }
    for (int k = 0; k < VX_OPTIONS; k++)
        if (vx_option_table[k].commands & VX_RUN && !strcmp(vx_option_table[k].name, name))
            return vx_fail(error, VX_USAGE, "--sensitivity: --%s does not prepare images, so that it has no "
                           "alternatives here", name);
    const char *nearest = vx_nearest(name, known, PREPARING);
    return vx_fail(error, VX_USAGE, "--sensitivity: no option --%s%s%s%s", name, nearest ? "; did you mean " : "",
                   nearest ? nearest : "", nearest ? "?" : "");
}

/* ---- one choice ---- */

/* Takes `text`; null: not given. */
static void set_value(vx_arguments *arguments, vx_option_id id, char *text)
{
    free(arguments->value[id]);
    arguments->value[id] = text;
}

static vx_status set_copy(vx_arguments *arguments, vx_option_id id, const char *text, vx_error *error)
{
    char *copy = vx_copy_text(text);
    if (text && !copy)
        return vx_fail_memory(error);
    set_value(arguments, id, copy);
    return text ? vx_value_check(&vx_option_table[id], text, error) : VX_OK;
}

/* Commas stay in a word. */
static void put_words(FILE *text, const char *word)
{
    for (const char *c = word; *c; c++)
        fprintf(text, *c == ',' ? "\\%c" : "%c", *c);
}

/* Sets what an option by modality says of one modality, or with null of all, and keeps what it says of others. */
static vx_status set_word(vx_arguments *arguments, vx_option_id id, const char *modality, const char *value,
                          vx_error *error)
{
    char *text = NULL;
    vx_names own;
    vx_status status = vx_argument_names(arguments, id, &own, error);
    FILE *stream = status ? NULL : vx_text_stream(&text, NULL);
    for (size_t i = 0; stream && modality && i < own.count; i++) {
        if (vx_by_modality_own(own.name[i], modality))
            continue;
        put_words(stream, own.name[i]);
        fputc(',', stream);
    }
    if (stream && modality) {
        put_words(stream, modality);
        fputc('=', stream);
    }
    if (stream)
        put_words(stream, value);
    if (!vx_stream_close(stream) && !status)
        status = vx_fail_memory(error);
    if (!status)
        status = set_copy(arguments, id, text, error);
    free(text);
    vx_names_destroy(&own);
    return status;
}

/* A reference is for the modalities that have one in the run; where none has, for all of them. It divides whatever the
 * run scales by; none leaves it out. */
static vx_status choose_reference(const vx_run *run, vx_arguments *arguments, const char *modality, const char *value,
                                  vx_error *error)
{
    const bool none = !strcmp(value, "none");
    vx_status status = VX_OK;
    bool any = false;
    for (size_t m = 0; m < run->study->modalities; m++)
        any |= run->modality[m].preparation.options.scale == VX_SCALE_REFERENCE;
    for (size_t m = 0; m < run->study->modalities && !status; m++) {
        const char *name = run->study->modality[m].name;
        const bool has = !any || run->modality[m].preparation.options.scale == VX_SCALE_REFERENCE;
        if (modality ? strcmp(name, modality) : !has)
            continue;
        status = set_word(arguments, VX_OPTION_SCALE, name, none ? "none" : "reference", error);
        if (!status && !none)
            status = set_word(arguments, VX_OPTION_REFERENCE, name, value, error);
    }
    return status;
}

static vx_status choose_by_modality(const vx_run *run, vx_arguments *arguments, vx_option_id id, const char *word,
                                    vx_error *error)
{
    const char *modality = NULL, *value = word;
    for (size_t m = 0; m < run->study->modalities && !modality; m++) {
        const char *own = vx_by_modality_own(word, run->study->modality[m].name);
        modality = own ? run->study->modality[m].name : NULL;
        value = own ? own : word;
    }
    return id == VX_OPTION_REFERENCE ? choose_reference(run, arguments, modality, value, error)
                                     : set_word(arguments, id, modality, value, error);
}

static vx_status choose(const vx_run *run, vx_arguments *arguments, vx_option_id id, const char *word, vx_error *error)
{
    const vx_option *option = &vx_option_table[id];
    if (is_by_modality(id))
        return choose_by_modality(run, arguments, id, word, error);
    const bool none = !strcmp(word, "none") && vx_choice(option->choices, word) < 0;
    if (option->kind == VX_SWITCH && !none && strcmp(word, "yes"))
        return vx_fail(error, VX_USAGE, "--%s: found '%s', expected yes or none", option->name, word);
    if (id == VX_OPTION_SMOOTH)
        set_value(arguments, VX_OPTION_SMOOTH_TO, NULL);
    if (id == VX_OPTION_SMOOTH_TO)
        set_value(arguments, VX_OPTION_SMOOTH, NULL);
    return set_copy(arguments, id, none ? NULL : word, error);
}

/* ---- the list ---- */

static vx_status copy_arguments(const vx_arguments *from, vx_arguments *to, vx_error *error)
{
    vx_status status = VX_OK;
    *to = *from;
    for (int id = 0; id < VX_OPTIONS; id++) {
        to->value[id] = vx_copy_text(from->value[id]);
        if (from->value[id] && !to->value[id])
            status = vx_fail_memory(error);
    }
    return status;
}

static vx_status add(const vx_run *run, vx_choices *choices, vx_option_id id, const char *word, vx_error *error)
{
    const char *option = vx_option_table[id].name;
    vx_choice_made *grown = vx_array_grow(choices->made, choices->count, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    choices->made = grown;
    vx_choice_made *made = &choices->made[choices->count++];
    *made = (vx_choice_made){.name = vx_text("%s=%s", option, word)};
    vx_status status = copy_arguments(run->arguments, &made->arguments, error);
    if (!made->name)
        status = vx_fail_memory(error);
    for (size_t i = 0; !status && i + 1 < choices->count; i++)
        if (!strcmp(choices->made[i].name, made->name))
            return vx_fail(error, VX_USAGE, "--sensitivity: %s is there twice", made->name);
    if (!status && (status = *word ? choose(run, &made->arguments, id, word, error)
                                   : vx_fail(error, VX_USAGE, "a value is empty")))
        vx_error_prefix(error, status, "--sensitivity %s", made->name);
    return status;
}

/* Cuts the blanks at both ends off. */
static char *trim(char *text)
{
    static const char blank[] = " \t\r\n";
    text += strspn(text, blank);
    for (size_t length = strlen(text); length && strchr(blank, text[length - 1]); length--)
        text[length - 1] = '\0';
    return text;
}

static bool is_there(const vx_choices *choices, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < choices->count; i++)
        found |= !strcmp(choices->made[i].name, name);
    return found;
}

vx_status vx_choices_read(const vx_run *run, vx_choices *choices, vx_error *error)
{
    static const char without_pvc[] = "pvc=none";
    vx_names list;
    *choices = (vx_choices){0};
    vx_status status = vx_argument_names(run->arguments, VX_OPTION_SENSITIVITY, &list, error);
    for (size_t i = 0; i < list.count && !status; i++) {
        char *text = vx_copy_text(list.name[i]);
        char *rest = text ? strchr(text, '=') : NULL; /* is there: the option was checked */
        vx_option_id id = VX_OPTION_SCALE;
        if (!rest) {
            status = vx_fail_memory(error);
        } else {
            *rest++ = '\0';
            status = find_option(trim(text), &id, error);
        }
        for (char *word; !status && (word = vx_value_next_name(&rest));)
            status = add(run, choices, id, trim(word), error);
        free(text);
    }
    vx_names_destroy(&list);
    return status || !vx_run_corrects(run) || is_there(choices, without_pvc)
               ? status
               : add(run, choices, VX_OPTION_PVC, "none", error);
}

void vx_choices_destroy(vx_choices *choices)
{
    if (!choices)
        return;
    for (size_t i = 0; i < choices->count; i++) {
        free(choices->made[i].name);
        for (int id = 0; id < VX_OPTIONS; id++)
            free(choices->made[i].arguments.value[id]);
    }
    free(choices->made);
    *choices = (vx_choices){0};
}
