/* The terminal: colours only where a person looks, and stops on request. */
#ifndef VX_CLI_TERMINAL_H
#define VX_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* Whether `stream` is a terminal that shows colours: NO_COLOR is not set and TERM is not "dumb". */
bool vx_colours(FILE *stream);

/* SIGINT, SIGTERM and SIGHUP no longer end the program: vx_stop_requested tells of them. */
void vx_stop_catch(void);
bool vx_stop_requested(void);

#endif
