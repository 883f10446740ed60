#include "cli/translate.h"

#include "base/memory.h"
#include "base/stream.h"
#include "cli/arguments.h"
#include "cli/values.h"

#include <string.h>
#include <wordexp.h>

/* ---- the foreign command ---- */

static vx_status find_tool(const char *word, vx_translation *t, vx_error *error)
{
    static const struct {
        const char *name;
        unsigned tool;
    } tools[] = {{"randomise", VX_RANDOMISE}, {"randomise_parallel", VX_RANDOMISE}, {"palm", VX_PALM}};
    const char *slash = strrchr(word, '/'), *name = slash ? slash + 1 : word;
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (!strcmp(tools[i].name, name)) {
            t->tool = tools[i].tool;
            t->program = t->tool == VX_PALM ? "palm" : "randomise";
            return VX_OK;
        }
    }
    return vx_fail(error, VX_USAGE, "found '%s', expected a command of randomise or palm", word);
}

/* Keeps an option that may be given once. */
static vx_status keep_once(const char **kept, const char *name, const char *value, vx_error *error)
{
    if (*kept && strcmp(*kept, value))
        return vx_fail(error, VX_USAGE, "%s is there twice, '%s' and '%s': one a run here", name, *kept, value);
    *kept = value;
    return VX_OK;
}

static vx_status act_on(vx_translation *t, const vx_foreign_option *option, const char *value, vx_error *error)
{
    double real = 0;
    const char *space = option->arguments == 1 ? " " : "";
    switch (option->act) {
    case VX_SAME: return VX_OK;
    case VX_UNLESS:
        if (!strcasecmp(value, option->value))
            return VX_OK;
        /* fall through */
    case VX_REFUSE: return vx_fail(error, VX_USAGE, "%s%s%s: %s", option->name, space, value, option->note);
    case VX_KEEP:
        if (option->what != VX_KEEP_INPUT)
            return keep_once(&t->kept[option->what], option->name, value, error);
        if (t->inputs == VX_INPUTS)
            return vx_fail(error, VX_USAGE, "more than %d inputs", VX_INPUTS);
        t->input[t->inputs++] = value;
        return VX_OK;
    case VX_TAKE: {
        const char *before = t->value[option->what];
        vx_status status = keep_once(&before, option->name, value, error);
        if (status)
            return status;
        vx_translation_set(t, option->what, value);
        break;
    }
    case VX_TAKE_REAL:
        if (!vx_value_real(value, &real))
            return vx_fail(error, VX_USAGE, "%s: found '%s', expected a number", option->name, value);
        vx_translation_set_real(t, option->what, real);
        break;
    case VX_FIX: vx_translation_set(t, option->what, option->value); break;
    case VX_ADD: vx_translation_add(t, option->value); break;
    case VX_DIFFERS: break;
    }
    if (option->note)
        fprintf(t->notes, "note: %s%s%s: %s\n", option->name, space, value, option->note);
    return VX_OK;
}

/* Combined switches of FSL, as "-xTn": acts on all letters but the last, and sets `name` to the last one, "-n". False
 * for other words. */
static bool read_letters(vx_translation *t, const char *word, char *name, vx_status *status, vx_error *error)
{
    char letter[3] = "-";
    const size_t length = strlen(word);
    if (t->tool != VX_RANDOMISE || length < 3 || word[0] != '-')
        return false;
    for (size_t i = 1; i < length; i++) {
        letter[1] = word[i];
        const vx_foreign_option *option = vx_foreign_find(letter, t->tool);
        if (!option || (i + 1 < length && option->arguments))
            return false;
    }
    for (size_t i = 1; !*status && i + 1 < length; i++) {
        letter[1] = word[i];
        *status = act_on(t, vx_foreign_find(letter, t->tool), "", error);
    }
    snprintf(name, sizeof letter, "-%c", word[length - 1]);
    return true;
}

/* Reads options with their arguments; "--seed=5" is "--seed 5". */
static vx_status read_words(vx_translation *t, char *const *word, size_t words, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < words;) {
        char name[64];
        const char *equals = strncmp(word[i], "--", 2) ? NULL : strchr(word[i], '=');
        snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - word[i]) : (int)sizeof name - 1, word[i]);
        const vx_foreign_option *option = vx_foreign_find(name, t->tool);
        if (!option && read_letters(t, word[i], name, &status, error))
            option = vx_foreign_find(name, t->tool);
        if (status)
            return status;
        if (!option)
            return vx_fail(error, VX_USAGE, "%s: voxstat does not know its option %s; `voxstat translate --help` lists "
                           "them", t->program, word[i]);
        size_t next = i + 1;
        const char *value = equals ? equals + 1 : next < words ? word[next] : NULL;
        if (option->arguments == VX_WORDS) {
            while (next < words && word[next][0] != '-')
                next++;
        } else if (option->arguments && !equals) {
            next += (size_t)option->arguments;
        }
        if (next > words || (option->arguments > 0 && !*value))
            return vx_fail(error, VX_USAGE, "%s: its argument is missing", name);
        status = act_on(t, option, option->arguments == 1 ? value : "", error);
        i = next;
    }
    if (!status && !t->inputs)
        status = vx_fail(error, VX_USAGE, "%s: no -i, so there is nothing to test", t->program);
    return status;
}

/* ---- our command ---- */

/* The order of options in the printed command. */
static const vx_option_id order[] = {
    VX_OPTION_DESIGN, VX_OPTION_MODALITY, VX_OPTION_COVARIATE, VX_OPTION_JOINT, VX_OPTION_NUISANCE, VX_OPTION_MASK,
    VX_OPTION_PERMUTATIONS, VX_OPTION_SEED, VX_OPTION_TAILS, VX_OPTION_CORRECT, VX_OPTION_CLUSTER_P,
    VX_OPTION_CLUSTER_T, VX_OPTION_CONNECTIVITY, VX_OPTION_TFCE_PRESET, VX_OPTION_TFCE_E, VX_OPTION_TFCE_H,
    VX_OPTION_P_FORMAT, VX_OPTION_QUIET, VX_OPTION_OUT,
};

enum { ORDER = sizeof order / sizeof *order };

/* Parses the command before printing it, so that values which voxstat would refuse are refused here. */
static vx_status print_command(const vx_translation *t, vx_error *error)
{
    char *word[2 * ORDER + 2] = {"voxstat"}, dashed[ORDER][32], *line;
    int words = 1;
    vx_arguments arguments;
    for (size_t i = 0; i < ORDER; i++) {
        const vx_option *option = vx_option_table + order[i];
        if (!t->value[order[i]])
            continue;
        snprintf(dashed[i], sizeof dashed[i], "--%s", option->name);
        word[words++] = dashed[i];
        if (option->argument)
            word[words++] = t->value[order[i]];
    }
    vx_status status = vx_arguments_parse(words, word, &arguments, error);
    if (status)
        return status;
    vx_arguments_destroy(&arguments);
    line = vx_quoted_line(words, word);
    if (!line)
        return vx_fail_memory(error);
    puts(line);
    free(line);
    return VX_OK;
}

static vx_status translate(vx_translation *t, char *const *word, size_t words, vx_error *error)
{
    vx_status status = find_tool(word[0], t, error);
    if (!status)
        status = read_words(t, word + 1, words - 1, error);
    if (!status)
        status = vx_translation_settle(t, error);
    return status ? status : print_command(t, error);
}

vx_status vx_command_translate(const vx_arguments *arguments, vx_error *error)
{
    vx_translation t = {0};
    wordexp_t split = {0};
    char *notes = NULL;
    char *const *word = arguments->word;
    size_t words = arguments->words;
    vx_status status = VX_OK;
    if (words == 1) { /* a command in quotes, split as by a shell */
        if (wordexp(word[0], &split, WRDE_NOCMD))
            return vx_fail(error, VX_USAGE, "'%s' is not one plain command (no pipes, no $(...), quotes closed)",
                           word[0]);
        word = split.we_wordv;
        words = split.we_wordc;
    }
    t.notes = vx_text_stream(&notes, NULL);
    if (!t.notes)
        status = vx_fail_memory(error);
    else
        status = words ? translate(&t, word, words, error)
                       : vx_fail(error, VX_USAGE, "an empty command; expected one of randomise or palm");
    if (!vx_stream_close(t.notes) && !status)
        status = vx_fail_memory(error);
    if (!status)
        fputs(notes, stderr);
    for (int id = 0; id < VX_OPTIONS; id++)
        free(t.value[id]);
    vx_foreign_test_destroy(&t.test);
    free(notes);
    wordfree(&split);
    return status;
}
