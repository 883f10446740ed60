/* Arithmetic with names: "ptau / (ttau + 0.5)".
 *
 *     sum      = product { ("+" | "-") product }
 *     product  = factor { ("*" | "/") factor }
 *     factor   = ("+" | "-") factor | number | name | "log" "(" sum ")" | "(" sum ")"
 *     name     = letters, digits, "_" and ".", not first a digit; or any text in double quotes
 *
 * U+2212 is a minus, U+00D7 is "*" and U+00F7 is "/". log is the natural logarithm. */
#ifndef VX_STUDY_EXPRESSION_H
#define VX_STUDY_EXPRESSION_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Owned; vx_expression_destroy releases it. */
typedef struct vx_expression {
    char **name; /* distinct, in the order of the text */
    size_t names;
    struct vx_expression_step *step; /* the operations in the order of reverse Polish notation */
    size_t steps;
    bool ratio; /* the last operations are products and divisions, and a name is in a divisor */
} vx_expression;

typedef enum vx_expression_fault {
    VX_EXPRESSION_GOOD,
    VX_EXPRESSION_ZERO_DIVISOR,
    VX_EXPRESSION_LOGARITHM, /* of zero or of a negative number */
    VX_EXPRESSION_RANGE      /* a result that is too large for a number */
} vx_expression_fault;

/* Parses `text`. The caller calls vx_expression_destroy, on errors too. Errors (VX_INPUT, with what was found and what
 * was expected): text that is not an expression, or is nested too deeply; no name in it. */
vx_status vx_expression_parse(const char *text, vx_expression *expression, vx_error *error);
void vx_expression_destroy(vx_expression *expression);

/* Computes the expression with value[i] for name[i]. *result is NaN if some value is NaN, and after a fault. */
vx_expression_fault vx_expression_compute(const vx_expression *expression, const double *value, double *result);

#endif
