/* SHA-2 (FIPS 180-4) by libcrypto, which uses the processor's own instructions for it. All of OpenSSL is behind this
 * header. What fails here fails for want of memory, whatever the machine's configuration of OpenSSL says.
 *
 * A text is lower-case hexadecimal; where a function returns false, it is empty. */
#ifndef VX_BASE_SHA_H
#define VX_BASE_SHA_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { VX_SHA256_BYTES = 32, VX_SHA256_TEXT = 2 * VX_SHA256_BYTES + 1, VX_SHA512_TEXT = 129 };

/* A digest in the making. It starts as {0}; ending it releases what it holds, as vx_sha256_destroy does. */
typedef struct vx_sha256 {
    void *state; /* libcrypto's; null: not begun, or lost for want of memory */
} vx_sha256;

/* Whether memory was short on the way, the end tells. */
void vx_sha256_begin(vx_sha256 *sha);
void vx_sha256_add(vx_sha256 *sha, const void *bytes, size_t size);
bool vx_sha256_end(vx_sha256 *sha, unsigned char digest[VX_SHA256_BYTES]) VX_MUST_USE;
bool vx_sha256_end_text(vx_sha256 *sha, char text[VX_SHA256_TEXT]) VX_MUST_USE;
void vx_sha256_destroy(vx_sha256 *sha);

/* Of bytes in memory. */
bool vx_sha256_text(const void *bytes, size_t size, char text[VX_SHA256_TEXT]) VX_MUST_USE;
bool vx_sha512_text(const void *bytes, size_t size, char text[VX_SHA512_TEXT]) VX_MUST_USE;

/* Of what is still to be read from an open file. False and errno where it cannot be. */
bool vx_sha256_file(int descriptor, char text[VX_SHA256_TEXT]) VX_MUST_USE;

#endif
