#include "cli/help.h"

#include <ctype.h>
#include <string.h>

/* Escapes text for roff: minus signs, backslashes, and dots and quotes at the start of a line. */
static void roff(FILE *out, const char *text)
{
    bool fresh = true;
    for (const char *c = text; *c; c++) {
        if (fresh && (*c == '.' || *c == '\''))
            fputs("\\&", out);
        fresh = *c == '\n';
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

static void print_option(FILE *out, const vx_option *option)
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
        fprintf(out, " %s: \\fB", vx_help_choices_are(option));
        vx_help_choices(out, option, "\\fR, \\fB");
        fputs("\\fR.", out);
    }
    if (option->initial) {
        fputs(" Default: \\fB", out);
        roff(out, option->initial);
        fputs("\\fR.", out);
    }
    fputc('\n', out);
}

static void print_term(FILE *out, const char *term, const char *text)
{
    fputs(".TP\n\\fB", out);
    roff(out, term);
    fputs("\\fR\n", out);
    roff(out, text);
    fputc('\n', out);
}

static void print_terms(FILE *out, const char *heading, const vx_help_term *terms)
{
    fprintf(out, ".SH \"%s\"\n", heading);
    for (const vx_help_term *t = terms; t->term; t++)
        print_term(out, t->term, t->meaning);
}

static void print_options(FILE *out, const vx_command *command)
{
    vx_command_row row;
    fputs(".SH OPTIONS\n", out);
    for (size_t id = 0; id < VX_OPTIONS; id++) {
        if (vx_help_shows(vx_option_table + id, command))
            print_option(out, vx_option_table + id);
    }
    for (size_t i = 0; vx_command_row_get(command, i, &row); i++) {
        if (row.title) {
            fputs(".SH \"", out);
            for (const char *c = row.title; *c; c++)
                fputc(toupper((unsigned char)*c), out);
            fputs("\"\n", out);
        }
        print_term(out, row.term, row.text);
    }
}

/* Examples need minus signs and straight quotes, which can be pasted into a shell. */
static void print_examples(FILE *out, const vx_command *command)
{
    fputs(".SH EXAMPLES\n.nf\n", out);
    for (const char *c = command->examples; *c; c++) {
        if (*c == '-')
            fputs("\\-", out);
        else if (*c == '\'')
            fputs("\\(aq", out);
        else
            fputc(*c, out);
    }
    fputs("\n.fi\n", out);
}

/* Refers to every page but `self`. */
static void print_see_also(FILE *out, const vx_command *self)
{
    const char *join = "";
    fputs(".SH \"SEE ALSO\"\n", out);
    if (self) {
        fputs("\\fBvoxstat\\fR(1)", out);
        join = ", ";
    }
    for (size_t i = 0; i < vx_commands; i++) {
        if (vx_command_table[i].body && vx_command_table + i != self) {
            fprintf(out, "%s\\fBvoxstat\\-%s\\fR(1)", join, vx_command_table[i].name);
            join = ", ";
        }
    }
    fputc('\n', out);
}

static void print_program(FILE *out, const vx_command *command)
{
    fprintf(out, ".TH VOXSTAT 1 \"\" \"voxstat %s\" \"User Commands\"\n.SH NAME\n", VOXSTAT_VERSION);
    fputs("voxstat \\- voxelwise statistics with permutation inference\n.SH SYNOPSIS\n\\fBvoxstat\\fR ", out);
    roff(out, command->usage);
    fputs("\n.br\n\\fBvoxstat\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...\n.SH DESCRIPTION\n", out);
    roff(out, vx_help_program);
    fputs("\n"
          "Without a command, \\fBvoxstat\\fR is \\fBvoxstat run\\fR.\n.PP\n", out);
    roff(out, command->description);
    fputs("\n.SH COMMANDS\n", out);
    for (size_t i = 0; i < vx_commands; i++) {
        if (vx_command_table[i].body) {
            fprintf(out, ".TP\n\\fBvoxstat\\-%s\\fR(1)\n", vx_command_table[i].name);
            roff(out, vx_command_table[i].summary);
            fputc('\n', out);
        }
    }
}

static void print_command(FILE *out, const vx_command *command)
{
    fputs(".TH VOXSTAT\\-", out);
    for (const char *c = command->name; *c; c++)
        fputc(toupper((unsigned char)*c), out);
    fprintf(out, " 1 \"\" \"voxstat %s\" \"User Commands\"\n.SH NAME\nvoxstat\\-%s \\- ", VOXSTAT_VERSION,
            command->name);
    roff(out, command->summary);
    fprintf(out, "\n.SH SYNOPSIS\n\\fBvoxstat %s\\fR ", command->name);
    roff(out, command->usage);
    fputs("\n.SH DESCRIPTION\n", out);
    roff(out, command->description);
    fputc('\n', out);
}

void vx_manual_print(FILE *out, const vx_command *command, bool program)
{
    if (program)
        print_program(out, command);
    else
        print_command(out, command);
    print_options(out, command);
    print_examples(out, command);
    print_terms(out, "ENVIRONMENT", vx_help_environment);
    print_terms(out, "EXIT STATUS", vx_help_exit_status);
    print_see_also(out, program ? NULL : command);
}
