/* Threads: how many there can be, found out before OpenMP needs them, which ends the program where one cannot start. */
#ifndef VX_CLI_THREADS_H
#define VX_CLI_THREADS_H

#include "cli/arguments.h"

/* Starts as many threads as the command will want (--threads, else OMP_NUM_THREADS or a thread a core). Where only some
 * can be started, OpenMP and --threads get so many, which is told on stderr unless the command is to be quiet.
 * Errors: VX_INTERNAL where memory is short. */
vx_status vx_threads_settle(vx_arguments *arguments, vx_error *error);

#endif
