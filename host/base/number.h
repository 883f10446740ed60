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

#endif
