#include "cli/arguments.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "base/stream.h"
#include "cli/values.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* ---- the command line ---- */

static vx_status later(const char *what, const char *name, vx_error *error)
{
    return vx_fail(error, VX_USAGE, "%s%s: not yet; it comes with a later version", what, name);
}

static bool plain(const char *word)
{
    return *word && !word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./,:=@%+-")];
}

char *vx_quoted_line(int argc, char *const *argv)
{
    char *line = NULL;
    FILE *text = vx_text_stream(&line, NULL);
    if (!text)
        return NULL;
    for (int i = 0; i < argc; i++) {
        if (i)
            fputc(' ', text);
        if (plain(argv[i])) {
            fputs(argv[i], text);
            continue;
        }
        fputc('\'', text);
        for (const char *c = argv[i]; *c; c++) {
            if (*c == '\'')
                fputs("'\\''", text);
            else
                fputc(*c, text);
        }
        fputc('\'', text);
    }
    return vx_stream_close(text) ? line : NULL;
}

static vx_status find_command(const char *word, const vx_command **command, vx_error *error)
{
    const char *name[vx_commands];
    *command = vx_command_find(word);
    if (*command)
        return (*command)->body ? VX_OK : later("the command ", word, error);
    for (size_t i = 0; i < vx_commands; i++)
        name[i] = vx_command_table[i].name;
    const char *nearest = vx_nearest(word, name, vx_commands);
    return vx_fail(error, VX_USAGE, "no command %s%s%s%s; `voxstat --help` lists them", word,
                   nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

static vx_status unknown_option(const vx_command *command, const char *word, vx_error *error)
{
    const char *name[VX_OPTIONS];
    char typed[100];
    size_t names = 0;
    snprintf(typed, sizeof typed, "%s", word + strspn(word, "-"));
    typed[strcspn(typed, "=")] = '\0';
    for (size_t i = 0; i < VX_OPTIONS; i++) {
        if (vx_option_table[i].commands & command->flag)
            name[names++] = vx_option_table[i].name;
    }
    const char *nearest = vx_nearest(typed, name, names);
    return vx_fail(error, VX_USAGE, "%s: no option --%s%s%s%s; `voxstat %s --help` lists them", command->name, typed,
                   nearest ? "; did you mean --" : "", nearest ? nearest : "", nearest ? "?" : "", command->name);
}

static vx_status take(vx_arguments *arguments, vx_option_id id, const char *text, vx_error *error)
{
    const vx_option *option = vx_option_table + id;
    char **value = arguments->value + id;
    if (vx_option_later(option))
        return later("--", option->name, error);
    const char *join = option->kind == VX_NAMES ? "," : "; ";
    char *joined = *value && vx_option_adds(option) ? vx_text("%s%s%s", *value, join, text)
                                                    : vx_copy_text(text ? text : "yes");
    if (!joined)
        return vx_fail_memory(error);
    free(*value);
    *value = joined;
    return vx_value_check(option, joined, error);
}

static vx_status take_help(vx_arguments *arguments, const char *form, vx_error *error)
{
    static const vx_help_kind kind[] = {VX_HELP_MAN, VX_HELP_BASH, VX_HELP_ZSH, VX_HELP_COLUMNS};
    int place = form ? vx_choice("man|bash|zsh|columns", form) : -1;
    arguments->help = place >= 0 ? kind[place] : VX_HELP_TEXT;
    if (form && place < 0)
        return vx_fail(error, VX_USAGE, "--help=%s: found '%s', expected man, bash or zsh", form, form);
    return VX_OK;
}

/* Whether a command takes any number of operands. */
static bool takes_words(const vx_command *command)
{
    return command->operand && strstr(command->operand, "...");
}

/* Builds getopt_long's tables from the option table. The value of a long option is FIRST + its id. */
enum { FIRST = 256 };

static void getopt_options(const vx_command *command, struct option *option, char *letters)
{
    if (takes_words(command))
        *letters++ = '+'; /* the operands may be another command, with options of its own */
    *letters++ = ':'; /* distinguishes a missing argument from an unknown option */
    for (int id = 0; id < VX_OPTIONS; id++) {
        const vx_option *from = vx_option_table + id;
        int argument = id == VX_OPTION_HELP ? optional_argument : from->argument ? required_argument : no_argument;
        if (!(from->commands & command->flag))
            continue;
        *option++ = (struct option){from->name, argument, NULL, FIRST + id};
        if (from->letter) {
            *letters++ = from->letter;
            if (from->argument)
                *letters++ = ':';
        }
    }
    if (vx_option_table[VX_OPTION_ORIENTATION].commands & command->flag) /* its former name */
        *option++ = (struct option){"analyze-orientation", required_argument, NULL, FIRST + VX_OPTION_ORIENTATION};
    *option = (struct option){0};
    *letters = '\0';
}

static int option_of_letter(const vx_command *command, int letter)
{
    for (int id = 0; letter && id < VX_OPTIONS; id++) {
        if (vx_option_table[id].letter == letter && vx_option_table[id].commands & command->flag)
            return id;
    }
    return -1;
}

static vx_status parse_options(int argc, char **argv, vx_arguments *arguments, vx_error *error)
{
    struct option option[VX_OPTIONS + 2];
    char letters[2 * VX_OPTIONS + 3];
    int found;
    vx_status status = VX_OK;
    getopt_options(arguments->command, option, letters);
    optind = 0; /* GNU: reset */
    opterr = 0;
    while (!status && !arguments->help && !arguments->version &&
           (found = getopt_long(argc, argv, letters, option, NULL)) != -1) {
        /* The subject of ':' and '?': a known option, a letter, or (0) an unknown long option. */
        int about = optopt >= FIRST ? optopt - FIRST : option_of_letter(arguments->command, optopt);
        int id = found >= FIRST ? found - FIRST : option_of_letter(arguments->command, found);
        if (found == ':')
            status = vx_fail(error, VX_USAGE, "--%s: its %s is missing", vx_option_table[about].name,
                             vx_option_table[about].argument);
        else if (found == '?' && about >= 0 && optopt >= FIRST)
            status = vx_fail(error, VX_USAGE, "--%s takes no argument", vx_option_table[about].name);
        else if (found == '?' && optopt)
            status = vx_fail(error, VX_USAGE, "no option -%c; `voxstat %s --help` lists them", optopt,
                             arguments->command->name);
        else if (found == '?')
            status = unknown_option(arguments->command, argv[optind - 1], error);
        else if (id == VX_OPTION_HELP)
            status = take_help(arguments, optarg, error);
        else if (id == VX_OPTION_VERSION)
            arguments->version = true;
        else
            status = take(arguments, (vx_option_id)id, optarg, error);
    }
    if (status || arguments->help || arguments->version)
        return status;
    const vx_command *command = arguments->command;
    const bool may_lack = command->operand && command->operand[0] == '[';
    arguments->words = (size_t)(argc - optind);
    arguments->word = argv + optind;
    if (command->operand && !may_lack && !arguments->words)
        return vx_fail(error, VX_USAGE, "%s: its %s is missing; `voxstat %s --help` says more", command->name,
                       command->operand, command->name);
    if (arguments->words > (command->operand ? 1 : 0) && !takes_words(command))
        return vx_fail(error, VX_USAGE, "found '%s', expected an option; `voxstat %s --help` lists them",
                       argv[optind + (command->operand ? 1 : 0)], command->name);
    return VX_OK;
}

/* `voxstat help [COMMAND]`, which is `voxstat [COMMAND] --help`. */
static vx_status parse_help(int argc, char *const *argv, vx_arguments *arguments, vx_error *error)
{
    arguments->help = VX_HELP_TEXT;
    if (argc > 3)
        return vx_fail(error, VX_USAGE, "help: found '%s' beside '%s', expected one command", argv[3], argv[2]);
    if (argc < 3)
        return VX_OK;
    if (!strcmp(argv[2], "help") || argv[2][0] == '-') /* the help of voxstat itself */
        return VX_OK;
    arguments->command_named = true;
    return find_command(argv[2], &arguments->command, error);
}

vx_status vx_arguments_parse(int argc, char *const *argv, vx_arguments *arguments, vx_error *error)
{
    vx_status status = VX_OK;
    char **copy = vx_array((size_t)argc + 1, sizeof *copy); /* getopt_long reorders */
    *arguments = (vx_arguments){.command = vx_command_find("run"), .command_line = vx_quoted_line(argc, argv)};
    if (!copy || !arguments->command_line) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    memcpy(copy, argv, (size_t)argc * sizeof *copy);
    copy[argc] = NULL;
    if (argc > 1 && !strcmp(argv[1], "help")) {
        status = parse_help(argc, argv, arguments, error);
        goto cleanup;
    }
    if (argc > 1 && argv[1][0] != '-') {
        arguments->command_named = true;
        status = find_command(argv[1], &arguments->command, error);
    }
    if (!status)
        status = parse_options(argc - arguments->command_named, copy + arguments->command_named, arguments, error);
cleanup:
    arguments->reordered = copy;
    if (status)
        vx_arguments_destroy(arguments);
    return status;
}

void vx_arguments_destroy(vx_arguments *arguments)
{
    if (!arguments)
        return;
    for (int id = 0; id < VX_OPTIONS; id++)
        free(arguments->value[id]);
    free(arguments->command_line);
    free(arguments->reordered);
    *arguments = (vx_arguments){0};
}

/* ---- access ---- */

bool vx_argument_given(const vx_arguments *arguments, vx_option_id id)
{
    return arguments->value[id] != NULL;
}

const char *vx_argument_text(const vx_arguments *arguments, vx_option_id id)
{
    return arguments->value[id] ? arguments->value[id] : vx_option_table[id].initial;
}

int vx_argument_choice(const vx_arguments *arguments, vx_option_id id)
{
    const char *text = vx_argument_text(arguments, id);
    return text ? vx_choice(vx_option_table[id].choices, text) : -1;
}

unsigned vx_argument_choices(const vx_arguments *arguments, vx_option_id id)
{
    const char *text = vx_argument_text(arguments, id);
    unsigned set = 0;
    while (text && *text) {
        char word[100];
        size_t next = strcspn(text, ",");
        snprintf(word, sizeof word, "%.*s", (int)next, text);
        set |= 1u << vx_choice(vx_option_table[id].choices, word);
        text += next + (text[next] == ',');
    }
    return set;
}

uint64_t vx_argument_integer(const vx_arguments *arguments, vx_option_id id)
{
    const char *text = vx_argument_text(arguments, id);
    uint64_t value = 0;
    return text && vx_value_integer(text, &value) ? value : 0;
}

double vx_argument_real(const vx_arguments *arguments, vx_option_id id)
{
    const char *text = vx_argument_text(arguments, id);
    double value = 0;
    return text && vx_value_real(text, &value) ? value : 0;
}

size_t vx_argument_bytes(const vx_arguments *arguments, vx_option_id id)
{
    const char *text = vx_argument_text(arguments, id);
    size_t value = 0;
    return text && vx_value_bytes(text, &value) ? value : 0;
}

vx_status vx_argument_names(const vx_arguments *arguments, vx_option_id id, vx_names *names, vx_error *error)
{
    const char *given = vx_argument_text(arguments, id);
    size_t count_max = 1;
    *names = (vx_names){0};
    if (!given)
        return VX_OK;
    const bool formulas = vx_option_table[id].kind != VX_NAMES;
    for (const char *c = given; *c; c++)
        count_max += *c == (formulas ? ';' : ',');
    names->text = vx_copy_text(given);
    names->name = vx_array(count_max, sizeof *names->name);
    if (!names->text || !names->name) {
        vx_names_destroy(names);
        return vx_fail_memory(error);
    }
    char *rest = names->text;
    while (rest)
        names->name[names->count++] = formulas ? vx_value_next_formula(&rest) : vx_value_next_name(&rest);
    return VX_OK;
}

void vx_names_destroy(vx_names *names)
{
    if (!names)
        return;
    free(names->text);
    free(names->name);
    *names = (vx_names){0};
}
