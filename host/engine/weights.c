#include "engine/weights.h"

#include "base/memory.h"

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
