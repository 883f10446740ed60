/* One file, read from front to back: inflated where it is gzip and as it is where not, whatever its name says. On the
 * way its bytes are hashed as they lie on the disk, so that the hash is of what was read and of nothing else. */
#ifndef VX_IMAGE_PACKED_H
#define VX_IMAGE_PACKED_H

#include "image/source.h"

#include <zlib.h>

typedef struct vx_packed_file {
    const char *path; /* not owned */
    int descriptor;
    bool open, hashed, packed, damaged;
    bool at_end;              /* of what can be read: of the file, or of the last gzip member */
    vx_source_file file;      /* size and time, as opened */
    unsigned char *raw;       /* bytes from the disk; raw_left of them, from `next`, are not used yet */
    const unsigned char *next;
    size_t raw_left;
    const unsigned char *back; /* bytes that were given back; not owned */
    size_t back_left;
    z_stream inflate;
    vx_sha256 sha256;
} vx_packed_file;

/* `hashed`: the SHA-256 is wanted. Errors (VX_INPUT): missing, unreadable, not a regular file, empty. The stream is to
 * be closed on errors too. */
vx_status vx_packed_open(const char *path, bool hashed, vx_packed_file *stream, vx_error *error);

/* Reads `wanted` bytes, or fewer where the file ends: *got tells. Errors (VX_INPUT): damaged gzip data, a disk that
 * fails. */
vx_status vx_packed_read(vx_packed_file *stream, void *bytes, size_t wanted, size_t *got, vx_error *error);
vx_status vx_packed_skip(vx_packed_file *stream, uint64_t bytes, vx_error *error);

/* The next read begins with these, which were read last and stay where they are until then. */
void vx_packed_give_back(vx_packed_file *stream, const void *bytes, size_t count);

/* Checks the checksum behind the last byte that was read. Where the SHA-256 is wanted, takes the rest of the file into
 * it without inflating, and fills all of `file` but its path. */
vx_status vx_packed_finish(vx_packed_file *stream, vx_source_file *file, vx_error *error);

void vx_packed_close(vx_packed_file *stream);

/* A file that ends before its last voxel. */
vx_status vx_packed_fail_short(const vx_packed_file *stream, vx_error *error);

#endif
