/* How a problem is cut: for any limit the slabs contain every tile once, and the buffers have the promised sizes. */
#include "engine/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slabs_hold_every_tile),
                                       cmocka_unit_test(the_last_slab_is_shorter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
