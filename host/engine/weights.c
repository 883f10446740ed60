#include "engine/weights.h"

#include "base/memory.h"

#include <string.h>

static size_t elements_of(const vx_problem *p)
{
    return p->op == VX_OP_SIGNFLIP ? (size_t)p->groups : (size_t)((1 + p->effect->nuisance) * p->effect->n);
}

size_t vx_weights_size(const vx_problem *p, int64_t count)
{
    return (size_t)VX_INTERLEAVED(count) * elements_of(p) * (p->op == VX_OP_SIGNFLIP ? 1 : sizeof(float));
}

static void fill_flips(const vx_problem *p, int64_t place, const int8_t *sign, uint8_t *flip)
{
    for (int64_t g = 0; g < p->groups; g++) {
        unsigned bits = 0;
        for (int64_t i = g * p->width; i < (g + 1) * p->width && i < p->effect->n; i++)
            bits |= (unsigned)(sign[i] < 0) << i % p->width;
        flip[VX_WEIGHT_PLACE(place, elements_of(p), g)] = (uint8_t)bits;
    }
}

/* Row j of the weights is x~ (j = 0) or q_j, with its elements at the data rows that the relabelling pairs them
 * with. */
static void fill_rows(const vx_problem *p, int64_t place, const vx_relabelling *relabelling, float *w)
{
    const int64_t n = p->effect->n;
    const size_t elements = elements_of(p);
    for (int64_t j = 0; j <= p->effect->nuisance; j++) {
        const double *row = j == 0 ? p->effect->x : p->effect->q + (j - 1) * n;
        for (int64_t i = 0; i < n; i++)
            w[VX_WEIGHT_PLACE(place, elements, j * n + relabelling->order[i])] = (float)(relabelling->sign[i] * row[i]);
    }
}

vx_status vx_weights_fill(const vx_problem *p, const uint64_t *index, int64_t count, void *weights, vx_error *error)
{
    const size_t block = vx_weights_size(p, 1);
    bool short_of_memory = false;
    if (count % VX_INTERLEAVE)
        memset((char *)weights + (size_t)(count / VX_INTERLEAVE) * block, 0, block);
#pragma omp parallel if (count > 64)
    {
        vx_relabelling relabelling = {0};
        bool ready = !vx_relabelling_init(&relabelling, p->relabellings, NULL);
        if (!ready)
#pragma omp atomic write
            short_of_memory = true;
#pragma omp for schedule(static, VX_INTERLEAVE)
        for (int64_t b = 0; b < count; b++) {
            if (!ready)
                continue;
            vx_relabellings_get(p->relabellings, index[b], &relabelling);
            if (p->op == VX_OP_SIGNFLIP)
                fill_flips(p, b, relabelling.sign, weights);
            else
                fill_rows(p, b, &relabelling, weights);
        }
        vx_relabelling_destroy(&relabelling);
    }
    return short_of_memory ? vx_fail_memory(error) : VX_OK;
}
