/* The terminal: colours, printing of untrusted text, and requests to stop. */
#ifndef VX_CLI_TERMINAL_H
#define VX_CLI_TERMINAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Whether `stream` is a terminal that shows colours: NO_COLOR is not set and TERM is not "dumb". */
bool vx_colours(FILE *stream);

/* The columns that a line of `stream` has: COLUMNS of the environment, else those of the terminal, else 80. */
int vx_terminal_width(FILE *stream);

/* Handles requests to stop, for a command that writes.
 *
 *   1. The first signal that would end the program sets the flag of base/stop.h instead.
 *   2. Signals that were ignored at the start (nohup, background jobs) stay ignored.
 *   3. A second SIGINT, SIGQUIT or SIGTERM ends the program at once.
 *   4. Writing to a pipe without a reader, or beyond the limit on file sizes, fails like any other write. */
void vx_stop_catch(void);

/* Opens those of the three standard streams that were closed, for reading only. Otherwise the next file opened would
 * receive the program's output. */
void vx_streams_settle(void);

/* printf with untrusted names and paths: control characters are shown as by vx_printable. */
void vx_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vx_print_of(FILE *stream, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Prints sentences, as vx_print, for people: lines are folded to the width of a terminal, or to COLUMNS where that is
 * set. In a file or pipe no line is folded, for programs that search it. A line that has not ended waits for the
 * rest of it. */
void vx_tell(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vx_tell_of(FILE *stream, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Tells a remark on stderr; the `say` of vx_report_options. */
void vx_terminal_remark(const char *text);

/* Tells on stderr why the program fails. */
void vx_tell_error(const char *message);

/* A line on stderr where that is a terminal; the `say` of vx_device_options. `context` is not used. */
void vx_terminal_say(void *context, const char *text);

/* False and errno where some output to standard output was lost. */
bool vx_stdout_flush(void);

#endif
