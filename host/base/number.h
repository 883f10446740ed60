/* Numbers as text: decimal, with a point, finite. */
#ifndef VX_BASE_NUMBER_H
#define VX_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Parses a number of sign, digits, point and exponent. False for any other text, such as hexadecimal numbers,
 * infinities, NaN and blanks, and for a number too large for a double. */
bool vx_number_read(const char *text, double *value);

/* Formats 1234567 as "1,234,567". Returns `text`. */
const char *vx_count_text(uint64_t count, char text[32]);

/* Formats p with three significant digits. For the page and pictures ("–" for NaN, U+2212 as the minus of an exponent):
 * "0.0312", "0.0000610", "1.23e−07"; for the terminal ("n/a" for NaN): "1.23e-07". Both return `text`. */
const char *vx_p_text(double p, char text[32]);
const char *vx_p_ascii(double p, char text[32]);

/* Replaces every "-" by U+2212, the minus sign, as far as 32 bytes hold it. Returns `text`. */
const char *vx_minus_text(char text[32]);

/* The same, with commas between the thousands: what printf wrote becomes a number of the page and pictures. */
const char *vx_typeset_number(char text[32]);

/* Formats a number for the page and pictures: "−6.93". All return `text`, and give "–" for NaN. With so many decimals,
 * and "0.00" for what rounds to zero: */
const char *vx_fixed_text(double value, int decimals, char text[32]);
/* With so many significant digits, and all of those before the point: "0.1235", "−12,346"; if wanted "+4.9", too. */
const char *vx_digits_text(double value, int digits, bool plus, char text[32]);
/* With four significant digits. */
const char *vx_number_text(double value, char text[32]);

/* Formats a place for the page and pictures, with four significant digits: "−22, 10, 8.5". Returns `text`. */
enum { VX_MM_TEXT = 104 };
const char *vx_mm_text(const double mm[3], char text[VX_MM_TEXT]);

#endif
