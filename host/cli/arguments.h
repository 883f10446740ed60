/* Arguments: a command line against the option table.
 *
 * A vx_arguments owns its texts; vx_arguments_destroy releases it. Every value is checked while it is parsed, so the
 * accessors cannot fail; each is for the kinds that its comment names. */
#ifndef VX_CLI_ARGUMENTS_H
#define VX_CLI_ARGUMENTS_H

#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"

#include <stddef.h>
#include <stdint.h>

/* What --help prints: the hidden --help=man, bash and zsh make the files that are installed; --help=columns lists what
 * the table before it offers to --covariate, for the completion. */
typedef enum vx_help_kind {
    VX_HELP_NONE, VX_HELP_TEXT, VX_HELP_MAN, VX_HELP_BASH, VX_HELP_ZSH, VX_HELP_COLUMNS
} vx_help_kind;

struct vx_arguments {
    const vx_command *command;
    bool command_named;       /* false: the default, run */
    vx_help_kind help;        /* with it and with `version` nothing after it was read */
    bool version;
    char *value[VX_OPTIONS];  /* as given; null: not given */
    char *const *word;        /* the operands of a command that takes them, in the order given */
    size_t words;
    char **reordered;         /* argv, operands last; `word` points into it */
    char *command_line;       /* quoted for a shell */
};

/* The words of a command as one line that a shell takes; the caller frees. Null where memory is short. */
char *vx_quoted_line(int argc, char *const *argv);

/* Errors (VX_USAGE): an unknown command, option or choice (with the nearest name), one of a later version ("not yet"),
 * a value out of range. */
vx_status vx_arguments_parse(int argc, char *const *argv, vx_arguments *arguments, vx_error *error);
void vx_arguments_destroy(vx_arguments *arguments);

bool vx_argument_given(const vx_arguments *arguments, vx_option_id id);          /* all kinds */
const char *vx_argument_text(const vx_arguments *arguments, vx_option_id id);    /* all; given or default, else null */
int vx_argument_choice(const vx_arguments *arguments, vx_option_id id);          /* its place; -1: none, or a number */
unsigned vx_argument_choices(const vx_arguments *arguments, vx_option_id id);    /* bit i: choice i */
uint64_t vx_argument_whole(const vx_arguments *arguments, vx_option_id id);      /* 0 for a word or none */
double vx_argument_real(const vx_arguments *arguments, vx_option_id id);         /* 0 for none */
size_t vx_argument_bytes(const vx_arguments *arguments, vx_option_id id);        /* 0 for a word or none */

/* The names of a VX_NAMES option. free with vx_names_destroy. */
typedef struct vx_names {
    char *text;
    const char **name; /* count, pointing into text */
    size_t count;
} vx_names;

vx_status vx_argument_names(const vx_arguments *arguments, vx_option_id id, vx_names *names, vx_error *error);
void vx_names_destroy(vx_names *names);

#endif
