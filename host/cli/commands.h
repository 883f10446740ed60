/* The commands of the program, one file each. */
#ifndef VX_CLI_COMMANDS_H
#define VX_CLI_COMMANDS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct vx_arguments vx_arguments;

/* A row of the table at the end of a command's help. */
typedef struct vx_command_row {
    const char *title; /* begins a new part; null: same part as the row before */
    char term[100], text[1000];
} vx_command_row;

typedef struct vx_command {
    const char *name;
    unsigned flag;           /* in vx_option.commands */
    const char *usage;       /* what follows the name */
    const char *operand;     /* beside options: "COMMAND..." is required, "[DIR]" is optional; null: none */
    const char *summary;     /* one line */
    const char *description; /* paragraphs, separated by newlines */
    const char *examples;    /* commands, one per line */
    vx_status (*body)(const vx_arguments *arguments, vx_error *error); /* null: of a later version */
} vx_command;

extern const vx_command vx_command_table[];
extern const size_t vx_commands;

/* Row i of the table at the end of a command's help; false beyond the last row. */
bool vx_command_row_get(const vx_command *command, size_t i, vx_command_row *row);

/* The command of that name, or null. */
const vx_command *vx_command_find(const char *name);

vx_status vx_command_bench(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_devices(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_figure(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_nidm(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_report(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_run(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_selftest(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_show(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_simulate(const vx_arguments *arguments, vx_error *error);
vx_status vx_command_translate(const vx_arguments *arguments, vx_error *error);

#endif
