/* The results folder of `show`, `report` and `nidm`. */
#ifndef VX_CLI_RESULTS_H
#define VX_CLI_RESULTS_H

#include "cli/arguments.h"

/* Sets *folder to the first of: the operand; the default of --out; the current folder. The text belongs to the
 * arguments. Errors: VX_INPUT where there are no results, or where they are one level below the operand. */
vx_status vx_results_folder(const vx_arguments *arguments, const char **folder, vx_error *error);

#endif
