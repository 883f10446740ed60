/* Numbers as people and programs write them: decimal, with a point, finite. */
#ifndef VX_BASE_NUMBER_H
#define VX_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* The number that the whole of `text` is: sign, digits, point, exponent. False where it is none or does not fit;
 * hexadecimal numbers, infinities, NaN and blanks are none. */
bool vx_number_read(const char *text, double *value);

/* 1234567 as "1,234,567", in 32 bytes. Returns `text`. */
const char *vx_count_text(uint64_t count, char text[32]);

#endif
