#include "cli/help.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 79, INDENT = 26 };

static const char *const environment[] = {
    "NO_COLOR: set to anything, no colours on a terminal.",
    "VOXSTAT_CACHE_DIR: where built kernels are kept, instead of ~/.cache/voxstat.",
    "VOXSTAT_KERNEL_DIR: a folder to read the kernels from, instead of those in the program.",
};

enum { ENVIRONMENT = sizeof environment / sizeof *environment };

static const struct {
    int status;
    const char *meaning;
} exit_status[] = {
    {0, "done"},
    {1, "a fault of voxstat or of the machine"},
    {2, "usage"},
    {3, "input: a table, image or design that cannot be analysed"},
    {4, "a device that is missing or fails"},
    {5, "output that cannot be written"},
    {130, "interrupted"},
};

enum { EXIT_STATUSES = sizeof exit_status / sizeof *exit_status };

/* Whether a command's help shows the option. */
static bool shown(const vx_option *option, const vx_command *command)
{
    return option->commands & command->flag && !vx_option_later(option);
}

/* ---- text ---- */

/* `text` in lines of WIDTH, all but the first indented; the first starts at `column`. A newline starts a line. */
static void wrap(FILE *out, const char *text, int column, int indent)
{
    bool fresh = true;
    while (*text) {
        int word = (int)strcspn(text, " \n");
        if (!fresh && column + 1 + word > WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            fresh = true;
        }
        column += fprintf(out, "%s%.*s", fresh ? "" : " ", word, text);
        fresh = false;
        text += word;
        if (*text == '\n') {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            fresh = true;
        }
        text += *text != '\0';
    }
    fputc('\n', out);
}

static void print_choices(FILE *out, const vx_option *option, const char *separator)
{
    for (const char *c = option->choices; c && *c; c++) {
        if (*c == '|')
            fputs(separator, out);
        else
            fputc(*c, out);
    }
}

/* A word may stand in a number's place. */
static const char *choices_are(const vx_option *option)
{
    return option->kind == VX_CHOICE ? "One of" : option->kind == VX_CHOICES ? "Some of" : "Or";
}

static void print_option(FILE *out, const vx_option *option)
{
    char *text = NULL;
    size_t size;
    int used = option->letter ? fprintf(out, "  -%c, ", option->letter) : fprintf(out, "      ");
    used += fprintf(out, "--%s", option->name);
    if (option->argument)
        used += fprintf(out, " %s", option->argument);
    if (used > INDENT - 2) {
        fputc('\n', out);
        used = 0;
    }
    fprintf(out, "%*s", INDENT - used, "");
    FILE *whole = open_memstream(&text, &size);
    if (!whole)
        return;
    fputs(option->help, whole);
    if (option->choices) {
        fprintf(whole, "\n%s: ", choices_are(option));
        print_choices(whole, option, ", ");
    }
    if (option->initial)
        fprintf(whole, "%s: %s", option->choices ? "; default" : "\nDefault", option->initial);
    fclose(whole);
    wrap(out, text, INDENT, INDENT);
    free(text);
}

static void print_command(FILE *out, const vx_command *command, bool program)
{
    fprintf(out, "usage: voxstat %s%s%s%s\n\n", program ? "" : command->name, program || !*command->usage ? "" : " ",
            program ? "[COMMAND] " : "", command->usage);
    if (program) {
        wrap(out, "Voxelwise statistics of paired and one-sample images with permutation inference, on a GPU or CPU.",
             0, 0);
        fputs("\ncommands (`voxstat COMMAND --help` says more):\n", out);
        for (size_t i = 0; i < vx_commands; i++) {
            if (vx_command_table[i].body)
                fprintf(out, "  %-10s %s\n", vx_command_table[i].name, vx_command_table[i].summary);
        }
        fprintf(out, "\noptions of %s:\n", command->name);
    } else {
        wrap(out, command->description, 0, 0);
        fputs("\noptions:\n", out);
    }
    for (size_t i = 0; i < VX_OPTIONS; i++) {
        if (shown(vx_option_table + i, command))
            print_option(out, vx_option_table + i);
    }
    fputs("\nenvironment:\n", out);
    for (size_t i = 0; i < ENVIRONMENT; i++) {
        fputs("  ", out);
        wrap(out, environment[i], 2, 4);
    }
    fputs("\nexit status:\n", out);
    for (size_t i = 0; i < EXIT_STATUSES; i++)
        fprintf(out, "  %-4d %s\n", exit_status[i].status, exit_status[i].meaning);
}

/* ---- manual page ---- */

/* Text for roff: '-' is a minus sign, a backslash is written out, no line starts with a dot or a quote. */
static void roff(FILE *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '-')
            fputs("\\-", out);
        else if (*c == '\\')
            fputs("\\e", out);
        else if (*c == '\n')
            fputs("\n.PP\n", out);
        else
            fputc(*c, out);
    }
}

static void man_option(FILE *out, const vx_option *option)
{
    fputs(".TP\n", out);
    if (option->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", out);
    roff(out, option->name);
    fputs("\\fR", out);
    if (option->argument) {
        fputs(" \\fI", out);
        roff(out, option->argument);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    roff(out, option->help);
    if (option->choices) {
        fprintf(out, " %s: \\fB", choices_are(option));
        print_choices(out, option, "\\fR, \\fB");
        fputs("\\fR.", out);
    }
    if (option->initial) {
        fputs(" Default: \\fB", out);
        roff(out, option->initial);
        fputs("\\fR.", out);
    }
    fputc('\n', out);
}

static void print_manual(FILE *out)
{
    fprintf(out, ".TH VOXSTAT 1 \"\" \"voxstat %s\" \"User Commands\"\n.SH NAME\n", VOXSTAT_VERSION);
    fputs("voxstat \\- voxelwise statistics with permutation inference\n.SH SYNOPSIS\n", out);
    for (size_t i = 0; i < vx_commands; i++) {
        const vx_command *command = vx_command_table + i;
        if (!command->body)
            continue;
        fprintf(out, "%s\\fBvoxstat %s\\fR ", i ? ".br\n" : "", command->name);
        roff(out, command->usage);
        fputc('\n', out);
    }
    fputs(".SH DESCRIPTION\nWithout a command, \\fBvoxstat\\fR is \\fBvoxstat run\\fR.\n", out);
    for (size_t i = 0; i < vx_commands; i++) {
        const vx_command *command = vx_command_table + i;
        if (!command->body)
            continue;
        fprintf(out, ".SH \"VOXSTAT %s\"\n", command->name);
        roff(out, command->description);
        fputc('\n', out);
        for (size_t id = 0; id < VX_OPTIONS; id++) {
            if (shown(vx_option_table + id, command))
                man_option(out, vx_option_table + id);
        }
    }
    fputs(".SH ENVIRONMENT\n", out);
    for (size_t i = 0; i < ENVIRONMENT; i++) {
        fputs(i ? "\n.PP\n" : "", out);
        roff(out, environment[i]);
    }
    fputs("\n.SH \"EXIT STATUS\"\n", out);
    for (size_t i = 0; i < EXIT_STATUSES; i++)
        fprintf(out, ".TP\n%d\n%s\n", exit_status[i].status, exit_status[i].meaning);
}

/* ---- completion ---- */

static void print_completion(FILE *out)
{
    fputs("# bash completion of voxstat, made by `voxstat --help=bash`.\n_voxstat()\n{\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=run words=\n"
          "    case ${COMP_WORDS[1]} in\n    ",
          out);
    const char *bar = "";
    for (size_t i = 0; i < vx_commands; i++) {
        if (vx_command_table[i].body) {
            fprintf(out, "%s%s", bar, vx_command_table[i].name);
            bar = " | ";
        }
    }
    fputs(") command=${COMP_WORDS[1]} ;;\n    esac\n    case $previous in\n", out);
    for (size_t id = 0; id < VX_OPTIONS; id++) {
        const vx_option *option = vx_option_table + id;
        bool again = id && !strcmp(option->name, option[-1].name); /* two commands' own */
        if (!option->argument || vx_option_later(option) || again)
            continue;
        fprintf(out, "    --%s", option->name);
        if (option->letter)
            fprintf(out, " | -%c", option->letter);
        fputs(") ", out);
        if (option->choices) {
            fputs("COMPREPLY=($(compgen -W \"", out);
            print_choices(out, option, " ");
            fputs("\" -- \"$current\"))", out);
        } else {
            fputs("COMPREPLY=()", out); /* files, by -o default */
        }
        fputs("; return ;;\n", out);
    }
    fputs("    esac\n    case $command in\n", out);
    for (size_t i = 0; i < vx_commands; i++) {
        const vx_command *command = vx_command_table + i;
        if (!command->body)
            continue;
        fprintf(out, "    %s) words=\"", command->name);
        for (size_t id = 0; id < VX_OPTIONS; id++) {
            if (shown(vx_option_table + id, command))
                fprintf(out, "--%s ", vx_option_table[id].name);
        }
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words+=\"", out);
    for (size_t i = 0; i < vx_commands; i++) {
        if (vx_command_table[i].body)
            fprintf(out, "%s ", vx_command_table[i].name);
    }
    fputs("\"\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
          "complete -o default -F _voxstat voxstat\n",
          out);
}

void vx_help_print(FILE *out, const vx_arguments *arguments)
{
    switch (arguments->help) {
    case VX_HELP_NONE: break;
    case VX_HELP_TEXT: print_command(out, arguments->command, !arguments->command_named); break;
    case VX_HELP_MAN: print_manual(out); break;
    case VX_HELP_BASH: print_completion(out); break;
    }
}
