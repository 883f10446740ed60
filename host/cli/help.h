/* Help texts, made from the tables of commands and options. */
#ifndef VX_CLI_HELP_H
#define VX_CLI_HELP_H

#include "cli/arguments.h"

#include <stdio.h>

/* Prints the requested form of help: of the named command or else of the program, as text, manual page (roff, man
 * macros) or shell completion. Errors: VX_INTERNAL where memory is short. */
vx_status vx_help_print(FILE *out, const vx_arguments *arguments, vx_error *error);

/* version.c: the output of --version: a line each for the version, libraries, OpenCL and every device. */
void vx_version_print(FILE *out);

/* manual.c: the page voxstat-COMMAND(1); with `program` voxstat(1), which has the options of its default `command`. */
void vx_manual_print(FILE *out, const vx_command *command, bool program);

/* completion.c */
void vx_completion_print_bash(FILE *out);
void vx_completion_print_zsh(FILE *out);

/* Prints the possible covariates of the table, one per line, in the syntax of --covariate. Prints nothing for a table
 * with faults. */
void vx_completion_print_columns(FILE *out, const vx_arguments *arguments);

/* ---- shared ---- */

/* Whether a command's help shows the option. */
bool vx_help_shows(const vx_option *option, const vx_command *command);

/* The choices of an option with `separator` between them. */
void vx_help_choices(FILE *out, const vx_option *option, const char *separator);

/* The words before the choices: "One of", "Some of", or "Or" after a number. */
const char *vx_help_choices_are(const vx_option *option);

typedef struct vx_help_term {
    const char *term, *meaning;
} vx_help_term;

/* Terminated by a null term. */
extern const char vx_help_program[]; /* what voxstat is, in a sentence */
extern const vx_help_term vx_help_environment[], vx_help_exit_status[];

#endif
