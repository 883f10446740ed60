/* Values: the text behind an option, checked and read. */
#ifndef VX_CLI_VALUES_H
#define VX_CLI_VALUES_H

#include "base/error.h"
#include "cli/options.h"

#include <stddef.h>
#include <stdint.h>

/* Whether `text` is a value that the option takes. Errors (VX_USAGE): the option, what was found, what was expected. */
vx_status vx_value_check(const vx_option *option, const char *text, vx_error *error);

/* The number that `text` is; false where it is none, or does not fit. */
bool vx_value_whole(const char *text, uint64_t *value);
bool vx_value_real(const char *text, double *value);
bool vx_value_bytes(const char *text, size_t *value);

/* Cuts the next name off NAME[,NAME...] in place, where "\," is a comma within a name; null after the last. */
char *vx_value_next_name(char **rest);

#endif
