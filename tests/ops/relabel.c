/* relabel: the weights of relabellings, bit for bit those of the definition in host/model/relabelling.h, which is
 * written here once more and plainly: random numbers by Random123, orders by counting smaller keys, all permutations
 * one after the other in lexicographic order, missing people struck out of cycles. */
#include "backends.h"

#include <Random123/philox.h>

typedef enum scheme { FLIPS, ORDERS, BOTH } scheme;

typedef struct relabel_case {
    int n;           /* participants of the set */
    int missing;     /* the effect lacks every so many of them, beginning with the first; 0: none */
    int kinds;       /* participant i is of kind i mod kinds; 0: all differ */
    scheme scheme;
    bool all;        /* of all relabellings, else random ones */
    int width;       /* signflip's bits; 0: correlation's rows */
    int nuisance;
    int step, first; /* participant i has the index first + i step in the study */
    uint64_t seed;
    bool attempts;   /* some draw must equal the observed labelling */
} relabel_case;

static const relabel_case cases[] = {
    /* flips as bits: of two people every fourth draw is the observed one; blocks of 128; several groups */
    {2, 0, 0, FLIPS, false, 2, 0, 1, 0, 5, true},
    {3, 0, 0, FLIPS, false, 1, 0, 1, 0, 0, true},
    {14, 0, 0, FLIPS, false, 7, 0, 1, 0, 7, false},
    {14, 3, 0, FLIPS, false, 5, 0, 7, 120, 7, false},
    {40, 0, 0, FLIPS, false, 4, 0, 3, 100, UINT64_MAX, false},
    {300, 0, 0, FLIPS, false, 8, 0, 1, 0, 1, false},
    {1000, 7, 0, FLIPS, false, 7, 0, 2, 1, 1, false},
    {6, 0, 0, FLIPS, true, 3, 0, 1, 0, 0, false},
    {9, 2, 0, FLIPS, true, 4, 0, 5, 2, 0, false},
    /* flips of a correlation */
    {2, 0, 0, FLIPS, false, 0, 0, 1, 0, 2, true},
    {13, 0, 0, FLIPS, false, 0, 2, 1, 0, 3, false},
    {150, 4, 0, FLIPS, false, 0, 1, 1, 90, 3, false},
    {7, 3, 0, FLIPS, true, 0, 1, 1, 0, 0, false},
    /* orders: with ties; one people short of a power of two, at it and past it; restricted */
    {2, 0, 0, ORDERS, false, 0, 0, 1, 0, 9, true},
    {3, 0, 2, ORDERS, false, 0, 1, 1, 0, 9, true},
    {4, 0, 2, ORDERS, false, 0, 0, 3, 5, 1, true},
    {5, 0, 0, ORDERS, false, 0, 3, 1, 0, 1, false},
    {14, 0, 0, ORDERS, false, 0, 0, 1, 0, 7, false},
    {14, 0, 3, ORDERS, false, 0, 1, 1, 1, 7, false},
    {15, 4, 0, ORDERS, false, 0, 1, 2, 1, 11, false},
    {16, 0, 0, ORDERS, false, 0, 2, 1, 0, 12, false},
    {17, 2, 0, ORDERS, false, 0, 0, 1, 0, 13, false},
    {100, 0, 0, ORDERS, false, 0, 1, 1, 0, UINT64_MAX, false},
    {257, 3, 0, ORDERS, false, 0, 0, 5, 3, 21, false},
    {1000, 0, 0, ORDERS, false, 0, 2, 1, 0, 0, false},
    {1000, 10, 0, ORDERS, false, 0, 0, 3, 2, 22, false},
    /* all orders, of different people, of kinds, restricted */
    {4, 0, 0, ORDERS, true, 0, 0, 1, 0, 0, false},
    {5, 0, 2, ORDERS, true, 0, 1, 1, 0, 0, false},
    {6, 0, 3, ORDERS, true, 0, 0, 2, 1, 0, false},
    {5, 3, 0, ORDERS, true, 0, 1, 1, 0, 0, false},
    /* both at once, which no effect asks for yet */
    {11, 0, 0, BOTH, false, 0, 1, 1, 0, 33, false},
};
enum { CASES = sizeof cases / sizeof *cases, LISTED = 19 };

/* Indices of both words, in no order. */
static const uint64_t listed[LISTED] = {
    3, 0, 1, 2, 77, 10000, UINT64_C(1) << 24, UINT32_MAX, UINT64_C(1) << 32, (UINT64_C(1) << 32) + 1, 4, 5, 6,
    UINT64_C(0x123456789abcdef), INT64_MAX, UINT64_C(1) << 63, UINT64_MAX, 7, 3};

/* Ranges: from the observed labelling on, across the low word's end, and to the last index. */
static const uint64_t firsts[] = {0, UINT32_MAX - UINT64_C(3), UINT64_MAX - 12};
enum { RANGE = 13 };

/* A case, and its participants. */
typedef struct subject {
    const relabel_case *of;
    int rows;
    int64_t *participant;
    int *row, *kind;
    int attempts; /* draws that were the observed labelling */
} subject;

static void begin(subject *s, const relabel_case *c)
{
    *s = (subject){.of = c, .participant = vx_array((size_t)c->n, sizeof *s->participant),
                   .row = vx_array((size_t)c->n, sizeof *s->row), .kind = vx_array((size_t)c->n, sizeof *s->kind)};
    for (int i = 0; i < c->n; i++) {
        s->participant[i] = c->first + (int64_t)i * c->step;
        s->row[i] = c->missing && i % c->missing == 0 ? -1 : s->rows++;
        s->kind[i] = c->kinds ? i % c->kinds : i;
    }
}

static void end(subject *s)
{
    free(s->participant);
    free(s->row);
    free(s->kind);
}

/* Word `word` of the block that Random123 draws. */
static uint32_t drawn(uint64_t seed, uint64_t index, int64_t block, uint32_t stream, int64_t word)
{
    const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    const philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)block, stream}};
    return philox4x32(counter, key).v[word];
}

/* The signs of all participants of the set. */
static void reference_signs(subject *s, uint64_t index, int *sign)
{
    const relabel_case *c = s->of;
    if (c->all || index == 0) {
        for (int i = 0; i < c->n; i++)
            sign[i] = i < 64 && index >> i & 1 ? -1 : 1;
        return;
    }
    for (uint32_t attempt = 0, flipped = 0; !flipped; attempt++) {
        for (int i = 0; i < c->n; i++) {
            const int64_t at = s->participant[i];
            const uint32_t word = drawn(c->seed, index, at / 128, 0 + 256 * attempt, at % 128 / 32);
            sign[i] = word >> at % 32 & 1 ? -1 : 1;
            flipped += sign[i] < 0;
        }
        s->attempts += !flipped;
    }
}

static void swap(int *a, int *b)
{
    const int kept = *a;
    *a = *b;
    *b = kept;
}

/* The next arrangement in lexicographic order, and the first after the last (Knuth, TAOCP 4A, algorithm L). */
static void next_arrangement(int n, int *kind)
{
    int j = n - 2, l = n - 1;
    while (j >= 0 && kind[j] >= kind[j + 1])
        j--;
    while (j >= 0 && kind[l] <= kind[j])
        l--;
    if (j >= 0)
        swap(&kind[j], &kind[l]);
    for (int a = j + 1, b = n - 1; a < b; a++, b--)
        swap(&kind[a], &kind[b]);
}

/* The index-th arrangement after the observed one. The design rows of a kind are used in ascending order. */
static void reference_arrangement(const subject *s, uint64_t index, int *order)
{
    const int n = s->of->n;
    int *kind = vx_array((size_t)n, sizeof *kind);
    memcpy(kind, s->kind, (size_t)n * sizeof *kind);
    for (uint64_t i = 0; i < index; i++)
        next_arrangement(n, kind);
    for (int k = 0; k < n; k++)
        for (int j = 0, row = 0; j < n; j++)
            if (kind[j] == k) {
                while (s->kind[row] != k)
                    row++;
                order[row++] = j;
            }
    free(kind);
}

static void reference_order(subject *s, uint64_t index, int *order)
{
    const relabel_case *c = s->of;
    if (c->all || index == 0) {
        reference_arrangement(s, index, order);
        return;
    }
    uint64_t *key = vx_array((size_t)c->n, sizeof *key);
    for (uint32_t attempt = 0, moved = 0; !moved; attempt++) {
        for (int i = 0; i < c->n; i++) {
            const int64_t at = s->participant[i];
            const uint32_t stream = 1 + 256 * attempt;
            key[i] = (uint64_t)drawn(c->seed, index, at / 2, stream, at % 2 * 2) << 32 |
                     drawn(c->seed, index, at / 2, stream, at % 2 * 2 + 1);
        }
        for (int i = 0; i < c->n; i++) {
            int before = 0;
            for (int j = 0; j < c->n; j++)
                before += key[j] < key[i];
            order[before] = i; /* no two keys of these cases are equal */
        }
        for (int i = 0; i < c->n; i++)
            moved += s->kind[order[i]] != s->kind[i];
        s->attempts += !moved;
    }
    free(key);
}

/* Strikes the people whom the effect lacks out of the cycles: order and sign by rows of the effect. */
static void strike_out(const subject *s, int *order, int *sign)
{
    const int n = s->of->n;
    int *left = vx_array((size_t)n, sizeof *left);
    for (int i = 0; i < n; i++) {
        if (s->row[i] < 0)
            continue;
        int to = order[i];
        while (s->row[to] < 0)
            to = order[to];
        left[s->row[i]] = s->row[to];
        sign[s->row[i]] = sign[i];
    }
    memcpy(order, left, (size_t)s->rows * sizeof *left);
    free(left);
}

/* Relabelling `index` of the effect. */
static void reference_relabelling(subject *s, uint64_t index, int *order, int *sign)
{
    for (int i = 0; i < s->of->n; i++) {
        order[i] = i;
        sign[i] = 1;
    }
    if (s->of->scheme != ORDERS)
        reference_signs(s, index, sign);
    if (s->of->scheme != FLIPS)
        reference_order(s, index, order);
    strike_out(s, order, sign);
}

/* The number of arrangements, and the place of the observed one in their order, by going through them. */
static void count_arrangements(const subject *s, vx_relabel_args *args)
{
    const int n = s->of->n;
    int *kind = vx_array((size_t)n, sizeof *kind), sorted;
    memcpy(kind, s->kind, (size_t)n * sizeof *kind);
    do {
        sorted = 1;
        for (int i = 1; i < n; i++)
            sorted &= kind[i - 1] <= kind[i];
        args->observed = sorted ? args->possible : args->observed;
        args->possible++;
        next_arrangement(n, kind);
    } while (memcmp(kind, s->kind, (size_t)n * sizeof *kind) != 0);
    args->observed = (args->possible - args->observed) % args->possible;
    free(kind);
}

static vx_relabel_args arguments_of(const subject *s)
{
    const relabel_case *c = s->of;
    vx_relabel_args args = {.seed = {(uint32_t)c->seed, (uint32_t)(c->seed >> 32)},
                            .flips = c->scheme != ORDERS,
                            .permutes = c->scheme != FLIPS,
                            .exhaustive = c->all,
                            .n = c->n,
                            .rows = s->rows,
                            .kinds = c->kinds ? c->kinds : c->n,
                            .groups = c->width ? (s->rows + c->width - 1) / c->width : 0,
                            .width = c->width,
                            .nuisance = c->nuisance};
    if (c->all && c->scheme == ORDERS)
        count_arrangements(s, &args);
    return args;
}

/* The buffers of a launch: weights and scratch have values that no relabelling gives. */
static op_data buffers_of(const subject *s, const vx_relabel_args *args, const uint64_t *index)
{
    const size_t n = (size_t)args->n, ps = (size_t)args->relabellings;
    const size_t design = (size_t)((1 + args->nuisance) * s->rows);
    const size_t weights = VX_INTERLEAVED(ps) * (args->groups ? (size_t)args->groups : 4 * design);
    op_data host = {.bytes = {[VX_B_INDEX] = ps * 8, [VX_B_PEOPLE] = VX_PEOPLE_ROWS * n * 4, [VX_B_DESIGN] = design * 4,
                              [VX_B_KEY] = ps * n * 8, [VX_B_ORDER] = ps * n * 4, [VX_B_W] = weights}};
    for (int b = VX_B_INDEX; b <= VX_B_W; b++)
        if (host.bytes[b])
            memset(host.data[b] = vx_array(host.bytes[b], 1), 0x7f, host.bytes[b]);
    memcpy(host.data[VX_B_INDEX], index, ps * 8);
    int32_t *people = host.data[VX_B_PEOPLE];
    for (size_t i = 0; i < n; i++) {
        people[VX_PARTICIPANT * n + i] = (int32_t)s->participant[i];
        people[VX_ROW * n + i] = s->row[i];
        people[VX_KIND * n + i] = s->kind[i];
        if (s->row[i] >= 0)
            people[VX_MEMBER * n + (size_t)s->row[i]] = (int32_t)i;
    }
    for (size_t k = 0; k < design; k++)
        ((float *)host.data[VX_B_DESIGN])[k] = (float)(k + 1) / 7; /* all differ */
    return host;
}

static void check_bits(const vx_relabel_args *args, int p, const int *sign, const uint8_t *flip)
{
    for (int g = 0; g < args->groups; g++) {
        unsigned bits = 0;
        for (int i = g * args->width; i < (g + 1) * args->width && i < args->rows; i++)
            bits |= sign[i] < 0 ? 1u << (i - g * args->width) : 0;
        assert_int_equal(flip[VX_WEIGHT_PLACE(p, args->groups, g)], bits);
    }
}

static void check_rows(const vx_relabel_args *args, int p, const int *order, const int *sign, const float *design,
                       const float *w)
{
    const int rows = args->rows, elements = (1 + args->nuisance) * rows;
    for (int j = 0; j <= args->nuisance; j++)
        for (int i = 0; i < rows; i++) {
            const float expected = sign[i] < 0 ? -design[j * rows + i] : design[j * rows + i];
            const float found = w[VX_WEIGHT_PLACE(p, elements, j * rows + order[i])];
            if (found != expected)
                fail_msg("weight %d of row %d, relabelling %d: %.9g instead of %.9g", order[i], j, p, (double)found,
                         (double)expected);
        }
}

/* One launch on every backend. `index` has the indices; the op gets them, or the first of their range. */
static void check_launch(subject *s, vx_relabel_args args, const uint64_t *index)
{
    const size_t n = (size_t)args.n;
    int *order = vx_array((size_t)args.relabellings * n, sizeof *order);
    int *sign = vx_array((size_t)args.relabellings * n, sizeof *sign);
    for (int p = 0; p < args.relabellings; p++)
        reference_relabelling(s, index[p], order + (size_t)p * n, sign + (size_t)p * n);
    args.first[0] = args.listed ? 0 : (uint32_t)index[0];
    args.first[1] = args.listed ? 0 : (uint32_t)(index[0] >> 32);
    for (int b = 0; b < backend_count; b++) {
        op_data host = buffers_of(s, &args, index);
        must_run(backends[b], VX_OP_RELABEL, &args, &host);
        for (int p = 0; p < args.relabellings; p++)
            if (args.groups)
                check_bits(&args, p, sign + (size_t)p * n, host.data[VX_B_W]);
            else
                check_rows(&args, p, order + (size_t)p * n, sign + (size_t)p * n, host.data[VX_B_DESIGN],
                           host.data[VX_B_W]);
        for (int name = VX_B_INDEX; name <= VX_B_W; name++)
            free(host.data[name]);
    }
    free(order);
    free(sign);
}

static void check_ranges(subject *s, vx_relabel_args args)
{
    const size_t ranges = s->of->all ? 1 : sizeof firsts / sizeof *firsts;
    args.relabellings = args.possible && args.possible < RANGE ? args.possible : RANGE;
    for (size_t k = 0; k < ranges; k++) {
        uint64_t index[RANGE];
        for (int p = 0; p < RANGE; p++)
            index[p] = firsts[k] + (uint64_t)p;
        check_launch(s, args, index);
    }
}

/* All relabellings have small indices only: that of every arrangement or of every flip, from the last to the first. */
static void check_list(subject *s, vx_relabel_args args)
{
    uint64_t all[512];
    args.listed = 1;
    args.relabellings = !s->of->all ? LISTED : s->of->scheme == FLIPS ? 1 << s->of->n : args.possible;
    assert_true(args.relabellings <= 512);
    for (int p = 0; p < args.relabellings; p++)
        all[p] = s->of->all ? (uint64_t)(args.relabellings - 1 - p) : listed[p];
    check_launch(s, args, all);
}

static void test_cases(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        subject s;
        begin(&s, &cases[c]);
        const vx_relabel_args args = arguments_of(&s);
        check_ranges(&s, args);
        check_list(&s, args);
        if (cases[c].attempts && !s.attempts)
            fail_msg("case %d: no draw was the observed labelling", c);
        end(&s);
    }
}

/* By hand: the orders of three people whose design rows are 2, 0, 1, from the observed one on; and the flips of the
 * bits of the index. */
static void test_by_hand(void **state)
{
    static const int32_t people[VX_PEOPLE_ROWS][3] = {{0, 1, 2}, {0, 1, 2}, {2, 0, 1}, {0, 1, 2}};
    static const float design[3] = {30, 10, 20}, orders[6][3] = {{30, 10, 20}, {30, 20, 10}, {10, 20, 30},
                                                                 {10, 30, 20}, {20, 10, 30}, {20, 30, 10}};
    static const uint8_t flips[6] = {0, 1, 2, 3, 4, 5};
    (void)state;
    vx_relabel_args args = {.relabellings = 6, .permutes = 1, .exhaustive = 1, .n = 3, .rows = 3, .kinds = 3,
                            .possible = 6, .observed = 4};
    for (int b = 0; b < backend_count; b++) {
        uint64_t key[18], index[6] = {0};
        int32_t order[18];
        float w[3 * VX_INTERLEAVE];
        uint8_t flip[VX_INTERLEAVE];
        op_data host = {.data = {[VX_B_INDEX] = index, [VX_B_PEOPLE] = (void *)people, [VX_B_DESIGN] = (void *)design,
                                 [VX_B_KEY] = key, [VX_B_ORDER] = order, [VX_B_W] = w},
                        .bytes = {[VX_B_INDEX] = sizeof index, [VX_B_PEOPLE] = sizeof people,
                                  [VX_B_DESIGN] = sizeof design, [VX_B_KEY] = sizeof key, [VX_B_ORDER] = sizeof order,
                                  [VX_B_W] = sizeof w}};
        must_run(backends[b], VX_OP_RELABEL, &args, &host);
        for (int p = 0; p < 6; p++)
            for (int i = 0; i < 3; i++)
                assert_true(w[VX_WEIGHT_PLACE(p, 3, i)] == orders[p][i]);
        vx_relabel_args signs = {.relabellings = 6, .flips = 1, .exhaustive = 1, .n = 3, .rows = 3, .kinds = 3,
                                 .groups = 1, .width = 3};
        op_data bits = {.data = {[VX_B_PEOPLE] = (void *)people, [VX_B_W] = flip},
                        .bytes = {[VX_B_PEOPLE] = sizeof people, [VX_B_W] = sizeof flip}};
        must_run(backends[b], VX_OP_RELABEL, &signs, &bits);
        for (int p = 0; p < 6; p++)
            assert_int_equal(flip[p], flips[p]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
