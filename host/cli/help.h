/* Help: what the program says of itself, all of it from the tables of commands and options. */
#ifndef VX_CLI_HELP_H
#define VX_CLI_HELP_H

#include "cli/arguments.h"

#include <stdio.h>

/* Prints what --help asks for: the help of a command (of the program where none is named), its manual page (roff, man
 * macros), or the completion of a shell. */
vx_status vx_help_print(FILE *out, const vx_arguments *arguments, vx_error *error);

/* version.c: what --version tells: the version on a line of its own, libraries, OpenCL, the devices, one a line. */
void vx_version_print(FILE *out);

/* manual.c: the page voxstat-COMMAND(1); `program`: voxstat(1), with the options of `command`, its default. */
void vx_manual_print(FILE *out, const vx_command *command, bool program);

/* completion.c */
void vx_completion_print_bash(FILE *out);
void vx_completion_print_zsh(FILE *out);

/* The columns of the table that may be covariates, one a line, as --covariate takes them; nothing where the table has
 * faults. */
void vx_completion_print_columns(FILE *out, const vx_arguments *arguments);

/* ---- what they share ---- */

/* Whether a command's help shows the option. */
bool vx_help_shows(const vx_option *option, const vx_command *command);

/* The choices of an option with `separator` between them. */
void vx_help_choices(FILE *out, const vx_option *option, const char *separator);

/* What stands before them: a word may stand in a number's place. */
const char *vx_help_choices_are(const vx_option *option);

typedef struct vx_help_term {
    const char *term, *meaning;
} vx_help_term;

/* Ended by a null term. */
extern const vx_help_term vx_help_environment[], vx_help_exit_status[];

#endif
