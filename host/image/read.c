/* Reading one volume. Voxels pass through a small block and are converted to float or double there, so that no second
 * copy of the volume is held. The grid and the size in the header are checked before memory is allocated. */
#include "image/source.h"

#include "base/memory.h"
#include "image/files.h"
#include "image/frames.h"
#include "image/header.h"
#include "image/packed.h"

#include <math.h>
#include <pthread.h>

#include <nifti2_io.h>

enum {
    BLOCK = 1 << 16,      /* bytes inflated and converted at a time; a multiple of every voxel size */
    INFLATE_RATIO = 1032, /* the highest ratio of deflate (258 bytes from 2 bits) */
};

/* A volume that is being read: one stream per file, the last of which holds the voxels. */
typedef struct vx_opened {
    vx_packed_file stream[2];
    unsigned char raw[VX_HEADER_BYTES];
    vx_volume_header header;
    int64_t left; /* volumes that were not read yet */
} vx_opened;

static vx_packed_file *voxel_stream(vx_source *source)
{
    return &source->opened->stream[source->files - 1];
}

/* Whether converting stored values to float would round them. */
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

/* Converts to float with slope and intercept applied, or to unscaled double where `wide` is given. */
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

/* Checks that the file is large enough for the voxels that its header declares. */
static vx_status check_size(const vx_volume_header *header, const vx_packed_file *s, vx_error *error)
{
    const uint64_t volume = header->voxels * header->voxel_bytes;
    uint64_t promised = header->offset + (uint64_t)header->volumes * volume; /* fits: see vx_header_parse */
    if (s->packed ? promised / INFLATE_RATIO <= s->file.size : promised <= s->file.size)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: truncated: its header promises %llu bytes, the file has %llu%s", s->path,
                   (unsigned long long)promised, (unsigned long long)s->file.size,
                   s->packed ? " compressed ones" : "");
}

/* `apply`: apply the slope and intercept of the header to floats. */
static vx_status read_voxels(const vx_volume_header *header, bool apply, vx_packed_file *s, float *data, double *wide,
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
    if (!how->grid_path || vx_grid_same(&how->grid, grid, how->tolerance, difference, sizeof difference))
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: another grid than that of %s: %s (--grid-tolerance is %g voxels; --regrid "
                   "brings images to one grid)", path,
                   how->grid_path, difference, how->tolerance);
}

vx_status vx_source_find(vx_source *source, vx_error *error)
{
    vx_image_files found;
    int64_t volume = -1;
    if (source->files)
        return VX_OK;
    vx_status status = source->frames.count ? vx_image_files_find(source->path, &found, error)
                                            : vx_image_files_find_volume(source->path, &found, &volume, error);
    if (!status && volume >= 0) {
        source->frames = (vx_frames){.first = volume, .count = 1};
        const vx_step step = vx_step_frames(&source->frames);
        if ((status = vx_source_add_step(source, &step, error)))
            vx_image_files_destroy(&found);
    }
    if (status)
        return status;
    source->file[0].path = found.header;
    source->file[1].path = found.voxels;
    source->files = found.voxels ? 2 : 1;
    return VX_OK;
}

void vx_source_close(vx_source *source)
{
    for (int i = 0; source && source->opened && i < 2; i++)
        vx_packed_close(&source->opened->stream[i]);
    if (source) {
        free(source->opened);
        source->opened = NULL;
    }
}

/* Checks that the file has the volumes that the source is made of. */
static vx_status check_frames(const vx_source *source, vx_error *error)
{
    const vx_frames *frames = &source->frames;
    const int64_t volumes = source->opened->header.volumes;
    if (frames->of && frames->of != volumes)
        return vx_fail(error, VX_INPUT, "%s: its sidecar has %lld frames, but the file has %lld volume%s", source->path,
                       (long long)frames->of, (long long)volumes, volumes == 1 ? "" : "s");
    if (frames->first >= 0 && frames->count <= volumes - frames->first)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: volume %lld is asked for; the file has %lld, from 0 to %lld", source->path,
                   (long long)(frames->first + frames->count - 1), (long long)volumes, (long long)volumes - 1);
}

/* Reads as many bytes as the longest header has, and parses the header from them. */
static vx_status read_header(vx_source *source, const vx_loading *how, bool hashed, size_t *size, vx_error *error)
{
    vx_opened *o = source->opened;
    vx_status status = vx_packed_open(source->file[0].path, hashed, &o->stream[0], error);
    if (!status)
        status = vx_packed_read(&o->stream[0], o->raw, sizeof o->raw, size, error);
    if (status)
        return status;
    const char *foreign = vx_image_foreign(o->raw, *size);
    if (foreign)
        return vx_fail(error, VX_INPUT, "%s: not a NIfTI image: %s", source->path, foreign);
    status = vx_header_parse(source->file[0].path, o->raw, *size, source->files > 1, how->orientation, &o->header,
                             error);
    if (!status && source->frames.count)
        status = check_frames(source, error);
    else if (!status && o->header.volumes > 1 && !how->several)
        status = vx_fail(error, VX_INPUT, "%s: %d-D image with %lld volumes; one 3-D volume is needed%s", source->path,
                         o->header.dimensions, (long long)o->header.volumes,
                         source->participant ? ": --frames averages those of a time window, and [N] behind the name in "
                         "the table takes volume N, from 0" : ": [N] behind the name takes volume N, from 0");
    o->left = source->frames.count ? 1 : o->header.volumes;
    return status;
}

/* The grid of an open source's volume after its steps. */
static vx_grid grid_after_steps(const vx_source *source, const vx_loading *how)
{
    vx_grid grid = source->opened->header.grid;
    for (size_t k = 0; k < source->steps && !how->raw; k++)
        grid = source->step[k].regrids ? source->step[k].grid : grid;
    return grid;
}

/* Opens the file of the voxels and seeks to the first one. `size` is the number of bytes read for the header. */
static vx_status find_voxels(vx_source *source, bool hashed, size_t size, vx_error *error)
{
    vx_opened *o = source->opened;
    uint64_t skip = o->header.offset;
    vx_status status = VX_OK;
    if (source->files > 1) {
        status = vx_packed_open(source->file[1].path, hashed, &o->stream[1], error);
    } else { /* voxels may be among the bytes read for the header */
        const size_t at = skip < size ? (size_t)skip : size;
        vx_packed_give_back(&o->stream[0], o->raw + at, size - at);
        skip -= at;
    }
    if (!status)
        status = check_size(&o->header, voxel_stream(source), error);
    return status ? status : vx_packed_skip(voxel_stream(source), skip, error);
}

vx_status vx_source_open(vx_source *source, const vx_loading *how, vx_grid *grid, vx_error *error)
{
    static pthread_once_t silenced = PTHREAD_ONCE_INIT;
    size_t size = 0;
    pthread_once(&silenced, silence_niftilib); /* niftilib's only global state is its debug level */
    vx_status status = vx_source_find(source, error);
    if (status)
        return status;
    const bool hashed = how->hashed && !*source->file[0].sha256;
    source->opened = vx_array_zero(1, sizeof *source->opened);
    vx_grid after;
    status = source->opened ? read_header(source, how, hashed, &size, error) : vx_fail_memory(error);
    if (!status) {
        after = grid_after_steps(source, how);
        status = check_grid(source->path, how, &after, error);
    }
    if (!status)
        status = find_voxels(source, hashed, size, error);
    if (status)
        vx_source_close(source);
    else
        *grid = after;
    return status;
}

int64_t vx_source_volumes(const vx_source *source)
{
    return source->frames.count ? 1 : source->opened->header.volumes;
}

vx_status vx_image_series(const char *path, vx_series *series, vx_error *error)
{
    vx_source source = {.path = path};
    vx_grid grid;
    const vx_loading how = {.orientation = VX_ANALYZE_NEUROLOGICAL, .several = true}; /* no side matters here */
    vx_status status = vx_source_open(&source, &how, &grid, error);
    *series = (vx_series){.interval = NAN};
    if (!status)
        *series = (vx_series){vx_source_volumes(&source), source.opened->header.interval};
    vx_source_destroy(&source);
    return status;
}

vx_status vx_source_add_step(vx_source *source, const vx_step *step, vx_error *error)
{
    vx_step *grown = vx_array_grow(source->step, source->steps, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    source->step = grown;
    source->step[source->steps++] = *step;
    return VX_OK;
}

/* Reads one volume into new memory of `made`. */
static vx_status read_volume(const vx_volume_header *header, const vx_loading *how, vx_packed_file *s, vx_loaded *made,
                             vx_error *error)
{
    if (how->exact && needs_double(header->datatype))
        made->wide = vx_array(header->voxels, sizeof *made->wide);
    else
        made->data = vx_array(header->voxels, sizeof *made->data);
    if (!made->wide && !made->data)
        return vx_fail_memory(error);
    return read_voxels(header, !how->exact, s, made->data, made->wide, error);
}

/* Reads the frames of a source, and adds them up in double. */
static vx_status read_frames(const vx_frames *frames, const vx_volume_header *header, const vx_loading *how,
                             vx_packed_file *s, vx_loaded *made, vx_error *error)
{
    vx_status status = vx_packed_skip(s, (uint64_t)frames->first * header->voxels * header->voxel_bytes, error);
    if (!status && !frames->weight && frames->count == 1)
        return read_volume(header, how, s, made, error);
    double *sum = status ? NULL : vx_array_zero(header->voxels, sizeof *sum);
    if (!status && !sum)
        status = vx_fail_memory(error);
    for (int64_t k = 0; !status && k < frames->count; k++) {
        const vx_loading exact = {.exact = true};
        const double weight = frames->weight ? frames->weight[k] : 1;
        vx_loaded frame = {.slope = header->slope, .inter = header->inter};
        status = read_volume(header, &exact, s, &frame, error);
        for (size_t v = 0; !status && v < header->voxels; v++)
            sum[v] += weight * vx_loaded_value(&frame, (int64_t)v);
        vx_loaded_destroy(&frame);
    }
    made->slope = 1;
    made->inter = 0;
    if (how->exact) {
        made->wide = sum;
        return status;
    }
    if (!status && !(made->data = vx_array(header->voxels, sizeof *made->data)))
        status = vx_fail_memory(error);
    for (size_t v = 0; !status && v < header->voxels; v++)
        made->data[v] = (float)sum[v];
    free(sum);
    return status;
}

vx_status vx_source_read(vx_source *source, const vx_loading *how, vx_loaded *loaded, vx_error *error)
{
    vx_loaded made = {0};
    vx_status status = source->opened ? VX_OK : vx_source_open(source, how, &made.grid, error);
    if (status)
        return status;
    const vx_volume_header *header = &source->opened->header;
    made = (vx_loaded){.grid = header->grid, .mm_per_unit = header->mm_per_unit,
                       .side_assumed = header->side_assumed, .slope = how->exact ? header->slope : 1,
                       .inter = how->exact ? header->inter : 0};
    status = source->frames.count ? read_frames(&source->frames, header, how, voxel_stream(source), &made, error)
                                  : read_volume(header, how, voxel_stream(source), &made, error);
    const bool last = --source->opened->left == 0;
    for (int i = 0; !status && last && i < source->files; i++)
        status = vx_packed_finish(&source->opened->stream[i], &source->file[i], error);
    if (status || last)
        vx_source_close(source);
    if (!status && !how->raw && (status = vx_steps_apply(source->step, source->steps, &made, error)))
        vx_error_prefix(error, status, "%s", source->path);
    if (status)
        vx_loaded_destroy(&made);
    else
        *loaded = made;
    return status;
}

void vx_source_destroy(vx_source *source)
{
    if (!source)
        return;
    vx_source_close(source);
    for (int i = 0; i < source->files; i++)
        free(source->file[i].path);
    free(source->step);
    *source = (vx_source){0};
}

void vx_loaded_destroy(vx_loaded *loaded)
{
    if (!loaded)
        return;
    free(loaded->data);
    free(loaded->wide);
    *loaded = (vx_loaded){0};
}

vx_status vx_image_read(const char *path, vx_analyze_orientation analyze, vx_image *image, vx_error *error)
{
    vx_source source = {.path = path};
    vx_loaded loaded;
    vx_status status = vx_source_read(&source, &(vx_loading){.orientation = analyze}, &loaded, error);
    vx_source_destroy(&source);
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
