/* Arguments: parsing of a command line by the option table.
 *
 * A vx_arguments owns its texts; vx_arguments_destroy releases it. Parsing checks every value, so the accessors cannot
 * fail. Each accessor is for the kinds that its comment names. */
#ifndef VX_CLI_ARGUMENTS_H
#define VX_CLI_ARGUMENTS_H

#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"

#include <stddef.h>
#include <stdint.h>

/* The forms of --help. The hidden --help=man, bash and zsh make installed files; --help=columns lists the possible
 * covariates of the preceding --table for shell completion. */
typedef enum vx_help_kind {
    VX_HELP_NONE, VX_HELP_TEXT, VX_HELP_MAN, VX_HELP_BASH, VX_HELP_ZSH, VX_HELP_COLUMNS
} vx_help_kind;

struct vx_arguments {
    const vx_command *command;
    bool command_named;       /* false: the default, run */
    vx_help_kind help;        /* parsing stops at --help and --version */
    bool version;
    char *value[VX_OPTIONS];  /* as given; null: not given */
    char *const *word;        /* the operands, in the given order */
    size_t words;
    char **reordered;         /* argv, operands last; `word` points into it */
    char *command_line;       /* quoted for a shell */
};

/* The words of a command as one line, quoted for a shell. The caller frees; null where memory is short. */
char *vx_quoted_line(int argc, char *const *argv);

/* Errors (VX_USAGE): a command, option or choice that is unknown (with the nearest name) or of a later version ("not
 * yet"); a value out of range. */
vx_status vx_arguments_parse(int argc, char *const *argv, vx_arguments *arguments, vx_error *error);
void vx_arguments_destroy(vx_arguments *arguments);

bool vx_argument_given(const vx_arguments *arguments, vx_option_id id);          /* all kinds */
const char *vx_argument_text(const vx_arguments *arguments, vx_option_id id);    /* all; else the default or null */
int vx_argument_choice(const vx_arguments *arguments, vx_option_id id);          /* its index; -1: no choice */
unsigned vx_argument_choices(const vx_arguments *arguments, vx_option_id id);    /* bit i: choice i */
uint64_t vx_argument_integer(const vx_arguments *arguments, vx_option_id id);      /* 0 for a word or no value */
double vx_argument_real(const vx_arguments *arguments, vx_option_id id);         /* 0 without a value */
size_t vx_argument_bytes(const vx_arguments *arguments, vx_option_id id);        /* 0 for a word or no value */

/* The names of a VX_NAMES option, the formulas of a VX_FORMULAS or the filters of a VX_FILTERS option, released
 * with vx_names_destroy. */
typedef struct vx_names {
    char *text;
    const char **name; /* count, pointing into text */
    size_t count;
} vx_names;

vx_status vx_argument_names(const vx_arguments *arguments, vx_option_id id, vx_names *names, vx_error *error);
void vx_names_destroy(vx_names *names);

#endif
