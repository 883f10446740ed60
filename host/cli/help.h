/* Help: what the program says of itself, all of it from the tables of commands and options. */
#ifndef VX_CLI_HELP_H
#define VX_CLI_HELP_H

#include "cli/arguments.h"

#include <stdio.h>

/* Prints what --help asks for: the help of a command (of the program where none is named), the manual page (roff, man
 * macros) or the completion of bash. */
void vx_help_print(FILE *out, const vx_arguments *arguments);

#endif
