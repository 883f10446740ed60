/* The two queues of every backend: an op enqueued on both never runs twice at the same time, so one scratch buffer is
 * enough. Clusters in one grid of labels, from lists whose answer is their length. */
#include "backends.h"

enum { SIDE = 16, VOXELS = SIDE * SIDE * SIDE, STRIDE_Y = SIDE + 1, STRIDE_Z = STRIDE_Y * (SIDE + 1),
       GRID = STRIDE_Z * (SIDE + 1), RELABELLINGS = 32, CAPACITY = VOXELS, LAUNCHES = 24 };

/* Voxels 0 to length - 1 of a full grid, x fastest, are connected. No two relabellings of a launch are as long. */
static int length_of(int queue, int p)
{
    return 1000 + 2 * p + queue;
}

static vx_buffer *device_list(vx_backend *backend, int queue, vx_buffer **height, vx_buffer **size)
{
    static int32_t voxel[RELABELLINGS][CAPACITY], length[RELABELLINGS];
    static float heights[RELABELLINGS][CAPACITY];
    for (int p = 0; p < RELABELLINGS; p++) {
        length[p] = length_of(queue, p);
        for (int v = 0; v < VOXELS; v++) {
            voxel[p][v] = v;
            heights[p][v] = 8;
        }
    }
    *height = device_copy(backend, heights, sizeof heights);
    *size = device_copy(backend, length, sizeof length);
    return device_copy(backend, voxel, sizeof voxel);
}

static void shared_scratch(vx_backend *backend)
{
    int32_t position[VOXELS], extent[RELABELLINGS][2];
    const vx_clusters_args args = {.relabellings = RELABELLINGS, .capacity = CAPACITY, .parallel = 1, .grid_size = GRID,
                                   .stride_y = STRIDE_Y, .stride_z = STRIDE_Z, .connectivity = 26,
                                   .threshold = 1};
    vx_buffer *own[VX_QUEUES][VX_BUFFERS] = {{0}}, *shared[VX_BUFFERS] = {0};
    vx_error error;
    for (int v = 0; v < VOXELS; v++)
        position[v] = (v / SIDE / SIDE + 1) * STRIDE_Z + (v / SIDE % SIDE + 1) * STRIDE_Y + v % SIDE + 1;
    shared[VX_B_POSITION] = device_copy(backend, position, sizeof position);
    must(backend->buffer_new(backend, GRID * 4, &shared[VX_B_LABEL], &error), &error);
    must(backend->buffer_new(backend, CAPACITY * 4, &shared[VX_B_PARENT], &error), &error);
    must(backend->buffer_new(backend, CAPACITY * 4, &shared[VX_B_SIZE], &error), &error);
    must(backend->buffer_new(backend, CAPACITY * 8, &shared[VX_B_SUM], &error), &error);
    for (int queue = 0; queue < VX_QUEUES; queue++) {
        vx_buffer **b = own[queue];
        b[VX_B_LIST_VOXEL] = device_list(backend, queue, &b[VX_B_LIST_HEIGHT], &b[VX_B_LIST_SIZE]);
        must(backend->buffer_new(backend, sizeof extent, &b[VX_B_EXTENT], &error), &error);
        must(backend->buffer_new(backend, RELABELLINGS * 16, &b[VX_B_MASS], &error), &error);
    }
    for (int launch = 0; launch < LAUNCHES; launch++) {
        vx_buffer *buffer[VX_BUFFERS];
        for (int b = 0; b < VX_BUFFERS; b++)
            buffer[b] = shared[b] ? shared[b] : own[launch % VX_QUEUES][b];
        must(backend->run(backend, launch % VX_QUEUES, VX_OP_CLUSTERS, &args, buffer, &error), &error);
    }
    for (int queue = 0; queue < VX_QUEUES; queue++) {
        must(backend->download(backend, queue, own[queue][VX_B_EXTENT], 0, extent, sizeof extent, &error), &error);
        for (int p = 0; p < RELABELLINGS; p++)
            assert_int_equal(extent[p][0], length_of(queue, p));
        must(backend->wait(backend, queue, &error), &error);
    }
    for (int b = 0; b < VX_BUFFERS; b++) {
        backend->buffer_free(backend, shared[b]);
        for (int queue = 0; queue < VX_QUEUES; queue++)
            backend->buffer_free(backend, own[queue][b]);
    }
}

static void test_shared_scratch(void **state)
{
    (void)state;
    for (int b = 0; b < backend_count; b++)
        shared_scratch(backends[b]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shared_scratch)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
