/* The cpu backend: C, OpenMP and SIMD behind the table of backend.h. Buffers are plain memory, and every op is done
 * when run returns, so wait has nothing to do. */
#include "base/clock.h"
#include "base/memory.h"
#include "engine/cpu/cpu.h"

#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct vx_buffer {
    void *data;
    bool borrowed;
};

/* The ops of one instruction set. */
typedef struct vx_variant {
    const char *name, *simd;
    vx_cpu_op *op[VX_OPS];
} vx_variant;

#define BASELINE(name, stem) vx_##stem##_baseline,
static const vx_variant baseline = {"baseline", "baseline", {VX_OP_LIST(BASELINE)}};
#ifdef VX_CPU_LEVELS
#define LEVEL_3(name, stem) vx_##stem##_v3,
#define LEVEL_4(name, stem) vx_##stem##_v4,
static const vx_variant level_3 = {"v3", "avx2", {VX_OP_LIST(LEVEL_3)}};
static const vx_variant level_4 = {"v4", "avx512", {VX_OP_LIST(LEVEL_4)}};
#endif

typedef struct vx_cpu {
    vx_backend backend; /* first: a vx_backend pointer is a vx_cpu pointer */
    vx_variant variant;
    double seconds[VX_OPS];
} vx_cpu;

/* Lists the variants that this machine can run, best first, and returns their number. */
static int variants(vx_variant list[3])
{
    int count = 0;
#ifdef VX_CPU_LEVELS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        list[count++] = level_4;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        list[count++] = level_3;
#endif
    list[count++] = baseline;
    return count;
}

/* The best variant, or the one that VOXSTAT_CPU_SIMD names, because the tests compare the variants. */
static vx_status choose_variant(vx_variant *variant, vx_error *error)
{
    vx_variant list[3];
    int count = variants(list);
    const char *wanted = getenv("VOXSTAT_CPU_SIMD");
    for (int i = 0; i < count; i++) {
        if (!wanted || !strcmp(wanted, list[i].name)) {
            *variant = list[i];
            return VX_OK;
        }
    }
    return vx_fail(error, VX_DEVICE,
                   "VOXSTAT_CPU_SIMD=%s: this machine and build have none of that name; the best is %s", wanted,
                   list[0].name);
}

static vx_status cpu_buffer_new(vx_backend *self, size_t bytes, vx_buffer **buffer, vx_error *error)
{
    (void)self;
    vx_buffer *made = calloc(1, sizeof *made);
    if (made)
        made->data = vx_array_zero(bytes, 1);
    if (!made || !made->data) {
        free(made);
        return vx_fail(error, VX_INTERNAL, "out of memory: a buffer of %zu bytes", bytes);
    }
    *buffer = made;
    return VX_OK;
}

static void cpu_buffer_free(vx_backend *self, vx_buffer *buffer)
{
    (void)self;
    if (buffer && !buffer->borrowed)
        free(buffer->data);
    free(buffer);
}

static vx_status cpu_buffer_over(vx_backend *self, void *memory, vx_buffer **buffer, vx_error *error)
{
    (void)self;
    if (!(*buffer = malloc(sizeof **buffer)))
        return vx_fail_memory(error);
    **buffer = (vx_buffer){.data = memory, .borrowed = true};
    return VX_OK;
}

static vx_status cpu_upload(vx_backend *self, int queue, vx_buffer *to, size_t offset, const void *from, size_t bytes,
                            vx_error *error)
{
    (void)self, (void)queue, (void)error;
    memcpy((char *)to->data + offset, from, bytes);
    return VX_OK;
}

static vx_status cpu_download(vx_backend *self, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                              vx_error *error)
{
    (void)self, (void)queue, (void)error;
    memcpy(to, (char *)from->data + offset, bytes);
    return VX_OK;
}

static vx_status cpu_fill(vx_backend *self, int queue, vx_buffer *buffer, size_t offset, size_t bytes,
                          int32_t word, vx_error *error)
{
    (void)self, (void)queue, (void)error;
    int32_t *to = (int32_t *)((char *)buffer->data + offset);
    for (size_t i = 0; i < bytes / sizeof word; i++)
        to[i] = word;
    return VX_OK;
}

static vx_status cpu_run(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const buffer[VX_BUFFERS],
                         vx_error *error)
{
    (void)queue;
    vx_cpu *cpu = (vx_cpu *)self;
    const vx_op_info *info = &vx_op_table[op];
    void *data[VX_BUFFERS] = {0};
    for (int b = 0; b < info->buffers; b++) {
        const vx_buffer *of = buffer[info->buffer[b].name];
        data[info->buffer[b].name] = of ? of->data : NULL;
    }
    double start = vx_seconds();
    vx_status status = cpu->variant.op[op](args, data, cpu->backend.info.threads, error);
    const double taken = vx_seconds() - start;
#pragma omp atomic
    cpu->seconds[op] += taken;
    return status;
}

static vx_status cpu_wait(vx_backend *self, int queue, vx_error *error)
{
    (void)self, (void)queue, (void)error;
    return VX_OK;
}

static vx_status cpu_peak(vx_backend *self, vx_peak peak, vx_buffer *array, size_t floats, double *work,
                          vx_error *error)
{
    (void)error;
    *work = vx_cpu_peak(peak, self->info.threads, array->data, floats);
    return VX_OK;
}

static double cpu_seconds(const vx_backend *self, vx_op op)
{
    return ((const vx_cpu *)self)->seconds[op];
}

static void cpu_free(vx_backend *self)
{
    free(self);
}

/* Copies the text after "key : " in a file of /proc to `text`, which stays unchanged where the key is missing. */
static void read_proc(const char *path, const char *key, char *text, size_t size)
{
    char line[512];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (colon && !strncmp(line, key, strlen(key))) {
            colon += 1 + strspn(colon + 1, " \t");
            snprintf(text, size, "%.*s", (int)strcspn(colon, "\n"), colon);
            break;
        }
    }
    if (file)
        fclose(file);
}

static void describe(vx_device_info *info, int threads, const vx_variant *variant)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    char available[64] = "";
    snprintf(info->id, sizeof info->id, "cpu");
    snprintf(info->name, sizeof info->name, "CPU");
    read_proc("/proc/cpuinfo", "model name", info->name, sizeof info->name);
    snprintf(info->driver, sizeof info->driver, "compiled by %s %s",
#ifdef __clang__
             "Clang",
#else
             "GCC",
#endif
             __VERSION__);
    snprintf(info->kind, sizeof info->kind, "cpu");
    snprintf(info->simd, sizeof info->simd, "%s", variant->simd);
    info->compute_units = omp_get_num_procs();
    info->threads = threads;
    info->memory = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : 0;
    read_proc("/proc/meminfo", "MemAvailable", available, sizeof available);
    info->memory_free_known = *available;
    info->memory_free = *available ? (size_t)strtoull(available, NULL, 10) * 1024 : info->memory;
    info->allocation_max = info->memory;
    info->exact_division = true;
    info->has_double = true;
    info->host_memory = true;
}

vx_status vx_cpu_open(int threads, vx_backend **backend, vx_error *error)
{
    vx_variant variant;
    vx_status status = choose_variant(&variant, error);
    if (status)
        return status;
    if (threads < 0)
        return vx_fail(error, VX_USAGE, "%d threads: 0 (all) or more are needed", threads);
    vx_cpu *cpu = calloc(1, sizeof *cpu);
    if (!cpu)
        return vx_fail_memory(error);
    cpu->variant = variant;
    cpu->backend = (vx_backend){.buffer_new = cpu_buffer_new,
                                .buffer_free = cpu_buffer_free,
                                .buffer_over = cpu_buffer_over,
                                .upload = cpu_upload,
                                .download = cpu_download,
                                .fill = cpu_fill,
                                .run = cpu_run,
                                .wait = cpu_wait,
                                .peak = cpu_peak,
                                .seconds = cpu_seconds,
                                .free = cpu_free};
    describe(&cpu->backend.info, threads ? threads : omp_get_max_threads(), &variant);
    cpu->backend.queues = 1;
    cpu->backend.concurrent = true;
    for (vx_op op = 0; op < VX_OPS; op++)
        cpu->backend.parallel[op] = cpu->backend.info.threads;
    *backend = &cpu->backend;
    return VX_OK;
}
