#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

/* Only the first letters of longer names are compared, which is enough to find a typing error. */
enum { LENGTH_MAX = 64 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int equal_letters(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment distance (Damerau 1964, CACM 7:171; Wagner & Fischer 1974, JACM 21:168). */
static size_t distance(const char *a, const char *b)
{
    size_t rows = strnlen(a, LENGTH_MAX), columns = strnlen(b, LENGTH_MAX);
    size_t d[LENGTH_MAX + 1][LENGTH_MAX + 1];
    for (size_t i = 0; i <= rows; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= columns; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= rows; i++) {
        for (size_t j = 1; j <= columns; j++) {
            size_t replaced = d[i - 1][j - 1] + !equal_letters(a[i - 1], b[j - 1]);
            d[i][j] = smaller(replaced, smaller(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && equal_letters(a[i - 1], b[j - 2]) && equal_letters(a[i - 2], b[j - 1]))
                d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[rows][columns];
}

const char *vx_nearest(const char *name, const char *const *candidate, size_t candidates)
{
    const char *nearest = NULL;
    size_t smallest = strnlen(name, LENGTH_MAX) / 3 + 1; /* one differing letter is always allowed */
    if (smallest < 2)
        smallest = 2;
    for (size_t i = 0; i < candidates; i++) {
        size_t d = distance(name, candidate[i]);
        if (d < smallest) {
            smallest = d;
            nearest = candidate[i];
        }
    }
    return nearest;
}
