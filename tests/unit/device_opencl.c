/* The OpenCL backend on every device of the machine, each in the two forms that kernels have: the self-test's problems
 * worked by hand, and a case of several work-groups against plain loops. Small enough for Oclgrind
 * (tests/lint/oclgrind.sh).
 *
 * All data are multiples of 1/8 of small size: sums are exact in float, so that answers are compared with ==. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "engine/selftest/selftest.h"

#include <math.h>
#include <stdio.h>

#include <string.h>

enum { N = 11, WIDTH = 4, GROUPS = 3, VOXELS = 400, TILES = 7, PS = 19, CAPACITY = 64, FIRST = 1000 };

static void must(vx_status status, const vx_error *error)
{
    if (status != VX_OK)
        fail_msg("%s: %s", error->where, error->message);
}

static vx_device_info *devices; /* every OpenCL device */
static size_t device_count;
static bool simulated; /* the device of the test is Oclgrind */

/* Runs a test on every usable device in both forms. */
static void on_every_device(void (*test)(vx_backend *backend))
{
    static const char *const forms[] = {"cpu", "gpu"};
    vx_error error;
    for (size_t d = 0; d < device_count; d++)
        for (int f = 0; f < 2 && !devices[d].unusable[0]; f++) {
            vx_backend *backend;
            int platform, device;
            assert_int_equal(sscanf(devices[d].id, "opencl:%d.%d", &platform, &device), 2);
            setenv("VOXSTAT_KERNEL_FORM", forms[f], 1);
            simulated = strstr(devices[d].name, "Oclgrind");
            must(vx_opencl_open(platform, device, &backend, &error), &error);
            print_message("%s (%s), kernels as for a %s\n", devices[d].id, devices[d].name, forms[f]);
            test(backend);
            backend->free(backend);
        }
    unsetenv("VOXSTAT_KERNEL_FORM");
}

/* Oclgrind would take half its time for TFCE here, whose kernel test_tfce runs on smaller maps. */
static void known(vx_backend *backend)
{
    vx_error error;
    unsigned ops = 0;
    for (vx_op op = 0; op < VX_OPS; op++)
        ops |= vx_backend_supports(backend, op) && !(simulated && op == VX_OP_TFCE) ? 1u << op : 0;
    must(vx_selftest_known(backend, ops, &error), &error);
}

static void test_known(void **state)
{
    (void)state;
    on_every_device(known);
}

static vx_buffer *put(vx_backend *backend, const void *data, size_t bytes)
{
    vx_error error;
    vx_buffer *buffer;
    must(backend->buffer_new(backend, bytes, &buffer, &error), &error);
    must(backend->upload(backend, 0, buffer, 0, data, bytes, &error), &error);
    return buffer;
}

static void get(vx_backend *backend, vx_buffer *buffer, void *data, size_t bytes)
{
    vx_error error;
    must(backend->download(backend, 0, buffer, 0, data, bytes, &error), &error);
}

/* A number from -8 to 7, a sign: both by index. */
static int datum(int i, int v)
{
    return (int)(vx_philox(1, (uint64_t)v, (uint32_t)i, VX_STREAM_TEST).word[0] & 15) - 8;
}

static int sign(int p, int i)
{
    return vx_philox(2, (uint64_t)p, (uint32_t)i, VX_STREAM_TEST).word[0] & 1 ? -1 : 1;
}

typedef union vx_number {
    int32_t i;
    float f;
} vx_number;

/* The int that encodes a sum of data under signs; correlation counts in 256ths. */
static int32_t key(vx_op op, int sum)
{
    vx_number number = {.f = (float)sum / 256 + 0.0f};
    return op == VX_OP_SIGNFLIP ? sum : vx_ordered(number.i);
}

typedef struct vx_dense_data {
    vx_number y[TILES][N][VX_TILE];
    uint8_t flip[VX_INTERLEAVED(PS) * GROUPS];
    float w[VX_INTERLEAVED(PS) * N];
    int32_t high[PS], low[PS], count_high[TILES * VX_TILE], count_low[TILES * VX_TILE];
    uint32_t counts[TILES * VX_TILE];
    int32_t score[PS][TILES * VX_TILE], list_voxel[PS][CAPACITY], list_size[PS];
    float height[PS][TILES * VX_TILE], list_height[PS][CAPACITY];
} vx_dense_data;

static vx_dense_data *make_data(vx_op op)
{
    vx_dense_data *data = calloc(1, sizeof *data);
    assert_non_null(data);
    for (int v = 0; v < TILES * VX_TILE; v++) {
        int voxel = v < VOXELS ? v : VOXELS - 1;
        for (int i = 0; i < N; i++) {
            vx_number number = {.i = datum(i, voxel)};
            if (op == VX_OP_CORRELATION)
                number.f = (float)number.i / 256;
            data->y[v / VX_TILE][i][v % VX_TILE] = number;
        }
        data->count_high[v] = key(op, voxel % 20);
        data->count_low[v] = key(op, -(voxel % 30));
    }
    for (int p = 0; p < PS; p++) {
        data->high[p] = INT32_MIN;
        data->low[p] = INT32_MAX;
        for (int i = 0; i < N; i++) {
            data->w[VX_WEIGHT_PLACE(p, N, i)] = (float)sign(p, i);
            data->flip[VX_WEIGHT_PLACE(p, GROUPS, i / WIDTH)] |= (uint8_t)((sign(p, i) < 0) << i % WIDTH);
        }
    }
    return data;
}

/* t of r = sum / 256 with df = 1, to 8 units of 2^-24 (tests/ops/dense.h). */
static bool is_height(float height, int sum)
{
    double r = sum / 256.0, t = r / sqrt(1 - r * r);
    return fabs((double)height - t) <= 8 * 0x1p-24 * fabs(t);
}

/* Whether the list of relabelling p holds the voxel once with its height. */
static bool listed(const vx_dense_data *data, int p, int voxel, int sum)
{
    int found = 0;
    for (int e = 0; e < data->list_size[p]; e++)
        found += data->list_voxel[p][e] == FIRST + voxel && is_height(data->list_height[p][e], sum);
    return found == 1;
}

static void check_data(vx_op op, const vx_dense_data *data)
{
    uint32_t count[VOXELS] = {0};
    for (int p = 0; p < PS; p++) {
        int high = -1000, low = 1000, size = 0;
        for (int v = 0; v < VOXELS; v++) {
            int sum = 0;
            for (int i = 0; i < N; i++)
                sum += sign(p, i) * datum(i, v);
            high = sum > high ? sum : high;
            low = sum < low ? sum : low;
            count[v] += (uint32_t)((sum >= v % 20) + (sum <= -(v % 30)));
            assert_int_equal(data->score[p][v], key(op, sum));
            assert_true(is_height(data->height[p][v], sum));
            if (sum > 30 || sum < -36) {
                assert_true(listed(data, p, v, sum));
                size++;
            }
        }
        assert_int_equal(data->high[p], key(op, high));
        assert_int_equal(data->low[p], key(op, low));
        assert_int_equal(data->list_size[p], size);
    }
    for (int v = 0; v < VOXELS; v++)
        assert_int_equal(data->counts[v], count[v]);
}

static void dense(vx_backend *backend, vx_op op)
{
    vx_dense_data *data = make_data(op);
    const int flags = VX_STORE | VX_COUNT | VX_COMPACT | VX_HEIGHTS, high = key(op, 30), low = key(op, -36);
    const vx_dense_args args = {.n = N, .groups = GROUPS, .width = WIDTH, .voxels = VOXELS, .tiles = TILES,
                                .voxel0 = FIRST, .relabellings = PS, .flags = flags, .cut_high = high, .cut_low = low,
                                .capacity = CAPACITY, .map = TILES * VX_TILE, .scale = 1.0f / 256, .root_df = 1};
    bool flips = op == VX_OP_SIGNFLIP;
    const struct {
        void *data;
        size_t bytes;
    } all[VX_BUFFERS] = {
        [VX_B_Y] = {data->y, sizeof data->y},
        [VX_B_W] = {flips ? (void *)data->flip : data->w, flips ? sizeof data->flip : sizeof data->w},
        [VX_B_HIGH] = {data->high, sizeof data->high},
        [VX_B_LOW] = {data->low, sizeof data->low},
        [VX_B_COUNT_HIGH] = {data->count_high, sizeof data->count_high},
        [VX_B_COUNT_LOW] = {data->count_low, sizeof data->count_low},
        [VX_B_COUNTS] = {data->counts, sizeof data->counts},
        [VX_B_SCORE] = {data->score, sizeof data->score},
        [VX_B_LIST_VOXEL] = {data->list_voxel, sizeof data->list_voxel},
        [VX_B_HEIGHT] = {data->height, sizeof data->height},
        [VX_B_LIST_HEIGHT] = {data->list_height, sizeof data->list_height},
        [VX_B_LIST_SIZE] = {data->list_size, sizeof data->list_size},
    };
    vx_buffer *buffers[VX_BUFFERS] = {0};
    vx_error error;
    for (int b = 0; b <= VX_B_LIST_SIZE; b++)
        buffers[b] = put(backend, all[b].data, all[b].bytes);
    must(backend->run(backend, 0, op, &args, buffers, &error), &error);
    for (int b = 0; b <= VX_B_LIST_SIZE; b++) {
        get(backend, buffers[b], all[b].data, all[b].bytes);
        backend->buffer_free(backend, buffers[b]);
    }
    check_data(op, data);
    assert_true(backend->seconds(backend, op) > 0);
    free(data);
}

static void both_dense(vx_backend *backend)
{
    dense(backend, VX_OP_SIGNFLIP);
    dense(backend, VX_OP_CORRELATION);
}

static void test_dense(void **state)
{
    (void)state;
    on_every_device(both_dense);
}

/* With this many rows no table of sums fits into local memory, and the kernel adds row by row. */
static void many_rows(vx_backend *backend)
{
    enum { ROWS = 301, EIGHTS = (ROWS + 7) / 8, FEW = 3 };
    static int32_t y[ROWS][VX_TILE];
    uint8_t flip[VX_INTERLEAVED(FEW) * EIGHTS] = {0};
    int32_t high[FEW], low[FEW];
    const vx_dense_args args = {.n = ROWS, .groups = EIGHTS, .width = 8, .voxels = VX_TILE, .tiles = 1,
                                .relabellings = FEW};
    vx_buffer *buffers[VX_BUFFERS] = {0};
    vx_error error;
    for (int i = 0; i < ROWS; i++) {
        for (int v = 0; v < VX_TILE; v++)
            y[i][v] = datum(i, v);
        for (int p = 0; p < FEW; p++)
            flip[VX_WEIGHT_PLACE(p, EIGHTS, i / 8)] |= (uint8_t)((sign(p, i) < 0) << i % 8);
    }
    for (int p = 0; p < FEW; p++) {
        high[p] = INT32_MIN;
        low[p] = INT32_MAX;
    }
    buffers[VX_B_Y] = put(backend, y, sizeof y);
    buffers[VX_B_W] = put(backend, flip, sizeof flip);
    buffers[VX_B_HIGH] = put(backend, high, sizeof high);
    buffers[VX_B_LOW] = put(backend, low, sizeof low);
    must(backend->run(backend, 0, VX_OP_SIGNFLIP, &args, buffers, &error), &error);
    get(backend, buffers[VX_B_HIGH], high, sizeof high);
    get(backend, buffers[VX_B_LOW], low, sizeof low);
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    for (int p = 0; p < FEW; p++) {
        int most = INT32_MIN, least = INT32_MAX;
        for (int v = 0; v < VX_TILE; v++) {
            int sum = 0;
            for (int i = 0; i < ROWS; i++)
                sum += sign(p, i) * y[i][v];
            most = sum > most ? sum : most;
            least = sum < least ? sum : least;
        }
        assert_int_equal(high[p], most);
        assert_int_equal(low[p], least);
    }
}

static void test_many_rows(void **state)
{
    (void)state;
    on_every_device(many_rows);
}

/* Lines one after the other, which are longer than a vector and the kernel together, and lines beside each other. */
static void convolved(vx_backend *backend)
{
    enum { ELEMENTS = 200, REACH = 3 };
    static const double taps[1 + REACH] = {1, 0.5, 0.25, 0.125};
    static const int shapes[][3] = {{2, 100, 1}, {1, 5, 40}, {5, 8, 5}};
    double from[ELEMENTS], to[ELEMENTS];
    vx_error error;
    for (int i = 0; i < ELEMENTS; i++)
        from[i] = datum(i, 3);
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes && vx_backend_supports(backend, VX_OP_CONVOLVE); s++) {
        const vx_convolve_args args = {.outer = shapes[s][0], .length = shapes[s][1], .stride = shapes[s][2],
                                       .reach = REACH, .parallel = 2};
        vx_buffer *buffers[VX_BUFFERS] = {[VX_B_TAPS] = put(backend, taps, sizeof taps),
                                          [VX_B_FROM] = put(backend, from, sizeof from),
                                          [VX_B_TO] = put(backend, from, sizeof from)};
        must(backend->run(backend, 0, VX_OP_CONVOLVE, &args, buffers, &error), &error);
        get(backend, buffers[VX_B_TO], to, sizeof to);
        for (int b = 0; b < VX_BUFFERS; b++)
            backend->buffer_free(backend, buffers[b]);
        for (int i = 0; i < ELEMENTS; i++) {
            double sum = 0;
            for (int t = -REACH; t <= REACH; t++) {
                const int place = i / args.stride % args.length + t;
                sum += place >= 0 && place < args.length ? taps[abs(t)] * from[i + t * args.stride] : 0;
            }
            assert_true(to[i] == sum);
        }
    }
}

static void test_convolved(void **state)
{
    (void)state;
    on_every_device(convolved);
}

/* TFCE on a small grid of more maps than are processed at a time, with coarse heights so that many tie, against a plain
 * version of the sweep of kernels/args.h. E = 1/2, H = 2. */
enum { EDGE = 5, CUBE = EDGE * EDGE * EDGE, MAPS = 3, PARALLEL = 2, STRIDE = EDGE + 1 };
enum { GRID = STRIDE * STRIDE * STRIDE };

/* The components of a plain sweep, by label, with the numbers of kernels/args.h. */
typedef struct plain_sweep {
    int label[CUBE], size[CUBE + 1];
    double b[CUBE + 1], s[CUBE + 1];
} plain_sweep;

/* Merges the components that voxel v touches. Returns the result's label; 0: v touches none. */
static int plain_merge(plain_sweep *sweep, int v, double g, const double *power, int axes)
{
    int own = 0, count = 0, size = 0, met[CUBE];
    double largest = -INFINITY;
    for (int u = 0; u < CUBE; u++) {
        int x = abs(u % EDGE - v % EDGE), y = abs(u / EDGE % EDGE - v / EDGE % EDGE), z = abs(u / 25 - v / 25);
        int other = sweep->label[u], i = 0;
        while (i < count && met[i] != other)
            i++;
        if (!other || x > 1 || y > 1 || z > 1 || x + y + z > axes || i < count)
            continue;
        met[count++] = own = other;
        largest = fmax(largest, sweep->b[own] + sweep->s[own] - power[sweep->size[own]] * g);
        size += sweep->size[own];
    }
    if (count < 2)
        return own;
    for (int i = 0; i < count; i++) {
        sweep->b[met[i]] = sweep->s[met[i]] = 0;
        for (int w = 0; w < CUBE; w++)
            sweep->label[w] = sweep->label[w] == met[i] ? own : sweep->label[w];
    }
    sweep->b[own] = largest + power[size] * g;
    sweep->size[own] = size;
    return own;
}

static double plain_tfce(const float *height, const double *power, int axes)
{
    plain_sweep sweep = {0};
    double best = 0;
    for (int swept = 0; swept < CUBE; swept++) {
        int v = -1;
        for (int u = 0; u < CUBE; u++)
            if (!sweep.label[u] && height[u] > 0 && (v < 0 || height[u] > height[v]))
                v = u;
        if (v < 0)
            break;
        double h = height[v], g = h * h * h;
        int merged = plain_merge(&sweep, v, g, power, axes), own = merged ? merged : v + 1, size = sweep.size[own]++;
        sweep.label[v] = own;
        sweep.s[own] += (power[size + 1] - power[size]) * g;
        if ((size + 1) % VX_TFCE_BLOCK == 0) {
            sweep.b[own] += sweep.s[own];
            sweep.s[own] = 0;
        }
    }
    for (int c = 1; c <= CUBE; c++)
        best = fmax(best, sweep.b[c] + sweep.s[c]);
    return best;
}

static void tfce(vx_backend *backend, int connectivity)
{
    const vx_tfce_args args = {.relabellings = MAPS,
                               .voxels = CUBE,
                               .padded = CUBE + 3,
                               .tails = 3,
                               .parallel = PARALLEL,
                               .grid_size = GRID,
                               .stride_y = STRIDE,
                               .stride_z = STRIDE * STRIDE,
                               .connectivity = connectivity,
                               .power = 3};
    enum { WORDS = PARALLEL * (VX_TFCE_GRID_WORDS * GRID + VX_TFCE_VOXEL_WORDS * (CUBE + 3)) };
    static int32_t work[WORDS], position[CUBE];
    static float height[MAPS][CUBE + 3];
    double power[CUBE + 1], best[MAPS][2] = {0};
    vx_buffer *buffers[VX_BUFFERS] = {0};
    vx_error error;
    memset(work, 0, sizeof work);
    for (int v = 0; v < CUBE; v++) {
        position[v] = ((v / 25 + 1) * STRIDE + v / EDGE % EDGE + 1) * STRIDE + v % EDGE + 1;
        for (int p = 0; p < MAPS; p++)
            height[p][v] = (float)datum(p, v) / 4;
    }
    for (int s = 0; s <= CUBE; s++)
        power[s] = sqrt(s);
    buffers[VX_B_HEIGHT] = put(backend, height, sizeof height);
    buffers[VX_B_POSITION] = put(backend, position, sizeof position);
    buffers[VX_B_POWER] = put(backend, power, sizeof power);
    buffers[VX_B_BEST] = put(backend, best, sizeof best);
    buffers[VX_B_WORK] = put(backend, work, sizeof work);
    must(backend->run(backend, 0, VX_OP_TFCE, &args, buffers, &error), &error);
    get(backend, buffers[VX_B_BEST], best, sizeof best);
    get(backend, buffers[VX_B_WORK], work, sizeof work);
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    for (int s = 0; s < PARALLEL; s++)
        for (int place = 0; place < VX_TFCE_GRID_WORDS * GRID; place++)
            assert_int_equal(work[s * (WORDS / PARALLEL) + place], 0);
    for (int p = 0; p < MAPS; p++)
        for (int tail = 0; tail < 2; tail++) {
            float own[CUBE];
            for (int v = 0; v < CUBE; v++)
                own[v] = tail ? -height[p][v] : height[p][v];
            double wanted = plain_tfce(own, power, connectivity == 26 ? 3 : connectivity == 18 ? 2 : 1);
            assert_true(wanted > 0);
            assert_true(best[p][tail] == wanted);
        }
}

/* 18 neighbours, the hardest case; tests/ops/tfce.c has the others. Oclgrind is slow. */
static void tfce_of_18(vx_backend *backend)
{
    if (backend->info.has_double)
        tfce(backend, 18);
}

static void test_tfce(void **state)
{
    (void)state;
    on_every_device(tfce_of_18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_dense),
        cmocka_unit_test(test_many_rows), cmocka_unit_test(test_convolved),
        cmocka_unit_test(test_tfce),
    };
    char note[256];
    if (vx_opencl_list(&devices, &device_count, note, sizeof note, NULL) == VX_OK && device_count == 0) {
        printf("SKIP: %s\n", note);
        return 77;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(devices);
    return failed;
}
