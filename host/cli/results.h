/* The folder of results that `show`, `report` and `nidm` are about. */
#ifndef VX_CLI_RESULTS_H
#define VX_CLI_RESULTS_H

#include "cli/arguments.h"

/* The one that is named; else that of a run without --out, else this folder where it is one. The text is not the
 * caller's to free. Errors: VX_INPUT, where there is none, or where it lies within the one that is named. */
vx_status vx_results_folder(const vx_arguments *arguments, const char **folder, vx_error *error);

#endif
