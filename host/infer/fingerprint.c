#include "infer/fingerprint.h"

#include "base/memory.h"
#include "space/space.h"

#include <string.h>

static void add_number(vx_sha256 *sha, double number)
{
    vx_sha256_add(sha, &number, sizeof number);
}

static bool digest_bytes(const void *bytes, size_t size, unsigned char *digest)
{
    vx_sha256 sha = {0};
    vx_sha256_begin(&sha);
    vx_sha256_add(&sha, bytes, size);
    return vx_sha256_end(&sha, digest);
}

/* Digests the effect's rows, in parallel with one digest each, and the elements of their space. */
static bool digest_data(const vx_matrix *matrix, const vx_effect *effect, unsigned char *digest)
{
    unsigned char(*row)[VX_SHA256_BYTES] = vx_array((size_t)effect->n, sizeof *row);
    vx_sha256 all = {0};
    bool good = row;
#pragma omp parallel for reduction(&& : good)
    for (int64_t i = 0; i < (row ? effect->n : 0); i++) {
        const float *data = matrix->data + effect->row[i] * matrix->space.elements;
        good = digest_bytes(data, (size_t)matrix->space.elements * sizeof *data, row[i]) && good;
    }
    if (good) {
        vx_sha256_begin(&all);
        vx_sha256_add(&all, row, (size_t)effect->n * sizeof *row);
        vx_space_digest(&matrix->space, &all);
        good = vx_sha256_end(&all, digest);
    }
    free(row);
    return good;
}

/* Digests the design and not its orthonormal basis, whose last bits depend on the machine's LAPACK. */
static bool digest_effect(const vx_effect *effect, unsigned char *digest)
{
    vx_sha256 sha = {0};
    vx_sha256_begin(&sha);
    vx_sha256_add(&sha, effect->name, strlen(effect->name) + 1);
    add_number(&sha, effect->kind);
    add_number(&sha, effect->scheme);
    add_number(&sha, effect->ranks);
    add_number(&sha, (double)effect->n);
    add_number(&sha, (double)effect->columns);
    vx_sha256_add(&sha, effect->participant, (size_t)effect->n * sizeof *effect->participant);
    vx_sha256_add(&sha, effect->design, (size_t)(effect->columns * effect->n) * sizeof *effect->design);
    vx_sha256_add(&sha, effect->contrast, (size_t)effect->columns * sizeof *effect->contrast);
    add_number(&sha, (double)effect->shared_count);
    vx_sha256_add(&sha, effect->shared, (size_t)effect->shared_count * sizeof *effect->shared);
    return vx_sha256_end(&sha, digest);
}

/* Digests all options except the seed, which has a digest of its own, and the memory limit, which changes no result. */
static bool digest_options(const vx_inference_options *o, const vx_relabellings *set, unsigned char *digest)
{
    const double number[] = {(double)set->count, set->exhaustive, o->correct,     o->cluster_p,   o->cluster_t,
                             o->connectivity,    o->tails,        o->tfce_extent, o->tfce_height, o->tfce_preset,
                             o->statistics};
    return digest_bytes(number, sizeof number, digest);
}

vx_status vx_fingerprint_make(const vx_matrix *matrix, const vx_effect *effect, const vx_inference_options *options,
                            const vx_relabellings *relabellings, vx_fingerprint *fingerprint, vx_error *error)
{
    unsigned char(*digest)[VX_SHA256_BYTES] = fingerprint->digest;
    bool good = digest_bytes(VOXSTAT_VERSION, sizeof VOXSTAT_VERSION, digest[VX_OF_VERSION]) &&
                digest_data(matrix, effect, digest[VX_OF_DATA]) && digest_effect(effect, digest[VX_OF_EFFECT]) &&
                digest_options(options, relabellings, digest[VX_OF_OPTIONS]) &&
                digest_bytes(&options->seed, sizeof options->seed, digest[VX_OF_SEED]);
    return good ? VX_OK : vx_fail_memory(error);
}
