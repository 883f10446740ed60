/* SHA-2 (FIPS 180-4) by libcrypto, which uses the processor's instructions for it. Only sha.c uses OpenSSL. The
 * functions do not depend on the machine's OpenSSL configuration: they fail only where memory is short.
 *
 * A text is lower-case hexadecimal; it is empty where a function returns false. */
#ifndef VX_BASE_SHA_H
#define VX_BASE_SHA_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { VX_SHA256_BYTES = 32, VX_SHA256_TEXT = 2 * VX_SHA256_BYTES + 1, VX_SHA512_TEXT = 129 };

/* A digest under construction. It starts as {0}. vx_sha256_end and vx_sha256_destroy release it. */
typedef struct vx_sha256 {
    void *state; /* of libcrypto; null before vx_sha256_begin and where memory was short */
} vx_sha256;

/* _begin and _add report no errors: after one, the functions that end the digest return false. */
void vx_sha256_begin(vx_sha256 *sha);
void vx_sha256_add(vx_sha256 *sha, const void *bytes, size_t size);
bool vx_sha256_end(vx_sha256 *sha, unsigned char digest[VX_SHA256_BYTES]) VX_MUST_USE;
bool vx_sha256_end_text(vx_sha256 *sha, char text[VX_SHA256_TEXT]) VX_MUST_USE;
void vx_sha256_destroy(vx_sha256 *sha);

/* The digest of bytes in memory. */
bool vx_sha256_text(const void *bytes, size_t size, char text[VX_SHA256_TEXT]) VX_MUST_USE;
bool vx_sha512_text(const void *bytes, size_t size, char text[VX_SHA512_TEXT]) VX_MUST_USE;

/* The digest of an open file from its current offset to its end. On failure false, with errno set. */
bool vx_sha256_file(int descriptor, char text[VX_SHA256_TEXT]) VX_MUST_USE;

#endif
