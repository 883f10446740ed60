/* Numbers as people and programs write them: decimal, with a point, finite. */
#ifndef VX_BASE_NUMBER_H
#define VX_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* The number that `text` spells: sign, digits, point, exponent, and nothing else. False for any other text, such as
 * hexadecimal numbers, infinities, NaN and blanks, and for a number too large for a double. */
bool vx_number_read(const char *text, double *value);

/* 1234567 as "1,234,567", in 32 bytes. Returns `text`. */
const char *vx_count_text(uint64_t count, char text[32]);

#endif
