#include "engine/op.h"

/* The kernels lay the structs out without holes, so the host must do so too. */
_Static_assert(sizeof(vx_relabel_args) == 17 * 4, "vx_relabel_args has a hole");
_Static_assert(sizeof(vx_dense_args) == 18 * 4, "vx_dense_args has a hole");
_Static_assert(sizeof(vx_clusters_args) == 8 * 4, "vx_clusters_args has a hole");
_Static_assert(sizeof(vx_tfce_args) == 13 * 4, "vx_tfce_args has a hole");
_Static_assert(sizeof(vx_convolve_args) == 5 * 4, "vx_convolve_args has a hole");
_Static_assert(sizeof(vx_spline_args) == 4 * 4, "vx_spline_args has a hole");
_Static_assert(sizeof(vx_sample_args) == 12 * 4, "vx_sample_args has a hole");

static int relabel_groups(const void *args)
{
    return ((const vx_relabel_args *)args)->relabellings;
}

static int dense_lanes(const void *args, size_t *relabellings)
{
    const vx_dense_args *a = args;
    *relabellings = (size_t)a->relabellings;
    return a->tiles * VX_TILE;
}

static int clusters_groups(const void *args)
{
    return ((const vx_clusters_args *)args)->parallel;
}

static int tfce_groups(const void *args)
{
    return ((const vx_tfce_args *)args)->parallel;
}

static int convolve_groups(const void *args)
{
    return ((const vx_convolve_args *)args)->parallel;
}

static int spline_groups(const void *args)
{
    return ((const vx_spline_args *)args)->parallel;
}

static int sample_groups(const void *args)
{
    return ((const vx_sample_args *)args)->parallel;
}

/* Programs with and without nuisance, because without it the kernel needs fewer registers. */
static int correlation_variant(const void *args)
{
    return ((const vx_dense_args *)args)->nuisance > 0;
}

/* Whether the tables of signed sums fit, one for each group of rows. */
static int signflip_tables(const void *args, size_t entry, size_t most, size_t *bytes)
{
    const vx_dense_args *a = args;
    *bytes = ((size_t)a->groups << a->width) * entry;
    if (*bytes <= most)
        return 1;
    *bytes = entry; /* OpenCL allows no local argument of size 0 */
    return 0;
}

#define DENSE_BUFFERS                                                                                                  \
    {                                                                                                                  \
        {VX_B_Y, VX_IN}, {VX_B_W, VX_IN}, {VX_B_HIGH, VX_INOUT}, {VX_B_LOW, VX_INOUT}, {VX_B_COUNT_HIGH, VX_IN},       \
            {VX_B_COUNT_LOW, VX_IN}, {VX_B_COUNTS, VX_INOUT}, {VX_B_SCORE, VX_OUT}, {VX_B_HEIGHT, VX_OUT},             \
            {VX_B_LIST_VOXEL, VX_OUT}, {VX_B_LIST_HEIGHT, VX_OUT}, {VX_B_LIST_SIZE, VX_INOUT},                         \
    }

/* Processors: one work-item a group, vectors as wide as the registers, and as many accumulators as registers can hold.
 * A form with one voxel a work-item, and with barriers, takes several times longer there. In relabel lanes are the
 * relabellings of a block of weights.
 *
 * GPUs: many work-items a group. In correlation loads have 16 bytes, and registers hold 4 voxels by 8 relabellings, so
 * that 32 fma need 3 loads. In signflip every voxel has its own tables in local memory. Groups of a single warp wait
 * for nobody, and the compilers then spill no registers (bench/gpu_budgets.tsv). Groups of few relabellings need little
 * local memory, and let few voxels fill the device. In tfce a unit holds 8 groups, and more would only take memory. */
const vx_op_info vx_op_table[VX_OPS] = {
    [VX_OP_RELABEL] = {.stem = "relabel",
                       .args_size = sizeof(vx_relabel_args),
                       .buffers = 6,
                       .buffer = {{VX_B_INDEX, VX_IN},
                                  {VX_B_PEOPLE, VX_IN},
                                  {VX_B_DESIGN, VX_IN},
                                  {VX_B_KEY, VX_SCRATCH},
                                  {VX_B_ORDER, VX_SCRATCH},
                                  {VX_B_W, VX_OUT}},
                       .groups = relabel_groups,
                       .variants = 1,
                       .processor = {.vec = 1, .cols = 1, .block = VX_INTERLEAVE, .items = 1, .rows = 1,
                                     .groups_per_unit = 1},
                       .gpu = {.vec = 1, .cols = 1, .block = 1, .items = 32, .rows = 1, .groups_per_unit = 16}},
    [VX_OP_SIGNFLIP] = {.stem = "signflip",
                        .args_size = sizeof(vx_dense_args),
                        .buffers = 12,
                        .buffer = DENSE_BUFFERS,
                        .lanes = dense_lanes,
                        .tables = signflip_tables,
                        .variants = 1,
                        .processor = {.block = 4, .items = 1, .rows = VX_BATCH_MAX, .groups_per_unit = 4},
                        .gpu = {.vec = 2, .cols = 1, .block = 8, .items = 32, .rows = 128, .groups_per_unit = 16}},
    [VX_OP_CORRELATION] = {.stem = "correlation",
                           .args_size = sizeof(vx_dense_args),
                           .buffers = 12,
                           .buffer = DENSE_BUFFERS,
                           .lanes = dense_lanes,
                           .variants = 2,
                           .variant = correlation_variant,
                           .processor = {.block = 4, .items = 1, .rows = VX_BATCH_MAX, .groups_per_unit = 4},
                           .gpu = {.vec = 4, .cols = 1, .block = 8, .items = 32, .rows = 128, .groups_per_unit = 16}},
    [VX_OP_CLUSTERS] = {.stem = "clusters",
                        .args_size = sizeof(vx_clusters_args),
                        .buffers = 10,
                        .buffer = {{VX_B_POSITION, VX_IN},
                                   {VX_B_LIST_VOXEL, VX_IN},
                                   {VX_B_LIST_HEIGHT, VX_IN},
                                   {VX_B_LIST_SIZE, VX_IN},
                                   {VX_B_EXTENT, VX_OUT},
                                   {VX_B_MASS, VX_OUT},
                                   {VX_B_LABEL, VX_SCRATCH},
                                   {VX_B_PARENT, VX_SCRATCH},
                                   {VX_B_SIZE, VX_SCRATCH},
                                   {VX_B_SUM, VX_SCRATCH}},
                        .groups = clusters_groups,
                        .variants = 1,
                        .processor = {.vec = 1, .cols = 1, .block = 1, .items = 1, .rows = 1, .groups_per_unit = 1},
                        .gpu = {.vec = 1, .cols = 1, .block = 1, .items = 128, .rows = 1, .groups_per_unit = 4}},
    [VX_OP_TFCE] = {.stem = "tfce",
                    .args_size = sizeof(vx_tfce_args),
                    .needs_double = true,
                    .buffers = 5,
                    .buffer = {{VX_B_HEIGHT, VX_IN},
                               {VX_B_POSITION, VX_IN},
                               {VX_B_POWER, VX_IN},
                               {VX_B_BEST, VX_OUT},
                               {VX_B_WORK, VX_SCRATCH}},
                    .groups = tfce_groups,
                    .variants = 1,
                    .processor = {.cols = 1, .block = 1, .items = 1, .rows = 1, .groups_per_unit = 1},
                    .gpu = {.vec = 1, .cols = 1, .block = 1, .items = 128, .rows = 1, .groups_per_unit = 8}},
    [VX_OP_CONVOLVE] = {.stem = "convolve",
                        .args_size = sizeof(vx_convolve_args),
                        .needs_double = true,
                        .buffers = 3,
                        .buffer = {{VX_B_TAPS, VX_IN}, {VX_B_FROM, VX_IN}, {VX_B_TO, VX_OUT}},
                        .groups = convolve_groups,
                        .variants = 1,
                        .processor = {.cols = 1, .block = 1, .items = 1, .rows = 1, .groups_per_unit = 4},
                        .gpu = {.vec = 1, .cols = 1, .block = 1, .items = 128, .rows = 1, .groups_per_unit = 16}},
    [VX_OP_SPLINE] = {.stem = "spline",
                      .args_size = sizeof(vx_spline_args),
                      .needs_double = true,
                      .buffers = 2,
                      .buffer = {{VX_B_START, VX_IN}, {VX_B_COEFFICIENT, VX_INOUT}},
                      .groups = spline_groups,
                      .variants = 1,
                      .processor = {.vec = 1, .cols = 1, .block = 1, .items = 1, .rows = 1, .groups_per_unit = 4},
                      .gpu = {.vec = 1, .cols = 1, .block = 1, .items = 32, .rows = 1, .groups_per_unit = 16}},
    [VX_OP_SAMPLE] = {.stem = "sample",
                      .args_size = sizeof(vx_sample_args),
                      .needs_double = true,
                      .buffers = 5,
                      .buffer = {{VX_B_STORED, VX_IN},
                                 {VX_B_WIDE, VX_IN},
                                 {VX_B_COEFFICIENT, VX_IN},
                                 {VX_B_PLACEMENT, VX_IN},
                                 {VX_B_SAMPLED, VX_OUT}},
                      .groups = sample_groups,
                      .variants = 1,
                      .processor = {.vec = 1, .cols = 1, .block = 1, .items = 1, .rows = 1, .groups_per_unit = 4},
                      .gpu = {.vec = 1, .cols = 1, .block = 1, .items = 64, .rows = 1, .groups_per_unit = 16}},
};

const vx_buffer_info vx_buffer_table[VX_BUFFERS] = {
    [VX_B_INDEX] = {"index", VX_OF_BATCH},
    [VX_B_PEOPLE] = {"people", VX_OF_ENGINE},
    [VX_B_DESIGN] = {"design", VX_OF_ENGINE},
    [VX_B_KEY] = {"key", VX_OF_ENGINE},
    [VX_B_ORDER] = {"order", VX_OF_ENGINE},
    [VX_B_Y] = {"Y", VX_OF_SLAB},
    [VX_B_W] = {"W", VX_OF_BATCH},
    [VX_B_HIGH] = {"high", VX_OF_BATCH, .filled = true, .start = INT32_MIN, .fetched = true},
    [VX_B_LOW] = {"low", VX_OF_BATCH, .filled = true, .start = INT32_MAX, .fetched = true},
    [VX_B_COUNT_HIGH] = {"count_high", VX_OF_SLAB, .need = VX_COUNT},
    [VX_B_COUNT_LOW] = {"count_low", VX_OF_SLAB, .need = VX_COUNT},
    [VX_B_COUNTS] = {"counts", VX_OF_SLAB, .need = VX_COUNT},
    [VX_B_SCORE] = {"score", VX_OF_BATCH, .need = VX_STORE, .fetched = true},
    [VX_B_HEIGHT] = {"height", VX_OF_BATCH, .need = VX_HEIGHTS},
    [VX_B_LIST_VOXEL] = {"list_voxel", VX_OF_BATCH, .need = VX_COMPACT},
    [VX_B_LIST_HEIGHT] = {"list_height", VX_OF_BATCH, .need = VX_COMPACT},
    [VX_B_LIST_SIZE] = {"list_size", VX_OF_BATCH, .need = VX_COMPACT, .filled = true, .fetched = true},
    [VX_B_POSITION] = {"position", VX_OF_ENGINE, .need = VX_COMPACT | VX_HEIGHTS},
    [VX_B_EXTENT] = {"extent", VX_OF_BATCH, .need = VX_COMPACT, .fetched = true},
    [VX_B_MASS] = {"mass", VX_OF_BATCH, .need = VX_COMPACT, .fetched = true},
    [VX_B_LABEL] = {"label", VX_OF_ENGINE, .need = VX_COMPACT},
    [VX_B_PARENT] = {"parent", VX_OF_ENGINE, .need = VX_COMPACT},
    [VX_B_SIZE] = {"size", VX_OF_ENGINE, .need = VX_COMPACT},
    [VX_B_SUM] = {"sum", VX_OF_ENGINE, .need = VX_COMPACT},
    [VX_B_POWER] = {"power", VX_OF_ENGINE, .need = VX_HEIGHTS},
    [VX_B_BEST] = {"best", VX_OF_BATCH, .need = VX_HEIGHTS, .fetched = true},
    [VX_B_WORK] = {"work", VX_OF_ENGINE, .need = VX_HEIGHTS},
    [VX_B_TAPS] = {"taps", VX_OF_STEP},
    [VX_B_FROM] = {"from", VX_OF_STEP},
    [VX_B_TO] = {"to", VX_OF_STEP},
    [VX_B_START] = {"start", VX_OF_STEP},
    [VX_B_COEFFICIENT] = {"coefficient", VX_OF_STEP},
    [VX_B_STORED] = {"stored", VX_OF_STEP},
    [VX_B_WIDE] = {"wide", VX_OF_STEP},
    [VX_B_PLACEMENT] = {"placement", VX_OF_STEP},
    [VX_B_SAMPLED] = {"sampled", VX_OF_STEP},
};
