/* Memory. Every product of sizes goes through one checked multiplication, so that no size wraps around.
 *
 * vx_array, vx_array_zero and vx_array_grow return null where the product overflows or memory is short. The caller
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

/* Enlarges an array of `count` elements so that `more` fit behind them. `array` comes from this function, or is null
 * for an empty one. The capacity is a power of two derived from `count`, so that n appends copy O(n) elements. Returns
 * the new pointer, which replaces `array`; after null, `array` is still valid and unchanged. */
void *vx_array_grow(void *array, size_t count, size_t more, size_t size);

/* A copy of `text`, which the caller frees; null for null. */
char *vx_copy_text(const char *text);
/* printf into new memory, which the caller frees; null where memory is short. */
char *vx_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *vx_text_of(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

#define vx_fail_memory(error) vx_fail((error), VX_INTERNAL, "out of memory")

#endif
