/* The ops and their buffers. op.c has a row for each op, which the schedule, the engine, both backends, the self-test
 * and the bench read. The stem of an op names its kernel (kernels/<stem>.cl), its C function (host/engine/cpu/<stem>.c)
 * and its test (tests/ops/<stem>.c). */
#ifndef VX_ENGINE_OP_H
#define VX_ENGINE_OP_H

#include "args.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every op, X(its constant, its stem). */
#define VX_OP_LIST(X)                                                                                                  \
    X(RELABEL, relabel)                                                                                                \
    X(SIGNFLIP, signflip)                                                                                              \
    X(CORRELATION, correlation)                                                                                        \
    X(CLUSTERS, clusters)                                                                                              \
    X(TFCE, tfce)                                                                                                      \
    X(CONVOLVE, convolve)                                                                                              \
    X(SPLINE, spline)                                                                                                  \
    X(SAMPLE, sample)
#define VX_OP_CONSTANT(name, stem) VX_OP_##name,
typedef enum vx_op { VX_OP_LIST(VX_OP_CONSTANT) VX_OPS } vx_op;
#undef VX_OP_CONSTANT

/* A kernel is built as up to so many programs, its variants. Only correlation has two: without nuisance and beside
 * it. */
enum { VX_OP_VARIANTS_MAX = 2 };

/* A set of ops has the bit of each program. That of an op's first one is 1 << op. */
static inline unsigned vx_op_bit(vx_op op, int variant)
{
    return 1u << (op + variant * VX_OPS);
}

/* The bits of all programs of an op. */
static inline unsigned vx_op_bits(vx_op op)
{
    return vx_op_bit(op, 0) | vx_op_bit(op, 1);
}

enum { VX_OPS_ALL = ((1 << VX_OPS) - 1) | 1 << (VX_OP_CORRELATION + VX_OPS) };

/* Every buffer of an op. P is the number of relabellings of a launch. Vt = tiles * VX_TILE is the number of lanes of a
 * voxel slab, and `map` that of the matrix. A list has `capacity` entries, and `parallel` relabellings are worked on at
 * the same time. */
typedef enum vx_buffer_name {
    VX_B_INDEX,      /* uint64 [P]: the indices of relabellings that are no range */
    VX_B_PEOPLE,     /* int32 [VX_PEOPLE_ROWS][n]: the participants of the set of relabellings */
    VX_B_DESIGN,     /* float [1 + k][rows]: the regressor and the k nuisances; signflip has none */
    VX_B_KEY,        /* uint64 [P][n]: what an order is sorted by */
    VX_B_ORDER,      /* int32 [P][n] */
    VX_B_Y,          /* the data, Y[tiles][n][VX_TILE]: int32 k of signflip, float y of correlation */
    VX_B_W,          /* the relabellings: uint8 flip[P][groups] of signflip, float W[P][1 + k][n] of correlation,
                      * stored as VX_INTERLEAVE says */
    VX_B_HIGH,       /* int32 [P]: the largest s; merged by max */
    VX_B_LOW,        /* int32 [P]: the smallest s; merged by min */
    VX_B_COUNT_HIGH, /* int32 [Vt]: VX_COUNT counts s >= this */
    VX_B_COUNT_LOW,  /* int32 [Vt]: and s <= this */
    VX_B_COUNTS,     /* uint32 [Vt]: VX_COUNT adds to it */
    VX_B_SCORE,      /* int32 [P][map], from map0 on: VX_STORE */
    VX_B_HEIGHT,     /* float [P][map], from map0 on: VX_HEIGHTS */
    VX_B_LIST_VOXEL, /* int32 [P][capacity]: VX_COMPACT; in no particular order */
    VX_B_LIST_HEIGHT, /* float [P][capacity]: VX_COMPACT */
    VX_B_LIST_SIZE,  /* int32 [P]: VX_COMPACT adds to it. The true length: a list longer than capacity is cut */
    VX_B_POSITION,   /* int32 [V]: the place of a mask voxel in the padded grid; ascending */
    VX_B_EXTENT,     /* int32 [P][2]: largest cluster of the positive and the negative tail; 0: none */
    VX_B_MASS,       /* int64 [P][2]: largest mass, in units of 1 / VX_MASS_ONE */
    VX_B_LABEL,      /* int32 [parallel][grid_size]: zero on entry, left zero */
    VX_B_PARENT,     /* int32 [parallel][capacity] */
    VX_B_SIZE,       /* int32 [parallel][capacity] */
    VX_B_SUM,        /* int64 [parallel][capacity] */
    VX_B_POWER,      /* double [V + 1]: power[s] = s^E, power[0] = 0 */
    VX_B_BEST,       /* double [P][2]: largest enhancement of either tail; 0 where the tail is not tested */
    VX_B_WORK,       /* int32 [parallel][words], words = VX_TFCE_GRID_WORDS * grid_size + VX_TFCE_VOXEL_WORDS *
                      * map: the grid part is zero on entry and left zero */
    /* Those of steps on volumes (host/prepare/), which no analysis has. */
    VX_B_TAPS,       /* double [1 + reach]: w of convolve */
    VX_B_FROM,       /* double [voxels] */
    VX_B_TO,         /* double [voxels]: another buffer than VX_B_FROM */
    VX_B_START,      /* double [length] */
    VX_B_COEFFICIENT, /* double [voxels] */
    VX_B_STORED,     /* float [voxels]: the values of a volume as they are stored */
    VX_B_WIDE,       /* double [voxels]: where floats do not represent them */
    VX_B_PLACEMENT,  /* double [VX_PLACEMENT] */
    VX_B_SAMPLED,    /* float [voxels of the new grid] */
    VX_BUFFERS
} vx_buffer_name;

/* How an op uses a buffer: it reads it, adds to it or merges into it, writes it, or uses it as scratch. */
typedef enum vx_use { VX_IN, VX_INOUT, VX_OUT, VX_SCRATCH } vx_use;

/* The form of a kernel on one kind of device, as build options of kernels/common.h. The device's registers determine
 * the options that are 0. */
typedef struct vx_form {
    int vec, cols, block, items;
    int rows;            /* of an op with lanes: the largest number of relabellings of a group; else 1 */
    int variant;         /* one of the op's programs, 0 to variants - 1 */
    int groups_per_unit; /* work-groups that keep one compute unit busy */
} vx_form;

enum { VX_OP_BUFFERS_MAX = 12 };

typedef struct vx_op_info {
    const char *stem;
    size_t args_size;
    bool needs_double;
    int buffers; /* in the order of the kernel's parameters, which follow the arguments */
    struct {
        vx_buffer_name name;
        vx_use use;
    } buffer[VX_OP_BUFFERS_MAX];
    /* The numbers of lanes and of relabellings of a launch whose groups take strips of lanes and blocks of
     * relabellings. The kernel then takes local memory of VX_GROUP_BYTES(rows). Null: a group takes a block of
     * relabellings at a time. */
    int (*lanes)(const void *args, size_t *relabellings);
    /* The number of groups of a launch where `lanes` is null and a block has one relabelling. */
    int (*groups)(const void *args);
    /* Null, or the kernel takes an int, whether there are tables, and local memory for them. Their entries have `entry`
     * bytes. The function returns the int and sets *bytes, which is at most `most` unless the int is 0. */
    int (*tables)(const void *args, size_t entry, size_t most, size_t *bytes);
    /* The kernel is built as `variants` programs. `variant` returns the one for a launch; null: there is one. */
    int variants;
    int (*variant)(const void *args);
    vx_form processor, gpu;
} vx_op_info;

extern const vx_op_info vx_op_table[VX_OPS];

/* The owner of a buffer: the engine has one; each batch under way has its own, for what an op leaves for the next;
 * each voxel slab has its own; or a step makes one for each volume, and the engine none. */
typedef enum vx_owner { VX_OF_ENGINE, VX_OF_BATCH, VX_OF_SLAB, VX_OF_STEP } vx_owner;

/* How the engine treats a buffer. vx_schedule.buffer has its size. */
typedef struct vx_buffer_info {
    const char *name; /* of the kernels' parameter */
    vx_owner owner;
    int need;         /* flags of args.h, any of which needs it; 0: every analysis needs it */
    bool filled;      /* with `start`, before the batch's first op */
    int32_t start;
    bool fetched;     /* after the batch's last op */
} vx_buffer_info;

extern const vx_buffer_info vx_buffer_table[VX_BUFFERS];

#endif
