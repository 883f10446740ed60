/* SHA-2 against the examples of FIPS 180-2 (appendices B and C) and of NIST for the empty message. */
#include "base/sha.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
static char million[1000000];

static const struct {
    const char *message, *sha256;
} example[] = {
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {TWO_BLOCKS, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
};

static void at_once(void **state)
{
    char text[VX_SHA256_TEXT], longer[VX_SHA512_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        assert_true(vx_sha256_text(example[i].message, strlen(example[i].message), text));
        assert_string_equal(text, example[i].sha256);
    }
    assert_true(vx_sha256_text(million, sizeof million, text));
    assert_string_equal(text, MILLION);
    assert_true(vx_sha512_text("abc", 3, longer));
    assert_string_equal(longer, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

/* Pieces of 0, 1, 2, ... bytes, so that their ends fall everywhere in the blocks; two digests alternate. */
static void by_pieces(void **state)
{
    char text[VX_SHA256_TEXT];
    unsigned char digest[VX_SHA256_BYTES];
    vx_sha256 sha = {0}, other = {0};
    (void)state;
    vx_sha256_begin(&sha);
    vx_sha256_begin(&other);
    size_t at = 0;
    for (size_t piece = 0; at < sizeof million; at += piece++) {
        const size_t left = sizeof million - at;
        vx_sha256_add(&sha, million + at, piece < left ? piece : left);
        if (piece < strlen(TWO_BLOCKS))
            vx_sha256_add(&other, &TWO_BLOCKS[piece], 1);
    }
    assert_true(vx_sha256_end_text(&sha, text));
    assert_string_equal(text, MILLION);
    assert_true(vx_sha256_end(&other, digest));
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(text, example[1].sha256);
}

/* A digest that was not begun, has ended or was abandoned gives an error. */
static void ended(void **state)
{
    char text[VX_SHA256_TEXT] = "before";
    vx_sha256 sha = {0};
    (void)state;
    vx_sha256_add(&sha, "abc", 3);
    assert_false(vx_sha256_end_text(&sha, text));
    assert_string_equal(text, "");
    vx_sha256_begin(&sha);
    assert_true(vx_sha256_end_text(&sha, text));
    assert_false(vx_sha256_end_text(&sha, text));
    vx_sha256_begin(&sha);
    vx_sha256_destroy(&sha);
    assert_false(vx_sha256_end_text(&sha, text));
}

static void files(void **state)
{
    char text[VX_SHA256_TEXT];
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    assert_int_equal(fwrite(million, 1, sizeof million, file), sizeof million);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    assert_true(vx_sha256_file(fileno(file), text));
    assert_string_equal(text, MILLION);
    assert_true(vx_sha256_file(fileno(file), text)); /* nothing is left */
    assert_string_equal(text, example[2].sha256);
    fclose(file);

    const int folder = open("/", O_RDONLY | O_DIRECTORY);
    assert_true(folder >= 0);
    errno = 0;
    assert_false(vx_sha256_file(folder, text));
    assert_int_equal(errno, EISDIR);
    assert_string_equal(text, "");
    close(folder);
}

/* ---- failed allocations ---- */

static long asked, fails; /* libcrypto's allocations, and the number of the one that fails */

static void *take(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return ++asked == fails ? NULL : malloc(size);
}

static void *take_again(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return ++asked == fails ? NULL : realloc(old, size);
}

static void give(void *old, const char *file, int line)
{
    (void)file, (void)line;
    free(old);
}

/* In a process where libcrypto has not started: a digest is right or said to be missing, and the next one is right. */
static int starve(void)
{
    char text[VX_SHA256_TEXT];
    vx_sha256 sha;
    vx_sha256_begin(&sha);
    vx_sha256_add(&sha, "abc", 3);
    const bool done = vx_sha256_end_text(&sha, text), missing = !done;
    if (strcmp(text, done ? example[0].sha256 : ""))
        return 2;
    fails = 0;
    if (!vx_sha256_text("abc", 3, text) || strcmp(text, example[0].sha256))
        return 3;
    return missing;
}

static void short_memory(void **state)
{
    int missing = 0;
    (void)state;
    for (fails = 1; fails < 5000; fails += fails < 700 ? 9 : 397) {
        const pid_t child = fork();
        int status;
        assert_true(child >= 0);
        if (!child)
            _exit(starve());
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        missing += WEXITSTATUS(status);
    }
    assert_true(missing > 0);
    fails = 0;
}

int main(void)
{
    if (!CRYPTO_set_mem_functions(take, take_again, give))
        return 1;
    memset(million, 'a', sizeof million);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_memory), /* first: libcrypto starts once */
        cmocka_unit_test(at_once), cmocka_unit_test(by_pieces), cmocka_unit_test(ended), cmocka_unit_test(files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
