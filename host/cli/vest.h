/* VEST: the text matrices of FSL (design.mat, design.con, design.grp), and plain tables of numbers, which PALM takes
 * too.
 *
 * A vx_vest owns its values; vx_vest_destroy releases them. */
#ifndef VX_CLI_VEST_H
#define VX_CLI_VEST_H

#include "base/error.h"

#include <stddef.h>

typedef struct vx_vest {
    size_t rows, columns;
    double *value; /* rows x columns, row after row */
} vx_vest;

/* Reads lines of numbers, between which stand blanks, commas or semicolons; of a VEST file (it has a line "/Matrix")
 * those after that line, and the columns must be as many as /NumWaves says.
 * Errors: VX_INPUT, naming file and line: unreadable, no numbers, something that is none, rows of different length. */
vx_status vx_vest_read(const char *path, vx_vest *vest, vx_error *error);
void vx_vest_destroy(vx_vest *vest);

static inline double vx_vest_at(const vx_vest *vest, size_t row, size_t column)
{
    return vest->value[row * vest->columns + column];
}

#endif
