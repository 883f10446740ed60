/* relabel: the weights of a launch of relabellings, by the C code that defines a relabelling
 * (host/model/relabelling.c). A thread takes VX_INTERLEAVE relabellings at a time, whose weights are neighbours.
 *
 * Per relabelling: about n / 2 draws of Philox, a sort of n keys, and (1 + nuisance) n weights. Error: none. Plain
 * reference: tests/ops/relabel.c. */
#include "base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/cpu/simd.h"
#include "model/relabelling.h"

/* The set of the relabellings on the op's buffers. `participant` has n elements. */
static vx_relabellings set_of(const vx_relabel_args *args, int32_t *people, int64_t *participant)
{
    const int n = args->n;
    for (int i = 0; i < n; i++)
        participant[i] = people[VX_PARTICIPANT * n + i];
    return (vx_relabellings){
        .scheme = (vx_scheme)((args->flips ? VX_SIGN_FLIP : 0) | (args->permutes ? VX_PERMUTE : 0)),
        .n = n,
        .participant = participant,
        .rows = args->rows,
        .row = people + VX_ROW * n,
        .seed = (uint64_t)args->seed[1] << 32 | args->seed[0],
        .possible = (uint64_t)args->possible,
        .exhaustive = args->exhaustive,
        .kind = people + VX_KIND * n,
        .kinds = args->kinds,
        .observed = (uint64_t)args->observed,
    };
}

static void fill_flips(const vx_relabel_args *args, int p, const int8_t *sign, uint8_t *flip)
{
    for (int g = 0; g < args->groups; g++) {
        unsigned bits = 0;
        for (int i = g * args->width; i < (g + 1) * args->width && i < args->rows; i++)
            bits |= (unsigned)(sign[i] < 0) << i % args->width;
        flip[VX_WEIGHT_PLACE(p, args->groups, g)] = (uint8_t)bits;
    }
}

/* Row j of the weights is x~ (j = 0) or q_j, with its elements at the data rows that the relabelling pairs them
 * with. */
static void fill_rows(const vx_relabel_args *args, int p, const vx_relabelling *relabelling, const float *design,
                      float *w)
{
    const int n = args->rows, elements = (1 + args->nuisance) * n;
    for (int j = 0; j <= args->nuisance; j++)
        for (int i = 0; i < n; i++)
            w[VX_WEIGHT_PLACE(p, elements, j * n + relabelling->order[i])] =
                (float)relabelling->sign[i] * design[j * n + i];
}

vx_status vx_variant(vx_relabel)(const void *arguments, void *const data[VX_BUFFERS], int threads, vx_error *error)
{
    const vx_relabel_args *args = arguments;
    const uint64_t *index = data[VX_B_INDEX], first = (uint64_t)args->first[1] << 32 | args->first[0];
    int64_t *participant = vx_array((size_t)args->n, sizeof *participant);
    bool short_of_memory = !participant;
    if (short_of_memory)
        return vx_fail_memory(error);
    const vx_relabellings set = set_of(args, data[VX_B_PEOPLE], participant);
#pragma omp parallel num_threads(threads) if (args->relabellings > 64)
    {
        vx_relabelling relabelling = {0};
        const bool ready = !vx_relabelling_init(&relabelling, &set, NULL);
        if (!ready)
#pragma omp atomic write
            short_of_memory = true;
#pragma omp for schedule(static, VX_INTERLEAVE)
        for (int p = 0; p < args->relabellings; p++) {
            if (!ready)
                continue;
            vx_relabellings_get(&set, args->listed ? index[p] : first + (uint64_t)p, &relabelling);
            if (args->groups)
                fill_flips(args, p, relabelling.sign, data[VX_B_W]);
            else
                fill_rows(args, p, &relabelling, data[VX_B_DESIGN], data[VX_B_W]);
        }
        vx_relabelling_destroy(&relabelling);
    }
    free(participant);
    return short_of_memory ? vx_fail_memory(error) : VX_OK;
}
