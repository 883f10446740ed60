#include "base/sha.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <unistd.h>

static const char sha256_name[] = "SHA2-256", sha512_name[] = "SHA2-512";

/* An algorithm, which the caller frees. It comes from a private context, so that no openssl.cnf can disable it and a
 * program that also uses OpenSSL is not affected. The context is kept, because creating one takes 1 ms. */
static EVP_MD *fetch(const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static OSSL_LIB_CTX *context;
    static bool complete; /* a context whose first use failed for lack of memory never becomes usable */
    pthread_mutex_lock(&lock);
    if (!context)
        context = OSSL_LIB_CTX_new();
    EVP_MD *algorithm = context ? EVP_MD_fetch(context, name, NULL) : NULL;
    complete = complete || algorithm;
    if (!complete) {
        OSSL_LIB_CTX_free(context);
        context = NULL;
    }
    pthread_mutex_unlock(&lock);
    return algorithm;
}

static bool write_hex(bool done, const unsigned char *digest, size_t bytes, char *text)
{
    static const char digit[] = "0123456789abcdef";
    const size_t count = done ? bytes : 0;
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digit[digest[i] >> 4];
        text[2 * i + 1] = digit[digest[i] & 15];
    }
    text[2 * count] = 0;
    return done;
}

void vx_sha256_begin(vx_sha256 *sha)
{
    EVP_MD *algorithm = fetch(sha256_name);
    sha->state = algorithm ? EVP_MD_CTX_new() : NULL;
    if (sha->state && EVP_DigestInit_ex(sha->state, algorithm, NULL) != 1)
        vx_sha256_destroy(sha);
    EVP_MD_free(algorithm);
}

void vx_sha256_add(vx_sha256 *sha, const void *bytes, size_t size)
{
    if (sha->state && EVP_DigestUpdate(sha->state, bytes, size) != 1)
        vx_sha256_destroy(sha);
}

bool vx_sha256_end(vx_sha256 *sha, unsigned char digest[VX_SHA256_BYTES])
{
    const bool done = sha->state && EVP_DigestFinal_ex(sha->state, digest, NULL) == 1;
    vx_sha256_destroy(sha);
    return done;
}

bool vx_sha256_end_text(vx_sha256 *sha, char text[VX_SHA256_TEXT])
{
    unsigned char digest[VX_SHA256_BYTES];
    const bool done = vx_sha256_end(sha, digest);
    return write_hex(done, digest, sizeof digest, text);
}

void vx_sha256_destroy(vx_sha256 *sha)
{
    if (!sha)
        return;
    EVP_MD_CTX_free(sha->state);
    sha->state = NULL;
}

static bool text_of(const char *name, const void *bytes, size_t size, size_t digest_bytes, char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD *algorithm = fetch(name);
    const bool done = algorithm && EVP_Digest(bytes, size, digest, NULL, algorithm, NULL) == 1;
    EVP_MD_free(algorithm);
    return write_hex(done, digest, digest_bytes, text);
}

bool vx_sha256_text(const void *bytes, size_t size, char text[VX_SHA256_TEXT])
{
    return text_of(sha256_name, bytes, size, VX_SHA256_BYTES, text);
}

bool vx_sha512_text(const void *bytes, size_t size, char text[VX_SHA512_TEXT])
{
    return text_of(sha512_name, bytes, size, VX_SHA512_TEXT / 2, text);
}

bool vx_sha256_file(int descriptor, char text[VX_SHA256_TEXT])
{
    enum { CHUNK_BYTES = 1 << 16 };
    unsigned char part[CHUNK_BYTES];
    vx_sha256 sha;
    ssize_t got;
    vx_sha256_begin(&sha);
    while ((got = read(descriptor, part, sizeof part)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            vx_sha256_add(&sha, part, (size_t)got);
    const int reason = got < 0 ? errno : ENOMEM;
    const bool done = vx_sha256_end_text(&sha, text) && got == 0;
    if (!done) {
        text[0] = 0;
        errno = reason;
    }
    return done;
}
