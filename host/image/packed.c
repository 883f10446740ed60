#include "image/packed.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RAW_BYTES = 1 << 16,         /* read from the disk at a time */
    GZIP_ALONE = MAX_WBITS + 16, /* inflateInit2's code for gzip only */
};

vx_status vx_packed_fail_short(const vx_packed_file *s, vx_error *error)
{
    return vx_fail(error, VX_INPUT, "%s: truncated: it ends before the last voxel that its header promises", s->path);
}

/* Moves the unused bytes to the front and reads more behind them. At the end of the file nothing is added. */
static vx_status fill(vx_packed_file *s, vx_error *error)
{
    ssize_t count;
    memmove(s->raw, s->next, s->raw_left);
    s->next = s->raw;
    do
        count = read(s->descriptor, s->raw + s->raw_left, RAW_BYTES - s->raw_left);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return vx_fail(error, VX_INPUT, "%s: cannot be read: %s", s->path, strerror(errno));
    if (s->hashed)
        vx_sha256_add(&s->sha256, s->raw + s->raw_left, (size_t)count);
    s->raw_left += (size_t)count;
    return VX_OK;
}

/* Whether a gzip member begins at the next byte. */
static vx_status at_member(vx_packed_file *s, bool *yes, vx_error *error)
{
    vx_status status = s->raw_left < 2 ? fill(s, error) : VX_OK;
    *yes = !status && s->raw_left >= 2 && s->next[0] == 0x1f && s->next[1] == 0x8b;
    return status;
}

vx_status vx_packed_open(const char *path, bool hashed, vx_packed_file *s, vx_error *error)
{
    struct stat about;
    *s = (vx_packed_file){.path = path, .hashed = hashed};
    s->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* opening a pipe must not block */
    if (s->descriptor < 0)
        return vx_fail(error, VX_INPUT, "%s: %s", path, strerror(errno));
    s->open = true;
    if (fstat(s->descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        return vx_fail(error, VX_INPUT, "%s: not a regular file", path);
    if (about.st_size == 0)
        return vx_fail(error, VX_INPUT, "%s: empty file", path);
    s->file.size = (uint64_t)about.st_size;
    s->file.seconds = about.st_mtim.tv_sec;
    s->file.nanoseconds = about.st_mtim.tv_nsec;
    s->raw = vx_array(RAW_BYTES, 1);
    if (!s->raw)
        return vx_fail_memory(error);
    s->next = s->raw;
    if (hashed)
        vx_sha256_begin(&s->sha256);
    bool packed;
    vx_status status = at_member(s, &packed, error);
    if (!status && packed && inflateInit2(&s->inflate, GZIP_ALONE) != Z_OK)
        return vx_fail_memory(error);
    s->packed = !status && packed;
    return status;
}

static vx_status read_plain(vx_packed_file *s, unsigned char *bytes, size_t wanted, size_t *got, vx_error *error)
{
    while (*got < wanted && !s->at_end) {
        vx_status status = s->raw_left ? VX_OK : fill(s, error);
        if (status)
            return status;
        const size_t count = s->raw_left < wanted - *got ? s->raw_left : wanted - *got;
        memcpy(bytes + *got, s->next, count);
        s->at_end = count == 0;
        s->next += count;
        s->raw_left -= count;
        *got += count;
    }
    return VX_OK;
}

/* Another member may follow the one that ended. Anything else is ignored, as gzip does. */
static vx_status next_member(vx_packed_file *s, vx_error *error)
{
    bool more;
    vx_status status = at_member(s, &more, error);
    s->at_end = !more;
    if (more && inflateReset(&s->inflate) != Z_OK)
        return vx_fail_memory(error);
    return status;
}

static vx_status read_packed(vx_packed_file *s, unsigned char *bytes, size_t wanted, size_t *got, vx_error *error)
{
    z_stream *z = &s->inflate;
    while (*got < wanted && !s->at_end) {
        vx_status status = s->raw_left ? VX_OK : fill(s, error);
        if (status)
            return status;
        if (!s->raw_left) /* the file ends within a member */
            return vx_packed_fail_short(s, error);
        const size_t wanted_now = wanted - *got < UINT32_MAX ? wanted - *got : UINT32_MAX;
        z->next_in = (unsigned char *)s->next;
        z->avail_in = (unsigned)s->raw_left;
        z->next_out = bytes + *got;
        z->avail_out = (unsigned)wanted_now;
        const int code = inflate(z, Z_NO_FLUSH);
        s->next = z->next_in;
        s->raw_left = z->avail_in;
        *got += wanted_now - z->avail_out;
        if (code == Z_MEM_ERROR)
            return vx_fail_memory(error);
        if (code == Z_STREAM_END)
            status = next_member(s, error);
        else if (code != Z_OK && code != Z_BUF_ERROR)
            status = vx_fail(error, VX_INPUT, "%s: damaged gzip data: %s", s->path, z->msg ? z->msg : "unknown");
        if (status)
            return status;
    }
    return VX_OK;
}

vx_status vx_packed_read(vx_packed_file *s, void *bytes, size_t wanted, size_t *got, vx_error *error)
{
    *got = s->back_left < wanted ? s->back_left : wanted;
    if (*got) {
        memcpy(bytes, s->back, *got);
        s->back += *got;
        s->back_left -= *got;
    }
    return s->packed ? read_packed(s, bytes, wanted, got, error) : read_plain(s, bytes, wanted, got, error);
}

vx_status vx_packed_skip(vx_packed_file *s, uint64_t bytes, vx_error *error)
{
    unsigned char scratch[4096];
    while (bytes) {
        const size_t wanted = bytes < sizeof scratch ? (size_t)bytes : sizeof scratch;
        size_t got;
        vx_status status = vx_packed_read(s, scratch, wanted, &got, error);
        if (!status && got < wanted)
            status = vx_packed_fail_short(s, error);
        if (status)
            return status;
        bytes -= got;
    }
    return VX_OK;
}

void vx_packed_give_back(vx_packed_file *s, const void *bytes, size_t count)
{
    s->back = bytes;
    s->back_left = count;
}

vx_status vx_packed_finish(vx_packed_file *s, vx_source_file *file, vx_error *error)
{
    unsigned char one;
    size_t got;
    vx_status status = s->packed ? vx_packed_read(s, &one, 1, &got, error) : VX_OK;
    for (bool more = s->hashed; !status && more; more = s->raw_left > 0) {
        s->raw_left = 0;
        status = fill(s, error);
    }
    if (status || !s->hashed)
        return status;
    if (!vx_sha256_end_text(&s->sha256, s->file.sha256))
        return vx_fail_memory(error);
    s->file.path = file->path;
    *file = s->file;
    return VX_OK;
}

void vx_packed_close(vx_packed_file *s)
{
    if (!s)
        return;
    if (s->packed)
        inflateEnd(&s->inflate);
    if (s->open)
        close(s->descriptor);
    free(s->raw);
    vx_sha256_destroy(&s->sha256);
    *s = (vx_packed_file){0};
}
