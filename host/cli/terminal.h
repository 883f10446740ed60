/* The terminal: colours only where a person looks, numbers as people read them, the time that has gone by, and stops on
 * request. */
#ifndef VX_CLI_TERMINAL_H
#define VX_CLI_TERMINAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Whether `stream` is a terminal that shows colours: NO_COLOR is not set and TERM is not "dumb". */
bool vx_colours(FILE *stream);

/* SIGINT, SIGTERM and SIGHUP no longer end the program: vx_stop_requested tells of them. */
void vx_stop_catch(void);
bool vx_stop_requested(void);

/* Seconds of a clock that only goes forward. */
double vx_seconds(void);

/* printf, but what could act on the terminal is shown as vx_printable does: names and paths are other people's text. */
void vx_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vx_print_of(FILE *stream, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* 1234567 as "1,234,567"; `text` has 32 bytes. Returns `text`. */
const char *vx_grouped(uint64_t number, char text[32]);

#endif
