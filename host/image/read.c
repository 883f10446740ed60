/* Reading one volume. zlib opens every file: it inflates what is gzip and passes on what is not, whatever the name
 * says. Voxels go through a small block and become float at once, so that no second copy of the volume is held. The
 * size that the header promises is compared with the file's before any memory is asked for. */
#include "image/header.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nifti2_io.h>
#include <zlib.h>

enum {
    BLOCK = 1 << 16,        /* bytes that are inflated and converted at a time; a multiple of every voxel size */
    INFLATE_RATIO = 1032,   /* deflate cannot shrink more than this (258 bytes from 2 bits) */
};

typedef struct stream {
    gzFile file;
    uint64_t size; /* on disk */
} stream;

static vx_status open_stream(const char *path, stream *s, vx_error *error)
{
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not make us wait */
    if (descriptor < 0)
        return vx_fail(error, VX_INPUT, "%s: %s", path, strerror(errno));
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(descriptor);
        return vx_fail(error, VX_INPUT, "%s: not a regular file", path);
    }
    s->size = (uint64_t)about.st_size;
    s->file = gzdopen(descriptor, "rb");
    if (!s->file) {
        close(descriptor);
        return vx_fail_memory(error);
    }
    gzbuffer(s->file, BLOCK);
    return VX_OK;
}

/* Why a read came short: the file ended, the compressed data are damaged, or the machine failed. */
static vx_status fail_read(const char *path, stream *s, vx_error *error)
{
    int code;
    const char *why = gzerror(s->file, &code);
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
        return vx_fail(error, VX_INPUT, "%s: truncated: it ends before the last voxel that its header promises", path);
    if (code == Z_ERRNO)
        return vx_fail(error, VX_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    return vx_fail(error, VX_INPUT, "%s: damaged gzip data: %s", path, why);
}

/* The header bytes that there are, at most VX_HEADER_BYTES. */
static vx_status read_header(const char *path, stream *s, unsigned char *raw, size_t *size, vx_error *error)
{
    if (s->size == 0)
        return vx_fail(error, VX_INPUT, "%s: empty file", path);
    int bytes = gzread(s->file, raw, VX_HEADER_BYTES);
    if (bytes < 0)
        return fail_read(path, s, error);
    *size = (size_t)bytes;
    return VX_OK;
}

#define CONVERT(type)                                                                                                  \
    for (size_t k = 0; k < count; k++)                                                                                 \
        out[k] = scaled ? (float)(slope * (double)((const type *)block)[k] + inter) : (float)((const type *)block)[k]; \
    break

static void convert(const vx_volume_header *header, const void *block, size_t count, float *out)
{
    const double slope = header->slope, inter = header->inter;
    const bool scaled = slope != 1 || inter != 0;
    switch (header->datatype) {
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
static vx_status check_size(const char *path, const vx_volume_header *header, stream *s, vx_error *error)
{
    uint64_t promised = header->offset + header->voxels * header->voxel_bytes; /* fits: see vx_header_parse */
    bool plain = gzdirect(s->file);
    if (plain ? promised <= s->size : promised / INFLATE_RATIO <= s->size)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: truncated: its header promises %llu bytes, the file has %llu%s", path,
                   (unsigned long long)promised, (unsigned long long)s->size, plain ? "" : " compressed ones");
}

static vx_status read_voxels(const char *path, const vx_volume_header *header, stream *s, float **data, vx_error *error)
{
    _Alignas(64) unsigned char block[BLOCK];
    vx_status status = check_size(path, header, s, error);
    if (status)
        return status;
    float *out = vx_array(header->voxels, sizeof *out);
    if (!out)
        return vx_fail_memory(error);
    if (gzseek(s->file, (z_off_t)header->offset, SEEK_SET) < 0)
        goto failed;
    for (size_t done = 0, count; done < header->voxels; done += count) {
        count = BLOCK / header->voxel_bytes;
        if (count > header->voxels - done)
            count = header->voxels - done;
        if (gzread(s->file, block, (unsigned)(count * header->voxel_bytes)) != (int)(count * header->voxel_bytes))
            goto failed;
        if (header->swap && header->voxel_bytes > 1)
            nifti_swap_Nbytes((int64_t)count, (int)header->voxel_bytes, block);
        convert(header, block, count, out + done);
    }
    /* One step past the last voxel makes zlib compare the checksum at the end of the stream. */
    int code;
    if (gzread(s->file, block, 1) < 0 || (gzerror(s->file, &code), code != Z_OK && code != Z_STREAM_END))
        goto failed;
    *data = out;
    return VX_OK;
failed:
    free(out);
    return fail_read(path, s, error);
}

static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcmp(path + length - tail, ending) == 0;
}

/* The other file of a pair: X.img for X.hdr and the reverse, compressed where only that is there. *partner is null
 * where the name is not one of a pair; the caller frees. */
static vx_status find_partner(const char *path, bool *is_header, char **partner, vx_error *error)
{
    static const char *const endings[][2] = {{".hdr", ".img"}, {".HDR", ".IMG"}};
    const int length = (int)strlen(path) - (ends_with(path, ".gz") ? 3 : 0);
    char *bare = vx_text("%.*s", length, path);
    vx_status status = bare ? VX_OK : vx_fail_memory(error);
    *partner = NULL;
    for (int k = 0; k < 4 && !status && !*partner; k++) {
        if (!ends_with(bare, endings[k / 2][k % 2]))
            continue;
        const char *wanted = endings[k / 2][1 - k % 2];
        *is_header = k % 2 == 0;
        *partner = vx_text("%.*s%s.gz", length - 4, bare, wanted);
        if (!*partner) {
            status = vx_fail_memory(error);
            break;
        }
        char *gz = *partner + length;
        *gz = 0;
        if (access(*partner, F_OK) != 0) {
            *gz = '.';
            if (access(*partner, F_OK) != 0)
                status = access(path, F_OK) != 0
                             ? vx_fail(error, VX_INPUT, "%s: %s", path, strerror(errno))
                             : vx_fail(error, VX_INPUT, "%s: the %s file that belongs to it is missing", path, wanted);
        }
    }
    free(bare);
    if (status) {
        free(*partner);
        *partner = NULL;
    }
    return status;
}

static void silence_niftilib(void)
{
    nifti_set_debug_level(0);
}

vx_status vx_image_read(const char *path, vx_analyze_orientation analyze, vx_image *image, vx_error *error)
{
    static pthread_once_t silenced = PTHREAD_ONCE_INIT;
    unsigned char raw[VX_HEADER_BYTES];
    size_t size = 0;
    vx_volume_header header;
    float *data = NULL;
    char *partner = NULL;
    bool is_header = true;
    stream head = {0}, voxels = {0};

    pthread_once(&silenced, silence_niftilib); /* niftilib prints; this is its only state, the rest is re-entrant */
    vx_status status = find_partner(path, &is_header, &partner, error);
    const char *head_path = is_header ? path : partner, *voxel_path = partner && is_header ? partner : path;
    if (!status)
        status = open_stream(head_path, &head, error);
    if (!status)
        status = read_header(head_path, &head, raw, &size, error);
    if (!status)
        status = vx_header_parse(head_path, raw, size, partner != NULL, analyze, &header, error);
    if (!status && partner)
        status = open_stream(voxel_path, &voxels, error);
    if (!status)
        status = read_voxels(voxel_path, &header, partner ? &voxels : &head, &data, error);
    if (!status)
        *image = (vx_image){.grid = header.grid, .data = data};
    if (head.file)
        gzclose(head.file);
    if (voxels.file)
        gzclose(voxels.file);
    free(partner);
    return status;
}

void vx_image_destroy(vx_image *image)
{
    if (image) {
        free(image->data);
        *image = (vx_image){0};
    }
}
