/* Opens every backend of this build and machine, once per program, and runs an op on one of them. */
#ifndef VX_TESTS_OPS_BACKENDS_H
#define VX_TESTS_OPS_BACKENDS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/memory.h"
#include "engine/backend.h"
#include "reference.h"

#include <stdio.h>
#include <string.h>

/* The instruction sets of cpu. The baseline calls a function for every fma, which takes minutes under a sanitizer; the
 * same source is compiled for the others, so that it is left out there if the machine has one of them. */
static const char *const backend_simd[] = {"v4", "v3", "baseline"};
#ifdef __SANITIZE_ADDRESS__
enum { SIMD_TESTED = 2 };
#else
enum { SIMD_TESTED = 3 };
#endif
enum { BACKENDS_MAX = 32 };
static vx_backend *backends[BACKENDS_MAX];
static char backend_names[BACKENDS_MAX][64];
static int backend_count;

static inline void add_backend(vx_backend *backend, const char *name)
{
    assert_true(backend_count < BACKENDS_MAX);
    backends[backend_count] = backend;
    snprintf(backend_names[backend_count++], sizeof backend_names[0], "%s", name);
}

/* Fails the test with the error's words where a call did not succeed. */
static inline void must(vx_status status, const vx_error *error)
{
    if (status)
        fail_msg("%s: %s", error->where, error->message);
}

/* An OpenCL device in both forms of the kernels, of which one is that of GPUs, or in the form that the environment asks
 * for. */
static inline void open_forms(const char *id)
{
    static const char *const forms[] = {"cpu", "gpu"};
    const char *only = getenv("VOXSTAT_KERNEL_FORM");
    int platform, device;
    char name[64];
    assert_int_equal(sscanf(id, "opencl:%d.%d", &platform, &device), 2);
    for (int f = 0; f < 2; f++) {
        vx_error error = {0};
        vx_backend *backend;
        if (only && strcmp(only, forms[f]) != 0)
            continue;
        setenv("VOXSTAT_KERNEL_FORM", forms[f], 1);
        must(vx_opencl_open(platform, device, &backend, &error), &error);
        snprintf(name, sizeof name, "%s, kernels as for a %s", id, forms[f]);
        add_backend(backend, name);
    }
    if (!only)
        unsetenv("VOXSTAT_KERNEL_FORM");
}

/* cpu in every instruction set that the machine has, by 1 and 2 threads, and every OpenCL device. */
static inline int open_backends(void **state)
{
    (void)state;
    vx_error error = {0};
    vx_backend *backend;
    char name[64];
    for (int s = 0; s < 3 && (s < SIMD_TESTED || !backend_count); s++) {
        setenv("VOXSTAT_CPU_SIMD", backend_simd[s], 1);
        for (int threads = 1; threads <= 2; threads++) {
            if (vx_cpu_open(threads, &backend, &error)) {
                assert_int_not_equal(s, 2); /* the baseline runs everywhere */
                print_message("[  SKIPPED ] cpu %s: not on this machine\n", backend_simd[s]);
                break;
            }
            snprintf(name, sizeof name, "cpu %s, threads %d", backend_simd[s], threads);
            add_backend(backend, name);
        }
    }
    unsetenv("VOXSTAT_CPU_SIMD");

    char note[512];
    vx_device_info *list;
    size_t count;
    must(vx_opencl_list(&list, &count, note, sizeof note, &error), &error);
    if (!count)
        print_message("[  SKIPPED ] opencl: %s\n", note);
    for (size_t i = 0; i < count; i++) {
        if (*list[i].unusable)
            print_message("[  SKIPPED ] %s: %s\n", list[i].id, list[i].unusable);
        else
            open_forms(list[i].id);
    }
    free(list);
    return 0;
}

static inline int free_backends(void **state)
{
    (void)state;
    for (int b = 0; b < backend_count; b++)
        backends[b]->free(backends[b]);
    return 0;
}

/* A device buffer holding `bytes` of `data`. */
static inline vx_buffer *device_copy(vx_backend *backend, const void *data, size_t bytes)
{
    vx_error error;
    vx_buffer *buffer;
    must(backend->buffer_new(backend, bytes, &buffer, &error), &error);
    must(backend->upload(backend, 0, buffer, 0, data, bytes, &error), &error);
    return buffer;
}

static inline void device_read(vx_backend *backend, vx_buffer *buffer, void *data, size_t bytes)
{
    vx_error error;
    must(backend->download(backend, 0, buffer, 0, data, bytes, &error), &error);
}

/* Host copies of the buffers of an op; null: the op is not given the buffer. */
typedef struct op_data {
    void *data[VX_BUFFERS];
    size_t bytes[VX_BUFFERS];
} op_data;

/* Runs the op on copies of its buffers and reads them back. Buffers that the op only reads must be unchanged. */
static inline vx_status run_op(vx_backend *backend, vx_op op, const void *args, op_data *host, vx_error *error)
{
    const vx_op_info *info = &vx_op_table[op];
    vx_buffer *buffer[VX_BUFFERS] = {0};
    for (int b = 0; b < VX_BUFFERS; b++)
        if (host->data[b])
            buffer[b] = device_copy(backend, host->data[b], host->bytes[b]);
    vx_status status = backend->run(backend, 0, op, args, buffer, error);
    if (!status)
        must(backend->wait(backend, 0, error), error);
    for (int b = 0; b < info->buffers && !status; b++) {
        vx_buffer_name name = info->buffer[b].name;
        if (!host->data[name])
            continue;
        void *now = vx_array(host->bytes[name], 1);
        device_read(backend, buffer[name], now, host->bytes[name]);
        if (info->buffer[b].use == VX_IN)
            assert_memory_equal(now, host->data[name], host->bytes[name]);
        else
            memcpy(host->data[name], now, host->bytes[name]);
        free(now);
    }
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffer[b]);
    return status;
}

static inline void must_run(vx_backend *backend, vx_op op, const void *args, op_data *host)
{
    vx_error error;
    must(run_op(backend, op, args, host, &error), &error);
}

/* weights[relabellings][elements], of `size` bytes each, as args.h stores them; 0x7f bytes after the last. */
static inline void *interleaved(const void *weights, int relabellings, size_t elements, size_t size, size_t *bytes)
{
    *bytes = (size_t)VX_INTERLEAVED(relabellings) * elements * size;
    char *to = vx_array(*bytes, 1);
    memset(to, 0x7f, *bytes);
    for (int p = 0; p < relabellings; p++)
        for (size_t e = 0; e < elements; e++)
            memcpy(to + VX_WEIGHT_PLACE(p, elements, e) * size,
                   (const char *)weights + ((size_t)p * elements + e) * size, size);
    return to;
}

/* rows[n][voxels] of 4-byte numbers as the tiles of args.h, the last voxel repeated in the lanes past it. */
static inline void *tiles_of(const void *rows, int n, int voxels)
{
    const int32_t *from = rows;
    int tiles = (voxels + VX_TILE - 1) / VX_TILE;
    int32_t *to = vx_array((size_t)tiles * (size_t)n * VX_TILE, sizeof *to);
    for (int t = 0; t < tiles; t++)
        for (int i = 0; i < n; i++)
            for (int lane = 0; lane < VX_TILE; lane++) {
                int v = t * VX_TILE + lane;
                to[(t * n + i) * VX_TILE + lane] = from[i * voxels + (v < voxels ? v : voxels - 1)];
            }
    return to;
}

#endif
