/* How a problem is cut: for any limit the slabs contain every tile once, and the buffers have the promised sizes; on
 * the cards of cards.tsv only what is too large is cut. */
#include "engine/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static vx_demand demand_of(int64_t voxels)
{
    return (vx_demand){.voxels = voxels, .row_bytes = 56, .weights = 2, .evaluations = 8192,
                       .flags = VX_COUNT | VX_COMPACT | VX_HEIGHTS, .threshold_p = 0.001, .grid_size = 2 * voxels};
}

/* Every limit from plenty down to too little, on a device with two queues and on one with small allocations. */
static void slabs_hold_every_tile(void **state)
{
    const vx_backend backend[2] = {{.queues = 2, .parallel = {[VX_OP_CLUSTERS] = 16, [VX_OP_TFCE] = 8}},
                                   {.queues = 1, .parallel = {[VX_OP_CLUSTERS] = 2, [VX_OP_TFCE] = 2},
                                    .info = {.allocation_max = 3 << 19}}};
    int odd = 0, most = 0;
    (void)state;
    for (int64_t tiles = 1; tiles <= 401; tiles += 16)
        for (size_t limit = 64 << 20; limit > 1 << 12; limit -= limit / 8)
            for (int b = 0; b < 2; b++) {
                vx_demand demand = demand_of(tiles * 64 - 40);
                vx_schedule s;
                vx_error error = {0};
                if (vx_schedule_make(&demand, &backend[b], limit, &s, &error))
                    break;
                assert_true(s.bytes <= limit);
                assert_true((s.voxel_slabs - 1) * s.slab_tiles < tiles && tiles <= s.voxel_slabs * s.slab_tiles);
                assert_true(s.batch >= 1 && s.batch <= 1024 && s.capacity >= 1 && s.capacity <= demand.voxels);
                assert_true(s.list_entries >= (size_t)(s.batch * s.capacity));
                assert_true(s.list_entries >= (size_t)demand.voxels && s.work_entries >= (size_t)demand.voxels);
                assert_true(s.work_entries >= (size_t)(s.label_grids * s.capacity));
                if (backend[b].info.allocation_max)
                    assert_true(s.list_entries * 4 <= backend[b].info.allocation_max);
                odd += tiles % s.slab_tiles != 0;
                most = s.voxel_slabs > most ? (int)s.voxel_slabs : most;
            }
    assert_true(odd > 10 && most > 4);
}

/* 145 tiles of which the last holds 24 voxels, in slabs of 73: 73 and 72 tiles, 4672 and 71 * 64 + 24 = 4568 voxels. */
static void the_last_slab_is_shorter(void **state)
{
    const vx_problem problem = {.voxels = 9240, .tiles = 145};
    const vx_engine engine = {.problem = &problem, .schedule = {.slab_tiles = 73, .voxel_slabs = 2}};
    (void)state;
    assert_int_equal(vx_slab_first_tile(&engine, 0), 0);
    assert_int_equal(vx_slab_first_tile(&engine, 1), 73);
    assert_int_equal(vx_slab_tiles(&engine, 0), 73);
    assert_int_equal(vx_slab_tiles(&engine, 1), 72);
    assert_int_equal(vx_slab_voxels(&engine, 0), 4672);
    assert_int_equal(vx_slab_voxels(&engine, 1), 4568);
}

typedef struct card {
    char name[64];
    vx_backend backend;
    size_t limit;
} card;

enum { CARDS = 10 };

/* The rows of cards.tsv as OpenCL backends, with the numbers of groups that op.c gives a GPU. */
static void read_cards(card cards[CARDS])
{
    char path[1000], line[200], kind[64];
    int count = 0;
    snprintf(path, sizeof path, "%s/tests/unit/cards.tsv", getenv("VOXSTAT_SOURCE"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        int units;
        double memory, buffer;
        if (*line == '#' || strncmp(line, "card\t", 5) == 0)
            continue;
        assert_true(count < CARDS);
        card *c = &cards[count++];
        assert_int_equal(sscanf(line, "%63[^\t]\t%d\t%lf\t%lf\t%63[^\n]", c->name, &units, &memory, &buffer, kind), 5);
        c->limit = (size_t)(0.8 * memory * 0x1p30);
        c->backend = (vx_backend){.queues = VX_QUEUES,
                                  .info = {.compute_units = units,
                                           .memory = (size_t)(memory * 0x1p30),
                                           .allocation_max = (size_t)(buffer * 0x1p30),
                                           .has_double = !strstr(kind, "no fp64")}};
        for (vx_op op = 0; op < VX_OPS; op++)
            c->backend.parallel[op] = units * vx_op_table[op].gpu.groups_per_unit;
    }
    fclose(file);
    assert_int_equal(count, CARDS);
}

static int64_t least_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Whether `size` is `wanted`; or one more would make its buffer of `bytes` too large for the card; or the memory is
 * full, so that another eighth of the size would not fit. */
static bool cut_for_a_reason(const card *c, const vx_schedule *s, int64_t size, int64_t wanted, size_t bytes)
{
    const double one = (double)bytes / (double)size;
    return size == wanted || (double)bytes + one > (double)c->backend.info.allocation_max ||
           s->bytes > c->limit - c->limit / 8;
}

/* Whether the matrix could stay on the card with 64 relabellings a batch and one map and one grid a unit, by the shapes
 * of op.h. */
static bool could_stay(const card *c, const vx_demand *d, const vx_schedule *s)
{
    const size_t voxels = (size_t)d->voxels, entries = (size_t)s->capacity;
    const size_t units = (size_t)c->backend.info.compute_units;
    const size_t map = s->maps ? s->buffer[VX_B_WORK] / (size_t)s->maps : 0;
    size_t bytes = voxels * d->row_bytes + 2 * 64 * (d->weights + 64) + 2 * 4 * voxels + 3 * 4 * voxels;
    if (d->flags & VX_COMPACT)
        bytes += 2 * 64 * entries * 8 + units * (entries * 16 + (size_t)d->grid_size * 4) + 4 * voxels;
    if (d->flags & VX_HEIGHTS)
        bytes += 2 * 64 * voxels * 4 + map * (size_t)least_of((int64_t)units, s->maps) + 12 * voxels;
    return bytes < c->limit - c->limit / 50;
}

static void check_card(const card *c, const char *which, const vx_demand *d)
{
    const vx_backend *b = &c->backend;
    const bool maps = d->flags & VX_HEIGHTS, clusters = d->flags & VX_COMPACT;
    const int64_t tiles = (d->voxels + VX_TILE - 1) / VX_TILE;
    vx_schedule s;
    vx_error error = {0};
    if (vx_schedule_make(d, b, c->limit, &s, &error))
        fail_msg("%s, %s: %s", c->name, which, error.message);
    print_message("%-24s %-8s %8d voxels, n = %4d: %4d a batch, %4d maps, %4d grids, %2d slab%s %6.2f GB of %5.2f\n",
                  c->name, which, (int)d->voxels, (int)(d->row_bytes / 4), (int)s.batch, (int)s.maps,
                  (int)s.label_grids, (int)s.voxel_slabs, s.streams ? "s, streamed:" : s.voxel_slabs > 1 ? "s:" : ":",
                  (double)s.bytes / 1e9, (double)c->limit / 1e9);
    for (vx_buffer_name name = 0; name < VX_BUFFERS; name++)
        assert_true(s.buffer[name] <= b->info.allocation_max);
    assert_true(s.bytes <= c->limit);
    assert_int_equal(s.batches, VX_QUEUES);
    assert_true(s.batch >= s.maps && s.batch >= s.label_grids);
    const int64_t most = maps ? least_of(b->parallel[VX_OP_TFCE], VX_BATCH_MAX) : VX_BATCH_MAX;
    const size_t largest = maps ? s.buffer[VX_B_HEIGHT] : clusters ? s.buffer[VX_B_LIST_VOXEL] : s.buffer[VX_B_W];
    assert_true(cut_for_a_reason(c, &s, s.batch, s.batch > most ? s.batch : most, largest));
    if (maps)
        assert_true(cut_for_a_reason(c, &s, s.maps, most, s.buffer[VX_B_WORK]));
    if (clusters) { /* every unit has a group, but where the card has no buffer for so many grids */
        assert_true(cut_for_a_reason(c, &s, s.label_grids, least_of(b->parallel[VX_OP_CLUSTERS], s.batch),
                                     s.buffer[VX_B_LABEL]));
        assert_true(s.label_grids >= b->info.compute_units ||
                    s.buffer[VX_B_LABEL] + (size_t)d->grid_size * 4 > b->info.allocation_max ||
                    s.label_grids == s.batch);
    }
    if (s.streams)
        assert_false(could_stay(c, d, &s));
    else
        assert_true(s.voxel_slabs == (int64_t)((size_t)tiles * VX_TILE * d->row_bytes / b->info.allocation_max) + 1);
}

/* Brain masks of 2 mm and 1 mm; 14 participants under sign flips, and more with three regressors of no interest. */
static void only_what_is_too_large_is_cut_on_cards(void **state)
{
    static const int64_t voxels[] = {228010, 8 * 228010}, places[] = {491000, 8 * 491000};
    static const int64_t n[] = {14, 100, 1000};
    static const struct {
        const char *name;
        int flags;
    } analysis[] = {{"max t", VX_COUNT},
                    {"clusters", VX_COUNT | VX_COMPACT},
                    {"TFCE", VX_COUNT | VX_HEIGHTS},
                    {"all", VX_COUNT | VX_COMPACT | VX_HEIGHTS}};
    card cards[CARDS];
    (void)state;
    read_cards(cards);
    for (int k = 0; k < CARDS; k++)
        for (int a = 0; a < 4; a++)
            for (int v = 0; v < 2; v++)
                for (int i = 0; i < 3; i++)
                    check_card(&cards[k], analysis[a].name,
                               &(vx_demand){.voxels = voxels[v],
                                            .row_bytes = (size_t)n[i] * 4,
                                            .weights = n[i] == 14 ? 2 : 4 * (size_t)n[i] * 4,
                                            .participants = n[i],
                                            .permutes = n[i] != 14,
                                            .evaluations = n[i] == 14 ? 8192 : 10000,
                                            .flags = analysis[a].flags & (cards[k].backend.info.has_double
                                                                              ? ~0 : ~VX_HEIGHTS),
                                            .threshold_p = 0.001,
                                            .grid_size = places[v]});
}

/* The widest groups of at most 7 rows whose tables, of 2^width entries each, have no more entries than the device
 * holds: 256 of the C backend. 88 are those of a GPU with 48 KiB of local memory, 119 of one with 64 KiB: half of it,
 * less the 2,304 bytes of maxima, by 256 bytes. A GPU that holds none takes bytes, and the C backend rows. */
static void groups_fit_the_tables(void **state)
{
    static const struct {
        int n, entries, groups, width;
    } cases[] = {{14, 0, 2, 7},  {20, 0, 4, 5},  {128, 0, 64, 2}, {129, 0, 129, 1}, {14, 88, 4, 4}, {14, 119, 3, 5},
                 {20, 88, 5, 4}, {21, 88, 7, 3}, {44, 88, 22, 2}, {45, 88, 6, 8},   {2, 88, 1, 2},  {1000, 88, 125, 8}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const vx_backend backend = {.queues = 1, .tables = cases[i].entries};
        vx_demand demand = demand_of(6400);
        vx_schedule s;
        vx_error error = {0};
        demand.row_bytes = 4 * (size_t)cases[i].n;
        demand.bits = true;
        assert_int_equal(vx_schedule_make(&demand, &backend, 1 << 30, &s, &error), VX_OK);
        assert_int_equal(s.groups, cases[i].groups);
        assert_int_equal(s.width, cases[i].width);
        assert_int_equal(s.buffer[VX_B_W], 1024 * cases[i].groups);
    }
}

/* A card of 1 GiB whose largest buffer holds a quarter of the matrix keeps it in slabs; one with less memory than the
 * matrix streams it. */
static void a_large_matrix_stays_in_slabs(void **state)
{
    const vx_backend backend = {.queues = 2,
                                .info = {.id = "opencl:0.0", .compute_units = 4, .allocation_max = 64 << 20}};
    const vx_demand demand = {.voxels = 64 << 14, .row_bytes = 256, .weights = 1, .evaluations = 5000,
                              .flags = VX_COUNT, .threshold_p = 0.001};
    vx_schedule s;
    vx_error error = {0};
    (void)state;
    assert_int_equal(vx_schedule_make(&demand, &backend, 1 << 30, &s, &error), VX_OK);
    assert_true(!s.streams && s.voxel_slabs == 4 && s.slab_tiles == 1 << 12 && s.batch == 1024);
    assert_int_equal(vx_schedule_owner(&s, VX_B_Y), VX_OF_SLAB);
    assert_int_equal(vx_schedule_make(&demand, &backend, 128 << 20, &s, &error), VX_OK);
    assert_true(s.streams && s.voxel_slabs > 4 && s.batches == 2 && s.batch == 1024);
    assert_int_equal(vx_schedule_owner(&s, VX_B_Y), VX_OF_BATCH);
}

/* A buffer of fixed size that the device does not allow. */
static void a_buffer_that_cannot_be_cut(void **state)
{
    const vx_backend backend = {.queues = 2,
                                .info = {.id = "opencl:0.0", .compute_units = 4, .allocation_max = 3 << 20}};
    const vx_demand demand = {.voxels = 64 << 14, .row_bytes = 256, .weights = 1, .evaluations = 5000,
                              .flags = VX_COUNT, .threshold_p = 0.001};
    vx_schedule s;
    vx_error error = {0};
    (void)state;
    assert_int_equal(vx_schedule_make(&demand, &backend, 1 << 30, &s, &error), VX_DEVICE);
    assert_string_equal(error.message, "opencl:0.0 has buffers of at most 3 MiB; this analysis needs one of 5 MiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slabs_hold_every_tile),
                                       cmocka_unit_test(the_last_slab_is_shorter),
                                       cmocka_unit_test(groups_fit_the_tables),
                                       cmocka_unit_test(only_what_is_too_large_is_cut_on_cards),
                                       cmocka_unit_test(a_large_matrix_stays_in_slabs),
                                       cmocka_unit_test(a_buffer_that_cannot_be_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
