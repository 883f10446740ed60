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

/* Four passes over 8 bits each, after which the result is in `value` again. */
void vx_sort_integers(uint32_t *value, uint32_t *scratch, size_t count)
{
    for (int shift = 0; shift < 32; shift += 8) {
        size_t start[256] = {0}, before = 0;
        for (size_t i = 0; i < count; i++)
            start[value[i] >> shift & 255]++;
        for (int digit = 0; digit < 256; digit++) {
            const size_t of_digit = start[digit];
            start[digit] = before;
            before += of_digit;
        }
        for (size_t i = 0; i < count; i++)
            scratch[start[value[i] >> shift & 255]++] = value[i];
        uint32_t *swap = value;
        value = scratch;
        scratch = swap;
    }
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
