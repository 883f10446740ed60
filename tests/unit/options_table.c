/* The option table, the help, the manual page and the completion say the same: a name that one lacks, or has beyond the
 * others, fails here. */
#include "cli/arguments.h"
#include "cli/foreign.h"
#include "cli/help.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The help that `voxstat <words>` prints. */
static char *printed(int argc, char **argv)
{
    vx_arguments arguments;
    vx_error error;
    char *text = NULL;
    size_t size;
    assert_int_equal(vx_arguments_parse(argc, argv, &arguments, &error), VX_OK);
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(vx_help_print(out, &arguments, &error), VX_OK);
    fclose(out);
    vx_arguments_destroy(&arguments);
    char *copy = strdup(text);
    free(text);
    return copy;
}

static bool works(const vx_option *option)
{
    return !vx_option_later(option);
}

/* Whether `text` names --name, and not only a longer option. `dash` is how the text writes a dash. */
static bool names(const char *text, const char *dash, const char *name)
{
    char word[200];
    snprintf(word, sizeof word, "%s%s", dash, dash);
    for (const char *c = name; *c; c++)
        strcat(word, *c == '-' ? dash : (char[]){*c, '\0'});
    for (const char *found = text; (found = strstr(found, word)); found++) {
        const char *after = found + strlen(word);
        if (!isalnum((unsigned char)*after) && strncmp(after, dash, strlen(dash)))
            return true;
    }
    return false;
}

/* Whether a command takes --name, in whichever row. */
static bool takes(const vx_command *command, const char *name)
{
    bool any = false;
    for (int id = 0; id < VX_OPTIONS; id++) {
        const vx_option *option = vx_option_table + id;
        any |= !strcmp(option->name, name) && option->commands & command->flag && works(option);
    }
    return any;
}

/* Every --word of the text is an option that works; `foreign`: or one of the tools that `translate` knows. */
static void names_nothing_else(const char *text, bool foreign)
{
    for (const char *found = text; (found = strstr(found, "--")); found += 2) {
        size_t length = strspn(found + 2, "abcdefghijklmnopqrstuvwxyz0123456789-");
        char dashed[64];
        size_t dashed_length = strspn(found, "-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
        snprintf(dashed, sizeof dashed, "%.*s", (int)dashed_length, found);
        bool known = !length || !strncmp(found + 2, "help=", 5) || (foreign && vx_foreign_find(dashed, VX_RANDOMISE));
        for (int id = 0; id < VX_OPTIONS; id++)
            known |= works(vx_option_table + id) && strlen(vx_option_table[id].name) == length &&
                     !strncmp(vx_option_table[id].name, found + 2, length);
        if (!known)
            fail_msg("no option %.*s", (int)length + 2, found);
    }
}

static void sorted_and_whole(void **state)
{
    (void)state;
    for (int id = 0; id < VX_OPTIONS; id++) {
        const vx_option *option = vx_option_table + id;
        assert_non_null(option->name);
        assert_non_null(option->help);
        assert_true(option->commands);
        assert_true(!option->argument == (option->kind == VX_SWITCH));
        assert_true(option->help[strlen(option->help) - 1] == '.');
        for (int other = 0; other < id; other++) {
            int order = strcmp(vx_option_table[other].name, option->name);
            if (order > 0 || (!order && vx_option_table[other].commands & option->commands))
                fail_msg("--%s is out of order", option->name);
            if (option->letter && vx_option_table[other].commands & option->commands)
                assert_int_not_equal(option->letter, vx_option_table[other].letter);
        }
    }
    for (size_t i = 1; i < vx_commands; i++)
        assert_true(strcmp(vx_command_table[i - 1].name, vx_command_table[i].name) < 0);
}

/* A default is a value that its option takes. */
static void defaults_are_valid(void **state)
{
    (void)state;
    for (int id = 0; id < VX_OPTIONS; id++) {
        const vx_option *option = vx_option_table + id;
        for (size_t c = 0; option->initial && c < vx_commands; c++) {
            if (!(vx_command_table[c].flag & option->commands))
                continue;
            char word[200];
            snprintf(word, sizeof word, "--%s=%s", option->name, option->initial);
            char *argv[] = {"voxstat", (char *)vx_command_table[c].name, word};
            vx_arguments arguments;
            vx_error error;
            if (vx_arguments_parse(3, argv, &arguments, &error))
                fail_msg("%s", error.message);
            vx_arguments_destroy(&arguments);
        }
    }
}

static void help_agrees(void **state)
{
    (void)state;
    for (size_t c = 0; c < vx_commands; c++) {
        const vx_command *command = vx_command_table + c;
        char *argv[] = {"voxstat", (char *)command->name, "--help"};
        if (!command->body)
            continue;
        char *text = printed(3, argv);
        for (int id = 0; id < VX_OPTIONS; id++) {
            const vx_option *option = vx_option_table + id;
            bool taken = command->flag & option->commands && works(option);
            char line[100];
            snprintf(line, sizeof line, "--%s%s%s", option->name, option->argument ? " " : "",
                     option->argument ? option->argument : "");
            if (taken && !strstr(text, line))
                fail_msg("voxstat %s --help lacks %s", command->name, line);
        }
        names_nothing_else(text, command->flag == VX_TRANSLATE);
        free(text);
    }
}

static void program_help_names_commands(void **state)
{
    (void)state;
    char *argv[] = {"voxstat", "--help"}, *text = printed(2, argv);
    for (size_t c = 0; c < vx_commands; c++) {
        char line[50];
        snprintf(line, sizeof line, "\n  %s ", vx_command_table[c].name);
        assert_int_equal(strstr(text, line) != NULL, vx_command_table[c].body != NULL);
    }
    assert_true(names(text, "-", "design"));
    free(text);
}

/* A page has every option of the command and no other. */
static void page_agrees(const vx_command *command, char *text)
{
    char *foreign = strstr(text, ".SH \"OPTIONS OF "); /* of other tools */
    if (foreign)
        *foreign = '\0';
    for (int id = 0; id < VX_OPTIONS; id++) {
        const vx_option *option = vx_option_table + id;
        char line[100] = "\\fB\\-\\-";
        for (const char *c = option->name; *c; c++)
            strcat(line, *c == '-' ? "\\-" : (char[]){*c, '\0'});
        strcat(line, "\\fR");
        if (!!strstr(text, line) != takes(command, option->name))
            fail_msg("the manual page of %s disagrees on --%s", command->name, option->name);
    }
    for (char *c = text; (c = strstr(c, "\\-")); c++) /* as one reads it */
        memmove(c, c + 1, strlen(c));
    names_nothing_else(text, false);
}

static void manual_agrees(void **state)
{
    (void)state;
    char *argv[] = {"voxstat", "--help=man"}, *text = printed(2, argv);
    assert_non_null(strstr(text, ".TH VOXSTAT 1"));
    for (size_t c = 0; c < vx_commands; c++) {
        char name[50];
        const vx_command *command = vx_command_table + c;
        snprintf(name, sizeof name, ".TP\n\\fBvoxstat\\-%s\\fR(1)\n", command->name);
        assert_int_equal(strstr(text, name) != NULL, command->body != NULL);
    }
    page_agrees(vx_command_find("run"), text);
    free(text);
    for (size_t c = 0; c < vx_commands; c++) {
        const vx_command *command = vx_command_table + c;
        char *words[] = {"voxstat", (char *)command->name, "--help=man"};
        if (!command->body)
            continue;
        text = printed(3, words);
        assert_non_null(strstr(text, ".TH VOXSTAT\\-"));
        page_agrees(command, text);
        free(text);
    }
}

/* Whether the lines from `start` to the next `end` hold `word`. */
static bool between(const char *text, const char *start, const char *end, const char *word)
{
    const char *from = strstr(text, start), *found;
    assert_non_null(from);
    const char *to = strstr(from, end);
    assert_non_null(to);
    found = strstr(from, word);
    return found && found < to;
}

static void completion_agrees(void **state)
{
    (void)state;
    char *argv[] = {"voxstat", "--help=bash"}, *bash = printed(2, argv);
    argv[1] = "--help=zsh";
    char *zsh = printed(2, argv);
    for (size_t c = 0; c < vx_commands; c++) {
        const vx_command *command = vx_command_table + c;
        char start[50], function[50];
        snprintf(start, sizeof start, "    %s) words=\"", command->name);
        snprintf(function, sizeof function, "\n_voxstat_%s() {", command->name);
        assert_int_equal(strstr(bash, start) != NULL, command->body != NULL);
        assert_int_equal(strstr(zsh, function) != NULL, command->body != NULL);
        for (int id = 0; command->body && id < VX_OPTIONS; id++) {
            const vx_option *option = vx_option_table + id;
            bool taken = takes(command, option->name);
            char word[100], spec[100];
            snprintf(word, sizeof word, "--%s ", option->name);
            snprintf(spec, sizeof spec, option->letter ? ",--%s%s}'[" : "--%s%s[", option->name,
                     option->argument ? "=" : "");
            if (between(bash, start, "\n", word) != taken)
                fail_msg("the bash completion of %s disagrees on --%s", command->name, option->name);
            if (option->commands & command->flag && between(zsh, function, "\n}\n", spec) != taken)
                fail_msg("the zsh completion of %s disagrees on --%s", command->name, option->name);
        }
    }
    free(bash);
    free(zsh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted_and_whole), cmocka_unit_test(defaults_are_valid),
        cmocka_unit_test(help_agrees),      cmocka_unit_test(program_help_names_commands),
        cmocka_unit_test(manual_agrees),    cmocka_unit_test(completion_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
