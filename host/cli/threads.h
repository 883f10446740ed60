/* The number of threads, tested beforehand, as OpenMP ends the program where a thread cannot be started. */
#ifndef VX_CLI_THREADS_H
#define VX_CLI_THREADS_H

#include "cli/arguments.h"

/* Starts the number of threads that the command will use: --threads, else OMP_NUM_THREADS, else one per core. Where
 * fewer start, limits OpenMP and --threads to them, with a note on stderr unless --quiet is given. Errors: VX_INTERNAL
 * where memory is short. */
vx_status vx_threads_settle(vx_arguments *arguments, vx_error *error);

#endif
