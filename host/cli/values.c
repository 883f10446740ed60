#include "cli/values.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "a|b|c" as "a, b or c", in `text` of `size` bytes. */
static const char *choices_in_words(const char *choices, char *text, size_t size)
{
    text[0] = '\0';
    while (choices && *choices) {
        size_t next = strcspn(choices, "|"), used = strlen(text);
        const char *join = !used ? "" : strchr(choices, '|') ? ", " : " or ";
        snprintf(text + used, size - used, "%s%.*s", join, (int)next, choices);
        choices += next + (choices[next] == '|');
    }
    return text;
}

vx_status vx_value_check_choice(const vx_option *option, const char *word, vx_error *error)
{
    char text[200];
    if (vx_choice(option->choices, word) >= 0)
        return VX_OK;
    if (vx_choice(option->later, word) >= 0)
        return vx_fail(error, VX_USAGE, "--%s %s: not yet; it comes with a later version", option->name, word);
    return vx_fail(error, VX_USAGE, "--%s: found '%s', expected %s", option->name, word,
                   choices_in_words(option->choices, text, sizeof text));
}

bool vx_value_integer(const char *text, uint64_t *value)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return !*end && !errno;
}

bool vx_value_real(const char *text, double *value)
{
    return vx_number_read(text, value);
}

char *vx_value_next_name(char **rest)
{
    char *name = *rest, *to = name;
    for (char *from = name; from; from++) {
        if (from[0] == '\\' && from[1] == ',') {
            *to++ = *++from;
            continue;
        }
        if (*from == ',' || !*from) {
            *rest = *from ? from + 1 : NULL;
            *to = '\0';
            break;
        }
        *to++ = *from;
    }
    return name;
}

char *vx_value_next_formula(char **rest)
{
    char *formula = *rest;
    if (formula)
        *rest = strchr(formula, ';');
    if (*rest)
        *(*rest)++ = '\0';
    return formula;
}

bool vx_value_bytes(const char *text, size_t *value)
{
    static const char prefix[] = "KMGT";
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    size_t scale = 1;
    const char *found = *end ? strchr(prefix, toupper((unsigned char)*end)) : NULL;
    if (found) {
        scale <<= 10 * (found - prefix + 1);
        end++;
        if (!strncmp(end, "iB", 2))
            end++;
    }
    if (*end == 'B')
        end++;
    return !*end && !errno && vx_multiply((size_t)number, scale, value);
}

static vx_status check_number(const vx_option *option, const char *text, vx_error *error)
{
    uint64_t integer;
    size_t bytes;
    double real;
    char words[200], range[100];
    bool good = vx_choice(option->choices, text) >= 0;
    const char * or = option->choices ? ", or " : "";
    choices_in_words(option->choices, words, sizeof words);
    switch (option->kind) {
    case VX_INTEGER:
        good = good || (vx_value_integer(text, &integer) && (double)integer >= option->low &&
                        (double)integer <= option->high);
        if (option->high < 0x1p64)
            snprintf(range, sizeof range, "a whole number from %.0f to %.0f", option->low, option->high);
        else
            snprintf(range, sizeof range, "a whole number from %.0f to %" PRIu64, option->low, UINT64_MAX);
        break;
    case VX_BYTES:
        good = good || (vx_value_bytes(text, &bytes) && (double)bytes >= option->low && (double)bytes <= option->high);
        snprintf(range, sizeof range, "a size such as 64M, 2G or 500K");
        break;
    default:
        good = good || (vx_value_real(text, &real) && real > option->low && real < option->high);
        if (isinf(option->low))
            snprintf(range, sizeof range, "a number");
        else
            snprintf(range, sizeof range, "a number greater than %g and less than %g", option->low, option->high);
    }
    if (good)
        return VX_OK;
    return vx_fail(error, VX_USAGE, "--%s: found '%s', expected %s%s%s", option->name, text, range, or, words);
}

static vx_status check_utf8(const vx_option *option, const char *text, vx_error *error)
{
    const char *fault = vx_utf8_fault(text);
    return fault ? vx_fail(error, VX_USAGE, "--%s: found '%s', whose byte 0x%02X is not UTF-8", option->name, text,
                           (unsigned char)*fault) : VX_OK;
}

/* What a formula or filter means is checked where the table is known. */
static vx_status check_formulas(const vx_option *option, const char *list, vx_error *error)
{
    char *copy = vx_copy_text(list), *rest = copy;
    vx_status status = copy ? check_utf8(option, list, error) : vx_fail_memory(error);
    for (char *formula; !status && (formula = vx_value_next_formula(&rest));) {
        if (!formula[strspn(formula, " \t\r\n")])
            status = vx_fail(error, VX_USAGE, "--%s: found '%s', in which %s is empty", option->name, list,
                             option->kind == VX_FORMULAS ? "a formula" : "a part");
        else if (option->kind == VX_FORMULAS && !strchr(formula, '='))
            status = vx_fail(error, VX_USAGE, "--%s: found '%s', expected %s", option->name, formula,
                             strchr(option->argument, '=') ? option->argument : "NAME = FORMULA");
    }
    free(copy);
    return status;
}

/* Names must differ and not be empty; those of VX_CHOICES must be choices. */
static vx_status check_names(const vx_option *option, const char *list, vx_error *error)
{
    vx_status status = VX_OK;
    char *copy = vx_copy_text(list), *rest = copy;
    const char **seen = vx_array(strlen(list) + 1, sizeof *seen);
    size_t names = 0;
    if (!copy || !seen)
        status = vx_fail_memory(error);
    else
        status = check_utf8(option, list, error);
    for (char *name; !status && (name = vx_value_next_name(&rest));) {
        if (!*name)
            status = vx_fail(error, VX_USAGE, "--%s: found '%s', in which a name is empty", option->name, list);
        for (size_t i = 0; !status && i < names; i++) {
            if (!strcmp(seen[i], name))
                status = vx_fail(error, VX_USAGE, "--%s: %s is there twice", option->name, name);
        }
        seen[names++] = name;
        if (!status && option->kind == VX_CHOICES)
            status = vx_value_check_choice(option, name, error);
    }
    free(seen);
    free(copy);
    return status;
}

vx_status vx_value_check(const vx_option *option, const char *text, vx_error *error)
{
    switch (option->kind) {
    case VX_SWITCH: return VX_OK;
    case VX_TEXT:
        return *text ? VX_OK : vx_fail(error, VX_USAGE, "--%s: the %s is empty", option->name, option->argument);
    case VX_CHOICE: return vx_value_check_choice(option, text, error);
    case VX_NAMES:
    case VX_CHOICES: return check_names(option, text, error);
    case VX_FORMULAS: case VX_FILTERS: return check_formulas(option, text, error);
    case VX_INTEGER:
    case VX_REAL:
    case VX_BYTES: return check_number(option, text, error);
    }
    return VX_OK;
}
