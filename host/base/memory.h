/* Memory: every product of sizes goes through one checked multiply, so no size wraps around.
 *
 * vx_array, vx_array_zero and vx_array_grow return null where the product does not fit or memory is short; the caller
 * frees with free(). */
#ifndef VX_BASE_MEMORY_H
#define VX_BASE_MEMORY_H

#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline bool vx_multiply(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/* `count` elements of `size` bytes, aligned to 64 bytes (a cache line, an AVX-512 vector). */
void *vx_array(size_t count, size_t size);
void *vx_array_zero(size_t count, size_t size);

/* Memory for `more` elements behind the `count` of an array that only this function has allocated; null starts one. Its
 * capacity is a power of two that follows from `count`, so that appending n elements one by one copies O(n) of them.
 * The caller replaces its pointer by the one returned; null where the product does not fit or memory is short, and
 * `array` is then as it was. */
void *vx_array_grow(void *array, size_t count, size_t more, size_t size);

/* A copy of `text` (null gives null); the caller frees. */
char *vx_copy_text(const char *text);
/* printf into fresh memory; null where memory is short. */
char *vx_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *vx_text_of(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

#define vx_fail_memory(error) vx_fail((error), VX_INTERNAL, "out of memory")

#endif
