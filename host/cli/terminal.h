/* The terminal: colours, printing of untrusted text, and requests to stop. */
#ifndef VX_CLI_TERMINAL_H
#define VX_CLI_TERMINAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Whether `stream` is a terminal that shows colours: NO_COLOR is not set and TERM is not "dumb". */
bool vx_colours(FILE *stream);

/* For a command that writes: signals that ask for an end no longer end the program at once, and base/stop.h tells of
 * them. Those that were ignored when it was started (nohup, jobs in the background) stay ignored. A second SIGINT,
 * SIGQUIT or SIGTERM ends it at once. What is written to a pipe that nobody reads, or beyond the limit of a file's
 * size, fails as any write does. */
void vx_stop_catch(void);

/* Opens those of the three standard streams that were closed, for reading only. Otherwise the next file opened would
 * receive the program's output. */
void vx_streams_settle(void);

/* printf with untrusted names and paths: control characters are shown as by vx_printable. */
void vx_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vx_print_of(FILE *stream, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* False and errno where some output to standard output was lost. */
bool vx_stdout_flush(void);

#endif
