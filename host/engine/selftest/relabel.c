/* Known answers of relabel. Those of random relabellings were computed by a program of its own from the definition in
 * host/model/relabelling.h, with Philox as in Salmon et al. 2011, after it gave the known answers of Random123. */
#include "engine/selftest/selftest.h"

enum { PEOPLE_MAX = 6, ELEMENTS_MAX = 5, PS = 6 };

/* Six relabellings of a set. Row i of the design is i + 1. */
typedef struct vx_known_set {
    const char *name;
    vx_relabel_args args; /* of random relabellings, whose indices are listed; else of the first six of all */
    int32_t people[VX_PEOPLE_ROWS][PEOPLE_MAX];
    int elements, weight[PS][ELEMENTS_MAX];
} vx_known_set;

static const uint64_t listed[PS] = {0, 1, 2, 3, (UINT64_C(1) << 32) + 5, (UINT64_C(1) << 63) + 7};

#define RANDOM .relabellings = PS, .listed = 1, .seed = {0x76543210, 0xfedcba98}
#define ALL .relabellings = PS, .exhaustive = 1

/* The effect lacks participant 3 of the study. Participant 200 is in another block of flips than the others. */
#define ONE_LESS                                                                                                       \
    {                                                                                                                  \
        {1, 3, 4, 9, 10, 200}, {0, -1, 1, 2, 3, 4}, {0, 1, 2, 3, 4, 5}, {0, 2, 3, 4, 5}                                \
    }

/* Index 1 draws the order 3 4 0 1 2 5. Its cycles (0 3 1 4 2) (5) without participant 1 are (0 3 4 2) (5), by rows of
 * the effect (0 2 3 1) (4): data row 2 gets design row 0, 3 gets 2, 1 gets 3, 0 gets 1. */
static const vx_known_set orders = {
    "random orders", {RANDOM, .permutes = 1, .n = 6, .rows = 5, .kinds = 6}, ONE_LESS,
    5, {{1, 2, 3, 4, 5}, {2, 4, 1, 3, 5}, {5, 2, 4, 3, 1}, {4, 3, 5, 2, 1}, {3, 1, 5, 2, 4}, {1, 5, 2, 4, 3}}};

/* Two people are of one kind. The first draws of indices 2 and 2^32 + 5 are the observed labelling. */
static const vx_known_set ties = {
    "random orders with ties", {RANDOM, .permutes = 1, .n = 3, .rows = 3, .kinds = 2},
    {{0, 1, 2}, {0, 1, 2}, {0, 0, 1}, {0, 1, 2}},
    3, {{1, 2, 3}, {2, 3, 1}, {1, 3, 2}, {3, 1, 2}, {3, 1, 2}, {3, 1, 2}}};

/* Index 1 flips the places 1, 2 and 3 of the six, the first of whom the effect lacks. */
static const vx_known_set flips = {
    "random flips", {RANDOM, .flips = 1, .n = 6, .rows = 5, .kinds = 6, .groups = 2, .width = 3}, ONE_LESS,
    2, {{0, 0}, {6, 0}, {0, 3}, {4, 0}, {0, 1}, {1, 0}}};

/* Kinds 2 0 1 are arrangement 4 of the six in lexicographic order; 2 1 0, 0 1 2, 0 2 1, 1 0 2, 1 2 0 follow. */
static const vx_known_set all_orders = {
    "all orders", {ALL, .permutes = 1, .n = 3, .rows = 3, .kinds = 3, .possible = 6, .observed = 4},
    {{0, 1, 2}, {0, 1, 2}, {2, 0, 1}, {0, 1, 2}},
    3, {{1, 2, 3}, {1, 3, 2}, {2, 3, 1}, {2, 1, 3}, {3, 2, 1}, {3, 1, 2}}};

static const vx_known_set all_flips = {
    "all flips", {ALL, .flips = 1, .n = 3, .rows = 3, .kinds = 3}, {{0, 1, 2}, {0, 1, 2}, {0, 1, 2}, {0, 1, 2}},
    3, {{1, 2, 3}, {-1, 2, 3}, {1, -2, 3}, {-1, -2, 3}, {1, 2, -3}, {-1, 2, -3}}};

/* The weights of a launch: floats, or bytes where the op has groups of flips. */
typedef union vx_weights {
    float row[VX_INTERLEAVE * ELEMENTS_MAX];
    uint8_t flip[VX_INTERLEAVE * ELEMENTS_MAX];
} vx_weights;

static vx_status run(vx_backend *backend, const vx_known_set *k, vx_weights *weights, vx_error *error)
{
    static const float design[ELEMENTS_MAX] = {1, 2, 3, 4, 5};
    static const uint64_t zeros[PS * PEOPLE_MAX];
    int32_t people[VX_PEOPLE_ROWS * PEOPLE_MAX];
    for (int r = 0; r < VX_PEOPLE_ROWS; r++)
        for (int i = 0; i < k->args.n; i++)
            people[r * k->args.n + i] = k->people[r][i];
    const struct {
        vx_buffer_name name;
        const void *data;
        size_t bytes;
    } all[] = {{VX_B_INDEX, listed, sizeof listed},     {VX_B_PEOPLE, people, sizeof people},
               {VX_B_DESIGN, design, sizeof design},    {VX_B_KEY, zeros, sizeof zeros},
               {VX_B_ORDER, zeros, sizeof zeros / 2},   {VX_B_W, zeros, sizeof *weights}};
    vx_buffer *buffers[VX_BUFFERS] = {0};
    vx_status status = VX_OK;
    for (size_t i = 0; i < sizeof all / sizeof *all && !status; i++)
        if (!(status = backend->buffer_new(backend, all[i].bytes, &buffers[all[i].name], error)))
            status = backend->upload(backend, 0, buffers[all[i].name], 0, all[i].data, all[i].bytes, error);
    if (!status)
        status = backend->run(backend, 0, VX_OP_RELABEL, &k->args, buffers, error);
    if (!status)
        status = backend->download(backend, 0, buffers[VX_B_W], 0, weights, sizeof *weights, error);
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    return status;
}

static vx_status check(vx_backend *backend, const vx_known_set *k, vx_error *error)
{
    vx_weights weights = {{0}};
    vx_status status = run(backend, k, &weights, error);
    for (int p = 0; p < PS; p++)
        for (int e = 0; e < k->elements && !status; e++) {
            const size_t at = VX_WEIGHT_PLACE(p, k->elements, e);
            const double found = k->args.groups ? weights.flip[at] : (double)weights.row[at];
            if (found != k->weight[p][e])
                status = vx_fail(error, VX_DEVICE, "weight %d of relabelling %d came out as %.9g instead of %d", e, p,
                                 found, k->weight[p][e]);
        }
    return status ? vx_error_prefix(error, status, "%s", k->name) : VX_OK;
}

vx_status vx_selftest_relabel(vx_backend *backend, vx_error *error)
{
    static const vx_known_set *const all[] = {&orders, &ties, &flips, &all_orders, &all_flips};
    vx_status status = VX_OK;
    for (size_t k = 0; k < sizeof all / sizeof *all && !status; k++)
        status = check(backend, all[k], error);
    return status;
}
