#include "study/expression.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

enum {
    DEPTH_MAX = 64,              /* of parentheses and signs */
    HELD_MAX = 3 * DEPTH_MAX,    /* a level of the grammar holds a sum, a product and a factor at most */
};

typedef enum operation { NUMBER, NAME, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, LOGARITHM } operation;

struct vx_expression_step {
    operation operation;
    double number; /* of NUMBER */
    size_t name;   /* of NAME: its index */
};

/* The state of the parser: the text that is left, and the nesting. */
typedef struct parser {
    const char *rest;
    int depth;
    vx_expression *expression;
    vx_error *error;
} parser;

/* What is known of a part of the expression. */
typedef struct part {
    bool named; /* it holds a name */
    bool ratio;
} part;

/* ---- tokens ---- */

static void skip_blanks(parser *r)
{
    r->rest += strspn(r->rest, " \t\r\n");
}

/* Skips an operator: `plain`, or its typographic form. */
static bool take(parser *r, char plain, const char *typographic)
{
    skip_blanks(r);
    size_t length = *r->rest == plain ? 1 : 0;
    if (!length && typographic && !strncmp(r->rest, typographic, strlen(typographic)))
        length = strlen(typographic);
    r->rest += length;
    return length;
}

static bool take_minus(parser *r)
{
    return take(r, '-', "\xe2\x88\x92");
}

static bool take_times(parser *r)
{
    return take(r, '*', "\xc3\x97");
}

static bool take_divided(parser *r)
{
    return take(r, '/', "\xc3\xb7");
}

/* The length of the letters, digits, "_" and "." at `text`. Letters include all characters beyond ASCII that are not
 * operators. */
static size_t word_length(const char *text)
{
    static const char *const operators[] = {"\xe2\x88\x92", "\xc3\x97", "\xc3\xb7", "\xc2\xa0"};
    size_t length = 0;
    for (;;) {
        const char *at = text + length;
        bool plain = *at && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.", *at);
        bool beyond = (unsigned char)*at >= 0x80;
        for (size_t i = 0; beyond && i < sizeof operators / sizeof *operators; i++)
            beyond = strncmp(at, operators[i], strlen(operators[i])) != 0;
        size_t bytes = plain ? 1 : beyond ? vx_utf8_length(at) : 0;
        if (!bytes)
            return length;
        length += bytes;
    }
}

/* The length of the digits, point and exponent at `text`. */
static size_t number_length(const char *text)
{
    size_t length = strspn(text, "0123456789.");
    if (text[length] == 'e' || text[length] == 'E') {
        size_t sign = text[length + 1] == '-' || text[length + 1] == '+';
        size_t exponent = strspn(text + length + 1 + sign, "0123456789");
        length += exponent ? 1 + sign + exponent : 0;
    }
    return length;
}

static vx_status unexpected(parser *r, const char *expected)
{
    skip_blanks(r);
    if (!*r->rest)
        return vx_fail(r->error, VX_INPUT, "expected %s at the end", expected);
    return vx_fail(r->error, VX_INPUT, "found '%s', expected %s", r->rest, expected);
}

/* ---- steps ---- */

static vx_status add_step(parser *r, struct vx_expression_step step)
{
    vx_expression *e = r->expression;
    struct vx_expression_step *grown = vx_array_grow(e->step, e->steps, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(r->error);
    e->step = grown;
    e->step[e->steps++] = step;
    return VX_OK;
}

static vx_status add_name(parser *r, const char *text, size_t length)
{
    vx_expression *e = r->expression;
    size_t i = 0;
    while (i < e->names && (strlen(e->name[i]) != length || strncmp(e->name[i], text, length)))
        i++;
    if (i == e->names) {
        char **grown = vx_array_grow(e->name, e->names, 1, sizeof *grown);
        if (!grown)
            return vx_fail_memory(r->error);
        e->name = grown;
        if (!(e->name[e->names] = strndup(text, length)))
            return vx_fail_memory(r->error);
        e->names++;
    }
    return add_step(r, (struct vx_expression_step){.operation = NAME, .name = i});
}

/* ---- grammar ---- */

static vx_status read_sum(parser *r, part *found);

static vx_status read_number(parser *r)
{
    char text[64];
    double value;
    size_t length = number_length(r->rest), word = word_length(r->rest);
    if (word > length)
        return vx_fail(r->error, VX_INPUT, "found '%.*s', expected a number; a name that begins with a digit stands in "
                       "double quotes", (int)word, r->rest);
    if (length >= sizeof text)
        return vx_fail(r->error, VX_INPUT, "found '%.*s', expected a number of fewer digits", (int)length, r->rest);
    memcpy(text, r->rest, length);
    text[length] = '\0';
    if (!vx_number_read(text, &value))
        return vx_fail(r->error, VX_INPUT, "found '%s', expected a number", text);
    r->rest += length;
    return add_step(r, (struct vx_expression_step){.operation = NUMBER, .number = value});
}

static vx_status read_quoted(parser *r)
{
    const char *text = r->rest + 1;
    size_t length = strcspn(text, "\"");
    if (!text[length])
        return vx_fail(r->error, VX_INPUT, "found '%s', expected a second double quote", r->rest);
    if (!length)
        return vx_fail(r->error, VX_INPUT, "found '\"\"', expected a name between the quotes");
    r->rest = text + length + 1;
    return add_name(r, text, length);
}

/* Reads a sum and the parenthesis behind it; the one before it has been skipped. */
static vx_status read_parentheses(parser *r, part *found)
{
    vx_status status = read_sum(r, found);
    if (!status && !take(r, ')', NULL))
        status = unexpected(r, "an operator or ')'");
    return status;
}

static vx_status read_word(parser *r, part *found)
{
    size_t length = word_length(r->rest);
    const char *word = r->rest;
    r->rest += length;
    if (length == strlen("log") && !strncmp(word, "log", length) && take(r, '(', NULL)) {
        vx_status status = read_parentheses(r, found);
        found->ratio = false;
        return status ? status : add_step(r, (struct vx_expression_step){.operation = LOGARITHM});
    }
    found->named = true;
    return add_name(r, word, length);
}

static vx_status read_factor(parser *r, part *found)
{
    vx_status status;
    *found = (part){0};
    if (++r->depth > DEPTH_MAX)
        return vx_fail(r->error, VX_INPUT, "more than %d parentheses and signs within one another", (int)DEPTH_MAX);
    if (take_minus(r)) {
        status = read_factor(r, found);
        if (!status)
            status = add_step(r, (struct vx_expression_step){.operation = NEGATE});
    } else if (take(r, '+', NULL)) {
        status = read_factor(r, found);
    } else if (take(r, '(', NULL)) {
        status = read_parentheses(r, found);
    } else if (*r->rest == '"') {
        found->named = true;
        status = read_quoted(r);
    } else if (*r->rest && strchr("0123456789.", *r->rest)) {
        status = read_number(r);
    } else if (word_length(r->rest)) {
        status = read_word(r, found);
    } else {
        status = unexpected(r, "a name, a number or '('");
    }
    r->depth--;
    return status;
}

static vx_status read_product(parser *r, part *found)
{
    vx_status status = read_factor(r, found);
    while (!status) {
        bool divides = take_divided(r);
        part next;
        if (!divides && !take_times(r))
            break;
        status = read_factor(r, &next);
        if (!status)
            status = add_step(r, (struct vx_expression_step){.operation = divides ? DIVIDE : MULTIPLY});
        found->ratio |= next.ratio || (divides && next.named);
        found->named |= next.named;
    }
    return status;
}

static vx_status read_sum(parser *r, part *found)
{
    vx_status status = read_product(r, found);
    while (!status) {
        bool minus = take_minus(r);
        part next;
        if (!minus && !take(r, '+', NULL))
            break;
        status = read_product(r, &next);
        if (!status)
            status = add_step(r, (struct vx_expression_step){.operation = minus ? SUBTRACT : ADD});
        *found = (part){.named = found->named || next.named};
    }
    return status;
}

vx_status vx_expression_parse(const char *text, vx_expression *expression, vx_error *error)
{
    parser r = {text, 0, expression, error};
    part all;
    *expression = (vx_expression){0};
    vx_status status = read_sum(&r, &all);
    skip_blanks(&r);
    if (!status && *r.rest)
        status = unexpected(&r, "an operator");
    if (!status && !all.named)
        status = vx_fail(error, VX_INPUT, "no marker is named in it");
    expression->ratio = !status && all.ratio;
    return status;
}

void vx_expression_destroy(vx_expression *expression)
{
    if (!expression)
        return;
    for (size_t i = 0; i < expression->names; i++)
        free(expression->name[i]);
    free(expression->name);
    free(expression->step);
    *expression = (vx_expression){0};
}

/* ---- values ---- */

/* Applies an operation of two operands. */
static double combine(operation how, double a, double b)
{
    return how == ADD ? a + b : how == SUBTRACT ? a - b : how == MULTIPLY ? a * b : a / b;
}

vx_expression_fault vx_expression_compute(const vx_expression *expression, const double *value, double *result)
{
    double held[HELD_MAX];
    size_t count = 0;
    *result = NAN;
    for (size_t i = 0; i < expression->names; i++) {
        if (isnan(value[i]))
            return VX_EXPRESSION_GOOD;
    }
    for (size_t i = 0; i < expression->steps; i++) {
        const struct vx_expression_step *step = expression->step + i;
        if (step->operation == NUMBER || step->operation == NAME) {
            held[count++] = step->operation == NUMBER ? step->number : value[step->name];
            continue;
        }
        double *last = held + count - 1;
        if (step->operation == NEGATE) {
            *last = -*last;
            continue;
        }
        if (step->operation == LOGARITHM) {
            if (!(*last > 0))
                return VX_EXPRESSION_LOGARITHM;
            *last = log(*last);
            continue;
        }
        if (step->operation == DIVIDE && *last == 0)
            return VX_EXPRESSION_ZERO_DIVISOR;
        last[-1] = combine(step->operation, last[-1], *last);
        count--;
        if (!isfinite(last[-1]))
            return VX_EXPRESSION_RANGE;
    }
    *result = held[0];
    return VX_EXPRESSION_GOOD;
}
