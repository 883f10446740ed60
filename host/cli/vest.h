/* VEST: FSL's text matrices (design.mat, design.con, design.grp), and plain tables of numbers, which PALM also reads.
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

/* Reads lines of numbers that are separated by blanks, commas or semicolons. In a VEST file these follow the line
 * "/Matrix", and /NumWaves must match the number of columns. Errors: VX_INPUT, naming file and line: unreadable, no
 * numbers, a word that is no number, rows of different length. */
vx_status vx_vest_read(const char *path, vx_vest *vest, vx_error *error);
void vx_vest_destroy(vx_vest *vest);

static inline double vx_vest_at(const vx_vest *vest, size_t row, size_t column)
{
    return vest->value[row * vest->columns + column];
}

#endif
