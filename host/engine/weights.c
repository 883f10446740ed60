#include "engine/weights.h"

#include "base/memory.h"

#include <string.h>

static const uint64_t FIRST_HASH = 0xcbf29ce484222325u;
enum { WORD_BITS = 32 };

vx_relabel_args vx_weights_args(const vx_problem *p, const vx_schedule *schedule, uint64_t first, int64_t count)
{
    const bool bits = p->op == VX_OP_SIGNFLIP;
    const vx_relabellings *r = p->relabellings;
    const bool all_orders = r->exhaustive && r->scheme & VX_PERMUTE; /* at most 2^24 of them */
    return (vx_relabel_args){
        .relabellings = (int)count,
        .first = {(uint32_t)first, (uint32_t)(first >> 32)},
        .seed = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)},
        .flips = (r->scheme & VX_SIGN_FLIP) != 0,
        .permutes = (r->scheme & VX_PERMUTE) != 0,
        .exhaustive = r->exhaustive,
        .n = (int)r->n,
        .rows = (int)r->rows,
        .kinds = r->kinds,
        .possible = all_orders ? (int)r->possible : 0,
        .observed = all_orders ? (int)r->observed : 0,
        .groups = bits ? schedule->groups : 0,
        .width = bits ? schedule->width : 0,
        .nuisance = (int)p->effect->nuisance,
    };
}

static vx_status upload_people(const vx_relabellings *r, vx_backend *backend, vx_buffer *to, vx_error *error)
{
    const size_t n = (size_t)r->n;
    int32_t *people = vx_array_zero(VX_PEOPLE_ROWS * n, sizeof *people);
    if (!people)
        return vx_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        people[VX_PARTICIPANT * n + i] = (int32_t)r->participant[i];
        people[VX_ROW * n + i] = r->row[i];
        people[VX_KIND * n + i] = r->kind[i];
        if (r->row[i] >= 0)
            people[VX_MEMBER * n + (size_t)r->row[i]] = (int32_t)i;
    }
    vx_status status = backend->upload(backend, 0, to, 0, people, VX_PEOPLE_ROWS * n * sizeof *people, error);
    free(people);
    return status;
}

static vx_status upload_design(const vx_effect *effect, vx_backend *backend, vx_buffer *to, vx_error *error)
{
    const int64_t n = effect->n, all = (1 + effect->nuisance) * n;
    float *design = vx_array((size_t)all, sizeof *design);
    if (!design)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < all; i++)
        design[i] = (float)(i < n ? effect->x[i] : effect->q[i - n]);
    vx_status status = backend->upload(backend, 0, to, 0, design, (size_t)all * sizeof *design, error);
    free(design);
    return status;
}

vx_status vx_weights_upload(const vx_problem *p, vx_backend *backend, vx_buffer *const buffer[VX_BUFFERS],
                            vx_error *error)
{
    vx_status status = upload_people(p->relabellings, backend, buffer[VX_B_PEOPLE], error);
    return status || p->op == VX_OP_SIGNFLIP ? status : upload_design(p->effect, backend, buffer[VX_B_DESIGN], error);
}

/* Fowler, Noll & Vo's FNV-1a, on words. A product of 64 bits carries the sign of a float to other bits. */
static uint64_t add_word(uint64_t hash, uint32_t word)
{
    return (hash ^ word) * 0x100000001b3u;
}

/* A bit for each row, in their order, whatever the groups of rows. */
static uint64_t digest_of_flips(const vx_schedule *s, int64_t rows, int64_t p, const uint8_t *flip)
{
    uint64_t hash = FIRST_HASH;
    uint32_t word = 0;
    for (int64_t row = 0, g = 0, bit = 0; row < rows; row++) {
        word |= (uint32_t)(flip[VX_WEIGHT_PLACE(p, s->groups, g)] >> bit & 1) << row % WORD_BITS;
        bit = bit + 1 < s->width ? bit + 1 : 0;
        g += bit == 0;
        if (row % WORD_BITS == WORD_BITS - 1 || row + 1 == rows) {
            hash = add_word(hash, word);
            word = 0;
        }
    }
    return hash;
}

/* A block of VX_INTERLEAVE relabellings at a time, whose weights are neighbours. */
static void digest_block(size_t elements, const uint32_t *w, uint64_t digest[VX_INTERLEAVE])
{
    for (int q = 0; q < VX_INTERLEAVE; q++)
        digest[q] = FIRST_HASH;
    for (size_t e = 0; e < elements; e++)
        for (int q = 0; q < VX_INTERLEAVE; q++)
            digest[q] = add_word(digest[q], w[e * VX_INTERLEAVE + (size_t)q]);
}

vx_status vx_weights_digest(const vx_problem *p, const vx_schedule *schedule, vx_backend *backend, int queue,
                            vx_buffer *buffer, int64_t count, uint64_t *digest, vx_error *error)
{
    const bool bits = p->op == VX_OP_SIGNFLIP;
    const size_t elements = bits ? (size_t)schedule->groups : (size_t)((1 + p->effect->nuisance) * p->effect->n);
    const size_t bytes = elements * (size_t)VX_INTERLEAVED(count) * (bits ? 1 : sizeof(float));
    uint64_t block[VX_INTERLEAVE];
    void *weights = vx_array(bytes, 1);
    vx_status status =
        weights ? backend->download(backend, queue, buffer, 0, weights, bytes, error) : vx_fail_memory(error);
    for (int64_t i = 0; i < count && bits && !status; i++)
        digest[i] = digest_of_flips(schedule, p->effect->n, i, weights);
    for (int64_t i = 0; i < count && !bits && !status; i += VX_INTERLEAVE) {
        const int64_t left = count - i < VX_INTERLEAVE ? count - i : VX_INTERLEAVE;
        digest_block(elements, (const uint32_t *)weights + (size_t)i * elements, block);
        memcpy(digest + i, block, (size_t)left * sizeof *block);
    }
    free(weights);
    return status;
}
