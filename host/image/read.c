/* Reading one volume. Voxels go through a small block and become float or double at once, so that no second copy of the
 * volume is held. The grid that the header gives, and the size that it promises, are looked at before any memory is
 * asked for. */
#include "image/load.h"

#include "base/memory.h"
#include "image/files.h"
#include "image/header.h"
#include "image/packed.h"

#include <pthread.h>

#include <nifti2_io.h>

enum {
    BLOCK = 1 << 16,      /* bytes that are inflated and converted at a time; a multiple of every voxel size */
    INFLATE_RATIO = 1032, /* deflate cannot shrink more than this (258 bytes from 2 bits) */
};

/* The streams of an image that is being read: of a pair, or twice the same. */
typedef struct opened {
    vx_image_files files;
    vx_packed head, other;
    unsigned char raw[VX_HEADER_BYTES];
    vx_volume_header header;
} opened;

static vx_packed *voxel_stream(opened *o)
{
    return o->files.voxels ? &o->other : &o->head;
}

/* Whether floats would round what is stored. */
static bool needs_double(int datatype)
{
    switch (datatype) {
    case DT_UINT32: case DT_INT32: case DT_UINT64: case DT_INT64: case DT_FLOAT64: return true;
    default: return false;
    }
}

#define CONVERT(type)                                                                                                  \
    if (wide)                                                                                                          \
        for (size_t k = 0; k < count; k++)                                                                             \
            wide[k] = (double)((const type *)block)[k];                                                                \
    else if (scaled)                                                                                                   \
        for (size_t k = 0; k < count; k++)                                                                             \
            data[k] = (float)(slope * (double)((const type *)block)[k] + inter);                                       \
    else                                                                                                               \
        for (size_t k = 0; k < count; k++)                                                                             \
            data[k] = (float)((const type *)block)[k];                                                                 \
    break

/* To floats with slope and intercept applied, or to what is stored where these are 1 and 0. */
static void convert(int datatype, double slope, double inter, const void *block, size_t count, float *data,
                    double *wide)
{
    const bool scaled = slope != 1 || inter != 0;
    switch (datatype) {
    case DT_UINT8: CONVERT(uint8_t);
    case DT_INT8: CONVERT(int8_t);
    case DT_UINT16: CONVERT(uint16_t);
    case DT_INT16: CONVERT(int16_t);
    case DT_UINT32: CONVERT(uint32_t);
    case DT_INT32: CONVERT(int32_t);
    case DT_UINT64: CONVERT(uint64_t);
    case DT_INT64: CONVERT(int64_t);
    case DT_FLOAT32: CONVERT(float);
    case DT_FLOAT64: CONVERT(double);
    }
}

/* Whether the file can hold what its header promises. */
static vx_status check_size(const vx_volume_header *header, const vx_packed *s, vx_error *error)
{
    uint64_t promised = header->offset + header->voxels * header->voxel_bytes; /* fits: see vx_header_parse */
    if (s->packed ? promised / INFLATE_RATIO <= s->file.size : promised <= s->file.size)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: truncated: its header promises %llu bytes, the file has %llu%s", s->path,
                   (unsigned long long)promised, (unsigned long long)s->file.size,
                   s->packed ? " compressed ones" : "");
}

/* `apply`: slope and intercept of the header, to the floats. */
static vx_status read_voxels(const vx_volume_header *header, bool apply, vx_packed *s, float *data, double *wide,
                             vx_error *error)
{
    const double slope = apply ? header->slope : 1, inter = apply ? header->inter : 0;
    _Alignas(64) unsigned char block[BLOCK];
    vx_status status = VX_OK;
    for (size_t done = 0, count; done < header->voxels; done += count) {
        size_t got;
        count = BLOCK / header->voxel_bytes;
        if (count > header->voxels - done)
            count = header->voxels - done;
        status = vx_packed_read(s, block, count * header->voxel_bytes, &got, error);
        if (!status && got < count * header->voxel_bytes)
            status = vx_packed_fail_short(s, error);
        if (status)
            return status;
        if (header->swap && header->voxel_bytes > 1)
            nifti_swap_Nbytes((int64_t)count, (int)header->voxel_bytes, block);
        convert(header->datatype, slope, inter, block, count, data ? data + done : NULL, wide ? wide + done : NULL);
    }
    return VX_OK;
}

static void silence_niftilib(void)
{
    nifti_set_debug_level(0);
}

static vx_status check_grid(const char *path, const vx_loading *how, const vx_grid *grid, vx_error *error)
{
    char difference[256];
    if (!how->grid || vx_grid_same(how->grid, grid, how->tolerance, difference, sizeof difference))
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: another grid than that of %s: %s (--grid-tolerance is %g voxels)", path,
                   how->grid_path, difference, how->tolerance);
}

/* Finds and opens the files, reads the header, and stands before the first voxel. */
static vx_status open_image(const char *path, const vx_loading *how, opened *o, vx_error *error)
{
    const bool hashed = how->source;
    static pthread_once_t silenced = PTHREAD_ONCE_INIT;
    size_t size = 0;
    pthread_once(&silenced, silence_niftilib); /* niftilib prints; this is its only state, the rest is re-entrant */
    vx_status status = vx_image_files_find(path, &o->files, error);
    if (!status)
        status = vx_packed_open(o->files.header, hashed, &o->head, error);
    if (!status)
        status = vx_packed_read(&o->head, o->raw, sizeof o->raw, &size, error);
    if (status)
        return status;
    const char *foreign = vx_image_foreign(o->raw, size);
    if (foreign)
        return vx_fail(error, VX_INPUT, "%s: not a NIfTI image: %s", path, foreign);
    status = vx_header_parse(o->files.header, o->raw, size, o->files.voxels != NULL, how->orientation, &o->header,
                             error);
    if (!status)
        status = check_grid(path, how, &o->header.grid, error);
    if (status)
        return status;
    uint64_t skip = o->header.offset;
    if (o->files.voxels) {
        status = vx_packed_open(o->files.voxels, hashed, &o->other, error);
    } else { /* what was read as a header may hold voxels already */
        const size_t at = skip < size ? (size_t)skip : size;
        vx_packed_give_back(&o->head, o->raw + at, size - at);
        skip -= at;
    }
    if (!status)
        status = check_size(&o->header, voxel_stream(o), error);
    return status ? status : vx_packed_skip(voxel_stream(o), skip, error);
}

static void close_image(opened *o)
{
    vx_packed_close(&o->head);
    vx_packed_close(&o->other);
    vx_image_files_destroy(&o->files);
}

vx_status vx_image_load(const char *path, const vx_loading *how, vx_loaded *loaded, vx_error *error)
{
    opened o = {0};
    vx_loaded made = {0};
    vx_status status = open_image(path, how, &o, error);
    if (status)
        goto cleanup;
    made.grid = o.header.grid;
    made.mm_per_unit = o.header.mm_per_unit;
    made.side_assumed = o.header.side_assumed;
    made.slope = how->exact ? o.header.slope : 1;
    made.inter = how->exact ? o.header.inter : 0;
    if (how->exact && needs_double(o.header.datatype))
        made.wide = vx_array(o.header.voxels, sizeof *made.wide);
    else
        made.data = vx_array(o.header.voxels, sizeof *made.data);
    status = made.wide || made.data ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = read_voxels(&o.header, !how->exact, voxel_stream(&o), made.data, made.wide, error);
    if (!status)
        status = vx_packed_finish(&o.head, how->source, error);
    if (!status && o.files.voxels)
        status = vx_packed_finish(&o.other, how->source, error);
cleanup:
    close_image(&o);
    if (status)
        vx_loaded_destroy(&made);
    else
        *loaded = made;
    return status;
}

void vx_loaded_destroy(vx_loaded *loaded)
{
    if (!loaded)
        return;
    free(loaded->data);
    free(loaded->wide);
    *loaded = (vx_loaded){0};
}

vx_status vx_image_grid(const char *path, vx_analyze_orientation orientation, vx_grid *grid, vx_error *error)
{
    opened o = {0};
    vx_status status = open_image(path, &(vx_loading){.orientation = orientation}, &o, error);
    if (!status)
        *grid = o.header.grid;
    close_image(&o);
    return status;
}

vx_status vx_image_read(const char *path, vx_analyze_orientation analyze, vx_image *image, vx_error *error)
{
    vx_loaded loaded;
    vx_status status = vx_image_load(path, &(vx_loading){.orientation = analyze}, &loaded, error);
    if (!status)
        *image = (vx_image){.grid = loaded.grid, .data = loaded.data};
    return status;
}

void vx_image_destroy(vx_image *image)
{
    if (image) {
        free(image->data);
        *image = (vx_image){0};
    }
}
