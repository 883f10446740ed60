#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

static int compare_floats(const void *a, const void *b)
{
    return vx_compare((double)*(const float *)a, (double)*(const float *)b);
}

static int compare_doubles(const void *a, const void *b)
{
    return vx_compare(*(const double *)a, *(const double *)b);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void vx_sort_floats(float *value, size_t count)
{
    qsort(value, count, sizeof *value, compare_floats);
}

void vx_sort_doubles(double *value, size_t count)
{
    qsort(value, count, sizeof *value, compare_doubles);
}

/* Three passes, over 11, 11 and 10 bits from the lowest, for which one pass counts the digits of all. */
void vx_sort_integers(uint32_t *value, uint32_t *scratch, size_t count)
{
    enum { PASSES = 3, BITS = 11, DIGITS = 1 << BITS };
    size_t start[PASSES][DIGITS] = {{0}};
    uint32_t *from = value, *to = scratch;
    for (size_t i = 0; i < count; i++)
        for (int pass = 0; pass < PASSES; pass++)
            start[pass][value[i] >> pass * BITS & (DIGITS - 1)]++;
    for (int pass = 0; pass < PASSES; pass++) {
        size_t before = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            const size_t of_digit = start[pass][digit];
            start[pass][digit] = before;
            before += of_digit;
        }
        for (size_t i = 0; i < count; i++)
            to[start[pass][from[i] >> pass * BITS & (DIGITS - 1)]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (count)
        memcpy(value, scratch, count * sizeof *value);
}

void vx_sort_texts(const char **text, size_t count)
{
    qsort(text, count, sizeof *text, compare_texts);
}

size_t vx_sort_distinct(const char **text, size_t count)
{
    size_t kept = 0;
    vx_sort_texts(text, count);
    for (size_t i = 0; i < count; i++)
        if (!i || strcmp(text[i], text[kept - 1]))
            text[kept++] = text[i];
    return kept;
}
