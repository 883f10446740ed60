/* Checking and parsing of option values. */
#ifndef VX_CLI_VALUES_H
#define VX_CLI_VALUES_H

#include "base/error.h"
#include "cli/options.h"

#include <stddef.h>
#include <stdint.h>

/* Fails (VX_USAGE) unless the option accepts `text`. The message names the option, the text, and the accepted
 * values. */
vx_status vx_value_check(const vx_option *option, const char *text, vx_error *error);

/* Fails (VX_USAGE) unless the word is one of the option's choices. */
vx_status vx_value_check_choice(const vx_option *option, const char *word, vx_error *error);

/* Parse a number; false where `text` is no number or the value does not fit. */
bool vx_value_integer(const char *text, uint64_t *value);
bool vx_value_real(const char *text, double *value);
bool vx_value_bytes(const char *text, size_t *value);

/* Takes the next name off NAME[,NAME...] in place; "\," is a comma within a name. Returns null after the last. */
char *vx_value_next_name(char **rest);

/* Likewise takes the next formula off FORMULA[; FORMULA...]. */
char *vx_value_next_formula(char **rest);

#endif
