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
