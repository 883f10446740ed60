#include "cli/help.h"

#include "base/memory.h"
#include "base/stream.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 79, INDENT = 26 };

const char vx_help_program[] = "Statistics of paired and one-sample images and markers, by voxel and by region, with "
                               "permutation inference, on a GPU or CPU.";

const vx_help_term vx_help_environment[] = {
    {"NO_COLOR", "Set to anything: no colours on a terminal."},
    {"VOXSTAT_CACHE_DIR", "Where built kernels are kept, instead of ~/.cache/voxstat."},
    {"VOXSTAT_KERNEL_DIR", "A folder to read the kernels from, instead of those in the program."},
    {"VOXSTAT_TEMPLATE", "The image under the maps of a report where the images are in MNI's space, instead of the one "
     "that FSLDIR, TEMPLATEFLOW_HOME, NILEARN_DATA or SPM_HOME has; none: the mean of all images."},
    {NULL, NULL},
};

const vx_help_term vx_help_exit_status[] = {
    {"0", "done"},
    {"1", "a fault of voxstat or of the machine"},
    {"2", "usage"},
    {"3", "input: a table, image or design that cannot be analysed"},
    {"4", "a device that is missing or fails"},
    {"5", "output that cannot be written"},
    {"130", "interrupted"},
    {NULL, NULL},
};

bool vx_help_shows(const vx_option *option, const vx_command *command)
{
    return option->commands & command->flag && !vx_option_later(option);
}

void vx_help_choices(FILE *out, const vx_option *option, const char *separator)
{
    for (const char *c = option->choices; c && *c; c++) {
        if (*c == '|')
            fputs(separator, out);
        else
            fputc(*c, out);
    }
}

const char *vx_help_choices_are(const vx_option *option)
{
    return option->kind == VX_CHOICE ? "One of" : option->kind == VX_CHOICES ? "Some of" : "Or";
}

/* Prints `text` in lines of WIDTH. The first line starts at `column`, the others are indented. */
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

static void print_examples(FILE *out, const vx_command *command)
{
    fputs("\nexamples:\n", out);
    for (const char *line = command->examples; *line;) {
        const int length = (int)strcspn(line, "\n");
        fprintf(out, "  %.*s\n", length, line);
        line += length + (line[length] != '\0');
    }
}

/* Prints a text beside a term of `used` columns, or below a long term. */
static void print_beside(FILE *out, int used, const char *text)
{
    if (used > INDENT - 2) {
        fputc('\n', out);
        used = 0;
    }
    fprintf(out, "%*s", INDENT - used, "");
    wrap(out, text, INDENT, INDENT);
}

/* False where memory is short. */
static bool print_option(FILE *out, const vx_option *option)
{
    char *text = NULL;
    FILE *stream = vx_text_stream(&text, NULL);
    if (!stream)
        return false;
    int used = option->letter ? fprintf(out, "  -%c, ", option->letter) : fprintf(out, "      ");
    used += fprintf(out, "--%s", option->name);
    if (option->argument)
        used += fprintf(out, " %s", option->argument);
    fputs(option->help, stream);
    if (option->choices) {
        fprintf(stream, "\n%s: ", vx_help_choices_are(option));
        vx_help_choices(stream, option, ", ");
    }
    if (option->initial)
        fprintf(stream, "%s: %s", option->choices ? "; default" : "\nDefault", option->initial);
    if (!vx_stream_close(stream))
        return false;
    print_beside(out, used, text);
    free(text);
    return true;
}

static void print_rows(FILE *out, const vx_command *command)
{
    vx_command_row row;
    for (size_t i = 0; vx_command_row_get(command, i, &row); i++) {
        if (row.title)
            fprintf(out, "\n%s:\n", row.title);
        print_beside(out, fprintf(out, "  %s", row.term), row.text);
    }
}

static bool print_command(FILE *out, const vx_command *command, bool program)
{
    bool complete = true;
    fprintf(out, "usage: voxstat %s%s%s%s\n\n", program ? "" : command->name, program || !*command->usage ? "" : " ",
            program ? "[COMMAND] " : "", command->usage);
    if (program) {
        wrap(out, vx_help_program, 0, 0);
        fputs("\ncommands (`voxstat help COMMAND` says more):\n", out);
        for (size_t i = 0; i < vx_commands; i++) {
            if (vx_command_table[i].body)
                fprintf(out, "  %-10s %s\n", vx_command_table[i].name, vx_command_table[i].summary);
        }
        print_examples(out, command);
        fprintf(out, "\noptions of %s:\n", command->name);
    } else {
        wrap(out, command->description, 0, 0);
        print_examples(out, command);
        fputs("\noptions:\n", out);
    }
    for (size_t i = 0; i < VX_OPTIONS; i++) {
        if (vx_help_shows(vx_option_table + i, command))
            complete &= print_option(out, vx_option_table + i);
    }
    print_rows(out, command);
    fputs("\nenvironment:\n", out);
    for (const vx_help_term *t = vx_help_environment; t->term; t++)
        print_beside(out, fprintf(out, "  %s", t->term), t->meaning);
    fputs("\nexit status:\n", out);
    for (const vx_help_term *t = vx_help_exit_status; t->term; t++)
        fprintf(out, "  %-4s %s\n", t->term, t->meaning);
    return complete;
}

vx_status vx_help_print(FILE *out, const vx_arguments *arguments, vx_error *error)
{
    bool complete = true;
    switch (arguments->help) {
    case VX_HELP_NONE: break;
    case VX_HELP_TEXT: complete = print_command(out, arguments->command, !arguments->command_named); break;
    case VX_HELP_MAN: vx_manual_print(out, arguments->command, !arguments->command_named); break;
    case VX_HELP_BASH: vx_completion_print_bash(out); break;
    case VX_HELP_ZSH: vx_completion_print_zsh(out); break;
    case VX_HELP_COLUMNS: vx_completion_print_columns(out, arguments); break;
    }
    return complete ? VX_OK : vx_fail_memory(error);
}
