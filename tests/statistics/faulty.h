/* A device that computes wrongly: a backend that passes every call to the cpu and corrupts one of its results. */
#ifndef VX_TESTS_STATISTICS_FAULTY_H
#define VX_TESTS_STATISTICS_FAULTY_H

#include "fixture.h"

#include "engine/engine.h"

enum { ROW = 8 };

typedef enum fault {
    NONE,
    LAST_TILE,      /* is never computed */
    MIDDLE_TILE,
    R_OFF,          /* r is larger by `much` from row 8 on */
    NO_COUNTS,      /* from row 8 on */
    EXTENT_HALVED,
    MASS_OFF,       /* by 1 % */
    ONE_MASS_OFF,   /* the largest of a batch */
    TFCE_OFF,       /* by 0.1 % */
    WEIGHTS,        /* from row 8 on the first participant is flipped, or the first two change places */
    UNWRITTEN,      /* the maxima from row 64 on stay as they were filled */
    NEVER_FILLED,   /* or are 0 */
    SCORES_SWAPPED, /* two of each map from row 8 on, neither of which is the largest or the smallest */
    SCORE_OFF,      /* the largest of each map from row 8 on is the second largest, too */
    FLIP,           /* one bit in one download */
    FLIPS,          /* the same bit of every download */
    ONE_DROPPED,    /* the maximum of row 8 is its minimum */
    ONE_UNIT,       /* the maximum of row 8 is the next larger score */
    ONE_COUNT,      /* the count of voxel 0 is larger by 1 */
    ONE_MASS_UNIT,  /* the mass of row 8 is larger by 2^-20 */
    ONE_TFCE,       /* the largest TFCE of row 8 is larger by 1e-9 of it */
    LISTS_CUT,      /* lists that overflow claim to be complete */
    ONE_WEIGHT,     /* likewise of row 8 alone */
    FAULTS
} fault;

static const char *const fault_name[FAULTS] = {
    "none", "last tile", "middle tile", "r off", "no counts", "extent halved", "mass off", "one mass off", "TFCE off",
    "weights", "unwritten", "never filled", "scores swapped", "score off", "a bit", "bits", "one maximum dropped",
    "one maximum off by a unit", "one count off", "one mass off by a unit", "one TFCE off", "lists cut",
    "one weight",
};

typedef struct faulty {
    vx_backend backend; /* first: a vx_backend pointer is a faulty pointer */
    vx_backend *cpu;
    fault fault;
    double much;
    int64_t downloads, flip_at; /* calls so far; the call to corrupt */
    double flip_place;          /* share of its bytes that come before the bit */
    int flip_bit;
    bool halves;                /* the relabellings are run in two ranges */
    bool late;                  /* launches of 8 relabellings or fewer are right */
} faulty;

static faulty *of(vx_backend *backend)
{
    return (faulty *)backend;
}

static vx_status buffer_new(vx_backend *self, size_t bytes, vx_buffer **buffer, vx_error *error)
{
    return of(self)->cpu->buffer_new(of(self)->cpu, bytes, buffer, error);
}

static void buffer_free(vx_backend *self, vx_buffer *buffer)
{
    of(self)->cpu->buffer_free(of(self)->cpu, buffer);
}

static vx_status upload(vx_backend *self, int queue, vx_buffer *to, size_t offset, const void *from, size_t bytes,
                        vx_error *error)
{
    return of(self)->cpu->upload(of(self)->cpu, queue, to, offset, from, bytes, error);
}

static vx_status download(vx_backend *self, int queue, vx_buffer *from, size_t offset, void *to, size_t bytes,
                          vx_error *error)
{
    faulty *f = of(self);
    vx_status status = f->cpu->download(f->cpu, queue, from, offset, to, bytes, error);
    if (bytes && (f->fault == FLIPS || (f->fault == FLIP && f->downloads == f->flip_at)))
        ((unsigned char *)to)[(size_t)(f->flip_place * (double)(bytes - 1))] ^= (unsigned char)(1 << f->flip_bit);
    f->downloads++;
    return status;
}

static vx_status fill(vx_backend *self, int queue, vx_buffer *buffer, size_t offset, size_t bytes, int32_t word,
                      vx_error *error)
{
    return of(self)->cpu->fill(of(self)->cpu, queue, buffer, offset, bytes, word, error);
}

/* The first `bytes` of a buffer, for free(). */
static void *copy_of(faulty *f, vx_buffer *buffer, size_t bytes)
{
    void *data = malloc(bytes);
    vx_error error = {0};
    check(f->cpu->download(f->cpu, 0, buffer, 0, data, bytes, &error), error);
    return data;
}

static void put(faulty *f, vx_buffer *buffer, const void *data, size_t bytes)
{
    vx_error error = {0};
    check(f->cpu->upload(f->cpu, 0, buffer, 0, data, bytes, &error), error);
}

/* As if a tile had no data and were not counted. */
static vx_status without_tile(faulty *f, vx_op op, const vx_dense_args *args, vx_buffer *const *b, vx_error *error)
{
    size_t tile = (size_t)args->n * VX_TILE * 4, bytes = (size_t)args->tiles * tile, counts = (size_t)args->tiles * 256;
    int which = args->tiles / 2;
    char *y = copy_of(f, b[VX_B_Y], bytes), *kept = malloc(tile);
    uint32_t *before = args->flags & VX_COUNT ? copy_of(f, b[VX_B_COUNTS], counts) : NULL;
    memcpy(kept, y + (size_t)which * tile, tile);
    memset(y + (size_t)which * tile, 0, tile);
    put(f, b[VX_B_Y], y, bytes);
    vx_status status = f->cpu->run(f->cpu, 0, op, args, b, error);
    memcpy(y + (size_t)which * tile, kept, tile);
    put(f, b[VX_B_Y], y, bytes);
    if (before) {
        uint32_t *after = copy_of(f, b[VX_B_COUNTS], counts);
        memcpy(after + which * VX_TILE, before + which * VX_TILE, VX_TILE * 4);
        put(f, b[VX_B_COUNTS], after, counts);
        free(after);
    }
    free(before);
    free(kept);
    free(y);
    return status;
}

/* The weights from row 8 on are larger, and so is r. */
static vx_status with_larger_r(faulty *f, vx_op op, const vx_dense_args *args, vx_buffer *const *b, vx_error *error)
{
    size_t row = (size_t)((1 + args->nuisance) * args->n);
    size_t bytes = (size_t)VX_INTERLEAVED(args->relabellings) * row * sizeof(float);
    float *w = copy_of(f, b[VX_B_W], bytes), *kept = malloc(bytes);
    memcpy(kept, w, bytes);
    for (int p = ROW; p < args->relabellings; p++)
        for (int i = 0; i < args->n; i++)
            w[VX_WEIGHT_PLACE(p, row, i)] *= (float)(1 + f->much);
    put(f, b[VX_B_W], w, bytes);
    vx_status status = f->cpu->run(f->cpu, 0, op, args, b, error);
    put(f, b[VX_B_W], kept, bytes);
    free(w);
    free(kept);
    return status;
}

/* Runs the op with a fault in its arguments. */
static vx_status run_dense(faulty *f, vx_op op, const vx_dense_args *args, vx_buffer *const *b, vx_error *error)
{
    vx_dense_args other = *args;
    bool late = args->relabellings > ROW;
    vx_status status;
    switch (f->fault) {
    case LAST_TILE:
        other.tiles--;
        other.voxels = other.tiles * VX_TILE;
        return f->cpu->run(f->cpu, 0, op, &other, b, error);
    case MIDDLE_TILE: return without_tile(f, op, args, b, error);
    case R_OFF:
        if (op == VX_OP_CORRELATION) /* flips have no weights */
            return with_larger_r(f, op, args, b, error);
        return f->cpu->run(f->cpu, 0, op, args, b, error);
    case NO_COUNTS:
        other.flags &= ~VX_COUNT;
        status = f->cpu->run(f->cpu, 0, op, late ? &other : args, b, error);
        other.relabellings = ROW;
        other.flags = args->flags & VX_COUNT;
        return status || !late ? status : f->cpu->run(f->cpu, 0, op, &other, b, error);
    default: return f->cpu->run(f->cpu, 0, op, args, b, error);
    }
}

static void spoil_maxima(faulty *f, const vx_dense_args *args, vx_buffer *const *b)
{
    size_t bytes = (size_t)args->relabellings * 4;
    int32_t *high = copy_of(f, b[VX_B_HIGH], bytes), *low = copy_of(f, b[VX_B_LOW], bytes);
    for (int p = 64; p < args->relabellings && f->fault <= NEVER_FILLED; p++) {
        high[p] = f->fault == UNWRITTEN ? INT32_MIN : 0;
        low[p] = f->fault == UNWRITTEN ? INT32_MAX : 0;
    }
    if (f->fault == ONE_DROPPED && args->relabellings > ROW)
        high[ROW] = low[ROW];
    if (f->fault == ONE_UNIT && args->relabellings > ROW)
        high[ROW]++;
    put(f, b[VX_B_HIGH], high, bytes);
    put(f, b[VX_B_LOW], low, bytes);
    free(high);
    free(low);
}

static void spoil_clusters(faulty *f, const vx_clusters_args *args, vx_buffer *const *b)
{
    size_t count = (size_t)args->relabellings * 2;
    int32_t *extent = copy_of(f, b[VX_B_EXTENT], count * sizeof *extent);
    int64_t *mass = copy_of(f, b[VX_B_MASS], count * sizeof *mass);
    size_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = mass[i] > mass[largest] ? i : largest;
        extent[i] = f->fault == EXTENT_HALVED ? (extent[i] + 1) / 2 : extent[i];
        mass[i] = f->fault == MASS_OFF ? mass[i] / 100 * 99 : mass[i];
    }
    if (f->fault == ONE_MASS_OFF)
        mass[largest] += mass[largest] / 100;
    if (f->fault == ONE_MASS_UNIT && args->relabellings > ROW)
        mass[2 * ROW]++;
    put(f, b[VX_B_EXTENT], extent, count * sizeof *extent);
    put(f, b[VX_B_MASS], mass, count * sizeof *mass);
    free(extent);
    free(mass);
}

static void spoil_tfce(faulty *f, const vx_tfce_args *args, vx_buffer *const *b)
{
    size_t count = (size_t)args->relabellings * 2;
    double *best = copy_of(f, b[VX_B_BEST], count * sizeof *best);
    for (size_t i = 0; i < count; i++)
        best[i] *= f->fault == TFCE_OFF ? 1.001 : i == 2 * ROW ? 1 + 1e-9 : 1;
    put(f, b[VX_B_BEST], best, count * sizeof *best);
    free(best);
}

static void spoil_count(faulty *f, vx_buffer *const *b)
{
    uint32_t *first = copy_of(f, b[VX_B_COUNTS], sizeof *first);
    ++*first;
    put(f, b[VX_B_COUNTS], first, sizeof *first);
    free(first);
}

static void spoil_lists(faulty *f, const vx_dense_args *args, vx_buffer *const *b)
{
    size_t bytes = (size_t)args->relabellings * 4;
    int32_t *size = copy_of(f, b[VX_B_LIST_SIZE], bytes);
    for (int p = 0; p < args->relabellings; p++)
        size[p] = size[p] < args->capacity ? size[p] : args->capacity;
    put(f, b[VX_B_LIST_SIZE], size, bytes);
    free(size);
}

static void spoil_scores(faulty *f, const vx_dense_args *args, vx_buffer *const *b)
{
    size_t map = (size_t)args->map, bytes = (size_t)args->relabellings * map * 4;
    int32_t *score = copy_of(f, b[VX_B_SCORE], bytes);
    for (int p = ROW; p < args->relabellings; p++) {
        int32_t *of = score + (size_t)p * map;
        int high = 0, low = 0, next = -1;
        for (int v = 1; v < args->voxels; v++) {
            high = of[v] > of[high] ? v : high;
            low = of[v] < of[low] ? v : low;
        }
        for (int v = 0; v < args->voxels; v++)
            next = of[v] < of[high] && (next < 0 || of[v] > of[next]) ? v : next;
        const int far = args->voxels * 2 / 3;
        int a = high == 3 || low == 3 ? 5 : 3, c = high == far || low == far ? far + 1 : far;
        int32_t kept = of[a];
        if (f->fault == SCORE_OFF) {
            of[high] = of[next];
        } else {
            of[a] = of[c];
            of[c] = kept;
        }
    }
    put(f, b[VX_B_SCORE], score, bytes);
    free(score);
}

static void spoil_weights(faulty *f, const vx_relabel_args *args, vx_buffer *const *b)
{
    const size_t elements = (size_t)(args->groups ? args->groups : (1 + args->nuisance) * args->rows);
    const size_t bytes = VX_INTERLEAVED((size_t)args->relabellings) * elements * (args->groups ? 1 : sizeof(float));
    const int end = f->fault == ONE_WEIGHT ? ROW + 1 : args->relabellings;
    void *weights = copy_of(f, b[VX_B_W], bytes);
    for (int p = ROW; p < end; p++) {
        const size_t first = VX_WEIGHT_PLACE(p, elements, 0), second = VX_WEIGHT_PLACE(p, elements, 1);
        if (args->groups) {
            ((uint8_t *)weights)[first] ^= 1;
        } else {
            const float kept = ((float *)weights)[first];
            ((float *)weights)[first] = ((float *)weights)[second];
            ((float *)weights)[second] = kept;
        }
    }
    put(f, b[VX_B_W], weights, bytes);
    free(weights);
}

/* Spoils the results of a dense op. */
static void spoil_dense(faulty *f, const vx_dense_args *args, vx_buffer *const *b)
{
    if (f->fault == UNWRITTEN || f->fault == NEVER_FILLED || f->fault == ONE_DROPPED || f->fault == ONE_UNIT)
        spoil_maxima(f, args, b);
    if ((f->fault == SCORES_SWAPPED || f->fault == SCORE_OFF) && args->flags & VX_STORE)
        spoil_scores(f, args, b);
    if (f->fault == ONE_COUNT && args->flags & VX_COUNT)
        spoil_count(f, b);
    if (f->fault == LISTS_CUT && args->flags & VX_COMPACT)
        spoil_lists(f, args, b);
}

static vx_status run(vx_backend *self, int queue, vx_op op, const void *args, vx_buffer *const *b, vx_error *error)
{
    faulty *f = of(self);
    bool dense = op == VX_OP_SIGNFLIP || op == VX_OP_CORRELATION;
    int relabellings = dense                ? ((const vx_dense_args *)args)->relabellings
                       : op == VX_OP_RELABEL  ? ((const vx_relabel_args *)args)->relabellings
                       : op == VX_OP_CLUSTERS ? ((const vx_clusters_args *)args)->relabellings
                                              : ((const vx_tfce_args *)args)->relabellings;
    if (f->late && relabellings <= ROW)
        return f->cpu->run(f->cpu, queue, op, args, b, error);
    vx_status status = dense ? run_dense(f, op, args, b, error) : f->cpu->run(f->cpu, queue, op, args, b, error);
    if (dense)
        spoil_dense(f, args, b);
    if (op == VX_OP_RELABEL && (f->fault == WEIGHTS || f->fault == ONE_WEIGHT) && relabellings > ROW)
        spoil_weights(f, args, b);
    if (op == VX_OP_CLUSTERS && ((f->fault >= EXTENT_HALVED && f->fault <= ONE_MASS_OFF) || f->fault == ONE_MASS_UNIT))
        spoil_clusters(f, args, b);
    if (op == VX_OP_TFCE && (f->fault == TFCE_OFF || f->fault == ONE_TFCE))
        spoil_tfce(f, args, b);
    return status;
}

static vx_status wait_queue(vx_backend *self, int queue, vx_error *error)
{
    return of(self)->cpu->wait(of(self)->cpu, queue, error);
}

static double seconds(const vx_backend *self, vx_op op)
{
    const faulty *f = (const faulty *)self;
    return f->cpu->seconds(f->cpu, op);
}

static void free_faulty(vx_backend *self)
{
    of(self)->cpu->free(of(self)->cpu);
    free(self);
}

/* A device with the fault `how`, called opencl:7.3. */
static inline faulty *faulty_new(const faulty *how, bool exact, int threads)
{
    faulty *f = malloc(sizeof *f);
    vx_error error = {0};
    assert_non_null(f);
    *f = *how;
    check(vx_cpu_open(threads, &f->cpu, &error), error);
    f->backend = (vx_backend){.info = f->cpu->info, .queues = VX_QUEUES,
                              .parallel = {[VX_OP_CLUSTERS] = 1, [VX_OP_TFCE] = 1},
                              .buffer_new = buffer_new, .buffer_free = buffer_free, .upload = upload,
                              .download = download, .fill = fill, .run = run, .wait = wait_queue, .seconds = seconds,
                              .free = free_faulty};
    snprintf(f->backend.info.id, sizeof f->backend.info.id, "opencl:7.3");
    snprintf(f->backend.info.name, sizeof f->backend.info.name, "the faulty one");
    f->backend.info.exact_division = exact;
    return f;
}

#endif
