#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789";

/* Whether the text is a decimal number. strtod would also read "0x1p3", "infinity", "nan" and leading blanks. */
static bool decimal(const char *text)
{
    text += *text == '+' || *text == '-';
    size_t before = strspn(text, digits), after = 0;
    text += before;
    if (*text == '.') {
        after = strspn(text + 1, digits);
        text += 1 + after;
    }
    if (!before && !after)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        size_t exponent = strspn(text, digits);
        if (!exponent)
            return false;
        text += exponent;
    }
    return !*text;
}

bool vx_number_read(const char *text, double *value)
{
    char *end;
    if (!decimal(text))
        return false;
    *value = strtod(text, &end);
    return !*end && isfinite(*value);
}

const char *vx_count_text(uint64_t count, char text[32])
{
    char figures[32];
    const int length = snprintf(figures, sizeof figures, "%llu", (unsigned long long)count);
    int used = 0;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = figures[i];
    }
    text[used] = '\0';
    return text;
}

/* The exponent of p once it is rounded to three digits decides the form: 0.09996 is 0.100. */
const char *vx_p_ascii(double p, char text[32])
{
    enum { DIGITS = 3, ZEROS_MAX = 5 };
    if (!isfinite(p))
        return strcpy(text, "n/a");
    snprintf(text, 32, "%.*e", DIGITS - 1, p);
    const int exponent = atoi(strchr(text, 'e') + 1);
    if (exponent >= -ZEROS_MAX)
        snprintf(text, 32, "%.*f", exponent < DIGITS - 1 ? DIGITS - 1 - exponent : 0, p);
    return text;
}

const char *vx_p_text(double p, char text[32])
{
    if (!isfinite(p))
        return strcpy(text, "\xE2\x80\x93");
    vx_p_ascii(p, text);
    return vx_minus_text(text);
}

const char *vx_minus_text(char text[32])
{
    static const char minus[] = "\xE2\x88\x92";
    for (char *at = strchr(text, '-'); at && strlen(text) + sizeof minus - 1 <= 32; at = strchr(at, '-')) {
        memmove(at + sizeof minus - 1, at + 1, strlen(at));
        memcpy(at, minus, sizeof minus - 1);
    }
    return text;
}

/* Sets commas between the thousands of a printed number, as far as 32 bytes hold them. */
static void group(char text[32])
{
    char *first = text + strcspn(text, digits);
    for (size_t left = strspn(first, digits); left > 3 && strlen(text) + 1 < 32; first++)
        if (--left % 3 == 0) {
            memmove(first + 2, first + 1, strlen(first));
            *++first = ',';
        }
}

const char *vx_typeset_number(char text[32])
{
    group(text);
    return vx_minus_text(text);
}

const char *vx_fixed_text(double value, int decimals, char text[32])
{
    if (isnan(value))
        return strcpy(text, "\xE2\x80\x93");
    snprintf(text, 32, "%.*f", decimals, value);
    if (*text == '-' && strspn(text, "-0.") == strlen(text))
        memmove(text, text + 1, strlen(text));
    return vx_typeset_number(text);
}

/* printf's %g would give integers of more digits an exponent, and no value in another one's place. */
const char *vx_digits_text(double value, int digits_wanted, bool plus, char text[32])
{
    const bool integer = fabs(value) >= pow(10, digits_wanted) - 0.5 && fabs(value) < 1e15;
    if (isnan(value))
        return strcpy(text, "\xE2\x80\x93");
    if (integer)
        snprintf(text, 32, plus ? "%+.0f" : "%.0f", value);
    else
        snprintf(text, 32, plus ? "%+.*g" : "%.*g", digits_wanted, value + 0.0); /* avoids -0 */
    return vx_typeset_number(text);
}

const char *vx_number_text(double value, char text[32])
{
    return vx_digits_text(value, 4, false, text);
}

const char *vx_mm_text(const double mm[3], char text[VX_MM_TEXT])
{
    char part[3][32];
    for (int k = 0; k < 3; k++) {
        vx_number_text(mm[k], part[k]);
    }
    snprintf(text, VX_MM_TEXT, "%s, %s, %s", part[0], part[1], part[2]);
    return text;
}
