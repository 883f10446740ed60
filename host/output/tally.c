/* Tally files (HDF5):
 *
 *   /shape         int64 [9]: FORMAT, evaluations, voxels, with clusters, with TFCE, with counts, ranges, overflows,
 *                  with scores
 *   /fingerprint   int64 [5, 32]: the digests of the inputs, one byte a number
 *   /ranges        int64 [ranges, 2]: the first relabelling, and the one after the last
 *   /high, /low    float64 [relabellings], range after range: the largest and the smallest r
 *   /extent, /mass, /tfce   float64 [relabellings, 2]: the positive and the negative tail; optional
 *   /score         float64 [relabellings, voxels]: the score of every element; optional
 *   /exceed        int64 [voxels]; optional
 *   /digest        int64 [32]: SHA-256 of all these numbers as float64, in this order
 *
 * Every integer is below 2^53, so reading all numbers as double is exact. */
#include "engine/tally.h"

#include "base/error.h"
#include "base/memory.h"
#include "output/h5.h"
#include "results/store.h"

#include <string.h>

/* RELABELLINGS_MAX and SCORES_MAX bound the memory that a damaged file can request. No set of relabellings has as many;
 * so many scores take 64 GiB. */
enum { RELABELLINGS_MAX = 1 << 25, FORMAT = 2, SHAPE = 9, COLUMNS = 6, BYTES = VX_OF_PARTS * VX_SHA256_BYTES };
static const double INTEGER_MAX = 0x1p53, SCORES_MAX = 0x1p34;

/* `width` numbers per relabelling. */
typedef struct tally_column {
    const char *path;
    size_t width;
    double *value;
    int32_t *integer; /* instead of `value`; both are null where the tally lacks the column */
} tally_column;

static void columns_of(const vx_tally *t, tally_column columns[COLUMNS])
{
    columns[0] = (tally_column){"/high", 1, t->high, NULL};
    columns[1] = (tally_column){"/low", 1, t->low, NULL};
    columns[2] = (tally_column){"/extent", 2, NULL, t->extent ? t->extent[0] : NULL};
    columns[3] = (tally_column){"/mass", 2, t->mass ? t->mass[0] : NULL, NULL};
    columns[4] = (tally_column){"/tfce", 2, t->tfce ? t->tfce[0] : NULL, NULL};
    columns[5] = (tally_column){"/score", (size_t)t->voxels, NULL, t->score};
}

static size_t relabellings_of(const vx_range *range, size_t ranges)
{
    uint64_t sum = 0;
    for (size_t k = 0; k < ranges; k++)
        sum += range[k].last - range[k].first;
    return (size_t)sum;
}

/* The numbers of a tally file as double. */
typedef struct tally_numbers {
    double shape[SHAPE], fingerprint[BYTES], digest[VX_SHA256_BYTES];
    double *range, *column[COLUMNS], *exceed;
    size_t ranges, relabellings, voxels;
} tally_numbers;

static void numbers_destroy(tally_numbers *n)
{
    free(n->range);
    free(n->exceed);
    for (int c = 0; c < COLUMNS; c++)
        free(n->column[c]);
}

static bool digest_of(const tally_numbers *n, unsigned char digest[VX_SHA256_BYTES])
{
    vx_sha256 sha = {0};
    tally_column columns[COLUMNS];
    columns_of(&(vx_tally){.voxels = (int64_t)n->voxels}, columns);
    vx_sha256_begin(&sha);
    vx_sha256_add(&sha, n->shape, sizeof n->shape);
    vx_sha256_add(&sha, n->fingerprint, sizeof n->fingerprint);
    vx_sha256_add(&sha, n->range, 2 * n->ranges * sizeof *n->range);
    for (int c = 0; c < COLUMNS; c++)
        if (n->column[c])
            vx_sha256_add(&sha, n->column[c], columns[c].width * n->relabellings * sizeof *n->column[c]);
    if (n->exceed)
        vx_sha256_add(&sha, n->exceed, n->voxels * sizeof *n->exceed);
    return vx_sha256_end(&sha, digest);
}

/* Copies a column between the tally and the file's numbers, which hold one range after another. */
static void copy_column(const vx_tally *t, const tally_column *c, double *packed, bool into_tally)
{
    size_t at = 0;
    for (size_t k = 0; k < t->ranges; k++)
        for (size_t i = t->range[k].first * c->width; i < t->range[k].last * c->width; i++, at++) {
            if (into_tally && c->integer)
                c->integer[i] = (int32_t)packed[at];
            else if (into_tally)
                c->value[i] = packed[at];
            else
                packed[at] = c->integer ? c->integer[i] : c->value[i];
        }
}

static vx_status take_numbers(const vx_tally *t, tally_numbers *n, vx_error *error)
{
    tally_column columns[COLUMNS];
    unsigned char digest[VX_SHA256_BYTES];
    const double shape[SHAPE] = {FORMAT,         (double)t->evaluations, (double)t->voxels,  t->extent != NULL,
                                 t->tfce != NULL, t->exceed != NULL,     (double)t->ranges, (double)t->overflows,
                                 t->score != NULL};
    columns_of(t, columns);
    *n = (tally_numbers){.ranges = t->ranges, .relabellings = relabellings_of(t->range, t->ranges),
                         .voxels = (size_t)t->voxels};
    memcpy(n->shape, shape, sizeof shape);
    for (int k = 0; k < BYTES; k++)
        n->fingerprint[k] = t->of.digest[k / VX_SHA256_BYTES][k % VX_SHA256_BYTES];
    if (!(n->range = vx_array(n->ranges, 2 * sizeof *n->range)))
        return vx_fail_memory(error);
    for (size_t k = 0; k < t->ranges; k++) {
        n->range[2 * k] = (double)t->range[k].first;
        n->range[2 * k + 1] = (double)t->range[k].last;
    }
    for (int c = 0; c < COLUMNS; c++) {
        if (!columns[c].value && !columns[c].integer)
            continue;
        if (!(n->column[c] = vx_array(n->relabellings, columns[c].width * sizeof *n->column[c])))
            return vx_fail_memory(error);
        copy_column(t, &columns[c], n->column[c], false);
    }
    if (t->exceed && !(n->exceed = vx_array(n->voxels, sizeof *n->exceed)))
        return vx_fail_memory(error);
    for (size_t v = 0; n->exceed && v < n->voxels; v++)
        n->exceed[v] = (double)t->exceed[v];
    if (!digest_of(n, digest))
        return vx_fail_memory(error);
    for (int k = 0; k < VX_SHA256_BYTES; k++)
        n->digest[k] = digest[k];
    return VX_OK;
}

/* Writes a dataset; with `as_integers` the doubles hold integers and are stored as such. */
static void put(vx_h5 *h5, const char *path, bool as_integers, size_t rows, size_t width, const double *value)
{
    const hsize_t dims[2] = {rows, width};
    size_t count = rows * width; /* fits: they are in memory */
    int64_t *integer = as_integers ? vx_array(count, sizeof *integer) : NULL;
    vx_h5_check(h5, !as_integers || integer);
    for (size_t i = 0; integer && i < count; i++)
        integer[i] = (int64_t)value[i];
    vx_h5_at(h5, path, NULL, NULL);
    vx_h5_put(h5, as_integers ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE, width > 1 ? 2 : 1, dims, H5P_DEFAULT,
              as_integers ? (const void *)integer : value);
    free(integer);
}

vx_status vx_tally_write(const vx_tally *tally, const char *path, vx_error *error)
{
    tally_numbers n = {.ranges = 0};
    tally_column columns[COLUMNS];
    vx_h5 h5;
    if (!tally->ranges)
        return vx_fail(error, VX_USAGE, "%s: the tally has no relabellings yet", path);
    vx_status status = take_numbers(tally, &n, error);
    if (status)
        goto cleanup;
    columns_of(tally, columns);
    vx_h5_begin(&h5);
    put(&h5, "/shape", true, SHAPE, 1, n.shape);
    put(&h5, "/fingerprint", true, VX_OF_PARTS, VX_SHA256_BYTES, n.fingerprint);
    put(&h5, "/ranges", true, n.ranges, 2, n.range);
    for (int c = 0; c < COLUMNS; c++)
        if (n.column[c])
            put(&h5, columns[c].path, false, n.relabellings, columns[c].width, n.column[c]);
    if (n.exceed)
        put(&h5, "/exceed", true, n.voxels, 1, n.exceed);
    put(&h5, "/digest", true, VX_SHA256_BYTES, 1, n.digest);
    status = vx_h5_end(&h5, path, error);
cleanup:
    numbers_destroy(&n);
    return status;
}

static bool is_integer(double number, double low, double high)
{
    return number >= low && number <= high && number == (double)(int64_t)number;
}

static bool all_integers(const double *number, size_t count, double low, double high)
{
    bool good = true;
    for (size_t i = 0; i < count; i++)
        good = good && is_integer(number[i], low, high);
    return good;
}

static vx_status damaged(const char *path, vx_error *error)
{
    return vx_fail(error, VX_INPUT, "%s: is not a tally of this version, or is damaged", path);
}

static vx_status read_into(const vx_results_store *store, const char *path, size_t rows, size_t width, double *to,
                           vx_error *error)
{
    double *read = NULL;
    const size_t shape[2] = {rows, width};
    vx_status status = vx_store_numbers(store, path, width > 1 ? 2 : 1, shape, &read, error);
    if (!status)
        memcpy(to, read, rows * width * sizeof *to);
    free(read);
    return status;
}

/* Reads the shape and the ranges, which must ascend without touching. */
static vx_status read_shape(const vx_results_store *store, const char *path, tally_numbers *n, vx_error *error)
{
    vx_status status = read_into(store, "/shape", SHAPE, 1, n->shape, error);
    if (status)
        return status;
    const double *s = n->shape;
    if (s[0] != FORMAT || !is_integer(s[1], 1, RELABELLINGS_MAX) || !is_integer(s[2], 1, INT32_MAX) ||
        !all_integers(s + 3, 3, 0, 1) || !is_integer(s[6], 1, s[1]) || !is_integer(s[7], 0, INTEGER_MAX) ||
        !is_integer(s[8], 0, 1) || s[8] * s[1] * s[2] > SCORES_MAX)
        return damaged(path, error);
    n->voxels = (size_t)s[2];
    n->ranges = (size_t)s[6];
    if ((status = vx_store_numbers(store, "/ranges", 2, (const size_t[]){n->ranges, 2}, &n->range, error)))
        return status;
    double before = -1.0, sum = 0.0;
    for (size_t k = 0; k < n->ranges; k++) {
        double first = n->range[2 * k], last = n->range[2 * k + 1];
        if (!is_integer(first, before + 1.0, s[1]) || !is_integer(last, first + 1.0, s[1]))
            return damaged(path, error);
        sum += last - first;
        before = last;
    }
    n->relabellings = (size_t)sum;
    return VX_OK;
}

static vx_status read_numbers(const vx_results_store *store, const char *path, tally_numbers *n, vx_error *error)
{
    tally_column columns[COLUMNS];
    unsigned char digest[VX_SHA256_BYTES];
    vx_status status = read_shape(store, path, n, error);
    columns_of(&(vx_tally){.voxels = (int64_t)n->voxels}, columns);
    if (status ||
        (status = read_into(store, "/fingerprint", VX_OF_PARTS, VX_SHA256_BYTES, n->fingerprint, error)) ||
        (status = read_into(store, "/digest", VX_SHA256_BYTES, 1, n->digest, error)))
        return status;
    const bool there[COLUMNS] = {true, true, n->shape[3] != 0, n->shape[3] != 0, n->shape[4] != 0, n->shape[8] != 0};
    for (int c = 0; c < COLUMNS && !status; c++)
        if (there[c])
            status = vx_store_numbers(store, columns[c].path, columns[c].width > 1 ? 2 : 1,
                                      (const size_t[]){n->relabellings, columns[c].width}, &n->column[c], error);
    if (!status && n->shape[5] != 0)
        status = vx_store_numbers(store, "/exceed", 1, &n->voxels, &n->exceed, error);
    if (status)
        return status;
    if (!digest_of(n, digest))
        return vx_fail_memory(error);
    for (int k = 0; k < VX_SHA256_BYTES; k++)
        if (n->digest[k] != digest[k])
            return damaged(path, error);
    /* The digest does not protect against forgery, so numbers are checked before their conversion to integers. */
    bool good = all_integers(n->fingerprint, BYTES, 0, UINT8_MAX) &&
                (!n->column[2] || all_integers(n->column[2], 2 * n->relabellings, 0, INT32_MAX)) &&
                (!n->column[5] || all_integers(n->column[5], n->voxels * n->relabellings, INT32_MIN, INT32_MAX)) &&
                (!n->exceed || all_integers(n->exceed, n->voxels, 0, INTEGER_MAX));
    return good ? VX_OK : damaged(path, error);
}

static vx_status give_numbers(const tally_numbers *n, vx_tally **tally, vx_error *error)
{
    tally_column columns[COLUMNS];
    vx_tally *t = NULL;
    vx_status status = vx_tally_make(&(vx_tally_shape){.evaluations = (uint64_t)n->shape[1],
                                                       .voxels = (int64_t)n->voxels,
                                                       .clusters = n->shape[3] != 0,
                                                       .tfce = n->shape[4] != 0,
                                                       .counts = n->shape[5] != 0,
                                                       .scores = n->shape[8] != 0},
                                     &t, error);
    if (status)
        return status;
    if (!(t->range = vx_array(n->ranges, sizeof *t->range))) {
        vx_tally_free(t);
        return vx_fail_memory(error);
    }
    t->ranges = n->ranges;
    t->overflows = (uint64_t)n->shape[7];
    for (size_t k = 0; k < n->ranges; k++)
        t->range[k] = (vx_range){(uint64_t)n->range[2 * k], (uint64_t)n->range[2 * k + 1]};
    for (int k = 0; k < BYTES; k++)
        t->of.digest[k / VX_SHA256_BYTES][k % VX_SHA256_BYTES] = (unsigned char)n->fingerprint[k];
    columns_of(t, columns);
    for (int c = 0; c < COLUMNS; c++)
        if (n->column[c])
            copy_column(t, &columns[c], n->column[c], true);
    for (size_t v = 0; t->exceed && v < n->voxels; v++)
        t->exceed[v] = (uint64_t)n->exceed[v];
    *tally = t;
    return VX_OK;
}

vx_status vx_tally_read(const char *path, vx_tally **tally, vx_error *error)
{
    tally_numbers n = {.ranges = 0};
    vx_results_store *store = NULL;
    vx_status status = vx_store_open(path, &store, error);
    if (!status && !(status = read_numbers(store, path, &n, error)))
        status = give_numbers(&n, tally, error);
    vx_store_close(store);
    numbers_destroy(&n);
    return status;
}
